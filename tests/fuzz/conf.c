/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz: any bytes as a pipeline file are read or refused with a message, and the typed readers of
 * values take any text. The file may include itself. */
#include "core/conf.h"
#include "tests/fuzz/fuzz.h"

static void sink(void *to, const struct diag_message *m)
{
    (void)to;
    promise(m->text);
    if (m->place.source && m->place.source_len > 0)
        promise(memchr(m->place.source, '\n', m->place.source_len) == NULL);
}

static void look_at_key(const struct conf_key *k)
{
    struct conf_piece pieces[8];
    const char *why;
    int64_t i;
    double d;
    bool b;
    size_t n = conf_key_list(k, pieces, 8);

    promise(k->name && k->value && strlen(k->value) == k->value_len);
    for (size_t p = 0; p < n && p < 8; p++) {
        struct diag_place at;

        promise(pieces[p].offset <= k->value_len);
        promise(pieces[p].len <= k->value_len - pieces[p].offset);
        at = conf_place_in(k, pieces[p].offset, pieces[p].len);
        promise(k->value_at.line == 0 || (at.line > 0 && at.column > 0)); /* 0: of -D or --set */
    }
    why = NULL;
    promise(conf_bool(k->value, &b, &why) || why);
    why = NULL;
    promise(conf_int(k->value, &i, &why) || why);
    why = NULL;
    promise(conf_real(k->value, &d, &why) || why);
    why = NULL;
    promise(conf_size(k->value, &i, &why) || why);
    why = NULL;
    promise(conf_duration(k->value, &i, &why) || why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const struct conf_define define = { "name", "a value" };
    static const struct conf_define set = { "output jsonl.file", "x.jsonl" };
    char path[256], name[64];
    struct diag d;
    struct conf *c;

    fuzz_file("self.conf", data, n);
    snprintf(path, sizeof(path), "%s/self.conf", fuzz_folder());
    promise(diag_init(&d, sink, NULL));
    c = conf_load(path, &define, 1, n % 2 ? &set : NULL, n % 2, &d);
    promise((c == NULL) == (d.errors > 0));
    for (size_t i = 0; c && i < c->n_sections; i++) {
        promise(conf_kind_name(c->sections[i].kind));
        promise(strlen(conf_section_name(&c->sections[i], name, sizeof(name))) < sizeof(name));
        for (size_t k = 0; k < c->sections[i].n_keys; k++)
            look_at_key(&c->sections[i].keys[k]);
    }
    conf_free(c);
    diag_free(&d);
    return 0;
}

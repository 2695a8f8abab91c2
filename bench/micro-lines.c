/* SPDX-License-Identifier: Apache-2.0 */
/* Labelling the lines of a page, by the language pack; beside it one regular expression of the C
 * library, asked of each line. */
#include "bench/micro.h"

#include "plugins/transform/extract/extract.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

/* A twentieth of what the pack knows. */
static const char expression[] =
    "^(baca juga|lihat juga|advertisement|scroll to continue|bagikan|share|tag|komentar|berita "
    "terkait|"
    "berita terkini|terpopuler|penulis|editor|reporter|redaktur|foto|sumber|tinggalkan balasan|"
    "tentang kami|senin|selasa|rabu|kamis|jumat|sabtu|minggu)";

struct scratch_of_lines {
    struct pack pack;
    struct scratch scratch;
    regex_t regex;
};

static uint64_t labelled(const struct texts *t, void *state)
{
    struct scratch_of_lines *s = state;
    uint64_t sum = 0;
    struct page page;

    for (size_t i = 0; i < t->n; i++) {
        if (extract_page(&s->pack, NULL, t->at[i], t->size[i], &page, &s->scratch) != 0)
            give_up("memory is out");
        sum += page_body(&page, NULL);
    }
    return sum;
}

static uint64_t matched(const struct texts *t, void *state)
{
    struct scratch_of_lines *s = state;
    uint64_t sum = 0;

    for (size_t i = 0; i < t->n; i++)
        for (const char *at = t->at[i], *end = at + t->size[i]; at < end;) {
            const char *lf = memchr(at, '\n', (size_t)(end - at));
            regmatch_t line = { 0, (regoff_t)((lf ? lf : end) - at) };

            sum += regexec(&s->regex, at, 1, &line, REG_STARTEND) == 0;
            at = lf ? lf + 1 : end;
        }
    return sum;
}

void micro_lines(const struct texts *t, const char *pack)
{
    struct scratch_of_lines s = { .scratch = { 0 } };
    struct fault f = { 0 };

    if (pack_load(&s.pack, pack, &f) < 0)
        give_up("the language pack cannot be read; name one, or stand in the source folder");
    if (regcomp(&s.regex, expression, REG_EXTENDED | REG_ICASE) != 0)
        give_up("the regular expression is wrong");
    row(t, OURS, "lines labelled, fields read", labelled, &s, t->len, NULL);
    row(t, SIMILAR, "one regex of the C library a line", matched, &s, t->len,
        "26 words at the start of lines, nothing else");
    regfree(&s.regex);
    pack_free(&s.pack);
    scratch_free(&s.scratch);
}

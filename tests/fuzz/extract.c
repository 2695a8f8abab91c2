/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz: any text as a page: what comes out is valid, bounded by the page, and the same twice. And,
 * by the first byte, any bytes as a language pack or a rule file: read, or refused by line. */
#include "plugins/transform/extract/extract.h"
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

static struct pack pack;
static struct scratch scratch;

static void begin(void)
{
    struct fault f = { 0 };
    size_t n;
    char *data = fuzz_source("plugins/languages/id.conf", &n);

    promise(pack_read(&pack, data, n, &f) == 0);
    free(data);
}

static void check_span(struct span s)
{
    promise(!s.at || utf8_valid(s.at, s.len));
}

static char *body_of(const struct pack *p, const char *text, size_t n, size_t *len)
{
    struct page page;
    char *body;

    promise(extract_page(p, NULL, text, n, &page, &scratch) == 0);
    check_span(page.title);
    check_span(page.outlet);
    check_span(page.place);
    check_span(page.section);
    check_span(page.publisher);
    check_span(page.deck);
    promise(page.kind && memchr(page.date, '\0', sizeof(page.date)));
    promise(page.n_authors <= MAX_PEOPLE && page.n_editors <= MAX_PEOPLE);
    for (size_t i = 0; i < page.n_authors; i++)
        check_span(page.authors[i]);
    for (size_t i = 0; i < page.n_editors; i++)
        check_span(page.editors[i]);
    *len = page_body(&page, NULL);
    promise(*len <= 2 * n + 2);
    body = malloc(*len + 1);
    promise(body && page_body(&page, body) == *len && utf8_valid(body, *len));
    return body;
}

static void try_pack(const char *data, size_t n)
{
    static const char page[] = "Contoh > Berita\n\nJudul Berita Contoh\n\n20 Januari 2020 10:00\n\n"
                               "KOTA - Kalimat pertama dari berita contoh, kata warga.\n";
    struct pack own = { 0 };
    struct learned learned = { 0 };
    struct fault f = { 0 };
    size_t len;

    if (pack_read(&own, data, n, &f) == 0)
        free(body_of(&own, page, sizeof(page) - 1, &len));
    else
        promise(f.text[0]);
    pack_free(&own);
    memset(&f, 0, sizeof(f));
    promise(learned_read(&learned, data, n, &f) == 0 || f.text[0]);
    learned_free(&learned);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char *text, *once, *twice;
    size_t len, again;

    if (n == 0)
        return 0;
    if (!pack.file)
        begin();
    if (data[0] == '[' || data[0] == '#') {
        text = copy_of(data, n, false);
        try_pack(text, n);
        free(text);
        return 0;
    }
    n = utf8_valid_prefix((const char *)data + 1, n - 1);
    text = copy_of(data + 1, n, false);
    once = body_of(&pack, text, n, &len);
    twice = body_of(&pack, text, n, &again);
    promise(len == again && memcmp(once, twice, len) == 0);
    free(text);
    free(once);
    free(twice);
    return 0;
}

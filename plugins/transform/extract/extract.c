/* SPDX-License-Identifier: Apache-2.0 */
/* The transform "extract": a news page's text to its fields and body. Here are the options and the
 * way to the host; page.c has the passes. */
#include "extract.h"
#include "notes.h"

#include "common/fail.h"

#include <etl/plugin.h>
#include <errno.h>

enum { BODY_UNMEASURED = 64 << 10 }; /* bytes of a page */

struct extract {
    etl_field text, language;
    const char *pack, *pack2, *rules;
    etl_field title, date, date_kind, outlet, place, authors, editors, publisher, section, kind,
        deck, body;
    struct pack packs[2];
    struct learned learned;
    bool has_second, has_learned;
};

static const etl_option options[] = {
    ETL_OPT(struct extract, READS, text, "text", "text", "text", "The page as text"),
    ETL_OPT(struct extract, READS, language, "language", "", "text",
            "Its language; picks the pack whose code it is"),
    ETL_OPT(struct extract, DATA, pack, "pack", "languages/id.conf", NULL,
            "Language pack for pages of no other pack's language"),
    ETL_OPT(struct extract, DATA, pack2, "pack2", "languages/en.conf", NULL,
            "A second language pack; empty for none"),
    ETL_OPT(struct extract, DATA, rules, "rules", "", NULL,
            "Learned boilerplate: lines of count, tab, line"),
    ETL_OPT(struct extract, WRITES, title, "title", "title", "text", "The headline as shown"),
    ETL_OPT(struct extract, WRITES, date, "date", "date", "text",
            "ISO 8601, as precise as the page is"),
    ETL_OPT(struct extract, WRITES, date_kind, "date_kind", "date_kind", "text",
            "Where the date is from: published, body or copyright"),
    ETL_OPT(struct extract, WRITES, outlet, "outlet", "outlet", "text",
            "The paper or site, as it names itself"),
    ETL_OPT(struct extract, WRITES, place, "place", "place", "text", "Place of the dateline"),
    ETL_OPT(struct extract, WRITES, authors, "authors", "authors", "list", "Who wrote it"),
    ETL_OPT(struct extract, WRITES, editors, "editors", "editors", "list", "Who edited it"),
    ETL_OPT(struct extract, WRITES, publisher, "publisher", "publisher", "text",
            "Only where the page says so"),
    ETL_OPT(struct extract, WRITES, section, "section", "section", "text",
            "The label or last crumb above the title"),
    ETL_OPT(struct extract, WRITES, kind, "kind", "kind", "text", "article, photo or index"),
    ETL_OPT(struct extract, WRITES, deck, "deck", "deck", "text", "The standfirst"),
    ETL_OPT(struct extract, WRITES, body, "body", "body", "text",
            "The article's paragraphs, one a line"),
    ETL_OPT_END
};

static int load_pack(struct extract *me, struct pack *pack, const char *path, const char *option)
{
    struct fault f = { 0 };

    if (pack_load(pack, path, &f) == 0)
        return ETL_OK;
    return fail_by(me, option, path, &f);
}

static int open_extract(void *self)
{
    struct extract *me = self;
    struct fault f = { 0 };

    if (load_pack(me, &me->packs[0], me->pack, "pack") != ETL_OK)
        return ETL_FAIL;
    if (me->pack2 && me->pack2[0]) {
        if (load_pack(me, &me->packs[1], me->pack2, "pack2") != ETL_OK)
            return ETL_FAIL;
        me->has_second = true;
    }
    if (me->rules && me->rules[0]) {
        if (learned_load(&me->learned, me->rules, &f) != 0)
            return fail_by(me, "rules", me->rules, &f);
        me->has_learned = true;
    }
    return ETL_OK;
}

static const struct pack *pick_pack(const struct extract *me, const etl_record *rec)
{
    etl_value language = etl_get(rec, me->language);

    if (me->has_second && language.type == ETL_TEXT &&
        span_is(span(language.text, language.len), me->packs[1].code))
        return &me->packs[1];
    return &me->packs[0];
}

static void set_span(etl_record *rec, etl_field field, struct span s)
{
    etl_set(rec, field, s.at ? etl_text(s.at, s.len) : etl_null());
}

static void set_string(etl_record *rec, etl_field field, const char *s)
{
    etl_set(rec, field, s && s[0] ? etl_text(s, strlen(s)) : etl_null());
}

static void set_people(etl_record *rec, etl_field field, const struct span *people, size_t n)
{
    etl_value list[MAX_PEOPLE];

    for (size_t i = 0; i < n; i++)
        list[i] = etl_text(people[i].at, people[i].len);
    etl_set(rec, field, etl_list(list, n));
}

/* Room for the body, which is measured only if it may be large: no body is longer than its page and
 * a line feed for each line. NULL: over the limit. */
static char *begin_body(etl_record *rec, const struct page *page, size_t n)
{
    size_t most = n + page->n_lines + 1;
    char *body = most <= BODY_UNMEASURED ? etl_begin(rec, most) : NULL;

    if (body)
        return body;
    n = page_body(page, NULL);
    return etl_begin(rec, n ? n : 1);
}

static int map(const void *self, etl_record *rec)
{
    const struct extract *me = self;
    etl_value text = etl_get(rec, me->text);
    const struct pack *pack = pick_pack(me, rec);
    struct page page;
    char *body;

    if (text.type != ETL_TEXT)
        return ETL_OK;
    if (extract_page(pack, me->has_learned ? &me->learned : NULL, text.text, text.len,
                     &page, etl_worker(rec)) != 0)
        return etl_fail_errno(me, ENOMEM, "no memory for a page of %" PRIu32 " bytes", text.len);
    if (etl_noting(rec))
        note_lines(rec, me->text, pack, &page);
    set_span(rec, me->title, page.title);
    set_string(rec, me->date, page.date);
    set_string(rec, me->date_kind, page.date_kind);
    set_span(rec, me->outlet, page.outlet);
    set_span(rec, me->place, page.place);
    set_people(rec, me->authors, page.authors, page.n_authors);
    set_people(rec, me->editors, page.editors, page.n_editors);
    set_span(rec, me->publisher, page.publisher);
    set_span(rec, me->section, page.section);
    set_string(rec, me->kind, page.kind);
    set_span(rec, me->deck, page.deck);
    body = begin_body(rec, &page, text.len);
    if (!body)
        return ETL_REJECT;
    etl_end(rec, me->body, page_body(&page, body));
    etl_count(me, rec, page.kind, 1);
    return ETL_OK;
}

static void worker_close(const void *self, void *worker)
{
    (void)self;
    scratch_free(worker);
}

static void close_extract(void *self)
{
    struct extract *me = self;

    pack_free(&me->packs[0]);
    pack_free(&me->packs[1]);
    learned_free(&me->learned);
}

static const char doc[] =
    "Labels each line of a page - title, date, byline, dateline, caption, related, widget, body,\n"
    "... - by the language pack's rules, the line's place and its neighbours. The fields are read\n"
    "off the labelled lines; the body is what is left, one paragraph a line, each paragraph once.\n"
    "Nothing is guessed: a field that the page does not show is null (a list: empty). `etl "
    "explain`\n"
    "shows for each line its role and which rule gave it.\n"
    "\n"
    "What is known of a language is data: see languages/id.conf, and copy it for another. The "
    "text\n"
    "should have been through `cleanup`; blanks of all kinds are put right here too.\n"
    "\n"
    "A rule file names lines that recur over many pages of an outlet, one a line, as `count TAB\n"
    "line`; pipelines/learn.conf makes one. Such a line is boilerplate wherever it stands.";

static const etl_plugin plugin = {
    ETL_TRANSFORM("extract", "1.0", "Title, date, people, place and clean body of a news page"),
    .doc = doc,
    .self_size = sizeof(struct extract),
    .worker_size = sizeof(struct scratch),
    .options = options,
    .open = open_extract,
    .map = map,
    .worker_close = worker_close,
    .close = close_extract,
};
ETL_PLUGINS(&plugin);

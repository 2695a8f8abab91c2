/* SPDX-License-Identifier: Apache-2.0 */
/* Lines become records: short ones in one copy, long ones piece by piece, those that are too long
 * go by without being held. */
#include "common/line-records.h"
#include "common/decode.h"
#include "common/filling.h"
#include "common/lines.h"
#include "common/utf8.h"

#include <string.h>

struct reading {
    const struct line_records *how;
    etl_unit *unit;
    struct lines *lines;
    uint64_t skip;      /* documents that are committed, which are left out */
    uint64_t documents; /* so far, those included */
    const char *guess;
    struct filling doc; /* rec NULL: this line is left out, or rejected already */
    bool stopped;       /* the run is being stopped */
};

int line_records_trouble(const void *self, etl_unit *unit, const struct fault *f)
{
    if (f->err)
        return etl_fail_errno(self, f->err, "%s: %s", etl_unit_path(unit), f->text);
    return etl_damaged(unit, f->byte, "%s", f->text);
}

static bool is_blank(const struct lines_piece *p)
{
    size_t i = 0;

    while (i < p->len && (p->data[i] == ' ' || p->data[i] == '\t' || p->data[i] == '\r'))
        i++;
    return p->last && i == p->len;
}

/* Before the first line: what the file's beginning tells. */
static void begin_file(struct reading *r, struct lines_piece *p)
{
    if (p->len >= 3 && memcmp(p->data, UTF8_BOM, 3) == 0) {
        p->data += 3;
        p->len -= 3;
    }
    if (r->how->guess.id != 0 && !lines_are_text(r->lines)) {
        size_t len;
        const char *beginning = lines_beginning(r->lines, &len);

        r->guess = decode_guess(beginning, len);
    }
}

static void begin_line(struct reading *r, const struct lines_piece *p)
{
    r->doc = (struct filling){ NULL, NULL, 0, 0 };
    if (is_blank(p)) {
        if (r->documents >= r->skip) /* else it is counted already */
            etl_count(r->how->self, NULL, "blank lines left out", 1);
        return;
    }
    if (++r->documents <= r->skip)
        return;
    r->doc.rec = etl_emit(r->unit, NULL, p->number);
    r->stopped = !r->doc.rec;
}

static void end_line(struct reading *r)
{
    const struct line_records *how = r->how;
    struct filling *doc = &r->doc;

    if (doc->used > 0 && doc->to[doc->used - 1] == '\r')
        doc->used--;
    etl_end(doc->rec, lines_are_text(r->lines) ? how->text : how->bytes, doc->used);
    if (r->guess)
        etl_set_view(doc->rec, how->guess, etl_text(r->guess, strlen(r->guess)));
}

static void take_piece(struct reading *r, const struct lines_piece *p)
{
    struct filling *doc = &r->doc;

    if (p->first)
        begin_line(r, p);
    if (!doc->rec)
        return;
    if (!filling_room(doc, p->len, p->last ? 0 : doc->used + p->len)) {
        doc->rec = NULL;
        return;
    }
    if (p->len > 0)
        memcpy(doc->to + doc->used, p->data, p->len);
    doc->used += p->len;
    if (p->last)
        end_line(r);
}

static int read_all(struct reading *r)
{
    struct lines_piece p = { .last = true };
    bool begun = false;
    struct fault f;
    int n, answer;

    while ((n = lines_next(r->lines, &p, &f)) > 0) {
        if (!begun)
            begin_file(r, &p);
        begun = true;
        take_piece(r, &p);
        if (r->stopped)
            return ETL_OK;
        answer = etl_unit_progress(r->unit, lines_consumed(r->lines));
        if (answer != ETL_OK)
            return answer;
    }
    if (lines_replaced(r->lines) > 0)
        etl_count(r->how->self, NULL, "undecodable characters", (int64_t)lines_replaced(r->lines));
    if (n == 0)
        return ETL_OK;
    if (f.err == 0 && !p.last && r->doc.rec)
        etl_reject(r->doc.rec, "cut off by damage: %s", f.text);
    return line_records_trouble(r->how->self, r->unit, &f);
}

int line_records_read(const struct line_records *how, etl_unit *unit)
{
    struct reading r = { .how = how, .unit = unit };
    struct fault f;
    int answer;

    r.lines = lines_open(etl_unit_path(unit), how->encoding, &f);
    if (!r.lines)
        return line_records_trouble(how->self, unit, &f);
    r.skip = etl_unit_skip(unit);
    answer = read_all(&r);
    lines_close(r.lines);
    return answer;
}

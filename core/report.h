/* SPDX-License-Identifier: Apache-2.0 */
/* etl report: what a run made of its input, as one HTML page. The facts come from the manifest and
 * run.json, what is in the records from the JSONL outputs as they lie there, documents before and
 * after from samples.jsonl. It knows no field by name but those that the host sets. */
#ifndef CORE_REPORT_H
#define CORE_REPORT_H

#include "common/buffer.h"
#include "core/diag.h"
#include "core/run-look.h"

/* ---- report-columns.c: what the values of one field are like ---- */

enum {
    REPORT_SIZES = 33,   /* at[i]: up to 2^i bytes, and more than half of it; at[0]: also none */
    REPORT_SHARES = 100, /* numbers from 0 to 1 in hundredths; 1 is in the last */
    REPORT_FIRST_YEAR = 1900,
    REPORT_YEARS = 200,
    REPORT_MONTH_DAYS = 31,
    REPORT_DAYS = REPORT_YEARS * 12 * REPORT_MONTH_DAYS,
};

struct report_value {
    uint64_t hash, n;
    size_t at; /* in `texts` */
    uint32_t len;
};

/* How often each value came. */
struct report_values {
    struct report_value *at;
    size_t n, cap;
    uint32_t *slots; /* places in `at`, from 1; a power of two of them */
    size_t n_slots;
    struct buffer texts;
};

struct report_column {
    char *name;
    size_t name_len;
    uint64_t records;            /* with a value that is neither null nor empty */
    uint64_t texts, shares_seen; /* of those; shares: numbers from 0 to 1 */
    uint64_t counted;            /* values that went into `values`, items of lists one by one */
    uint64_t bytes;
    uint64_t sizes[REPORT_SIZES];
    uint64_t shares[REPORT_SHARES];
    bool all;       /* count the values however many there are */
    bool uncounted; /* nearly each value was another one, so they are no longer counted */
    struct report_values values;
    uint64_t dates, years_alone;
    uint32_t *days; /* REPORT_DAYS of them, by (year * 12 + month) * 31 + day; NULL: no date yet */
};

void report_column_text(struct report_column *c, const char *s, size_t n);
void report_column_item(struct report_column *c, const char *s, size_t n); /* of a list */
void report_column_number(struct report_column *c, double d, const char *s, size_t n);
bool report_column_failed(const struct report_column *c); /* memory was out */
/* Sorts values, the most frequent first; of equals by their bytes. They take no more then. */
void report_column_sort(struct report_column *c);
const char *report_value_text(const struct report_column *c, size_t i);
void report_column_free(struct report_column *c);

/* ---- report-scan.c: one JSONL file ---- */

enum { REPORT_COLUMNS = 64, REPORT_GROUPS = 10 };

/* A document that others are copies of. */
struct report_group {
    char id[17];
    uint64_t copies;
    char *name, *source; /* NULL: not among the records that were kept */
};

struct report_table {
    char *path; /* relative to the run directory; NULL: there is no such file */
    uint64_t records;
    struct report_column columns[REPORT_COLUMNS];
    size_t n;
    bool more_columns;
    char *trouble; /* why it was not read to its end; or NULL */
};

/* Reads folder/path. groups: those whose id comes by are given a name; n_groups of them. False:
 * memory is out. What cannot be read is told in t->trouble. */
bool report_scan(struct report_table *t, const char *folder, const char *path,
                 struct report_group *groups, size_t n_groups);
const struct report_column *report_column(const struct report_table *t,
                                          const char *name); /* or NULL */
/* Does its first record have such a field, with a value? NULL: is it an object at all? */
bool report_first_has(const char *folder, const char *path, const char *name);
void report_table_free(struct report_table *t);

/* ---- report-samples.c: samples.jsonl ---- */

struct report_field {
    char *name, *text;
    size_t len;
};

struct report_sample {
    char *source, *fate, *stage, *rule, *reason, *duplicate_of, *content;
    double similarity;
    size_t content_len;
    uint64_t bytes, number;
    struct report_field *fields;
    size_t n_fields;
};

struct report_samples {
    struct report_sample *at;
    size_t n;
};

bool report_samples_load(struct report_samples *s, const char *folder); /* false: memory is out */
void report_samples_free(struct report_samples *s);

/* ---- the whole ---- */

struct report {
    const char *folder;
    struct run_look look;
    const char *changed; /* an output whose size is not what the manifest says, or that is gone */
    struct report_table kept, duplicates;
    struct report_group groups[REPORT_GROUPS]; /* the largest first */
    size_t n_groups;
    struct report_samples samples;
};

/* 0, or -1 (reported). report_free in any case. */
int report_load(struct report *r, const char *folder, struct diag *d);
void report_free(struct report *r);
void report_page(const struct report *r, struct buffer *to);
/* All of it: the page of the run in `folder` as `file`; NULL: folder/report.html; "-": standard
 * output. 0, or -1 (reported). */
int report_write(const char *folder, const char *file, struct diag *d);

/* Parts of the page: report-run.c tells of the run, report-records.c of what is in the records,
 * report-documents.c shows documents. */
void report_put_waterfall(struct buffer *b, const struct report *r);
void report_put_stages(struct buffer *b, const struct report *r);
void report_put_files(struct buffer *b, const struct report *r);
void report_put_sizes(struct buffer *b, const struct report *r);
void report_put_fields(struct buffer *b, const struct report *r);
void report_put_dates(struct buffer *b, const struct report *r);
void report_put_duplicates(struct buffer *b, const struct report *r);
void report_put_samples(struct buffer *b, const struct report *r);

/* report-charts.c */

/* A row of a table: a name, a bar from `from` to `to` of `all`, the figure, its share of `all`.
 * kind is the bar's class: "kept", "lost", "plain". */
struct report_bar {
    const char *name;
    size_t name_len;
    uint64_t from, to, all;
    uint64_t widest; /* to - from of the bar that fills its cell; 0: `all` would */
    const char *kind;
    const char *figure; /* in place of the number to - from; or NULL */
    const char *note;   /* behind the name, softly; or NULL */
};
void report_begin_bars(struct buffer *b, const char *caption);
void report_put_bar(struct buffer *b, const struct report_bar *bar);
void report_end_bars(struct buffer *b);

/* Columns side by side, each with its parts from the bottom up, and a few words under it. */
struct report_part {
    const char *name, *kind;
    const uint64_t *at; /* one for each column */
};
void report_put_columns(struct buffer *b, const char *caption, const struct report_part *parts,
                        size_t n_parts, size_t n, const char *(*name)(size_t i, void *context),
                        void *context);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A news page as plain text, boilerplate left in, to its fields and its body. Pure: the packs are
 * frozen, the scratch is the caller's, nothing else is touched. */
#ifndef EXTRACT_EXTRACT_H
#define EXTRACT_EXTRACT_H

#include "pack.h"

enum { MAX_PEOPLE = 12, MAX_LINES = 1 << 18, STORE_MAX = 8192 };

enum line_flag {
    LINE_SENTENCE = 1 << 0,  /* ends as a sentence does */
    LINE_PARAGRAPH = 1 << 1, /* running text by length and end */
    LINE_WORDS = 1 << 2,     /* has a letter at all */
    LINE_CREDIT = 1 << 3,    /* a photo credit */
    LINE_ITEM = 1 << 4,      /* "1. ", "- ", "a. " before text */
    LINE_NAME = 1 << 5,      /* shaped like a person's name */
    LINE_DATE = 1 << 6,      /* nothing but a date with what stands round one */
    LINE_CHANGED = 1 << 7,   /* ... and that of a later change */
    LINE_LONG = 1 << 8,      /* over RULE_LINE_MAX bytes: only its ends were looked at */
    LINE_PEOPLE = 1 << 9,    /* a role word, with or without its name */
    LINE_LABEL = 1 << 10,    /* ... alone: the name is on a neighbour */
    LINE_MARK = 1 << 11,     /* ends in a byline mark, which is cut */
    LINE_DATELINE = 1 << 12, /* begins with a dateline, which is cut */
    LINE_BYLINE = 1 << 13,   /* a name with its site or job */
    LINE_YEAR = 1 << 14,     /* four digits in a row */
    LINE_COLON = 1 << 15,
    LINE_SLASH = 1 << 16,
    LINE_WIDE = 1 << 17,       /* a character that is not ASCII */
    LINE_ODD = 1 << 18,        /* blanks that are not single: while the page is split */
    LINE_TEXT = 1 << 19,       /* a paragraph, or a sentence of some length, without a rule */
    LINE_AS_CAPTION = 1 << 20, /* begins as the captions of some houses may */
    LINE_AFTER_NAME = 1 << 21, /* what stands after a name: "Jurnalis" */
};

/* One line with words or signs; blank ones are not kept. Blanks are single, ends trimmed. It stands
 * in the page's text, or in the scratch's copy of it. */
struct line {
    const char *at;
    uint32_t len;
    uint32_t number;  /* in the text given, from 1 */
    uint32_t flags;   /* enum line_flag */
    uint16_t words;   /* of short lines only */
    uint16_t capital; /* words that begin with one */
    uint8_t may;      /* enum pack_list: those of which a phrase may be in it */
    uint8_t rule;     /* enum role: what the pack's patterns say */
    uint8_t role;     /* enum role: what was decided */
    uint16_t slot;    /* among the lines of earlier pages; of short ones only */
    uint32_t from;    /* the body takes bytes from..to */
    uint32_t to;
    uint32_t rest;   /* where the text after the pattern begins */
    const char *why; /* for a note; or NULL */
};

/* A date as it stands: how far it goes says what was printed. */
struct date {
    int year, month, day;       /* 0: not printed */
    int weekday;                /* 1 Monday to 7 Sunday; 0: not printed */
    int hour, minute, second;   /* -1: not printed */
    int zone;                   /* minutes east */
    bool has_zone, odd_weekday; /* the weekday is not that day's */
};

/* Memory of one thread, reused from page to page. Zeroed is empty. It remembers lines by the packs
 * it was used with: free it before them. */
struct scratch {
    char *text;
    size_t text_cap;
    struct line *lines;
    size_t lines_cap;
    uint32_t *slots; /* hash table over lines, for repeats */
    size_t slots_cap;
    struct seen *seen;     /* short lines of earlier pages; NULL: none yet */
    char store[STORE_MAX]; /* what is not in the text as it should read */
    size_t store_len;
};

/* The result; it points into the page's text and into the scratch, until the next page. */
struct page {
    struct span title, outlet, place, section, publisher, deck; /* at NULL: unknown */
    char date[40];                                              /* ISO 8601; "" unknown */
    const char *date_kind;                                      /* or NULL */
    const char *kind;                                           /* article, photo, index */
    size_t n_authors, n_editors;
    struct line *lines;
    size_t n_lines;
    bool odd_weekday; /* the page date's weekday does not fit its day */
    struct span authors[MAX_PEOPLE], editors[MAX_PEOPLE]; /* so many as there are */
};

/* Lines that recur over many pages, from a rule file: sorted for a search. */
struct learned {
    char *data;
    struct span *at;
    size_t n;
};

int learned_load(struct learned *l, const char *path, struct fault *f);
int learned_read(struct learned *l, const char *data, size_t n, struct fault *f);
bool learned_has(const struct learned *l, struct span line);
void learned_free(struct learned *l);

/* 0, or -1 when memory is out. learned may be NULL. */
int extract_page(const struct pack *pack, const struct learned *learned, const char *text, size_t n,
                 struct page *page, struct scratch *scratch);
/* The body's paragraphs with line feeds between, n bytes; written to `to` unless that is NULL. */
size_t page_body(const struct page *page, char *to);
void scratch_free(struct scratch *scratch);

/* ---- Between the files of extract ---- */

/* A page on its way. */
struct work {
    const struct pack *pack;
    const struct learned *learned;
    struct scratch *scratch;
    struct page *page;
    struct line *line;
    size_t n;
    size_t start; /* the first line of the text; n: there is none */
    size_t date;  /* the date line; n: none */
    struct {
        struct date date;
        struct span before, after; /* what is left round it; at NULL: nothing */
    } dated;                       /* what the date line says, if there is one */
    size_t title;                  /* n: none */
    struct span site;              /* the outlet by a dateline */
    struct span place;
    bool is_photo;
    bool says_photo; /* a photo page's word stands alone above the text */
};

static inline struct span line_span(const struct line *line)
{
    return span(line->at, line->len);
}

/* As it stands, before anybody has looked at it. Set in its place: what is put together elsewhere,
 * field by field, and then copied by larger pieces, waits for all that was stored. */
static inline void begin_line(struct line *line, struct span s, uint32_t number)
{
    memset(line, 0, sizeof(*line));
    line->at = s.at;
    line->len = line->to = (uint32_t)s.len;
    line->number = number;
}

/* A paragraph, or a sentence of some length, that nothing else was found to be. */
static inline bool is_text(const struct line *line)
{
    return (line->flags & (LINE_TEXT | LINE_PEOPLE | LINE_DATE | LINE_BYLINE)) == LINE_TEXT;
}

/* seen.c: what a line looks like by itself does not change from page to page */
void find_slot(const struct work *w, struct line *line); /* before the other two */
bool seen_before(const struct work *w, struct line *line);
void remember(const struct work *w, const struct line *line);

/* split.c */
int split_lines(struct work *w, const char *text, size_t n); /* 0, or -1 when memory is out */

/* lines.c */
void look_at(const struct work *w, struct line *line); /* by itself */
void look_beside_lines(struct work *w);                /* at all, each beside its neighbours */
bool is_learned(const struct work *w, const struct line *line);
bool is_headline(const struct line *line);
bool is_menu(const struct line *line);
bool in_headline_case(const struct line *line);
bool begins_in_capitals(const struct line *line);

/* glued.c */
const char *glued_part(const struct pack *pack, const struct line *line); /* NULL: there is none */

/* date.c */
size_t date_at(const struct pack *pack, struct span s, struct date *d);
bool date_line(const struct pack *pack, struct span s, struct date *d, struct span *before,
               struct span *after, bool *changed);
/* since is not 0 where the date is when something began: good if there is no other. */
bool date_in_text(const struct pack *pack, struct span s, struct date *d, bool *with_weekday,
                  int32_t *since);
void date_write(const struct date *d, bool day_only, char to[40]);

/* dateline.c */
struct dateline {
    size_t len; /* bytes to cut */
    struct span outlet, place;
    bool bare;  /* nothing follows */
    bool sure;  /* a known outlet or place, or one by shape */
    bool known; /* ... and not by brackets alone */
};
bool dateline_at(const struct pack *pack, struct span s, struct dateline *d);

/* outlet.c */
bool is_site_name(const struct pack *pack, struct span s);
bool is_outlet(const struct pack *pack, struct span s); /* known, or by its shape */
struct classes;
/* c: the classes of s, or of its first 64 bytes; there slash tells of all of s. */
bool is_outlet_of(const struct pack *pack, struct span s, const struct classes *c);

/* byline.c */
bool is_name(const struct pack *pack, struct span s);
bool people_line(const struct pack *pack, struct line *line);
bool byline_by_shape(const struct pack *pack, struct span s);
void read_people(struct work *w);
/* A role word at the start of s, or two joined ("Redaktur & Reporter"); bytes, 0: none. */
size_t role_at(const struct pack *pack, struct span s, int32_t *role);
void read_roles(struct work *w, struct span s);
void read_report(struct work *w, struct span s, size_t n); /* n: bytes of the report's word */
void add_names(struct work *w, enum people role, struct span names);

/* mark.c */
size_t byline_mark(const struct pack *pack, struct span s, struct span *inside);
void mark_authors(struct work *w, struct span inside);

/* start.c */
void find_start(struct work *w);
void find_date(struct work *w);

/* label.c */
void label_text(struct work *w);
size_t next_plain(const struct work *w, size_t i); /* the next line that the rules say nothing of */

/* foot.c */
void drop(struct line *line, enum role role, const char *why);
bool signs(struct work *w, const struct line *line); /* a name in capitals, for an author */
void trim_end(struct work *w, size_t kept);          /* kept: lines of text */

/* caption.c */
bool is_caption(const struct work *w, size_t i);
bool is_leading_caption(const struct work *w, size_t i);
bool is_mark_line(const struct work *w, size_t i); /* "(contoh.id/nama)" after the last sentence */

/* repeat.c */
int fold_repeats(struct work *w);

/* head.c */
void find_name_beside_date(struct work *w);
bool is_masthead(const struct pack *pack, struct span s, struct span *site);

/* fields.c */
void label_head(struct work *w);
void read_fields(struct work *w);
struct span store_title_case(struct scratch *s, struct span text);

#endif

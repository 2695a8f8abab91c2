/* SPDX-License-Identifier: Apache-2.0 */
/* A language pack: all that extract knows of a language, read from a data file such as
 * plugins/languages/id.conf, which says in comments what each section is for. A pack is frozen
 * once read; any number of threads may use it. */
#ifndef EXTRACT_PACK_H
#define EXTRACT_PACK_H

#include "text.h"
#include "common/fault.h"

/* What a line of a page is. Those from ROLE_SHARE on are named in packs as [lines NAME]; each
 * also says what comes after it (label.c). */
enum role {
    ROLE_NONE,
    ROLE_BODY,
    ROLE_TITLE,
    ROLE_SECTION,
    ROLE_DATE,
    ROLE_BYLINE,
    ROLE_EDITOR,
    ROLE_PUBLISHER,
    ROLE_SOURCE,
    ROLE_DATELINE,
    ROLE_DECK,
    ROLE_CAPTION,
    ROLE_REPEAT,
    ROLE_PULL_QUOTE,
    ROLE_SITE,
    ROLE_IMAGE,
    ROLE_NOISE,
    ROLE_HEAD,    /* before the text, and none of the others */
    ROLE_LEARNED, /* named by the rule file */
    ROLE_SHARE,   /* lines that go alone */
    ROLE_FONT,
    ROLE_AD,
    ROLE_MEDIA,
    ROLE_PROMO,
    ROLE_WIDGET,
    ROLE_TOPIC,
    ROLE_REPUBLISHED,
    ROLE_RELATED, /* a label for one link, or for a few on the next lines */
    ROLE_PAGER,   /* the text may go on */
    ROLE_BOX,     /* heading of a box; the text may go on */
    ROLE_TAGS,
    ROLE_COMMENTS, /* the text is over */
    ROLE_CONTACT,
    ROLE_COPYRIGHT,
    ROLES
};

const char *role_name(enum role role);

/* A word or phrase and what it stands for: a month, an offset in minutes, a kind. The first bytes
 * that stand for themselves are compared eight at once: text & mask == prefix. */
struct phrase {
    const char *text; /* ASCII letters small */
    uint32_t len;
    int16_t value;
    uint16_t literal; /* bytes in prefix */
    uint64_t prefix, mask;
};

/* Phrases by their first byte and a class of their second and third, longest first: row[b] is that
 * of those that begin with byte b, whatever its case, 0 if there are none. In a row, cell[class] to
 * cell[class + 1] are the phrases of that class; the last class is of those whose second or third
 * byte may be another in the text. */
enum { THREES = 4096 / 64 }; /* words of a set of hashes of three bytes, a bit for each */
enum { PHRASE_CLASSES = 33, PHRASE_ANY = 32, PHRASE_ROW = 34, PHRASES_MAX = 60000 };

struct phrases {
    struct phrase *at;
    size_t n, cap;
    uint16_t *cell;
    uint8_t row[256];
    uint64_t begins[THREES];  /* a bit for each hash of three bytes that one may begin with */
    uint64_t short_begins[4]; /* a bit for each byte that one may begin with in less than four */
};

/* The longest phrase at the start of s that ends where a word ends; its bytes, or 0. A blank in the
 * phrase matches one blank. loose: the end of a word is not asked for. */
size_t phrase_find(const struct phrases *p, struct span s, bool loose, int32_t *value);

/* Of the second and third of three bytes, whatever their case. */
static inline unsigned phrase_class(const char *s)
{
    return ((unsigned char)s[1] * 11u + (unsigned char)s[2]) & 31u;
}

/* By Knuth's multiplicative hash, whatever the case: 32 bits, the upper ones better than the lower.
 */
static inline uint32_t phrase_four(const char *s)
{
    uint32_t four;

    memcpy(&four, s, 4);
    return (four | 0x20202020u) * 0x9e3779b1u;
}

/* The same of those of four bytes whose `keep` is 255: 12 bits. */
static inline unsigned phrase_three_of(const char *s, const unsigned char keep[4])
{
    uint32_t four, mask;

    memcpy(&four, s, 4);
    memcpy(&mask, keep, 4);
    return (((four & mask) | 0x20202020u) * 0x9e3779b1u) >> 20;
}

/* Of the first three of four bytes. */
static inline unsigned phrase_three(const char *s)
{
    return phrase_three_of(s, (const unsigned char[4]){ 255, 255, 255, 0 });
}

/* Of the last three. */
static inline unsigned phrase_last_three(const char *s)
{
    return phrase_three_of(s, (const unsigned char[4]){ 0, 255, 255, 255 });
}

/* In a set of such hashes. */
static inline bool has_three(const uint64_t set[THREES], unsigned three)
{
    return set[three >> 6] >> (three & 63) & 1;
}

static inline void put_three(uint64_t set[THREES], unsigned three)
{
    set[three >> 6] |= UINT64_C(1) << (three & 63);
}

/* May what is in the set begin here? Few pieces have less than four bytes: of those any may. */
static inline bool may_begin_in(const uint64_t set[THREES], struct span s)
{
    return s.len < 4 || has_three(set, phrase_three(s.at));
}

/* A glance that spares most searches. s is not empty. */
static inline bool phrase_may_begin(const struct phrases *p, struct span s)
{
    unsigned char first = lower(s.at[0]);

    return s.len < 4 ? (p->short_begins[first >> 6] >> (first & 63) & 1) != 0
                     : has_three(p->begins, phrase_three(s.at)) && p->n > 0;
}

static inline size_t phrase_at(const struct phrases *p, struct span s, bool loose, int32_t *value)
{
    return s.len > 0 && phrase_may_begin(p, s) ? phrase_find(p, s, loose, value) : 0;
}

bool phrase_is(const struct phrases *p, struct span s); /* s is one, whole */
/* Anywhere in s at the start of a word; NULL: nowhere. */
const char *phrase_in(const struct phrases *p, struct span s, int32_t *value);

/* Those of these places of s, 64 bytes from `from` on, at which a phrase may begin at a glance:
 * begins as in struct phrases. */
uint64_t phrase_glance(const uint64_t begins[THREES], struct span s, size_t from, uint64_t places);

enum people { PEOPLE_AUTHOR = 1, PEOPLE_EDITOR, PEOPLE_PUBLISHER, PEOPLE_SOURCE, PEOPLE_PHOTO };

/* In a pattern: any digits (with . , k m after them), any text. Longer lines are matched by their
 * beginning alone. */
enum { PATTERN_NUMBER = 1, PATTERN_ANY = 2, RULE_LINE_MAX = 400 };

/* A byte of a pattern for which another may stand in the line: a blank before a colon is passed
 * over. */
static inline bool stands_for_others(char c)
{
    return (unsigned char)c <= PATTERN_ANY || c == ':';
}

/* Lists whose phrases are looked for anywhere in a line. */
enum pack_list { PACK_CREDITS = 1, PACK_INNER = 2, PACK_TOLD_TO = 4, PACK_SPAM = 8, PACK_ALL = 15 };
enum { PACK_RULES = 16 }; /* beside them in a glance: a pattern for whole lines */

enum { GLANCE_BITS = 14, BUCKET_BYTES = 4 };

/* What a phrase of one of them begins with: all that pack_look reads, in few lines of cache. */
struct start {
    uint64_t prefix, mask;
    unsigned list;
};

struct pack {
    char *file; /* the file's bytes, small letters; everything points into it */
    const char *code;
    struct phrases months, days, zones;
    struct phrases date_labels;  /* words on a date line; value 1: a later change */
    struct phrases clock_words;  /* before a time */
    struct phrases not_past;     /* words that make a date in the text none of ours; value 1: the
                                  * date is when something began; 2: only straight before it */
    struct phrases places;       /* value 1: a region (province, state) */
    struct phrases outlets;      /* names known in general */
    struct phrases outlet_words; /* words that papers like to be called */
    struct phrases suffixes;     /* ends of site names: .com */
    struct phrases agencies;     /* marks that are no person */
    struct phrases people;       /* role words; value is an enum people */
    struct phrases by;           /* words straight before a name: "oleh", "by" */
    struct phrases reports;      /* "laporan", before a role and a name */
    struct phrases jobs;         /* words between role and name: "wartawan", "kontributor" */
    struct phrases after_name;   /* words that stand after a name: "jurnalis" */
    struct phrases and_words;
    struct phrases told_to;     /* before the outlet's own name in the text: "kepada" */
    struct phrases credits;     /* mark a caption */
    struct phrases photo_words; /* a photo page: in the title or the crumbs */
    struct phrases home_words, section_labels; /* first crumb */
    struct phrases links;                      /* in a paragraph, before a glued link */
    struct phrases spam;             /* words of advertising that strangers put into a page */
    struct phrases labels;           /* name themselves in a copyright or promo line */
    struct phrases rules;            /* patterns for lines; value is an enum role */
    struct phrases inner;            /* ... those that began with any text, without it */
    uint64_t days_or_months[THREES]; /* what one of the two may begin with, as in phrases.begins */
    uint64_t who[THREES];            /* ... one of people, by, reports, jobs */
    uint64_t site_ends[THREES];      /* a bit for each hash of the last three bytes of a suffix */
    uint64_t outlet_ends[THREES];    /* ... of one of outlet_words */
    struct start
        *starts; /* of the lists of enum pack_list, by first byte b: starts[start_from[b]] */
    uint32_t start_from[257];          /* to starts[start_from[b + 1]] */
    uint8_t bucket[BUCKET_BYTES][128]; /* see pack_make_buckets */
    uint64_t open[4]; /* a bit for each byte: a rule that goes on anyhow begins so */
    uint8_t glance[1 << GLANCE_BITS]; /* by the hash of four bytes: a set of enum pack_list, and
                                       * PACK_RULES */
};

/* Reads the pack of n bytes. 0, or -1 and a fault with line and column. The pack owns its memory;
 * free with pack_free, also after a failure. */
int pack_read(struct pack *pack, const char *data, size_t n, struct fault *f);
int pack_load(struct pack *pack, const char *path, struct fault *f);
void pack_free(struct pack *pack);

/* May a suffix of sites end where s does, which has four bytes at least? */
static inline bool pack_may_end_site(const struct pack *pack, struct span s)
{
    return has_three(pack->site_ends, phrase_last_three(s.at + s.len - 4));
}

/* May a word that papers like to be called end where s does, which has four bytes at least? */
static inline bool pack_may_end_outlet(const struct pack *pack, struct span s)
{
    return has_three(pack->outlet_ends, phrase_last_three(s.at + s.len - 4));
}

/* May a day or a month begin here? */
static inline bool pack_day_or_month(const struct pack *pack, struct span s)
{
    return may_begin_in(pack->days_or_months, s);
}

/* May what says who wrote it begin here: one of people, by, reports, jobs? */
static inline bool pack_may_name(const struct pack *pack, struct span s)
{
    return may_begin_in(pack->who, s);
}

/* Of these lists, a set of enum pack_list, those that may have a phrase that begins at s, which is
 * not empty, whatever comes before. */
unsigned pack_look(const struct pack *pack, struct span s, unsigned lists);

static inline unsigned glance_of(const char *s)
{
    return phrase_four(s) >> (32 - GLANCE_BITS);
}

/* The same of all lists at a glance: by four bytes, the first of ASCII, others perhaps of what
 * follows the text. It says too often that there may be one. */
static inline unsigned pack_glance(const struct pack *pack, const char *s)
{
    return pack->glance[glance_of(s)] & PACK_ALL;
}

/* At a glance: may a rule be for the line, which is not empty? Not asked of one that begins with a
 * number: it may. */
static inline bool pack_may_rule(const struct pack *pack, struct span s)
{
    unsigned char first = lower(s.at[0]);

    return s.len < 4 || ((pack->glance[glance_of(s.at)] & PACK_RULES) |
                         (pack->open[first >> 6] >> (first & 63) & 1)) != 0;
}

/* The role that a pattern of the pack gives this line, ROLE_NONE if none; inner: the patterns that
 * begin with any text are tried, too. *rest is what follows a pattern that ends in `*`, and
 * *pattern the pattern, for a note. */
enum role pack_line(const struct pack *pack, struct span line, bool inner, struct span *rest,
                    const char **pattern);

/* ---- Between the files of pack ---- */

enum { LISTS = 27 };

void pack_lists(struct pack *pack, struct phrases *to[LISTS]); /* all that it has */
int pack_make_tables(struct pack *pack);                       /* 0, or -1 when memory is out */

/* Sets bucket: bit b of bucket[k][c] says that a phrase of group b, of those that begin with a
 * character of ASCII, may have c, whatever its case, as its byte k; of bytes from 128 on c is seven
 * bits. So a phrase of the lists of enum pack_list may only begin where the next four bytes have a
 * bit in common. (The filter of "Teddy", G. Langdale in Hyperscan, with a table for each byte in
 * place of two for its halves.) */
int pack_make_buckets(struct pack *pack); /* 0, or -1 when memory is out */

#endif

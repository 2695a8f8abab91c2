/* SPDX-License-Identifier: Apache-2.0 */
/* Records and the batches they travel in. A batch, with all that its records hold, belongs to one
 * thread at a time and is recycled whole. */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H

#include "core/arena.h"
#include "core/plan.h"

/* How a document ends; every one read ends as exactly one of these. */
enum fate { KEPT, DROPPED, DUPLICATE, REJECTED, FATES };

/* Where a document comes from. */
enum birth { BIRTH_READ, BIRTH_SPLIT, BIRTH_MADE /* emitted in finish */ };

struct etl_unit;

struct etl_record {
    struct batch *batch;
    struct etl_record *next;
    struct etl_unit *unit;      /* where it was read; of a split record: its parent's */
    const char *member;     /* in the batch's arena, or NULL */
    uint64_t line;          /* 0: none */
    const char *parent;     /* of a split record: 16 digits, the id of the one that was read */
    uint32_t enters;        /* post (see engine.h) at which it starts; later ones see it */
    uint32_t splits;        /* records made from it so far */
    uint8_t birth;          /* enum birth */
    uint8_t fate;           /* enum fate */
    uint8_t mark;           /* enum etl_verdict that a host call noted in the callback under way */
    bool passed_by;         /* the stage's `when` is false for it */
    bool bad;               /* a value was refused: reject, whatever the callback returns */
    bool watched;           /* the observer wants it; see observe.h */
    bool final;             /* its fate is: what outputs say of it is no more than their affair */
    uint64_t *unwritten;    /* outputs that go without it, by bit; NULL: none. In the arena */
    struct arena_open open; /* of begin */
    uint32_t fate_stage;    /* index of the stage that decided; UINT32_MAX: the host */
    uint32_t n_slots;       /* a field id from here on is none */
    const char *rule;       /* of a drop; in the arena, or NULL */
    const char *reason;     /* NUL-terminated, in the arena, or NULL */
    etl_value slots[];      /* by field id */
};

/* A named count of one stage. */
struct count {
    const char *name;
    uint32_t stage;
    int64_t n;
    size_t records; /* with counts_each: how many of the batch's records must stay for it to hold */
};

struct counts {
    struct count *at;
    size_t n, cap;
};

struct batch {
    struct batch *next; /* in whichever list it is */
    struct arena arena;
    struct etl_record *first, *last;
    size_t n_records;
    uint64_t ticket;
    uint32_t post;  /* the next one to pass */
    int64_t born;   /* when it was taken to be filled, in monotonic microseconds */
    bool mapped;    /* the maps of that post are done, its steps are not */
    struct counts counts;
    bool counts_each; /* the batch may be cut: what is counted belongs to the record being filled */
    bool watched;         /* one of its records is, or was before it was unread */
    bool short_of_memory; /* a host call failed for want of memory: the run must stop */
    size_t reserved;      /* of memory, in the engine's sum; see there */
    struct barrier *barrier; /* follows this batch, or NULL */
    struct etl_unit *last_unit;  /* of the last record read into it */
    uint64_t last_ordinal;   /* of that record in its unit */
    uint64_t last_hash;      /* XXH3-64 of that record as it was read */
};

/* A new, empty record at the end of b; NULL: memory is out. `after`: right behind it instead. */
struct etl_record *record_new(struct batch *b, uint32_t n_slots, struct etl_record *after);
/* XXH3-64 over the values of a record as its input left them: on resume, the same again. */
uint64_t record_hash(const struct etl_record *r, const struct schema *s);
/* Takes the last record out again (its bytes stay until the batch is recycled). */
void batch_unread(struct batch *b, struct etl_record *before);
/* Adds n to a count; the name is copied, cut to COUNT_NAME bytes. */
enum { COUNT_NAME = 200 };
#define COUNT_ERRORS_KEPT "errors, kept as they were" /* by on_error = keep */
void batch_count(struct batch *b, uint32_t stage, const char *name, int64_t n);
/* The same in a list of one's own, names in `a`. False: memory is out. */
bool counts_add(struct counts *c, struct arena *a, const struct count *more);
/* Cuts b, as it was read, to its first n records. */
void batch_cut(struct batch *b, size_t n);
void batch_reset(struct batch *b);
void batch_free(struct batch *b);

/* The longest value that fits into a record, by max_document of its input. */
uint64_t record_limit(const etl_record *r);
/* Host calls on values; they follow etl/plugin.h. */
etl_value record_get(const etl_record *r, etl_field field);
void record_set(etl_record *r, etl_field field, etl_value v, uint32_t how);
/* The same for the host itself, which may set any field that is one. */
void record_fill(etl_record *r, etl_field field, etl_value v, uint32_t how);
char *record_begin(etl_record *r, size_t max);
void record_put(etl_record *r, etl_field field, size_t used); /* `end` of the table */
const char *record_origin(const etl_record *r);
/* Notes what a plugin says of a record; record_apply_mark makes it the record's fate, if anything was
 * said. */
void record_mark(struct etl_record *r, enum etl_verdict mark, const char *rule, const char *msg,
                 size_t len);
void record_mark_duplicate(struct etl_record *r, etl_value of_id, double similarity);
void record_apply_mark(struct etl_record *r, uint32_t stage);
/* id and source of a record that was split from parent. False: memory is out. */
bool record_split_identity(struct etl_record *r, struct etl_record *parent);
/* Notes a fate with its reason; texts are copied into the arena, rule may be NULL. */
void record_end(struct etl_record *r, enum fate fate, uint32_t stage, const char *rule, const char *msg,
                size_t len);

#endif

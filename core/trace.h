/* SPDX-License-Identifier: Apache-2.0 */
/* What an observer remembers of the records it watches: each stage's time, changes, notes and word,
 * and the record as it was at the end. Copies all the way, so that it outlives engine and plan. */
#ifndef CORE_TRACE_H
#define CORE_TRACE_H

#include "core/arena.h"
#include "core/observe.h"

#include <pthread.h>

/* A field with a value; private ones are left out. */
struct trace_field {
    const char *name;
    uint32_t type;
    etl_value value;
};

struct trace_change {
    const char *field;
    uint32_t type;
    etl_value before, after;
};

struct trace_note {
    const char *key; /* "" : none */
    const char *text;
    size_t len;
};

/* One stage that had the record, its map and step together. */
struct trace_stage {
    const char *name; /* "transform extract" */
    uint32_t index;
    bool passed;   /* its `when` was false */
    bool timed;    /* ns is known: reading alone is not timed */
    uint64_t ns;
    int verdict;   /* what its last callback returned */
    bool decided;  /* the record's fate is this stage's doing; rule and reason are those of then */
    enum fate fate;
    const char *rule, *reason; /* or NULL */
    struct trace_change *changes;
    size_t n_changes;
    struct trace_note *notes;
    size_t n_notes, notes_cap;
};

struct trace_record {
    const char *id, *source, *origin;
    const char *parent; /* of a split record: the id it was split from; or NULL */
    uint64_t unit;      /* the number of what it was read from, among all that is read */
    struct trace_stage *stages;
    size_t n_stages, cap;
    bool ended; /* the rest is known */
    enum fate fate;
    const char *decided_by; /* the stage's name; NULL: nobody, it is kept */
    const char *rule, *reason;
    struct trace_field *fields; /* those that are not null, in the order of the schema */
    size_t n_fields;

    const struct etl_record *live; /* while it is on its way */
    etl_value *slots;              /* as the stage under way got them */
};

/* Zeroed but for the lock, which trace_begin makes. */
struct trace {
    pthread_mutex_t lock;
    struct arena memory;
    struct trace_record **records; /* in the order in which they were begun; all stay */
    size_t n, cap;
    bool failed; /* memory was out: what is here is not whole */
};

void trace_begin(struct trace *t);
void trace_end(struct trace *t);

/* From an observer's functions of the same name, for records that trace_new was called for. Each
 * locks. trace_new is for `wants`, trace_fate gives what is known of the record by then (NULL:
 * memory is out); it is good until trace_end. */
void trace_new(struct trace *t, const struct etl_record *r);
void trace_before(struct trace *t, const struct etl_record *r, const struct stage *s);
void trace_after(struct trace *t, const struct etl_record *r, const struct stage *s, int verdict,
                 uint64_t ns);
void trace_passed(struct trace *t, const struct etl_record *r, const struct stage *s);
void trace_note(struct trace *t, const struct etl_record *r, const struct stage *s, const char *key,
                const char *msg, size_t len);
struct trace_record *trace_fate(struct trace *t, const struct etl_record *r);

const char *fate_name(enum fate fate); /* "kept", "dropped", "duplicate", "rejected" */
const struct trace_field *trace_field(const struct trace_record *r, const char *name); /* or NULL */

#endif

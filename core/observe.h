/* SPDX-License-Identifier: Apache-2.0 */
/* Watching single records on their way through the engine, for whoever wants to tell what became of
 * one. An ordinary run has no observer, and then none of this costs more than a look at a flag. */
#ifndef CORE_OBSERVE_H
#define CORE_OBSERVE_H

#include "core/record.h"

/* Which callback of a stage. */
enum callback { CALLBACK_READ, CALLBACK_MAP, CALLBACK_STEP };

/* Handed to the engine in its options; it and its owner are the caller's and outlive the engine.
 *
 * Threads: each function is called on the thread that has the record just then. What is said of one
 * record comes in order and never at once; of two records it may come at once, so with more than one
 * job the owner needs a lock. `fate` alone comes one at a time, in the order of the records.
 *
 * Values: the record and its slots are as the stage before left them (`before`) or as the next one
 * will see them (`after`, `passed`). The next callback changes the slots, so copy them; what they
 * point to stays as it is until `fate` returns, and is gone then. A record that the run stops at, or
 * that `limit` cuts off, has no fate. */
struct observer {
    void *owner;
    /* Is this record to be watched? Asked once, as soon as it has its id, source and origin, and no
     * values yet: before its input fills it, or as it is split off (its parent was watched or not).
     * What follows is called for watched records alone; here alone NULL is allowed, for all. */
    bool (*wants)(void *owner, const struct etl_record *r);
    /* Before a stage's map or step: a transform's, an input's map, an output's map. */
    void (*before)(void *owner, const struct etl_record *r, const struct stage *s,
                   enum callback callback);
    /* Behind it, when what the stage says is applied to the record: fate, fate_stage, rule, reason,
     * and on_error. verdict: what was returned, which need not be an enum etl_verdict. ns: how long
     * the callback took by the clock. Also once with CALLBACK_READ, without a `before`, of a record
     * that is read or made in a finish: it is as that left it, verdict is the mark that was set in
     * reading, and ns is 0, as reading is shared by records. What a split record began as is seen
     * at its first `before`, or `fate`. */
    void (*after)(void *owner, const struct etl_record *r, const struct stage *s,
                  enum callback callback, int verdict, uint64_t ns);
    /* The stage's `when` is false: the record goes by. */
    void (*passed)(void *owner, const struct etl_record *r, const struct stage *s);
    /* A note that the stage makes, in any of its callbacks, on_error included (key "on_error", with
     * the reason of a record that is kept as it was). key may be NULL; msg is counted. Neither need
     * be UTF-8; both are the stage's. NULL: notes are not wanted, and none is made. */
    void (*note)(void *owner, const struct etl_record *r, const struct stage *s, const char *key,
                 const char *msg, size_t len);
    /* The record has been through all there is: r->fate, fate_stage, rule, reason and slots are
     * final. The owner may stop the engine here. */
    void (*fate)(void *owner, const struct etl_record *r);
    /* All records of a batch, watched or not, have their fate; behind `fate`, one batch at a time, in
     * their order. NULL: nobody asks. */
    void (*ended)(void *owner, const struct batch *b);
};

/* What the engine's files call. */
struct engine;
void observe_new(struct engine *e, struct etl_record *r); /* asks `wants`, if there is an observer */
/* Of a record that is watched: as in struct observer, with `ns` from the worker. */
void observe_after(struct engine *e, const struct stage *s, const struct etl_record *r,
                   enum callback callback, int verdict);
void observe_passed(struct engine *e, const struct stage *s, const struct etl_record *r);
void observe_on_error(struct engine *e, const struct stage *s, const struct etl_record *r);
void observe_fates(struct engine *e, struct batch *b);

#endif

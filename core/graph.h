/* SPDX-License-Identifier: Apache-2.0 */
/* A pipeline as a picture: its stages in order, and where documents go from them - as text, for
 * Graphviz (DOT), or for Mermaid; with the figures of a run on it if wanted. Made of the plan, so
 * that it shows what `run` would do. */
#ifndef CORE_GRAPH_H
#define CORE_GRAPH_H

#include "common/buffer.h"
#include "core/manifest-read.h"
#include "core/plan.h"

/* What a run left of its documents at one stage. */
struct graph_loss {
    const char *reason; /* of the stage's own words: "too short"; "" for duplicates */
    enum from to;       /* FROM_DROPPED, FROM_DUPLICATES or FROM_REJECTS */
    int64_t n;
};

/* A run's figures, stage by stage of its plan. */
struct graph_run {
    struct manifest manifest;
    struct run_times times;
    uint64_t *into; /* by stage: documents that came to it; NULL: not known, as some were split */
};

void graph_text(const struct plan *p, const struct graph_run *r, struct buffer *to);
void graph_dot(const struct plan *p, const struct graph_run *r, struct buffer *to);
void graph_mermaid(const struct plan *p, const struct graph_run *r, struct buffer *to);

/* graph.c, for the three of them. */

/* What the stage does, a line each: what it reads, writes, edits, makes, and its conditions. Free
 * it with graph_free_lines. */
struct graph_lines {
    char *at[8];
    size_t n;
};
void graph_lines(const struct stage *s, struct graph_lines *to);
void graph_free_lines(struct graph_lines *l);
/* Is that count of a stage a loss, and of which kind? */
bool graph_loss(const struct manifest_count *c, struct graph_loss *to);
/* The stage's loss number i; false: there are no more. */
bool graph_loss_of(const struct graph_run *r, const struct stage *s, size_t i,
                   struct graph_loss *to);
/* `before`, then "2.0 ms of CPU (22%)", the share of what all stages took; nothing where no time is
 * known. */
void graph_put_time(struct buffer *to, const char *before, const struct graph_run *r,
                    const struct stage *s);
int64_t graph_written(const struct graph_run *r, const struct stage *s); /* records of an output */
/* How many documents ended there, by the run. */
uint64_t graph_ended(const struct graph_run *r, enum from where);
const char *graph_end_name(enum from where); /* "kept", "duplicates" */
/* Fills r->into. False: memory is out. */
bool graph_count(const struct plan *p, struct graph_run *r);

#endif

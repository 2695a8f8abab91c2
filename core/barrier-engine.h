/* SPDX-License-Identifier: Apache-2.0 */
/* What a barrier does as it passes the posts, and the streams of a stage. */
#ifndef CORE_BARRIER_ENGINE_H
#define CORE_BARRIER_ENGINE_H

#include "core/engine.h"

/* Begins a barrier behind b, under the engine's lock, if none is under way. */
void barrier_begin(struct engine *e, struct batch *b);
/* The stage of p commits; at the ledger the streams are synced and the journal is written. 0, or -1:
 * the run stops (said already). */
int barrier_pass(struct engine *e, struct post *p, struct barrier *b);

/* After each step: a stream may be cut here, nowhere else. */
int stage_record_end(struct stage *s);
bool stage_pipe_broken(const struct stage *s);

#endif

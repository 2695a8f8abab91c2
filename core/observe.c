/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine says to its observer, if it has one. */
#include "core/observe.h"

#include "core/engine.h"

#include <string.h>

void observe_new(struct engine *e, struct etl_record *r)
{
    const struct observer *o = e->options.observer;

    if (o && (!o->wants || o->wants(o->owner, r)))
        r->watched = r->batch->watched = true;
}

void observe_after(struct engine *e, const struct stage *s, const struct etl_record *r,
                   enum callback callback, int verdict)
{
    const struct observer *o = e->options.observer;

    o->after(o->owner, r, s, callback, verdict, callback == CALLBACK_READ ? 0 : here.worker->took);
}

void observe_passed(struct engine *e, const struct stage *s, const struct etl_record *r)
{
    e->options.observer->passed(e->options.observer->owner, r, s);
}

void observe_on_error(struct engine *e, const struct stage *s, const struct etl_record *r)
{
    const struct observer *o = e->options.observer;
    const char *reason = r->reason ? r->reason : "rejected without a reason";

    if (o->note)
        o->note(o->owner, r, s, "on_error", reason, strlen(reason));
}

void observe_fates(struct engine *e, struct batch *b)
{
    const struct observer *o = e->options.observer;

    if (!o)
        return;
    for (const struct etl_record *r = b->first; r && b->watched; r = r->next)
        if (r->watched)
            o->fate(o->owner, r);
    if (o->ended)
        o->ended(o->owner, b);
}

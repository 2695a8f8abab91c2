/* SPDX-License-Identifier: Apache-2.0 */
/* What a run knows of its input files: which were read to their verified end, and which of them
 * were damaged and are not all there. */
#include "core/run.h"

#include "common/buffer.h"

#include <stdlib.h>

void run_keep_verified(struct run *r, const struct barrier *from)
{
    for (size_t i = 0; i < from->n_verified; i++) {
        const struct verified *v = &from->verified[i];

        if (v->file_index >= r->n_files)
            continue;
        verified_note(&r->verified[v->file_index], v);
    }
}

void run_note_verified(struct run *r)
{
    for (size_t i = 0; i < r->engine.n_units && i < r->engine.limit_unit; i++) {
        struct verified v;

        if (!unit_verified(&r->engine.units[i], &v))
            continue;
        verified_note(&r->verified[v.file_index], &v);
        free(v.damage);
    }
}

static void warn_of(const struct run *r, const struct stage *s, const char *path,
                    const struct verified *v)
{
    struct buffer text = { 0 };

    buffer_printf(&text, "%s, at byte %llu", v->damage ? v->damage : "damaged",
                  (unsigned long long)v->damage_byte);
    diag_report(r->plan->diag,
                &(struct diag_message){
                    .level = DIAG_WARNING,
                    .code = E0313,
                    .text = buffer_string(&text),
                    .document = path ? path : s->name,
                    .section = s->name,
                    .note = "what can be read of it is taken, as on_damage = salvage says",
                    .help = "get the file again; the same command then reads it anew",
                });
    buffer_free(&text);
}

void run_warn_of_damage(const struct run *r)
{
    const struct plan *p = r->plan;
    size_t index = 0;

    for (size_t i = 0; i < p->n_inputs; i++)
        for (size_t k = 0; k < p->stages[i].n_files; k++, index++)
            if (r->verified[index].damaged)
                warn_of(r, &p->stages[i], p->stages[i].files[k].path, &r->verified[index]);
}

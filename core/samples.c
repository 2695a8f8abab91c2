/* SPDX-License-Identifier: Apache-2.0 */
/* samples.jsonl: some documents as they came and as they went, for whoever wants to see what a run
 * does to its input. Of each fate the 1st, 2nd, 4th, 8th document and so on: few of any number, and
 * the same ones at any number of threads and after any kill. */
#include "core/ledger.h"

#include "common/json-write.h"
#include "core/stream.h"
#include "core/trace.h"

#include <errno.h>
#include <string.h>

enum { SHOWN_BYTES = 4096 }; /* of a content, and of each value */

static bool is_shown(const struct ledger *l, const struct etl_record *r, uint32_t field)
{
    const struct schema_field *f = &l->plan->schema.fields[field];

    return !f->private_to_stage && field < r->n_slots && r->slots[field].type != ETL_NULL;
}

/* Most pipelines make fields of their own, and what their inputs wrote is all in the content. */
static bool has_made_some(const struct ledger *l, const struct etl_record *r)
{
    for (uint32_t i = FIELD_FIRST_OWN; i < l->plan->schema.n; i++)
        if (is_shown(l, r, i) && l->plan->schema.fields[i].stage >= l->plan->n_inputs)
            return true;
    return false;
}

static void put_fields(struct buffer *b, const struct ledger *l, const struct etl_record *r)
{
    const struct schema *s = &l->plan->schema;
    bool made = has_made_some(l, r);
    const char *before = "";

    buffer_puts(b, ",\"fields\":{");
    for (uint32_t i = FIELD_FIRST_OWN; i < s->n; i++) {
        if (!is_shown(l, r, i) || (made && s->fields[i].stage < l->plan->n_inputs))
            continue;
        buffer_puts(b, before);
        json_write_text(b, s->fields[i].name, strlen(s->fields[i].name));
        buffer_byte(b, ':');
        json_write_value(b, ledger_head(r->slots[i], SHOWN_BYTES));
        before = ",";
    }
    buffer_puts(b, "}}\n");
}

static void put_why(struct buffer *b, const struct ledger *l, const struct etl_record *r)
{
    const char *stage =
        r->fate_stage < l->plan->n_stages ? l->plan->stages[r->fate_stage].name : "host";

    buffer_puts(b, ",\"stage\":");
    json_write_text(b, stage, strlen(stage));
    if (r->rule) {
        buffer_puts(b, ",\"rule\":");
        json_write_any_text(b, r->rule, strlen(r->rule));
    }
    if (r->reason) {
        buffer_puts(b, ",\"reason\":");
        json_write_any_text(b, r->reason, strlen(r->reason));
    }
    if (r->fate == DUPLICATE) {
        buffer_puts(b, ",\"duplicate_of\":");
        json_write_value(b, r->slots[FIELD_DUPLICATE_OF]);
        buffer_puts(b, ",\"similarity\":");
        json_write_value(b, r->slots[FIELD_SIMILARITY]);
    }
}

static bool is_power_of_two(uint64_t n)
{
    return (n & (n - 1)) == 0;
}

int samples_take(struct ledger *l, const struct etl_record *r)
{
    const etl_value *content;
    struct buffer *b = &l->line;

    if (!is_power_of_two(l->fates[r->fate]))
        return 0;
    content = ledger_content(l, r);
    b->len = 0;
    buffer_puts(b, "{\"id\":");
    json_write_value(b, r->slots[FIELD_ID]);
    buffer_puts(b, ",\"source\":");
    json_write_value(b, r->slots[FIELD_SOURCE]);
    buffer_printf(b, ",\"fate\":\"%s\",\"number\":%llu", fate_name((enum fate)r->fate),
                  (unsigned long long)l->fates[r->fate]);
    if (r->fate != KEPT)
        put_why(b, l, r);
    buffer_printf(b, ",\"bytes\":%u,\"content\":", content ? content->len : 0);
    if (content)
        json_write_any_text(b, content->text, ledger_head(*content, SHOWN_BYTES).len);
    else
        buffer_puts(b, "null");
    put_fields(b, l, r);
    if (b->failed)
        return diag_error_errno(l->plan->diag, E0771, ENOMEM, "cannot write samples.jsonl");
    l->n_samples++;
    if (stream_write(l->samples, b->data, b->len) < 0)
        return -1;
    return stream_record_end(l->samples);
}

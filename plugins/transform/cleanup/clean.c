/* SPDX-License-Identifier: Apache-2.0 */
/* The rounds of cleaning: one repair may make another one necessary (an entity turns into half of a
 * mojibake, a removed control joins two halves of an entity), so they are made again until the scan
 * or they themselves find nothing to do. */
#include "clean.h"
#include "common/nfc.h"

/* Real text settles in two or three rounds. Text that was built to need more is left as it came:
 * any other answer would not be the same the second time. */
enum { ROUNDS = 16, KEEP_BYTES = 4 << 20 };

typedef uint64_t repair_function(const char *s, size_t n, struct buffer *out);

static uint64_t repair_nfc(const char *s, size_t n, struct buffer *out)
{
    struct fault f;

    if (nfc_normalise(s, n, out, &f) < 0) {
        out->failed = true;
        return 0;
    }
    return out->len != n || memcmp(out->data, s, n) != 0;
}

static repair_function *const repairs[REPAIRS] = {
    [REPAIR_MOJIBAKE] = repair_mojibake, [REPAIR_LINE_ENDS] = repair_line_ends,
    [REPAIR_ENTITIES] = repair_entities, [REPAIR_CONTROLS] = repair_controls,
    [REPAIR_WIDTHS] = repair_widths,     [REPAIR_SPACES] = repair_spaces,
    [REPAIR_NFC] = repair_nfc,
};

/* Makes the repairs of `needed` once, in their order. Did they change anything? -1: no memory. */
static int make_round(struct cleaner *c, unsigned needed, struct cleaned *to)
{
    int changed = 0;

    for (int r = 0; r < REPAIRS; r++) {
        struct buffer *out = to->text == c->a.data ? &c->b : &c->a;
        uint64_t count;

        if (!(needed & REPAIR_BIT(r)) || to->len == 0)
            continue;
        out->len = 0;
        count = repairs[r](to->text, to->len, out);
        if (out->failed)
            return -1;
        if (count == 0)
            continue;
        to->counts[r] += count;
        to->text = out->data;
        to->len = out->len;
        changed = 1;
        /* The bytes of text misread twice include controls, soft hyphens and no-break spaces: it is
         * put together to the end before other repairs may touch them. Each time it halves. */
        if (r == REPAIR_MOJIBAKE)
            r--;
    }
    return changed;
}

/* One huge text must not hold its memory for the rest of the run. */
static void trim(struct buffer *b, size_t n)
{
    if (b->failed || (b->cap > KEEP_BYTES && b->cap / 8 > n))
        buffer_free(b);
}

int clean_text(struct cleaner *c, unsigned wanted, const char *s, size_t n, struct cleaned *to)
{
    trim(&c->a, n);
    trim(&c->b, n);
    *to = (struct cleaned){ .text = s, .len = n };
    for (int round = 0; round < ROUNDS; round++) {
        unsigned needed = clean_needs(to->text, to->len) & wanted;
        int changed = needed ? make_round(c, needed, to) : 0;

        if (changed < 0)
            return -1;
        if (changed == 0) {
            if (!to->text)
                to->text = "";
            return 0;
        }
        to->changed = true;
    }
    *to = (struct cleaned){ .text = s, .len = n, .unsettled = true };
    return 0;
}

void cleaner_close(struct cleaner *c)
{
    buffer_free(&c->a);
    buffer_free(&c->b);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* An etl_value of any type made of input bytes, for the writers' harnesses. */
#ifndef TESTS_FUZZ_VALUES_H
#define TESTS_FUZZ_VALUES_H

#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

#include <etl/plugin.h>

enum { MOST_ITEMS = 8 };

/* A text of at most 255 bytes, whatever follows; in memory of its own, which *owned takes. */
static inline etl_value take_text(struct left *l, char **owned)
{
    struct left piece = take(l, take_byte(l));
    size_t n = utf8_valid_prefix((const char *)piece.at, piece.n);

    *owned = copy_of(piece.at, n, false);
    return etl_text(*owned, n);
}

struct made {
    etl_value value, item[MOST_ITEMS];
    char *owned[MOST_ITEMS];
};

static inline etl_value take_value(struct left *l, struct made *m)
{
    uint64_t bits;
    double d;
    size_t n;

    memset(m, 0, sizeof(*m));
    switch (take_byte(l) % 8) {
    case ETL_BOOL:
        return m->value = etl_bool(take_byte(l) & 1);
    case ETL_INT:
        return m->value = etl_int((int64_t)take_u64(l));
    case ETL_REAL:
        bits = take_u64(l);
        memcpy(&d, &bits, sizeof(d));
        return m->value = etl_real(d);
    case ETL_TIME:
        return m->value = etl_time((int64_t)take_u64(l));
    case ETL_TEXT:
        return m->value = take_text(l, &m->owned[0]);
    case ETL_BYTES:
        m->value = take_text(l, &m->owned[0]);
        m->value.type = ETL_BYTES;
        return m->value;
    case ETL_LIST:
        n = take_byte(l) % (MOST_ITEMS + 1);
        for (size_t i = 0; i < n; i++)
            m->item[i] = take_text(l, &m->owned[i]);
        return m->value = etl_list(m->item, n);
    default:
        return m->value = etl_null();
    }
}

static inline void made_free(struct made *m)
{
    for (size_t i = 0; i < MOST_ITEMS; i++)
        free(m->owned[i]);
}

static inline bool same_text(etl_value v, const char *s, size_t n)
{
    return v.len == n && (n == 0 || memcmp(v.text, s, n) == 0);
}

#endif

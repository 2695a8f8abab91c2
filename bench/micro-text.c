/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at text: copying it, its UTF-8, its normal form. */
#include <config.h>
#include "bench/micro.h"

#include "common/nfc.h"
#include "common/utf8.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_ICU
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#endif

struct scratch {
    char *copy;
    iconv_t to_utf16;
#ifdef HAVE_ICU
    UChar *wide;
    int32_t cap;
    const UNormalizer2 *nfc;
#endif
};

static uint64_t copy(const struct texts *t, void *state)
{
    struct scratch *s = state;
    uint64_t sum = 0;

    for (size_t i = 0; i < t->n; i++) {
        memcpy(s->copy, t->at[i], t->size[i]);
        __asm__ volatile("" : : "r"(s->copy) : "memory"); /* it is copied, whoever looks at it */
        sum += t->size[i];
    }
    return sum;
}

static uint64_t valid(const struct texts *t, void *state)
{
    uint64_t n = 0;

    (void)state;
    for (size_t i = 0; i < t->n; i++)
        n += utf8_valid(t->at[i], t->size[i]);
    return n;
}

static uint64_t valid_iconv(const struct texts *t, void *state)
{
    struct scratch *s = state;
    uint64_t n = 0;

    for (size_t i = 0; i < t->n; i++) {
        char *from = (char *)(uintptr_t)t->at[i], *to = s->copy;
        size_t left = t->size[i], space = 2 * t->longest + 2;

        iconv(s->to_utf16, NULL, NULL, NULL, NULL);
        n += iconv(s->to_utf16, &from, &left, &to, &space) != (size_t)-1;
    }
    return n;
}

static uint64_t plain(const struct texts *t, void *state)
{
    uint64_t n = 0;

    (void)state;
    for (size_t i = 0; i < t->n; i++)
        n += nfc_is_plain(t->at[i], t->size[i]);
    return n;
}

#ifdef HAVE_ICU
static int32_t widen(const struct texts *t, size_t i, const struct scratch *s, UErrorCode *error)
{
    int32_t n = 0;

    *error = U_ZERO_ERROR;
    u_strFromUTF8(s->wide, s->cap, &n, t->at[i], (int32_t)t->size[i], error);
    return n;
}

static uint64_t valid_icu(const struct texts *t, void *state)
{
    UErrorCode error;
    uint64_t n = 0;

    for (size_t i = 0; i < t->n; i++) {
        widen(t, i, state, &error);
        n += U_SUCCESS(error);
    }
    return n;
}

static uint64_t plain_icu(const struct texts *t, void *state)
{
    const struct scratch *s = state;
    UErrorCode error;
    uint64_t n = 0;

    for (size_t i = 0; i < t->n; i++) {
        int32_t len = widen(t, i, s, &error);

        n += unorm2_quickCheck(s->nfc, s->wide, len, &error) == UNORM_YES;
    }
    return n;
}
#endif

void micro_text(const struct texts *t)
{
    struct scratch s = { .copy = room(2 * t->longest + 2),
                         .to_utf16 = iconv_open("UTF-16LE", "UTF-8") };

    if (s.to_utf16 == (iconv_t)-1)
        give_up("iconv knows no UTF-16");
    row(t, OURS, "memcpy", copy, &s, t->len, NULL);
    row(t, OURS, "UTF-8 check", valid, &s, t->len, NULL);
    row(t, SAME, "iconv of the C library", valid_iconv, &s, t->len, "makes UTF-16 on the way");
#ifdef HAVE_ICU
    UErrorCode error = U_ZERO_ERROR;

    s.cap = (int32_t)t->longest + 1;
    s.wide = room((size_t)s.cap * sizeof(*s.wide));
    s.nfc = unorm2_getNFCInstance(&error);
    row(t, SAME, "ICU u_strFromUTF8", valid_icu, &s, t->len, "makes UTF-16 on the way");
#endif
    row(t, OURS, "NFC scan", plain, &s, t->len, "false means only: look closer");
#ifdef HAVE_ICU
    if (U_SUCCESS(error))
        row(t, SIMILAR, "ICU unorm2_quickCheck", plain_icu, &s, t->len,
            "with the UTF-16 that it needs; exact");
    free(s.wide);
#endif
    iconv_close(s.to_utf16);
    free(s.copy);
}

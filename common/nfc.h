/* SPDX-License-Identifier: Apache-2.0 */
/* Unicode normalisation form C (UAX #15). Nearly all text is in NFC already, which a scan of its
 * bytes proves; ICU is asked for the rest. Pure functions: any thread, no memory kept. */
#ifndef COMMON_NFC_H
#define COMMON_NFC_H

#include "common/buffer.h"
#include "common/fault.h"

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the longest beginning of s (valid UTF-8) that consists of characters which are in NFC
 * beside any others: below U+0300, letters of the scripts in common use, Han, Hangul, most
 * punctuation and symbols, emoji. */
size_t nfc_plain_prefix(const char *s, size_t n);

/* Is the character at s such a one? */
bool nfc_is_plain_at(const char *s);

/* Is s surely in NFC? False means only that it takes a closer look. */
static inline bool nfc_is_plain(const char *s, size_t n)
{
    return nfc_plain_prefix(s, n) == n;
}

/* Appends the NFC form of s (valid UTF-8) to out. 0, or -1: memory or ICU failed. A run of a
 * thousand characters that all combine with each other is no text in any language, and is
 * passed on as it stands, or its sorting would take time without bound. Built without ICU it
 * appends s as it is: then only nfc_is_plain is to be trusted. */
int nfc_normalise(const char *s, size_t n, struct buffer *out, struct fault *f);

#endif

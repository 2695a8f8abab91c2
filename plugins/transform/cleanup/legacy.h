/* SPDX-License-Identifier: Apache-2.0 */
/* The old one-byte pages that UTF-8 gets read as, and which Latin letters are upper or lower case.
 */
#ifndef CLEANUP_LEGACY_H
#define CLEANUP_LEGACY_H

#include <stdbool.h>
#include <stdint.h>

enum legacy { LEGACY_WINDOWS, LEGACY_MAC, LEGACY_PAGES };

/* The byte from 80 to FF that c was read from; 0: c is not on that page. */
uint8_t legacy_byte(enum legacy page, uint32_t c);

/* What Windows-1252 has in the place of the C1 control c; c itself for all others. */
uint32_t legacy_c1(uint32_t c);

/* Could c and the character behind it be the first two of a UTF-8 sequence read as either page? */
bool legacy_pair(uint32_t c, uint32_t next);

bool latin_lower(uint32_t c);
bool latin_upper(uint32_t c);

static inline bool latin_letter(uint32_t c)
{
    return latin_lower(c) || latin_upper(c);
}

#endif

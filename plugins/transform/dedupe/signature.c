/* SPDX-License-Identifier: Apache-2.0 */
/* Optimal densification (Shrivastava, "Optimal Densification for Fast and Accurate Minwise
 * Hashing", ICML 2017): an empty bin takes the value of the first filled one on a walk of its own.
 * Ours walks by a fixed odd stride, so that it comes to every bin and ends. */
#include "signature.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define PROBE_K0 UINT64_C(0x1d8e4e27c47d124f)
#define PROBE_K1 UINT64_C(0xeb44accab455d165)
#define BAND_K0 UINT64_C(0x9fb21c651e98df25)
#define BAND_K1 UINT64_C(0xc3a5c85c97cb3127)
#define EXACT_K0 UINT64_C(0xb492b66fbe98f273)
#define EXACT_K1 UINT64_C(0x9ae16a3b2f90404f)

struct walk {
    uint8_t start, stride; /* the bin at step j is start + j x stride, modulo 256 */
};

static inline struct walk walk_of(unsigned bin)
{
    uint64_t h = hash_mix(bin ^ PROBE_K0, PROBE_K1);

    return (struct walk){ (uint8_t)h, (uint8_t)(h >> 8 | 1) };
}

/* Gives each of the holes the value of the first filled bin on its walk. For most that is the first
 * or the second; which of them, and how much farther the others go, no branch foresees: so all that
 * are still empty go on together, and of an empty bin's value all bits are set. */
static void fill_by_walks(const uint32_t bin[BINS], uint8_t *hole, unsigned holes, uint16_t *value)
{
    uint8_t at[BINS], stride[BINS];
    unsigned left = 0;

    for (unsigned i = 0; i < holes; i++) {
        struct walk w = walk_of(hole[i]);
        uint8_t second = (uint8_t)(w.start + w.stride);
        uint32_t filled = bin[w.start] != BIN_EMPTY;
        uint32_t found = bin[w.start] & (bin[second] | (0 - filled));

        value[hole[i]] = (uint16_t)found;
        hole[left] = hole[i];
        at[left] = second;
        stride[left] = w.stride;
        left += found == BIN_EMPTY;
    }
    while (left > 0) {
        unsigned n = left;

        left = 0;
        for (unsigned i = 0; i < n; i++) {
            uint8_t next = (uint8_t)(at[i] + stride[i]);

            value[hole[i]] = (uint16_t)bin[next];
            hole[left] = hole[i];
            at[left] = next;
            stride[left] = stride[i];
            left += bin[next] == BIN_EMPTY;
        }
    }
}

/* The same where few are filled: the least step that leads to one of them, which is its distance
 * times the inverse of the stride. Newton's iteration doubles the bits of the inverse that are
 * right, 3 at first. */
static unsigned walk_to_few(struct walk w, const uint8_t *filled, unsigned n)
{
    unsigned s = w.stride, inverse = s, least = BINS, to = 0;

    inverse *= 2 - s * inverse;
    inverse *= 2 - s * inverse;
    for (unsigned i = 0; i < n; i++) {
        unsigned step = (((unsigned)filled[i] - w.start) * inverse) & (BINS - 1);

        if (step < least) {
            least = step;
            to = filled[i];
        }
    }
    return to;
}

/* The values, and a bit for each bin that is empty. */
static void take_values(const uint32_t bin[BINS], uint16_t *value, uint64_t empty[BINS / 64])
{
    memset(empty, 0, BINS / 8);
#ifdef __SSE2__
    for (unsigned i = 0; i < BINS; i += 16) {
        __m128i v[4], hole[4];

        for (unsigned k = 0; k < 4; k++) {
            v[k] = _mm_loadu_si128((const __m128i *)(const void *)(bin + i + 4 * k));
            hole[k] = _mm_cmpeq_epi32(v[k], _mm_set1_epi32(-1));
            v[k] =
                _mm_srai_epi32(_mm_slli_epi32(v[k], 16), 16); /* so that packing saturates none */
        }
        _mm_storeu_si128((__m128i *)(void *)(value + i), _mm_packs_epi32(v[0], v[1]));
        _mm_storeu_si128((__m128i *)(void *)(value + i + 8), _mm_packs_epi32(v[2], v[3]));
        __m128i bytes =
            _mm_packs_epi16(_mm_packs_epi32(hole[0], hole[1]), _mm_packs_epi32(hole[2], hole[3]));
        empty[i / 64] |= (uint64_t)(unsigned)_mm_movemask_epi8(bytes) << i % 64;
    }
#else
    for (unsigned i = 0; i < BINS; i++) {
        value[i] = (uint16_t)bin[i];
        empty[i / 64] |= (uint64_t)(bin[i] == BIN_EMPTY) << i % 64;
    }
#endif
}

/* Writes the numbers of the bits that are set in the 256 to `to`; returns how many. */
static unsigned numbers_of(const uint64_t bits[BINS / 64], uint8_t *to)
{
    unsigned n = 0;

    for (unsigned i = 0; i < BINS / 64; i++)
        for (uint64_t left = bits[i]; left; left &= left - 1)
            to[n++] = (uint8_t)(64 * i + (unsigned)__builtin_ctzll(left));
    return n;
}

/* The holes where few bins are filled. */
static void fill_by_few(const uint32_t bin[BINS], const uint64_t empty[BINS / 64],
                        const uint8_t *hole, unsigned holes, uint16_t *value)
{
    uint64_t full[BINS / 64];
    uint8_t filled[BINS];
    unsigned n;

    for (unsigned i = 0; i < BINS / 64; i++)
        full[i] = ~empty[i];
    n = numbers_of(full, filled);
    for (unsigned i = 0; i < holes; i++)
        value[hole[i]] = (uint16_t)bin[walk_to_few(walk_of(hole[i]), filled, n)];
}

void signature_make(const uint32_t bin[BINS], struct signature *out)
{
    enum { FEW = 16 };
    uint64_t empty[BINS / 64];
    uint8_t hole[BINS];
    unsigned holes;

    take_values(bin, out->value, empty);
    holes = numbers_of(empty, hole);
    if (holes == BINS)
        return;
    if (BINS - holes <= FEW) {
        fill_by_few(bin, empty, hole, holes, out->value);
        return;
    }
    fill_by_walks(bin, hole, holes, out->value);
}

unsigned signature_agree(const struct signature *a, const struct signature *b)
{
#ifdef __SSE2__
    __m128i sum = _mm_setzero_si128();
    uint16_t lane[8];
    unsigned agree = 0;

    for (int i = 0; i < BINS; i += 8)
        sum = _mm_sub_epi16(
            sum, _mm_cmpeq_epi16(_mm_loadu_si128((const __m128i *)(const void *)(a->value + i)),
                                 _mm_loadu_si128((const __m128i *)(const void *)(b->value + i))));
    _mm_storeu_si128((__m128i *)(void *)lane, sum);
    for (int i = 0; i < 8; i++)
        agree += lane[i];
    return agree;
#else
    unsigned agree = 0;

    for (int i = 0; i < BINS; i++)
        agree += a->value[i] == b->value[i];
    return agree;
#endif
}

void signature_keys(const struct signature *s, const uint64_t *numbers, uint64_t key[BANDS])
{
    for (unsigned band = 0; band < BANDS; band++) {
        const uint16_t *v = s->value + (size_t)band * ROWS;
        uint64_t low =
            (uint64_t)v[0] | (uint64_t)v[1] << 16 | (uint64_t)v[2] << 32 | (uint64_t)v[3] << 48;
        uint64_t high = (uint64_t)v[4] | (uint64_t)v[5] << 16 | (uint64_t)band << 32;

        key[band] = hash_mix(low ^ BAND_K0, high ^ BAND_K1);
        if (numbers)
            key[band] = hash_mix(key[band] ^ BAND_K1, *numbers ^ BAND_K0);
    }
}

uint64_t exact_key(struct hash128 exact)
{
    return hash_mix(exact.high ^ EXACT_K0, exact.low ^ EXACT_K1);
}

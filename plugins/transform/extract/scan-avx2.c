/* SPDX-License-Identifier: Apache-2.0 */
/* The pass over a line of ASCII, as most are, with AVX2 and what comes with it on every machine
 * that has it: bits counted and taken off in one instruction each. Nothing is called while it goes
 * on, so that all constants stay where they are. */
#include "scan.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include "classes.h"
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

/* A bit for each of 64 bytes. */
struct ascii {
    uint64_t letter, digit, small, blank, control, colon, slash;
    uint64_t wide; /* not ASCII */
};

AVX2 static inline uint64_t bits_of(__m256i x)
{
    return (uint32_t)_mm256_movemask_epi8(x);
}

/* As unsigned numbers, at most n. */
AVX2 static inline __m256i at_most(__m256i x, char n)
{
    return _mm256_cmpeq_epi8(_mm256_min_epu8(x, _mm256_set1_epi8(n)), x);
}

AVX2 static inline struct ascii ascii_of_32(const char *s)
{
    __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)s);
    __m256i folded = _mm256_or_si256(x, _mm256_set1_epi8(0x20));

    return (struct ascii){
        .letter = bits_of(at_most(_mm256_sub_epi8(folded, _mm256_set1_epi8('a')), 25)),
        .digit = bits_of(at_most(_mm256_sub_epi8(x, _mm256_set1_epi8('0')), 9)),
        .small = bits_of(_mm256_slli_epi16(x, 2)), /* bit 5, of letters */
        .blank = bits_of(_mm256_cmpeq_epi8(x, _mm256_set1_epi8(' '))),
        .control = bits_of(
            _mm256_or_si256(at_most(x, 0x1f), _mm256_cmpeq_epi8(x, _mm256_set1_epi8(0x7f)))),
        .colon = bits_of(_mm256_cmpeq_epi8(x, _mm256_set1_epi8(':'))),
        .slash = bits_of(_mm256_cmpeq_epi8(x, _mm256_set1_epi8('/'))),
        .wide = bits_of(x),
    };
}

AVX2 static inline struct ascii ascii_of(const char *s)
{
    struct ascii a = ascii_of_32(s), b = ascii_of_32(s + 32);

    return (struct ascii){
        .letter = a.letter | b.letter << 32,
        .digit = a.digit | b.digit << 32,
        .small = a.small | b.small << 32,
        .blank = a.blank | b.blank << 32,
        .control = a.control | b.control << 32,
        .colon = a.colon | b.colon << 32,
        .slash = a.slash | b.slash << 32,
        .wide = a.wide | b.wide << 32,
    };
}

/* All but the first byte of each character that is not ASCII: the smallest as signed numbers. */
AVX2 static inline uint64_t inner_of(const char *s)
{
    const __m256i *v = (const __m256i *)(const void *)s, first = _mm256_set1_epi8((char)0xc0);

    return bits_of(_mm256_cmpgt_epi8(first, _mm256_loadu_si256(v))) |
           bits_of(_mm256_cmpgt_epi8(first, _mm256_loadu_si256(v + 1))) << 32;
}

enum { HITS = 64 };

/* Where a phrase of some list may begin at a glance, and where a character is not ASCII. */
struct hits {
    size_t n;
    size_t at[HITS + 64];
};

/* Without a branch: few places are a hit, and which no branch foresees. */
AVX2 static inline void glance_at(const struct pack *pack, struct span s, size_t from,
                                  uint64_t places, struct hits *hits)
{
    size_t n = hits->n;

    for (; places; places &= places - 1) {
        size_t i = from + (size_t)__builtin_ctzll(places);

        hits->at[n] = i;
        n += pack_glance(pack, s.at + i) != 0;
    }
    hits->n = n;
}

AVX2 static inline void put_wide(size_t from, uint64_t leads, struct hits *hits)
{
    for (; leads; leads &= leads - 1)
        hits->at[hits->n++] = from + (size_t)__builtin_ctzll(leads);
}

/* What was found at a glance, looked at. False: there is a letter that is not ASCII. */
static bool look_at_hits(const struct pack *pack, struct span s, const struct hits *hits,
                         struct scanned *x)
{
    for (size_t i = 0; i < hits->n; i++) {
        struct span rest = span(s.at + hits->at[i], s.len - hits->at[i]);
        bool blank;

        x->lists |= pack_look(pack, rest, PACK_ALL & ~x->lists);
        if ((unsigned char)rest.at[0] < 0x80)
            continue;
        if (is_wide_word(rest.at, s.at + s.len))
            return false;
        x->letters |= (unsigned char)rest.at[0] >= 0xc3;
        x->odd |= odd_blank(rest.at, rest.len, &blank) > 0;
        x->wide = true;
    }
    return true;
}

AVX2 bool scan_plain_avx2(const struct pack *pack, struct line *line)
{
    struct span s = line_span(line);
    uint64_t open = 1, before = 0, gap = 0; /* is the last byte of the block before a blank? */
    struct scanned x = { 0 };
    struct hits hits;

    hits.n = 0;
    for (size_t from = 0; from < s.len; from += 64) {
        size_t n = s.len - from < 64 ? s.len - from : 64;
        uint64_t in = ~UINT64_C(0) >> (64 - n), first;
        struct ascii a = ascii_of(s.at + from);
        struct classes c = { .word = (a.letter | a.digit) & in, .blank = a.blank | ~in };

        if (hits.n > HITS)
            return false;
        c.big = c.word & ~(a.letter & a.small);
        glance_at(pack, s, from, ~(c.word & (c.word << 1 | before)) & ~(c.blank | a.wide), &hits);
        if (a.wide & in)
            put_wide(from, a.wide & in & ~inner_of(s.at + from), &hits);
        before = c.word >> 63;
        x.odd |= (a.control | (a.blank & (a.blank << 1 | gap))) & in;
        gap = a.blank >> 63;
        x.year |= four_digits(a.digit & in, &x.run);
        x.letters |= a.letter & in;
        x.colons |= a.colon & in;
        x.slashes |= a.slash & in;
        first = first_letters(&c, &open);
        x.words += (size_t)_mm_popcnt_u64(first);
        x.capital += (size_t)_mm_popcnt_u64(first & c.big);
    }
    if (!look_at_hits(pack, s, &hits, &x))
        return false;
    scan_set(line, &x);
    return true;
}

#else

bool scan_plain_avx2(const struct pack *pack, struct line *line)
{
    (void)pack;
    (void)line;
    return false;
}
#endif

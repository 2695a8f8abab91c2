/* SPDX-License-Identifier: Apache-2.0 */
/* Names of papers and sites, told by the language pack and by their shape. */
#define _GNU_SOURCE
#include "classes.h"
#include "extract.h"

enum { SITE_MAX = 60, OUTLET_MAX = 30 }; /* bytes; at most a block of classes */

/* A glance that spares most searches. */
static bool may_be_site(const struct pack *pack, struct span s)
{
    return s.len >= 4 && s.len <= SITE_MAX && pack_may_end_site(pack, s) &&
           is_word_at(s.at, s.at + s.len);
}

static bool is_site_of(const struct pack *pack, struct span s, const struct classes *c)
{
    bool site = false;

    if (c->blank & ((UINT64_C(1) << s.len) - 1))
        return false;
    for (uint64_t signs = ~(c->word | c->blank | c->wide); signs; signs &= signs - 1) {
        size_t i = (size_t)__builtin_ctzll(signs);
        struct span suffix = span(s.at + i, s.len - i);

        if (s.at[i] == '@')
            return false;
        if (s.at[i] == '.')
            site |= phrase_is(&pack->suffixes, suffix);
    }
    return site;
}

/* "contoh.com", "CONTOHPOST.CO.ID": a name that ends as sites do. */
bool is_site_name(const struct pack *pack, struct span s)
{
    struct classes c;

    if (!may_be_site(pack, s))
        return false;
    c = classes_of(s.at, s.len);
    return is_site_of(pack, s, &c);
}

/* "KOTAPOST", "Kabarkota", "Kota News", "Media Kota Kita": one to three words with one in or beside
 * them that papers like to be called; "kotaNews" begins small, but not the word. */
static bool has_outlet_word(const struct pack *pack, struct span s, const struct classes *of)
{
    const char *end = s.at + s.len;
    bool big = is_capital(s.at, end);
    uint64_t in, places;
    size_t blanks, n;

    if (s.len < 6 || s.len > OUTLET_MAX)
        return false;
    in = (UINT64_C(1) << s.len) - 1;
    blanks = count_bits(of->blank & in);
    if (blanks > 2 || (!big && blanks > 0))
        return false;
    n = big ? phrase_at(&pack->outlet_words, s, true, NULL) : 0;
    if (n >= 3 && (blanks < 2 || s.at[n] == ' '))
        return true;
    if (blanks < 2 && !pack_may_end_outlet(pack, s))
        return false; /* as with most */
    if (blanks == 2 || big) {
        places = big && blanks < 2 ? in : of->blank << 1;
    } else {
        struct classes c = *of;

        if (c.wide)
            add_wide(&c, s, 0);
        places = c.big & ~c.digit;
    }
    places = phrase_glance(pack->outlet_words.begins, s, 0, places & in >> 1 & ~UINT64_C(1));
    for (; places; places &= places - 1) {
        size_t i = (size_t)__builtin_ctzll(places);

        n = phrase_find(&pack->outlet_words, span(s.at + i, s.len - i), false, NULL);
        if (n > 0 && (n == s.len - i || (blanks == 2 && s.at[i + n] == ' ')))
            return true;
    }
    return false;
}

bool is_outlet_of(const struct pack *pack, struct span s, const struct classes *c)
{
    const char *slash;

    if ((may_be_site(pack, s) && is_site_of(pack, s, c)) || phrase_is(&pack->outlets, s) ||
        has_outlet_word(pack, s, c))
        return true;
    if (!c->slash)
        return false;
    slash = memchr(s.at, '/', s.len); /* "ANTARA/Contoh" */
    return slash && phrase_is(&pack->outlets, span(s.at, (size_t)(slash - s.at)));
}

bool is_outlet(const struct pack *pack, struct span s)
{
    struct classes c = classes_of(s.at, s.len < 64 ? s.len : 64);

    if (s.len >= 64)
        c.slash = 1; /* it may be behind them */
    return is_outlet_of(pack, s, &c);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* One character that was spread over two to four others by reading its UTF-8 bytes as an old page,
 * what surrounds it, and how sure it is that this is what happened. */
#ifndef CLEANUP_MOJIBAKE_H
#define CLEANUP_MOJIBAKE_H

#include "legacy.h"

/* What kind of character comes out. Those from SCRIPT_GREEK on are letters of a script that hardly
 * ever stands alone: several in a row prove each other. */
enum script {
    SCRIPT_NONE,   /* not a character that a page would hold: never repaired to */
    SCRIPT_SYMBOL, /* U+0080 to U+00BF */
    SCRIPT_LATIN,
    SCRIPT_MARK,        /* combining accents */
    SCRIPT_PUNCTUATION, /* general punctuation, currency, arrows, signs */
    SCRIPT_SPECIAL,     /* byte order mark, replacement character, emoji style selector */
    SCRIPT_EMOJI,
    SCRIPT_GREEK,
    SCRIPT_CYRILLIC,
    SCRIPT_ARMENIAN,
    SCRIPT_HEBREW,
    SCRIPT_ARABIC,
    SCRIPT_INDIC, /* all from Devanagari to Sinhala: they share the danda */
    SCRIPT_THAI,
    SCRIPT_TIBETAN,
    SCRIPT_MYANMAR,
    SCRIPT_GEORGIAN,
    SCRIPT_ETHIOPIC,
    SCRIPT_KHMER,
    SCRIPT_EAST_ASIAN, /* Han, kana, their punctuation */
    SCRIPT_HANGUL,
    SCRIPTS /* at most 32: they are bits in an unsigned */
};

enum script script_of(uint32_t c);

/* How a character behaves behind a letter in good text. */
enum tail {
    TAIL_CLOSES,  /* at home there: quotation marks, dashes, … and no-break spaces */
    TAIL_SIGN,    /* possible, at the end of a word: ™ ² º † */
    TAIL_STRANGE, /* never, or hardly: € ƒ ¼ ¡ */
};

enum tail tail_of(uint32_t c);

struct sequence {
    const char *start, *end; /* in the text as it stands */
    enum legacy page;
    uint32_t c;     /* the character that it was */
    uint32_t last;  /* the last character of it as it stands */
    uint8_t lead;   /* the first byte */
    enum tail tail; /* what all after the first are at least */
    enum script script;
};

struct surroundings {
    uint32_t before, after; /* the characters; 0 at the ends of the text */
    bool kin;               /* a sequence of the same page and script stands next to it */
    bool deeper; /* with a sequence next to it, what comes out is mojibake again: misread twice */
};

enum verdict { NO, WEAK, STRONG }; /* weak: believed where the text has strong ones of its kind */

enum verdict judge(const struct sequence *q, const struct surroundings *around);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The text of the progress line: what matters most is kept where the terminal is narrow, so that it
 * is one line always. */
#include "core/progress.h"

#include "core/figures.h"

#include <stdio.h>
#include <string.h>

enum { CELLS = 14, FEW_CELLS = 8, MOST_NAME = 24, PIECE = 96 };

/* In the order in which they stand. */
enum piece {
    SHARE,
    BAR,
    SIZE,
    RATE,
    RECORDS,
    PART_KEPT,
    PART_DUPLICATE,
    PART_REJECTED,
    LEFT,
    PIECES
};

/* And in the order in which they are let in. */
static const enum piece importance[PIECES] = { SHARE,     RECORDS,       LEFT,           BAR, SIZE,
                                               PART_KEPT, PART_REJECTED, PART_DUPLICATE, RATE };

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? 100 * (double)part / (double)whole : 0;
}

/* Returns the columns it takes. */
static int put_bar(double share, int cells, bool utf8, char *to)
{
    int halves = (int)(share * 2 * cells);

    *to = '\0';
    for (int i = 0; i < cells; i++)
        if (utf8)
            strcat(to, halves >= 2 * i + 2   ? "\xE2\x94\x81"
                       : halves == 2 * i + 1 ? "\xE2\x95\xB8"
                                             : "\xE2\x94\x80");
        else
            strcat(to, halves >= 2 * i + 2 ? "=" : halves == 2 * i + 1 ? "-" : ".");
    return cells;
}

static void put_left(int64_t s, char *to)
{
    long long seconds = s;

    if (seconds >= 100 * 3600)
        snprintf(to, PIECE, "ETA %lld d", seconds / 86400);
    else if (seconds >= 3600)
        snprintf(to, PIECE, "ETA %lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60,
                 seconds % 60);
    else
        snprintf(to, PIECE, "ETA %lld:%02lld", seconds / 60, seconds % 60);
}

static void put_pieces(const struct progress_view *v, char piece[PIECES][PIECE])
{
    char a[FIGURE_MAX];

    memset(piece, 0, PIECES * PIECE);
    if (v->share >= 0) {
        snprintf(piece[SHARE], PIECE, "%3.0f%%", 100 * v->share);
        snprintf(piece[SIZE], PIECE, "%s", figure_part(v->bytes, (uint64_t)v->total, a));
    } else {
        snprintf(piece[SIZE], PIECE, "%s", figure_size(v->bytes, a));
    }
    if (v->rated) {
        snprintf(piece[RATE], PIECE, "%s/s", figure_size((uint64_t)v->bytes_a_second, a));
        snprintf(piece[RECORDS], PIECE, "%s doc/s", figure_short(v->records_a_second, a));
    }
    if (v->fates) {
        snprintf(piece[PART_KEPT], PIECE, "kept %.0f%%", percent(v->kept, v->fates));
        snprintf(piece[PART_DUPLICATE], PIECE, "dup %.0f%%", percent(v->duplicates, v->fates));
        snprintf(piece[PART_REJECTED], PIECE, "rej %.2f%%", percent(v->rejected, v->fates));
    }
    if (v->left >= 0)
        put_left(v->left, piece[LEFT]);
}

/* As much of the name as there is room for. What is not ASCII may be two columns wide. */
static int put_name(const char *name, int room, char *to, size_t max)
{
    int columns = 0;
    size_t n = 0;

    for (const unsigned char *c = (const unsigned char *)name; *c && n + 5 < max; c++) {
        int wide = *c >= 0xc0 ? 2 : *c >= 0x80 ? 0 : 1;

        if (columns + wide > room)
            break;
        columns += wide;
        to[n++] = *c < 0x20 || *c == 0x7f ? '?' : (char)*c;
    }
    to[n] = '\0';
    return columns;
}

void progress_bar(const char *name, const struct progress_view *v, int columns, bool utf8, char *to,
                  size_t max)
{
    char piece[PIECES][PIECE];
    bool in[PIECES] = { false };
    int width = put_name(name, columns / 3 < MOST_NAME ? columns / 3 : MOST_NAME, to, max);
    size_t at = strlen(to);

    put_pieces(v, piece);
    for (size_t i = 0; i < PIECES; i++) {
        enum piece p = importance[i];
        int gap = p == SHARE || p == BAR ? 1 : 2, takes = (int)strlen(piece[p]);

        if (p == BAR && v->share >= 0 && width + gap + FEW_CELLS < columns)
            takes = put_bar(v->share, width + gap + CELLS < columns ? CELLS : FEW_CELLS, utf8,
                            piece[p]);
        in[p] = takes > 0 && width + gap + takes < columns;
        width += in[p] ? gap + takes : 0;
    }
    for (size_t p = 0; p < PIECES; p++)
        if (in[p])
            at += (size_t)snprintf(to + at, max - at, "%s%s", p == SHARE || p == BAR ? " " : "  ",
                                   piece[p]);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Figures as people read them: thousands apart, sizes and counts with a unit. */
#include "core/figures.h"

#include <stdio.h>

static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };

const char *figure_grouped(uint64_t n, char *to)
{
    char digits[24];
    int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
    size_t at = 0;

    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            to[at++] = ',';
        to[at++] = digits[i];
    }
    to[at] = '\0';
    return to;
}

/* The unit in which n is below 1000, so that no figure has four digits before the point. */
static size_t unit_of(uint64_t n, double *divisor)
{
    size_t u = 0;

    *divisor = 1;
    while (u + 1 < sizeof(units) / sizeof(*units) && (double)n / *divisor >= 999.5) {
        *divisor *= 1024;
        u++;
    }
    return u;
}

const char *figure_size(uint64_t bytes, char *to)
{
    double divisor;
    size_t u = unit_of(bytes, &divisor);

    snprintf(to, FIGURE_MAX, u == 0 ? "%.0f %s" : "%.1f %s", (double)bytes / divisor, units[u]);
    return to;
}

const char *figure_part(uint64_t part, uint64_t whole, char *to)
{
    double divisor;
    size_t u = unit_of(whole, &divisor);

    snprintf(to, FIGURE_MAX, u == 0 ? "%.0f/%.0f %s" : "%.1f/%.1f %s", (double)part / divisor,
             (double)whole / divisor, units[u]);
    return to;
}

const char *figure_short(double n, char *to)
{
    static const char letters[] = " kMGT";
    size_t u = 0;

    for (; n >= 999.5 && u + 2 < sizeof(letters); u++)
        n /= 1000;
    if (u == 0)
        snprintf(to, FIGURE_MAX, "%.0f", n);
    else
        snprintf(to, FIGURE_MAX, n < 9.95 ? "%.1f%c" : "%.0f%c", n, letters[u]);
    return to;
}

const char *figure_seconds(double seconds, char *to)
{
    unsigned long long whole = (unsigned long long)seconds;

    if (seconds < 10)
        snprintf(to, FIGURE_MAX, "%.2f s", seconds);
    else if (seconds < 600)
        snprintf(to, FIGURE_MAX, "%.1f s", seconds);
    else
        snprintf(to, FIGURE_MAX, "%llu:%02llu:%02llu", whole / 3600, whole / 60 % 60, whole % 60);
    return to;
}

const char *figure_time(double seconds, char *to)
{
    if (seconds >= 1)
        return figure_seconds(seconds, to);
    snprintf(to, FIGURE_MAX, "%.1f ms", 1000 * seconds);
    return to;
}

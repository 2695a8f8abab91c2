/* SPDX-License-Identifier: Apache-2.0 */
/* Figures as people read them: thousands apart, sizes and counts with a unit. */
#ifndef CORE_FIGURES_H
#define CORE_FIGURES_H

#include <stddef.h>
#include <stdint.h>

enum { FIGURE_MAX = 32 };

/* Each fills and returns `to`, of at least FIGURE_MAX bytes. */
const char *figure_grouped(uint64_t n, char *to);  /* 1234567 as "1,234,567" */
const char *figure_size(uint64_t bytes, char *to); /* "12 B", "1.2 MiB" */
const char *figure_short(double n, char *to); /* 91234 as "91k"; at most 4 characters below 1e15 */
const char *figure_seconds(double seconds, char *to); /* "0.04 s", "12.3 s", "1:02:03" */
const char *figure_time(double seconds, char *to);    /* below a second "1.2 ms" */
/* "3.1/8.2 GiB": both in the unit of the second. */
const char *figure_part(uint64_t part, uint64_t whole, char *to);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The pass over a line's bytes: which way it goes, and the way of all machines. */
#define SCAN_NAME scan_line_plain
#define SCAN_TARGET
#define SCAN_CLASSES(s) classes_of(s, 64)
#define SCAN_COUNT(x) count_bits(x)
#include "scan-impl.h"

void scan_line(const struct pack *pack, struct line *line)
{
    if (scan_avx2_usable())
        scan_line_avx2(pack, line);
    else
        scan_line_plain(pack, line);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Notes for `etl explain`. */
#ifndef EXTRACT_NOTES_H
#define EXTRACT_NOTES_H

#include "extract.h"

#include <etl/plugin.h>

/* One note a line of the text in `field`, as the pack and the passes have it. */
void note_lines(etl_record *rec, etl_field field, const struct pack *pack, const struct page *page);

#endif

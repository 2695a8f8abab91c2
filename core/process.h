/* SPDX-License-Identifier: Apache-2.0 */
/* What all plugins share with the host, because they run in one process: the working directory, the
 * umask, the locale, signals, the standard streams, and that it lives. Plugins must leave it alone;
 * here is noticed who did not. Nothing of it is looked at for each record. */
#ifndef CORE_PROCESS_H
#define CORE_PROCESS_H

#include "core/diag.h"

#include <stdbool.h>
#include <stdio.h>

/* At the start of main: standard streams that are closed are opened, the host's own output and
 * messages get descriptors of their own, and an end that is not ours will be told through d. */
void process_begin(struct diag *d, const struct diag_printer *printer);
void process_streams_begin(void); /* for process_begin */
/* In a copy of the process that the host itself has made by fork. */
void process_forked(void);
/* At the end of main: from now on exit is ours. */
void process_over(void);

/* Standard error and standard output for the host alone: whoever closes descriptor 1 or 2, or gets
 * it for a file of his own, does not meet these. */
FILE *process_messages(void);
int process_output(void);
/* For a run, whose standard output may be data: what plugins print goes to standard error. */
void process_keep_output(void);
bool process_output_kept(void);
/* For the other verbs, which print what they say themselves: the same between these two, which
 * stand round whatever runs a plugin's code, on the main thread. Within each other they do nothing.
 */
void process_output_away(void);
void process_output_back(void);

/* Notes how things are, before the first plugin is loaded; and the signals once more, when the host
 * itself has changed them. */
void process_note(void);
void process_note_signals(void);
/* What is not as it was noted, in words ("the working directory"), or NULL. It is put back, so that
 * the next one is not blamed. Signal mask and thread locale are looked at on the main thread alone.
 */
const char *process_changed(void);

/* The plugin file that is being loaded, for the message if the process ends there; NULL: none. */
void process_loading(const char *path);
/* After callbacks: a plugin may have forked and come back in the copy, which ends here and now, or
 * two would write to the same files. */
void process_end_copy(void);

#endif

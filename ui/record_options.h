/* SPDX-License-Identifier: MIT */
/*
 * What the user asks of jprof record.
 *
 * You give argv; you get what to record and into which file, checked for what goes together. It
 * never looks at the machine.
 */
#ifndef UI_RECORD_OPTIONS_H
#define UI_RECORD_OPTIONS_H

#include "ui/target_options.h"

struct record_options {
	struct target_options target; /* with the recorder's options */
	const char *repaired;	      /* the recording to be closed, instead of making one */
};

/* -1 when there is something to do, else the exit code: help or a sentence was printed. */
int record_options_read(struct record_options *record, int argc, char **argv);
void record_options_deinit(struct record_options *record);

#endif

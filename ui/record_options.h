/* SPDX-License-Identifier: MIT */
/*
 * What the user asks of jprof record.
 *
 * You give argv; you get the recorder's options, checked for what goes together. It never looks at
 * the machine: whether a process is there and an event is known the recorder finds out.
 */
#ifndef UI_RECORD_OPTIONS_H
#define UI_RECORD_OPTIONS_H

#include "profiler/recorder.h"

struct record_options {
	struct recorder_options recorder; /* its pointers lead into this struct and argv */
	uint32_t *pids, *tids;
	size_t pid_capacity, tid_capacity;
	const char **events;
	size_t event_capacity;
	char **command_line;
	uint32_t uid;
	const char *repaired; /* the recording to be closed, instead of making one */
	bool is_quiet, is_verbose;
};

/* -1 when there is something to do, else the exit code: help or a sentence was printed. */
int record_options_read(struct record_options *record, int argc, char **argv);
void record_options_deinit(struct record_options *record);

#endif

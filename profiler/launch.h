/* SPDX-License-Identifier: MIT */
/*
 * A command that is started, but held just before its exec until everything is ready to record it.
 *
 * You give argv; you get the pid, and then let it go. Its limits, signals and files are those that
 * jprof was started with. It ends when jprof ends before letting it go.
 */
#ifndef PROFILER_LAUNCH_H
#define PROFILER_LAUNCH_H

#include "profiler/error.h"

#include <sys/types.h>

struct launch {
	pid_t pid;	  /* 0: nothing was launched */
	int pid_fd;	  /* polls POLLIN when the command has ended */
	int hold_fd;	  /* closed to let it go */
	int failure_fd;	  /* the errno of a failed exec comes here */
	const char *name; /* borrowed argv[0] */
};

enum launch_output {
	LAUNCH_PRINTS,
	LAUNCH_PRINTS_TO_STDERR, /* what it prints on stdout, too */
	LAUNCH_IS_SILENT, /* what it prints is lost, and it reads nothing: the terminal is ours */
};

/* False, with nothing started, if there is no such command. */
bool launch_hold(struct launch *launch, char *const *argv, enum launch_output output,
		 struct error *err);

/* Ends a command that is still held, and waits for it. */
void launch_close(struct launch *launch);

/* Lets it go; returns once it has become the command, false if that failed. */
bool launch_go(struct launch *launch, struct error *err);

bool launch_has_ended(const struct launch *launch);

/* Asks it to end, if it has not. */
void launch_signal(const struct launch *launch, int signal_number);

/* Waits for its end. Its exit code, 128 + N if signal N ended it; *signal_number (may be NULL) is
 * N or 0. */
int launch_wait(struct launch *launch, int *signal_number);

#endif

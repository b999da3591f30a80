/* SPDX-License-Identifier: MIT */
/*
 * Shell commands as a user types them, with what they said and how they ended.
 *
 * $JPROF is the program under test, $PROGRAMS where the programs to be profiled are; the working
 * directory is the one that was given.
 */
#ifndef SUPPORT_SHELL_H
#define SUPPORT_SHELL_H

#include <stdbool.h>

struct shell_outcome {
	int exit_code;	    /* 128 + N if signal N ended the shell */
	char said[8192];    /* on stderr, cut */
	char printed[8192]; /* on stdout, cut */
};

struct shell_outcome shell_run(const char *directory, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The number that a command prints. */
long shell_number(const char *directory, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Skips the test where this user may not sample. */
void shell_sampling_or_skip(const char *directory);

bool shell_file_exists(const char *directory, const char *name);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Why a command cannot go on: one sentence for the user, owned by the caller.
 *
 * A function that takes `struct error *err` returns false after filling it, and leaves it alone
 * when it returns true. The sentence names the thing and the remedy, without a trailing newline:
 * "cannot open jprof.data: no such file; record one with `jprof record COMMAND`". Lost, truncated
 * and unknown are counts, not errors.
 */
#ifndef PROFILER_ERROR_H
#define PROFILER_ERROR_H

#include <stdbool.h>

struct error {
	int code; /* an errno value, or 0 */
	char text[512];
};

/* Fills *err and returns false, so that a failure is one line: return error_set(err, 0, "..."). */
bool error_set(struct error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif

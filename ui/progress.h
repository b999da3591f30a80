/* SPDX-License-Identifier: MIT */
/*
 * One line on a terminal that says how far something long has come.
 *
 * You give a text whenever one is due; it is drawn over the one before, and erased when you are
 * done. It never draws in the first half second, nor more often than ten times a second, nor on
 * what is no terminal.
 */
#ifndef UI_PROGRESS_H
#define UI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	int fd;
	uint64_t (*now_ns)(void);
	uint64_t due_ns; /* UINT64_MAX: never */
	int drawn_width; /* 0: nothing is drawn */
};

/* `now_ns` NULL: CLOCK_MONOTONIC. */
void progress_init(struct progress *progress, int fd, uint64_t (*now_ns)(void));

bool progress_is_due(const struct progress *progress);

/* Control characters are replaced, and what is longer than the terminal is wide is cut. */
void progress_draw(struct progress *progress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* To be called before anything else is printed. */
void progress_erase(struct progress *progress);

#endif

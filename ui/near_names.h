/* SPDX-License-Identifier: MIT */
/*
 * What somebody may have meant who typed a name that does not exist.
 *
 * You give the name, and then all that exist; you get the few that are most like it: those that
 * contain it, and those that are a few letters away.
 */
#ifndef UI_NEAR_NAMES_H
#define UI_NEAR_NAMES_H

#include <stddef.h>

enum { NEAR_NAMES_MAX = 3 };

struct near_names {
	const char *wanted;
	const char *names[NEAR_NAMES_MAX]; /* borrowed, the nearest first */
	size_t distances[NEAR_NAMES_MAX];
	size_t count;
};

/* Of equally near ones the first given stay. */
void near_names_add(struct near_names *near, const char *name);

#endif

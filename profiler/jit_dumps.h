/* SPDX-License-Identifier: MIT */
/*
 * The JIT code that a session knows, dump by dump.
 *
 * You give a session, live or over a recording, and a number; you get the dump's versions, and what
 * is known of those that a recording did not keep.
 */
#ifndef PROFILER_JIT_DUMPS_H
#define PROFILER_JIT_DUMPS_H

#include "profiler/jit_code.h"
#include "profiler/jit_totals.h"
#include "profiler/profile.h"

struct session;

/* Borrowed from the session. */
struct jit_dump {
	const struct jit_code *code;
	const char *path;
	uint32_t pid;	 /* of the process that mapped it first; 0: not told */
	bool is_whole;	 /* else `code` lacks versions: those that were never sampled, but for moved
			    ones, or live what a session forgot */
	bool has_totals; /* else nobody knows them */
	struct jit_totals totals;
};

size_t jit_dump_count(const struct session *session);

/* Its totals are those of the recorder, or counted now. */
struct jit_dump jit_dump_at(const struct session *session, size_t number);

/* Sets was_sampled of the loads that are, or were moved to, where the profile has locations. */
void jit_dumps_mark_sampled(const struct session *session, const struct profile *profile);

#endif

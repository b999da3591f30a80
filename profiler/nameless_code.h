/* SPDX-License-Identifier: MIT */
/*
 * Code that no symbol covers, as functions without a name.
 *
 * You give a location; you get where its function begins and ends, as the unwind table of its file
 * has it - a stripped file has one - or, where none tells, the place itself with some bytes behind
 * it. It never asks for a file because of that, where a recording keeps an excerpt of it.
 */
#ifndef PROFILER_NAMELESS_CODE_H
#define PROFILER_NAMELESS_CODE_H

#include "profiler/profile.h"

struct session;

struct nameless_code {
	uint64_t start, size; /* image addresses */
	const char *name;     /* "[libfoo.so+0x1234]", interned */
};

/* False where an image address is no place in code: in memory of no file, and in JIT code. */
bool nameless_code_find(struct session *session, struct location location,
			struct nameless_code *code);

#endif

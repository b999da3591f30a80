/* SPDX-License-Identifier: MIT */
/*
 * What is wrong in a jitdump file, and where.
 *
 * You give problems as they are met; you get the first of them with their places, and how many of
 * each kind there were. It never keeps more than PROBLEMS_KEPT_MAX.
 */
#ifndef JITDUMP_PROBLEM_H
#define JITDUMP_PROBLEM_H

#include <stddef.h>
#include <stdint.h>

enum jitdump_problem_kind {
	JITDUMP_PROBLEM_DAMAGE,		/* no record: `detail` bytes were passed over */
	JITDUMP_PROBLEM_UNKNOWN_ID,	/* a record of kind `detail` */
	JITDUMP_PROBLEM_LINES_DAMAGED,	/* a DEBUG_INFO whose rows or names are unusable */
	JITDUMP_PROBLEM_LINES_UNUSED,	/* a DEBUG_INFO for code that no load announces */
	JITDUMP_PROBLEM_TABLE_UNUSED,	/* an UNWINDING_INFO that covers no function */
	JITDUMP_PROBLEM_CODE_MISSING,	/* a CODE_LOAD that claims more code than it holds */
	JITDUMP_PROBLEM_LOAD_REPEATED,	/* the same CODE_LOAD a second time */
	JITDUMP_PROBLEM_FILE_RESTARTED, /* the file shrank and began anew */
	JITDUMP_PROBLEM_KINDS,
};

struct jitdump_problem {
	enum jitdump_problem_kind kind;
	uint64_t offset; /* in the file */
	uint64_t detail;
};

enum { PROBLEMS_KEPT_MAX = 1000 };

/* A zeroed list is an empty one. */
struct jitdump_problems {
	struct jitdump_problem *kept;
	size_t kept_count, capacity;
	uint64_t counts[JITDUMP_PROBLEM_KINDS]; /* kept or not */
};

void jitdump_problems_deinit(struct jitdump_problems *problems);

void jitdump_problems_add(struct jitdump_problems *problems, enum jitdump_problem_kind kind,
			  uint64_t offset, uint64_t detail);

#endif

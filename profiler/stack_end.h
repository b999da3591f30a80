/* SPDX-License-Identifier: MIT */
/*
 * Why unwinding a stack stopped: part of every result, never an error.
 *
 * The values are stored in recordings: append only.
 */
#ifndef PROFILER_STACK_END_H
#define PROFILER_STACK_END_H

enum stack_end {
	STACK_END_COMPLETE,	  /* the thread's outermost frame was reached */
	STACK_END_TRUNCATED_COPY, /* the next word lies beyond the copied stack */
	STACK_END_NO_UNWIND_INFO, /* no CFI, and frame pointers did not lead on */
	STACK_END_BAD_MEMORY,	  /* the next step reads memory that nobody has */
	STACK_END_DEPTH_LIMIT,
	STACK_END_JIT_UNKNOWN, /* in executable memory that nobody described */
	STACK_END_SKIPPED,     /* unwinding was skipped under load */
	STACK_END_NONE,	       /* there was no user stack: a kernel thread, or none was asked for */
	STACK_END_UNTOLD,      /* the recording does not say (the kernel's frame-pointer chains) */
	STACK_END_COUNT,
};

/* 8,000 frames are what a sample record's u16 size can hold. */
enum { STACK_DEPTH_LIMIT = 8000 };

/* "complete", "truncated_copy", ...: as in `jprof report --stats` (end_NAME_percent). */
const char *stack_end_name(enum stack_end end);

#endif

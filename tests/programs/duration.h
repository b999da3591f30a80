/* SPDX-License-Identifier: MIT */
/*
 * How long a program to be profiled runs: its first argument in seconds, else one second.
 */
#ifndef PROGRAMS_DURATION_H
#define PROGRAMS_DURATION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

static inline uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* When the program is over, in now_ns() time. */
static inline uint64_t end_time_ns(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 1;

	return now_ns() + (uint64_t)(seconds * 1e9);
}

/* A hot function of its own name: the loop is in it, not in something that it calls. The result
 * depends on `seed`, so that no call can be left out, and on the line, so that the compiler does
 * not make one function of two. */
#define HOT __attribute__((noinline, noclone))
#define HOT_FUNCTION(name)                                                                         \
	static HOT unsigned name(unsigned seed)                                                    \
	{                                                                                          \
		seed += __LINE__;                                                                  \
		for (unsigned i = 0; i < 100000; i++)                                              \
			seed = seed * 1664525u + 1013904223u + (seed >> 7);                        \
		return seed;                                                                       \
	}

#endif

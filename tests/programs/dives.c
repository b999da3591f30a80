/* SPDX-License-Identifier: MIT */
/*
 * A recursion that goes down and up again all the time, and works at every level: `dives SECONDS
 * LEVELS`. Its stack gets longer than a copy of it can be, but never much from one sample to the
 * next.
 */
#include <stdio.h>

#include "duration.h"

static volatile unsigned sink;

static HOT unsigned work(unsigned seed)
{
	for (unsigned i = 0; i < 2000; i++)
		seed = seed * 1664525u + 1013904223u + (seed >> 7);
	return seed;
}

static HOT unsigned dive(unsigned levels)
{
	volatile unsigned local[8] = { levels };

	sink = work(sink);
	if (levels > 0)
		local[1] = dive(levels - 1);
	return local[0] + local[1]; /* after the call: not a tail call */
}

int main(int argc, char **argv)
{
	uint64_t end_ns = end_time_ns(argc, argv);
	unsigned levels = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 4000, sum = 0;

	while (now_ns() < end_ns)
		sum += dive(levels);
	printf("%u\n", sum);
	return 0;
}

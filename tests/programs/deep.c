/* SPDX-License-Identifier: MIT */
/*
 * A recursion 100,000 deep, hot at its bottom: no recorder can show all of it, and it must say so.
 */
#include <stdio.h>

#include "duration.h"

#define DEPTH 100000u

static volatile unsigned sink;

HOT_FUNCTION(spin_at_bottom)

static HOT unsigned dive(unsigned depth, uint64_t end_ns)
{
	if (depth > 0) {
		sink = dive(depth - 1, end_ns);
		return sink + depth; /* after the call: not a tail call */
	}
	while (now_ns() < end_ns)
		sink = spin_at_bottom(sink);
	return sink;
}

int main(int argc, char **argv)
{
	printf("%u\n", dive(DEPTH, end_time_ns(argc, argv)));
	return 0;
}

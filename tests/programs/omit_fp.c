/* SPDX-License-Identifier: MIT */
/*
 * Frames without a frame pointer: a large one, one of a size known only at run time, and callers
 * that a tail call has removed from the stack (tail_caller is never there, tail_target's caller
 * is main). -O2 -fomit-frame-pointer.
 */
#include <alloca.h>
#include <stdio.h>
#include <string.h>

#include "duration.h"

#define LARGE_BYTES 20000u

static volatile unsigned sink;

HOT_FUNCTION(spin)

static HOT unsigned alloca_frame(unsigned seed)
{
	unsigned count = 64 + seed % 1000;
	volatile unsigned *numbers = alloca(count * sizeof(*numbers));

	numbers[0] = seed;
	numbers[count - 1] = spin(seed + 1);
	return numbers[0] + numbers[count - 1];
}

static HOT unsigned large_frame(unsigned seed)
{
	volatile unsigned char bytes[LARGE_BYTES];

	bytes[seed % LARGE_BYTES] = (unsigned char)seed;
	sink = alloca_frame(seed);
	return sink + bytes[seed % LARGE_BYTES];
}

static HOT unsigned tail_target(unsigned seed)
{
	sink = large_frame(seed + 1);
	return sink + spin(seed);
}

static HOT unsigned tail_caller(unsigned seed)
{
	return tail_target(seed + 1);
}

int main(int argc, char **argv)
{
	uint64_t end_ns = end_time_ns(argc, argv);
	unsigned seed = 1;

	while (now_ns() < end_ns)
		seed = tail_caller(seed) + 1;
	printf("%u\n", seed);
	return 0;
}

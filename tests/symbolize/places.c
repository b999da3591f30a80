/* SPDX-License-Identifier: MIT */
/* Inlined calls, a split function, and plain ones: see places.h and test_places.c. */
#include "places.h"

#include <stdio.h>

volatile int sink;

static inline __attribute__((always_inline)) int leaf(int value)
{
	PLACE("leaf"); /* at leaf */
	return value * 3;
}

static inline __attribute__((always_inline)) int middle(int value)
{
	sink = value;
	return leaf(value + 1) + sink; /* leaf in middle */
}

__attribute__((noinline)) int outer(int value)
{
	int sum = middle(value); /* middle in outer */

	for (int i = 0; i < value; i++) {
		int step = i * sink;

		sum += middle(step); /* second middle in outer */
	}
	PLACE("outer"); /* at outer */
	return sum;
}

__attribute__((cold, noinline)) int give_up(int value)
{
	printf("%d\n", value);
	return value;
}

__attribute__((noinline)) int split(int value)
{
	if (__builtin_expect(value < 0, 0)) {
		sink = give_up(value);
		PLACE("cold"); /* at cold */
		sink += give_up(sink);
	}
	return value + sink;
}

static __attribute__((noinline)) int local(int value)
{
	PLACE("local"); /* at local */
	return value + sink;
}

int main(int argc, char **argv)
{
	(void)argv;
	/* The process that started this one looks at its mappings while it waits. */
	printf("%p\n", (void *)outer);
	fflush(stdout);
	if (argc > 1)
		getchar();
	return (outer(argc) + split(argc) + local(argc)) & 1;
}

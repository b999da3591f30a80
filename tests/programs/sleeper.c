/* SPDX-License-Identifier: MIT */
/*
 * Sleeps nearly all the time: ten short pieces of work a second, in work_between_sleeps.
 */
#include <stdio.h>
#include <time.h>

#include "duration.h"

HOT_FUNCTION(work_between_sleeps)

int main(int argc, char **argv)
{
	const struct timespec tenth = { 0, 100000000 };
	uint64_t end_ns = end_time_ns(argc, argv);
	unsigned seed = 1;

	while (now_ns() < end_ns) {
		seed = work_between_sleeps(seed);
		nanosleep(&tenth, NULL);
	}
	printf("%u\n", seed);
	return 0;
}

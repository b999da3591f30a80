/* SPDX-License-Identifier: MIT */
/*
 * Three threads with names and hot functions of their own, next to main: the first is there from
 * the start, each starts the next one while it runs.
 */
#include <pthread.h>
#include <stdio.h>

#include "duration.h"

HOT_FUNCTION(spin_in_main)
HOT_FUNCTION(spin_in_first)
HOT_FUNCTION(spin_in_second)
HOT_FUNCTION(spin_in_third)

struct work {
	const char *name;
	unsigned (*spin)(unsigned seed);
	uint64_t end_ns;
	struct work *next; /* started by this one's thread */
	unsigned result;
};

static void *run(void *argument)
{
	struct work *work = argument;
	pthread_t next;

	pthread_setname_np(pthread_self(), work->name);
	if (work->next && pthread_create(&next, NULL, run, work->next) != 0)
		exit(1);
	while (now_ns() < work->end_ns)
		work->result = work->spin(work->result);
	if (work->next)
		pthread_join(next, NULL);
	return NULL;
}

int main(int argc, char **argv)
{
	uint64_t end_ns = end_time_ns(argc, argv);
	struct work third = { "third", spin_in_third, end_ns, NULL, 3 };
	struct work second = { "second", spin_in_second, end_ns, &third, 2 };
	struct work first = { "first", spin_in_first, end_ns, &second, 1 };
	unsigned seed = 0;
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, &first) != 0)
		return 1;
	while (now_ns() < end_ns)
		seed = spin_in_main(seed);
	pthread_join(thread, NULL);
	printf("%u\n", seed + first.result + second.result + third.result);
	return 0;
}

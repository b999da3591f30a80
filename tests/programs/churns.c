/* SPDX-License-Identifier: MIT */
/*
 * Forty threads at a time, each running for 20 ms in many small pieces, and then replaced by a new one: somebody who
 * attaches always meets threads that come and go.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>

#include "duration.h"

HOT_FUNCTION(spin_in_short_life)

enum { THREADS = 40, LIFE_NS = 20000000 };

static void *live(void *argument)
{
	unsigned *seed = argument;
	uint64_t end_ns = now_ns() + LIFE_NS;

	while (now_ns() < end_ns) {
		*seed = spin_in_short_life(*seed);
		sched_yield();
	}
	return NULL;
}

int main(int argc, char **argv)
{
	uint64_t end_ns = end_time_ns(argc, argv);
	unsigned seeds[THREADS] = { 0 };
	pthread_t threads[THREADS];

	for (size_t i = 0; i < THREADS; i++) {
		if (pthread_create(&threads[i], NULL, live, &seeds[i]) != 0)
			return 1;
	}
	for (size_t i = 0; now_ns() < end_ns; i = (i + 1) % THREADS) {
		pthread_join(threads[i], NULL);
		if (pthread_create(&threads[i], NULL, live, &seeds[i]) != 0)
			return 1;
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("%u\n", seeds[0] + seeds[THREADS - 1]);
	return 0;
}

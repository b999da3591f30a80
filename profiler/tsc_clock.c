/* SPDX-License-Identifier: MIT */
#include "profiler/tsc_clock.h"

#include <time.h>

#ifdef __x86_64__
#include <x86intrin.h>
#endif

/* A reading of both clocks is good to some 50 ns. */
#define BASELINE_MIN_NS 10000000u

static uint64_t read_ticks(void)
{
#ifdef __x86_64__
	return __rdtsc();
#else
	return 0;
#endif
}

void tsc_clock_read(struct tsc_clock *clock)
{
	struct timespec now;

	clock->last_ticks = read_ticks();
	clock_gettime(CLOCK_MONOTONIC, &now);
	clock->last_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	if (clock->first_ns)
		return;
	clock->first_ticks = clock->last_ticks;
	clock->first_ns = clock->last_ns;
}

bool tsc_clock_is_ready(const struct tsc_clock *clock)
{
	return clock->last_ns - clock->first_ns >= BASELINE_MIN_NS &&
	       clock->last_ticks > clock->first_ticks;
}

uint64_t tsc_clock_ns(const struct tsc_clock *clock, uint64_t ticks)
{
	__int128 distance = (__int128)ticks - clock->first_ticks;
	uint64_t ns = clock->last_ns - clock->first_ns;

	return (uint64_t)(clock->first_ns +
			  distance * ns / (clock->last_ticks - clock->first_ticks));
}

/* SPDX-License-Identifier: MIT */
/*
 * Times of dumps that count TSC ticks (perf's JVMTI agent can), as CLOCK_MONOTONIC.
 *
 * You let it read both clocks now and then while recording; you get nanoseconds for ticks, by the
 * line through the first and the last reading. It cannot serve a recording that is over: the
 * counter's rate and offset are told nowhere. Only x86-64 has the counter.
 */
#ifndef PROFILER_TSC_CLOCK_H
#define PROFILER_TSC_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct tsc_clock {
	uint64_t first_ticks, first_ns, last_ticks, last_ns;
};

/* Reads both clocks. */
void tsc_clock_read(struct tsc_clock *clock);

/* True once the readings lie far enough apart to tell the rate within a few ppm. */
bool tsc_clock_is_ready(const struct tsc_clock *clock);

uint64_t tsc_clock_ns(const struct tsc_clock *clock, uint64_t ticks);

#endif

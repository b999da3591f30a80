/* SPDX-License-Identifier: MIT */
/*
 * How often threads that run are sampled.
 *
 * You give samples as they come; you get the rate, of the last thousand or so. While a thread
 * runs, its samples on one CPU are a period apart: the median distance is blind to the time in which
 * it sleeps. It never allocates.
 */
#ifndef PROFILER_RATE_METER_H
#define PROFILER_RATE_METER_H

#include <stddef.h>
#include <stdint.h>

/* CPUs that share a place only lose some distances. */
enum { RATE_METER_CPUS = 256, RATE_METER_DISTANCES = 1024 };

/* A zeroed one has seen no sample. */
struct rate_meter {
	struct {
		uint32_t tid;
		uint64_t time_ns; /* 0: none */
	} last[RATE_METER_CPUS];
	uint64_t distances[RATE_METER_DISTANCES]; /* the newest, from `count` on around */
	size_t count;				  /* of all distances ever */
};

void rate_meter_take(struct rate_meter *meter, uint32_t cpu, uint32_t tid, uint64_t time_ns);

/* 0: not known yet. */
double rate_meter_hz(const struct rate_meter *meter);

#endif

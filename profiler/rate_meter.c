/* SPDX-License-Identifier: MIT */
#include "profiler/rate_meter.h"

#include <stdlib.h>
#include <string.h>

void rate_meter_take(struct rate_meter *meter, uint32_t cpu, uint32_t tid, uint64_t time_ns)
{
	uint64_t before_ns = meter->last[cpu % RATE_METER_CPUS].time_ns;

	if (before_ns && meter->last[cpu % RATE_METER_CPUS].tid == tid && time_ns > before_ns)
		meter->distances[meter->count++ % RATE_METER_DISTANCES] = time_ns - before_ns;
	meter->last[cpu % RATE_METER_CPUS].tid = tid;
	meter->last[cpu % RATE_METER_CPUS].time_ns = time_ns;
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;

	return first < second ? -1 : first > second;
}

double rate_meter_hz(const struct rate_meter *meter)
{
	uint64_t sorted[RATE_METER_DISTANCES];
	size_t count = meter->count < RATE_METER_DISTANCES ? meter->count : RATE_METER_DISTANCES;

	if (!count)
		return 0;
	memcpy(sorted, meter->distances, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_numbers);
	size_t middle = count / 2;

	return 1e9 / (double)sorted[middle];
}

/* SPDX-License-Identifier: MIT */
#include "profiler/ring_set.h"

#include "jitdump/xalloc.h"
#include "profiler/perf_event.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* The reader is woken when an eighth of a ring is full. */
enum { WAKEUP_SHARE = 8 };

/* The side band's ring, in relation to that of the samples, and at most: its records are small. */
enum { SIDE_SHARE = 4, MOST_SIDE_BYTES = 512 << 10 };

enum { LEAST_PAGES = 4 };

/* All events in one ring must have its clock (perf_event_set_output(), kernel/events/core.c 6.1). */
static int open_owner(int cpu, size_t data_bytes)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.disabled = 1,
		.exclude_kernel = 1,
		.watermark = 1,
		.wakeup_watermark = (uint32_t)(data_bytes / WAKEUP_SHARE),
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
	};

	return perf_event_open(&attr, 0, cpu);
}

static void close_rings(struct cpu_rings *rings)
{
	ring_buffer_deinit(&rings->samples);
	ring_buffer_deinit(&rings->side);
	if (rings->sample_fd >= 0)
		close(rings->sample_fd);
	if (rings->side_fd >= 0)
		close(rings->side_fd);
}

static bool open_ring(struct ring_buffer *ring, int *fd, int cpu, size_t data_bytes,
		      struct error *err)
{
	static const struct perf_event_attr dummy = { .type = PERF_TYPE_SOFTWARE,
						      .exclude_kernel = 1 };

	*fd = open_owner(cpu, data_bytes);
	if (*fd < 0) {
		int code = -*fd;

		*fd = -1;
		return perf_event_refuse("dummy", &dummy, 0, cpu, code, err);
	}
	return ring_buffer_map(ring, *fd, data_bytes, err);
}

static bool open_all(struct ring_set *set, const struct cpu_list *cpus, size_t sample_bytes,
		     struct error *err)
{
	size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);

	set->sample_bytes = sample_bytes;
	set->side_bytes = sample_bytes / SIDE_SHARE;
	if (set->side_bytes > MOST_SIDE_BYTES)
		set->side_bytes = MOST_SIDE_BYTES;
	if (set->side_bytes < LEAST_PAGES * page_bytes)
		set->side_bytes = LEAST_PAGES * page_bytes;
	set->items = xcalloc(cpus->count, sizeof(*set->items));
	for (size_t i = 0; i < cpus->count; i++) {
		struct cpu_rings *rings = &set->items[set->count++];

		*rings = (struct cpu_rings){ .cpu = cpus->cpus[i], .sample_fd = -1, .side_fd = -1 };
		if (!open_ring(&rings->samples, &rings->sample_fd, rings->cpu, set->sample_bytes,
			       err) ||
		    !open_ring(&rings->side, &rings->side_fd, rings->cpu, set->side_bytes, err))
			return false;
	}
	return true;
}

void ring_set_close(struct ring_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		close_rings(&set->items[i]);
	free(set->items);
	*set = (struct ring_set){ 0 };
}

bool ring_set_open(struct ring_set *set, const struct cpu_list *cpus, size_t sample_bytes,
		   bool is_fixed, struct error *err)
{
	size_t least_bytes = LEAST_PAGES * (size_t)sysconf(_SC_PAGESIZE);

	*set = (struct ring_set){ 0 };
	for (;; sample_bytes /= 2) {
		if (open_all(set, cpus, sample_bytes, err))
			return true;
		ring_set_close(set);
		if (err->code != EPERM && err->code != ENOMEM)
			return false;
		if (is_fixed || sample_bytes / 2 < least_bytes)
			return error_set(err, err->code,
					 "cannot lock rings of %zu KiB for %zu CPUs: "
					 "kernel.perf_event_mlock_kb is %" PRId64
					 "; give a smaller -m, or raise it with sysctl, or "
					 "`ulimit -l`",
					 sample_bytes / 1024, cpus->count,
					 perf_event_limit("mlock_kb", 516));
	}
}

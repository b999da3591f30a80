/* SPDX-License-Identifier: MIT */
#include "profiler/event_name.h"

#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *const hardware_names[] = {
	[PERF_COUNT_HW_CPU_CYCLES] = "cycles",
	[PERF_COUNT_HW_INSTRUCTIONS] = "instructions",
	[PERF_COUNT_HW_CACHE_REFERENCES] = "cache-references",
	[PERF_COUNT_HW_CACHE_MISSES] = "cache-misses",
	[PERF_COUNT_HW_BRANCH_INSTRUCTIONS] = "branches",
	[PERF_COUNT_HW_BRANCH_MISSES] = "branch-misses",
	[PERF_COUNT_HW_BUS_CYCLES] = "bus-cycles",
	[PERF_COUNT_HW_STALLED_CYCLES_FRONTEND] = "stalled-cycles-frontend",
	[PERF_COUNT_HW_STALLED_CYCLES_BACKEND] = "stalled-cycles-backend",
	[PERF_COUNT_HW_REF_CPU_CYCLES] = "ref-cycles",
};

static const char *const software_names[] = {
	[PERF_COUNT_SW_CPU_CLOCK] = "cpu-clock",
	[PERF_COUNT_SW_TASK_CLOCK] = "task-clock",
	[PERF_COUNT_SW_PAGE_FAULTS] = "page-faults",
	[PERF_COUNT_SW_CONTEXT_SWITCHES] = "context-switches",
	[PERF_COUNT_SW_CPU_MIGRATIONS] = "cpu-migrations",
	[PERF_COUNT_SW_PAGE_FAULTS_MIN] = "minor-faults",
	[PERF_COUNT_SW_PAGE_FAULTS_MAJ] = "major-faults",
	[PERF_COUNT_SW_ALIGNMENT_FAULTS] = "alignment-faults",
	[PERF_COUNT_SW_EMULATION_FAULTS] = "emulation-faults",
	[PERF_COUNT_SW_DUMMY] = "dummy",
	[PERF_COUNT_SW_BPF_OUTPUT] = "bpf-output",
	[PERF_COUNT_SW_CGROUP_SWITCHES] = "cgroup-switches",
};

static const char *const cache_names[] = {
	[PERF_COUNT_HW_CACHE_L1D] = "L1-dcache", [PERF_COUNT_HW_CACHE_L1I] = "L1-icache",
	[PERF_COUNT_HW_CACHE_LL] = "LLC",	 [PERF_COUNT_HW_CACHE_DTLB] = "dTLB",
	[PERF_COUNT_HW_CACHE_ITLB] = "iTLB",	 [PERF_COUNT_HW_CACHE_BPU] = "branch",
	[PERF_COUNT_HW_CACHE_NODE] = "node",
};

/* Of accesses and of misses. */
static const char *const cache_operations[][2] = {
	[PERF_COUNT_HW_CACHE_OP_READ] = { "loads", "load-misses" },
	[PERF_COUNT_HW_CACHE_OP_WRITE] = { "stores", "store-misses" },
	[PERF_COUNT_HW_CACHE_OP_PREFETCH] = { "prefetches", "prefetch-misses" },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool name_from(const char *const *names, size_t count, uint64_t config, char *name,
		      size_t size)
{
	if (config >= count || !names[config])
		return false;
	snprintf(name, size, "%s", names[config]);
	return true;
}

/* The config's bytes are the cache, the operation and the result. */
static bool name_cache(uint64_t config, char *name, size_t size)
{
	size_t cache = config & 0xff;
	size_t operation = config >> 8 & 0xff;
	size_t result = config >> 16 & 0xff;

	if (cache >= COUNT(cache_names) || operation >= COUNT(cache_operations) ||
	    result > PERF_COUNT_HW_CACHE_RESULT_MISS)
		return false;
	snprintf(name, size, "%s-%s", cache_names[cache], cache_operations[operation][result]);
	return true;
}

static bool name_known(const struct perf_event_attr *attr, char *name, size_t size)
{
	/* The upper half of a hardware config is the PMU on hybrid CPUs. */
	uint64_t config = attr->config & PERF_HW_EVENT_MASK;

	switch (attr->type) {
	case PERF_TYPE_HARDWARE:
		return name_from(hardware_names, COUNT(hardware_names), config, name, size);
	case PERF_TYPE_SOFTWARE:
		return name_from(software_names, COUNT(software_names), attr->config, name, size);
	case PERF_TYPE_HW_CACHE:
		return name_cache(config, name, size);
	case PERF_TYPE_TRACEPOINT:
		snprintf(name, size, "tracepoint:%" PRIu64, (uint64_t)attr->config);
		return true;
	case PERF_TYPE_RAW:
		snprintf(name, size, "raw 0x%" PRIx64, (uint64_t)attr->config);
		return true;
	case PERF_TYPE_BREAKPOINT:
		snprintf(name, size, "mem:0x%" PRIx64, (uint64_t)attr->bp_addr);
		return true;
	default:
		return false;
	}
}

static void append(char *name, size_t size, const char *text)
{
	size_t length = strlen(name);

	snprintf(name + length, size - length, "%s", text);
}

/* Which modes are counted, where not all are, and how precisely: "cycles:upp". */
static void append_modifiers(const struct perf_event_attr *attr, char *name, size_t size)
{
	bool is_partial = attr->exclude_kernel || attr->exclude_user || attr->exclude_hv;

	if (!is_partial && !attr->precise_ip)
		return;
	append(name, size, ":");
	if (is_partial && !attr->exclude_kernel)
		append(name, size, "k");
	if (is_partial && !attr->exclude_user)
		append(name, size, "u");
	if (is_partial && !attr->exclude_hv)
		append(name, size, "h");
	for (unsigned int precise = 0; precise < attr->precise_ip; precise++)
		append(name, size, "p");
}

void event_name_derive(const struct perf_event_attr *attr, char *name, size_t size)
{
	if (!name_known(attr, name, size))
		snprintf(name, size, "type %" PRIu32 " config 0x%" PRIx64, attr->type,
			 (uint64_t)attr->config);
	append_modifiers(attr, name, size);
}

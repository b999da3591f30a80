/* SPDX-License-Identifier: MIT */
/* What a recording samples and how, decided before anything is opened. */
#include "profiler/recorder_state.h"

#include "profiler/perf_event.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#define DEFAULT_RATE_HZ	    999
#define DEFAULT_STACK_BYTES (32u << 10)

/*
 * When a big program is met first, its tables are opened, which takes a tenth of a second: 2 MiB
 * are full of stack copies by then, at 999 Hz. And no rate bounds what is counted: the page faults
 * of a start come by the hundred. So a ring has more than that where few CPUs make it cheap.
 */
#define LEAST_RING_BYTES (2u << 20)
#define MOST_RING_BYTES	 (8u << 20)
#define ALL_RINGS_BYTES	 (64u << 20)

/* A ring holds at least so many samples with their stack copies. */
enum { SAMPLES_PER_RING = 32 };

/* What a sample has besides its stack copy: identity, registers, kernel chain of the usual depth. */
enum { SAMPLE_REST_BYTES = 512 };

enum { LEAST_STACK_BYTES = 1024 };

static bool plan_events(struct recorder *recorder, struct error *err)
{
	const struct recorder_options *options = &recorder->options;

	for (size_t i = 0; i < options->event_count; i++) {
		if (!event_spec_parse(&recorder->specs, options->events[i], err))
			return false;
	}
	if (options->event_count)
		return true;
	if (sampling_is_possible(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES))
		return event_spec_parse(&recorder->specs, "cycles", err);
	recorder_add_note(recorder, false,
			  "there is no cycle counter here: sampling by cpu-clock (-e cpu-clock)");
	return event_spec_parse(&recorder->specs, "cpu-clock", err);
}

static bool plan_rate(struct recorder *recorder, struct error *err)
{
	const struct recorder_options *options = &recorder->options;
	struct sampling_options *how = &recorder->how;
	uint64_t limit_hz = (uint64_t)perf_event_limit("max_sample_rate", 100000);

	how->is_rate_given = options->is_rate_given;
	how->period = options->period;
	if (options->period)
		return true;
	if (!options->is_rate_given)
		how->rate_hz = DEFAULT_RATE_HZ < limit_hz ? DEFAULT_RATE_HZ : limit_hz;
	else
		how->rate_hz = options->is_rate_max ? limit_hz : options->rate_hz;
	if (how->rate_hz > limit_hz)
		return error_set(err, EINVAL,
				 "cannot sample at %" PRIu64
				 " Hz: kernel.perf_event_max_sample_rate "
				 "is %" PRIu64 "; give -F max, or raise it with sysctl",
				 how->rate_hz, limit_hz);
	return true;
}

static void plan_call_graph(struct recorder *recorder)
{
	const struct recorder_options *options = &recorder->options;
	struct sampling_options *how = &recorder->how;

	if (options->no_call_graph)
		how->stack = SAMPLED_STACK_NONE;
	else if (options->method == UNWIND_FRAME_POINTER)
		how->stack = SAMPLED_STACK_FRAME_POINTER;
	else
		how->stack = SAMPLED_STACK_COPY;
	how->stack_copy_bytes = options->stack_copy_bytes ? (uint32_t)options->stack_copy_bytes
							  : DEFAULT_STACK_BYTES;
}

static bool plan_cpus(struct recorder *recorder, struct error *err)
{
	struct cpu_list online = { 0 };
	bool is_good = cpu_list_online(&online, err);

	if (!recorder->options.cpus) {
		recorder->cpus = online;
		return is_good;
	}
	is_good = is_good && cpu_list_parse(&recorder->cpus, recorder->options.cpus, err);
	for (size_t i = 0; is_good && i < recorder->cpus.count; i++) {
		if (!cpu_list_has(&online, recorder->cpus.cpus[i]))
			is_good = error_set(err, ENODEV,
					    "CPU %d is not online; /sys/devices/system/cpu/online "
					    "has those that are",
					    recorder->cpus.cpus[i]);
	}
	cpu_list_deinit(&online);
	return is_good;
}

static uint64_t default_ring_bytes(const struct recorder *recorder)
{
	uint64_t bytes = ALL_RINGS_BYTES / recorder->cpus.count;

	if (bytes > MOST_RING_BYTES || recorder->options.period)
		return MOST_RING_BYTES;
	return bytes < LEAST_RING_BYTES ? LEAST_RING_BYTES : bytes;
}

static void plan_rings(struct recorder *recorder)
{
	uint64_t wanted = recorder->options.ring_bytes;

	if (!wanted)
		wanted = default_ring_bytes(recorder);
	recorder->ring_bytes = (size_t)sysconf(_SC_PAGESIZE);
	while (recorder->ring_bytes < wanted)
		recorder->ring_bytes *= 2;
}

bool recorder_plan(struct recorder *recorder, struct error *err)
{
	const struct recorder_options *options = &recorder->options;

	plan_call_graph(recorder);
	recorder->how.kernel = options->target.kernel;
	recorder->how.enable_on_exec = target_is_command(&options->target);
	recorder->how.inherit = !options->no_inherit && !options->target.is_system_wide;
	if (!target_check(&options->target, err) || !plan_rate(recorder, err) ||
	    !plan_cpus(recorder, err))
		return false;
	plan_rings(recorder);
	return plan_events(recorder, err);
}

void recorder_plan_stack(struct recorder *recorder)
{
	struct sampling_options *how = &recorder->how;
	uint32_t room = (uint32_t)(recorder->rings.sample_bytes / SAMPLES_PER_RING);
	uint32_t shrunk = room < LEAST_STACK_BYTES + SAMPLE_REST_BYTES
				  ? LEAST_STACK_BYTES
				  : (room - SAMPLE_REST_BYTES) & ~7u;

	if (how->stack != SAMPLED_STACK_COPY || how->stack_copy_bytes <= room)
		return;
	recorder_add_note(recorder, false,
			  "stack copies are %" PRIu32 " bytes instead of %" PRIu32 ", as rings are "
			  "%zu KiB (kernel.perf_event_mlock_kb, `ulimit -l`, -m)",
			  shrunk, how->stack_copy_bytes, recorder->rings.sample_bytes / 1024);
	how->stack_copy_bytes = shrunk;
	recorder->is_stack_shrunk = true;
}

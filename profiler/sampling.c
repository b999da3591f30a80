/* SPDX-License-Identifier: MIT */
#include "profiler/sampling.h"

#include "jitdump/xalloc.h"
#include "profiler/perf_event.h"
#include "profiler/unwind.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* Common to all events, so that the fields behind every record are the same. */
static void set_common(struct perf_event_attr *attr, const struct sampling_options *options)
{
	attr->size = sizeof(*attr);
	attr->sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID |
			    PERF_SAMPLE_TIME | PERF_SAMPLE_CPU;
	attr->sample_id_all = 1;
	attr->read_format = PERF_FORMAT_LOST;
	/* jitdumps carry this clock's times. */
	attr->use_clockid = 1;
	attr->clockid = CLOCK_MONOTONIC;
	attr->inherit = options->inherit;
	attr->enable_on_exec = options->enable_on_exec;
	attr->disabled = 1;
}

static void choose_rate(struct perf_event_attr *attr, const struct sampling_options *options)
{
	if (attr->type == PERF_TYPE_TRACEPOINT && !options->is_rate_given) {
		attr->sample_period = 1;
	} else if (options->rate_hz) {
		attr->freq = 1;
		attr->sample_freq = options->rate_hz;
	} else {
		attr->sample_period = options->period;
	}
}

/*
 * The period is asked for only where it varies: with it in the sample and a fixed one, the kernel
 * samples every single occurrence of a software event or tracepoint (perf_swevent_event() in
 * kernel/events/core.c, 6.18).
 */
static void set_rate(struct perf_event_attr *attr, const struct sampling_options *options,
		     bool has_rate)
{
	if (!has_rate)
		choose_rate(attr, options);
	if (attr->freq)
		attr->sample_type |= PERF_SAMPLE_PERIOD;
}

/* The kernel's part of a chain is the kernel's to walk, as long as it is sampled at all. */
static void set_stack(struct perf_event_attr *attr, const struct sampling_options *options)
{
	attr->exclude_callchain_kernel = attr->exclude_kernel;
	switch (options->stack) {
	case SAMPLED_STACK_COPY:
		attr->sample_type |= PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
		attr->sample_regs_user = unwinder_register_mask();
		attr->sample_stack_user = options->stack_copy_bytes;
		attr->exclude_callchain_user = 1;
		if (!attr->exclude_kernel)
			attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
		break;
	case SAMPLED_STACK_FRAME_POINTER:
		attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
		break;
	case SAMPLED_STACK_NONE:
		break;
	}
}

static void add_sampled(struct sampling *sampling, const struct event_spec *spec,
			const struct sampling_options *options)
{
	struct sampled_event *event = &sampling->events[sampling->event_count++];
	struct perf_event_attr *attr = &event->attr;

	*event = (struct sampled_event){
		.name = xstrdup(spec->name),
		.attr = spec->attr,
		.asks_kernel = options->kernel == TARGET_KERNEL_ALWAYS ||
			       (spec->has_modes && !spec->attr.exclude_kernel),
	};
	if (options->kernel == TARGET_KERNEL_NEVER && !spec->has_modes)
		attr->exclude_kernel = 1;
	if (attr->type != PERF_TYPE_SOFTWARE && attr->type != PERF_TYPE_TRACEPOINT &&
	    !attr->exclude_host)
		attr->exclude_guest = 1;
	set_common(attr, options);
	set_rate(attr, options, spec->has_rate);
	set_stack(attr, options);
}

/*
 * No build_id: the record's union would then hold it in place of device and inode, by which the
 * marker of a jitdump is recognised, and the kernel reads it from memory at every mmap.
 * No context_switch: a program that waits a lot switches 400,000 times a second, which fills the
 * ring and the file (20 MB/s), and nothing here reads the records.
 */
static void add_side_band(struct sampling *sampling, const struct sampling_options *options)
{
	struct sampled_event *event = &sampling->events[sampling->event_count++];
	struct perf_event_attr *attr = &event->attr;

	*event = (struct sampled_event){
		.name = xstrdup("dummy:u"),
		.attr = {
			.type = PERF_TYPE_SOFTWARE,
			.config = PERF_COUNT_SW_DUMMY,
			.sample_period = 1,
			.exclude_kernel = 1, /* so that anyone may; it excludes no record */
			.mmap = 1,
			.mmap2 = 1,
			.comm = 1,
			.comm_exec = 1,
			.task = 1,
			.ksymbol = options->kernel != TARGET_KERNEL_NEVER,
		},
	};
	set_common(attr, options);
	attr->disabled = options->enable_on_exec;
}

void sampling_init(struct sampling *sampling, const struct event_spec_list *specs,
		   const struct sampling_options *options)
{
	*sampling = (struct sampling){ 0 };
	sampling->events = xcalloc(specs->count + 1, sizeof(*sampling->events));
	for (size_t i = 0; i < specs->count; i++)
		add_sampled(sampling, &specs->items[i], options);
	add_side_band(sampling, options);
}

void sampling_close(struct sampling *sampling)
{
	for (size_t i = 0; i < sampling->fd_count; i++)
		close(sampling->fds[i]);
	for (size_t i = 0; i < sampling->event_count; i++) {
		free(sampling->events[i].name);
		free(sampling->events[i].ids);
	}
	free(sampling->events);
	free(sampling->fds);
	*sampling = (struct sampling){ 0 };
}

static void leave_kernel_out(struct sampled_event *event)
{
	struct perf_event_attr *attr = &event->attr;
	char *name = event->name;

	attr->exclude_kernel = 1;
	attr->exclude_callchain_kernel = 1;
	if (attr->exclude_callchain_user)
		attr->sample_type &= ~(uint64_t)PERF_SAMPLE_CALLCHAIN;
	event->is_kernel_left_out = true;
	event->name = xasprintf("%s:u", name);
	free(name);
}

/* Asks for less after a refusal; false if nothing can be left out. Only before the first one is
 * open: an event is the same everywhere. */
static bool relax(struct sampled_event *event, int code)
{
	struct perf_event_attr *attr = &event->attr;

	if (event->id_count)
		return false;
	if ((code == EACCES || code == EPERM) && !attr->exclude_kernel && !event->asks_kernel) {
		leave_kernel_out(event);
		return true;
	}
	if (code == EOPNOTSUPP && attr->precise_ip) {
		attr->precise_ip--;
		return true;
	}
	/* Linux 6.0 */
	if (code == EINVAL && attr->read_format) {
		attr->read_format = 0;
		return true;
	}
	/* Some PMUs cannot tell guests; KSYMBOL records came with Linux 5.1. */
	if (code == EINVAL && (attr->exclude_guest || attr->ksymbol)) {
		attr->exclude_guest = 0;
		attr->ksymbol = 0;
		return true;
	}
	return false;
}

/*
 * A CPU with cores of two kinds has a PMU for each, and a generic event without a PMU is the big
 * cores' only. The PMU's type goes into the config's upper half (PERF_PMU_TYPE_SHIFT, Linux 5.13).
 */
static int open_on_small_core(const struct sampled_event *event, int tid, int cpu)
{
	struct event_spec spec = { .name = event->name };
	struct perf_event_attr attr = event->attr;
	struct error err;

	if ((attr.type != PERF_TYPE_HARDWARE && attr.type != PERF_TYPE_HW_CACHE) ||
	    attr.config >> PERF_PMU_TYPE_SHIFT ||
	    !event_spec_pmu(&spec, "/sys/bus/event_source/devices/cpu_atom", "", &err))
		return -ENOENT;
	attr.config |= (uint64_t)spec.attr.type << PERF_PMU_TYPE_SHIFT;
	return perf_event_open(&attr, tid, cpu);
}

static int open_relaxed(struct sampled_event *event, int tid, int cpu)
{
	int fd = perf_event_open(&event->attr, tid, cpu);

	while (fd < 0 && relax(event, -fd))
		fd = perf_event_open(&event->attr, tid, cpu);
	return fd == -ENOENT ? open_on_small_core(event, tid, cpu) : fd;
}

static bool add_fd(struct sampling *sampling, struct sampled_event *event, int fd, int ring_fd,
		   struct error *err)
{
	uint64_t id;

	sampling->fds = xgrow(sampling->fds, sampling->fd_count, &sampling->fd_capacity,
			      sizeof(*sampling->fds));
	sampling->fds[sampling->fd_count++] = fd;
	if (ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, ring_fd) != 0 ||
	    ioctl(fd, PERF_EVENT_IOC_ID, &id) != 0)
		return error_set(err, errno, "cannot set up the event '%s': %s", event->name,
				 strerror(errno));
	event->ids = xgrow(event->ids, event->id_count, &event->id_capacity, sizeof(*event->ids));
	event->ids[event->id_count++] = id;
	if (id > sampling->newest_id)
		sampling->newest_id = id;
	return true;
}

static bool open_one(struct sampling *sampling, size_t number, const struct cpu_rings *rings,
		     int tid, struct error *err)
{
	struct sampled_event *event = &sampling->events[number];
	bool is_side_band = number + 1 == sampling->event_count;
	int fd = open_relaxed(event, tid, rings->cpu);

	if (fd < 0)
		return perf_event_refuse(event->name, &event->attr, tid, rings->cpu, -fd, err);
	return add_fd(sampling, event, fd, is_side_band ? rings->side_fd : rings->sample_fd, err);
}

bool sampling_open(struct sampling *sampling, const struct ring_set *rings, int tid, int *life_fd,
		   struct error *err)
{
	for (size_t cpu = 0; cpu < rings->count; cpu++) {
		for (size_t number = 0; number < sampling->event_count; number++) {
			if (!open_one(sampling, number, &rings->items[cpu], tid, err))
				return false;
		}
		if (cpu == 0 && life_fd)
			*life_fd = sampling->fds[sampling->fd_count - 1];
	}
	return true;
}

bool sampling_enable(struct sampling *sampling, struct error *err)
{
	for (size_t i = 0; i < sampling->fd_count; i++) {
		if (ioctl(sampling->fds[i], PERF_EVENT_IOC_ENABLE, 0) != 0)
			return error_set(err, errno, "cannot start sampling: %s", strerror(errno));
	}
	return true;
}

void sampling_disable(struct sampling *sampling)
{
	for (size_t i = 0; i < sampling->fd_count; i++)
		ioctl(sampling->fds[i], PERF_EVENT_IOC_DISABLE, 0);
}

uint64_t sampling_lost(const struct sampling *sampling)
{
	uint64_t lost = 0;
	struct {
		uint64_t value, lost;
	} count;

	for (size_t i = 0; i < sampling->fd_count; i++) {
		if (read(sampling->fds[i], &count, sizeof(count)) == sizeof(count))
			lost += count.lost;
	}
	return lost;
}

bool sampling_is_possible(uint32_t type, uint64_t config)
{
	struct perf_event_attr attr = {
		.type = type,
		.size = sizeof(attr),
		.config = config,
		.sample_period = 1000000,
		.disabled = 1,
		.exclude_kernel = 1,
	};
	int fd = perf_event_open(&attr, 0, -1);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

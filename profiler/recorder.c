/* SPDX-License-Identifier: MIT */
#include "profiler/recorder.h"

#include "jitdump/xalloc.h"
#include "profiler/perf_event.h"
#include "profiler/recorder_state.h"
#include "symbolize/symbolizer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

void recorder_add_note(struct recorder *recorder, bool is_detail, const char *format, ...)
{
	va_list arguments;
	char text[512];

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	recorder->notes = xgrow(recorder->notes, recorder->note_count, &recorder->note_capacity,
				sizeof(*recorder->notes));
	recorder->notes[recorder->note_count++] =
		(struct recorder_note){ is_detail, xstrdup(text) };
}

size_t recorder_note_count(const struct recorder *recorder)
{
	return recorder->note_count;
}

const struct recorder_note *recorder_note(const struct recorder *recorder, size_t number)
{
	return &recorder->notes[number];
}

/* The command was forked before: it keeps the limit it would have without jprof. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* The rings hold some 60 ms of samples: on a busy machine the recorder, which runs for a hundredth of
 * that, goes before what it measures. Where that is not permitted it takes its turn. */
static void go_first(void)
{
	setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) - 10);
}

static bool open_epoll(struct recorder *recorder, struct error *err)
{
	struct epoll_event readable = { .events = EPOLLIN, .data.fd = EPOLL_RECORDS };
	bool is_good = true;

	recorder->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (recorder->epoll_fd < 0)
		return error_set(err, errno, "cannot wait for records: %s", strerror(errno));
	for (size_t i = 0; i < recorder->rings.count; i++) {
		const struct cpu_rings *rings = &recorder->rings.items[i];

		is_good &=
			!epoll_ctl(recorder->epoll_fd, EPOLL_CTL_ADD, rings->sample_fd, &readable);
		is_good &= !epoll_ctl(recorder->epoll_fd, EPOLL_CTL_ADD, rings->side_fd, &readable);
	}
	if (recorder->command.pid)
		is_good &= !epoll_ctl(recorder->epoll_fd, EPOLL_CTL_ADD, recorder->command.pid_fd,
				      &readable);
	return is_good || error_set(err, errno, "cannot wait for records: %s", strerror(errno));
}

static void open_session(struct recorder *recorder)
{
	recorder->layout = event_layout_create();
	for (size_t i = 0; i < recorder->sampling.event_count; i++) {
		const struct sampled_event *event = &recorder->sampling.events[i];

		event_layout_add(recorder->layout, &event->attr, event->ids, event->id_count);
	}
	recorder->symbolizer = symbolizer_create(&(struct symbolizer_options){ 0 });
	recorder->session = session_create(
		&(struct session_options){
			.symbolizer = recorder->symbolizer,
			.method = recorder->options.method,
			.engine = recorder->options.engine,
			.is_live = true,
			.is_to_be_stored = recorder->options.embed && recorder->options.keep_stacks,
			.is_this_kernel = true,
			.is_forgetful = !recorder->options.output,
			.sink = recorder_take_sample,
			.sink_context = recorder,
		},
		recorder->layout);
	ring_merge_init(&recorder->merge, recorder->layout);
	for (size_t i = 0; i < recorder->rings.count; i++) {
		ring_merge_add(&recorder->merge, &recorder->rings.items[i].samples);
		ring_merge_add(&recorder->merge, &recorder->rings.items[i].side);
	}
}

/* What data_writer_open() is about to do to what is there. */
static void look_at_output(struct recorder *recorder)
{
	struct stat status;
	bool is_there = stat(recorder->options.output, &status) == 0;

	recorder->is_new_file = strcmp(recorder->options.output, "-") != 0 &&
				(!is_there || S_ISREG(status.st_mode));
	recorder->has_old_file = recorder->is_new_file && is_there;
}

static bool open_writer(struct recorder *recorder, struct error *err)
{
	size_t count = recorder->sampling.event_count;
	struct data_writer_event *events = xcalloc(count, sizeof(*events));

	for (size_t i = 0; i < count; i++) {
		struct sampled_event *event = &recorder->sampling.events[i];

		events[i] = (struct data_writer_event){ event->name, &event->attr, event->ids,
							event->id_count };
	}
	look_at_output(recorder);
	recorder->writer = data_writer_open(
		&(struct data_writer_options){
			.path = recorder->options.output,
			.events = events,
			.event_count = count,
			.command = recorder->options.command_line,
			.keep_stacks = recorder->options.keep_stacks,
			.compression_level = recorder->options.compression_level,
		},
		err);
	free(events);
	return recorder->writer != NULL;
}

static void note_decisions(struct recorder *recorder)
{
	const struct sampling *sampling = &recorder->sampling;

	for (size_t i = 0; i + 1 < sampling->event_count; i++) {
		const struct sampled_event *event = &sampling->events[i];

		if (event->attr.freq)
			recorder_add_note(recorder, true, "event %s at %" PRIu64 " Hz", event->name,
					  (uint64_t)event->attr.sample_freq);
		else
			recorder_add_note(recorder, true, "event %s every %" PRIu64, event->name,
					  (uint64_t)event->attr.sample_period);
		if (event->is_kernel_left_out)
			recorder_add_note(recorder, true,
					  "the kernel is left out: kernel.perf_event_paranoid is "
					  "%" PRId64,
					  perf_event_limit("paranoid", 2));
	}
	if (recorder->how.stack == SAMPLED_STACK_COPY)
		recorder_add_note(recorder, true, "stack copies of %" PRIu32 " bytes",
				  recorder->how.stack_copy_bytes);
	recorder_add_note(
		recorder, true,
		"%zu CPUs, each with %zu KiB of ring for samples and %zu KiB for mappings",
		recorder->rings.count, recorder->rings.sample_bytes / 1024,
		recorder->rings.side_bytes / 1024);
	recorder_add_note(recorder, true, "%zu perf events opened%s", sampling->fd_count,
			  recorder->options.no_inherit ? ", not inherited" : "");
}

/* Standard output may be the recording's, or for what is shown. */
static enum launch_output command_output(const struct recorder_options *options)
{
	if (options->is_terminal_taken)
		return LAUNCH_IS_SILENT;
	return !options->output || !strcmp(options->output, "-") ? LAUNCH_PRINTS_TO_STDERR
								 : LAUNCH_PRINTS;
}

static bool prepare(struct recorder *recorder, struct error *err)
{
	const struct recorder_options *options = &recorder->options;

	if (!recorder_plan(recorder, err))
		return false;
	if (options->command &&
	    !launch_hold(&recorder->command, options->command, command_output(options), err))
		return false;
	raise_file_limit();
	go_first();
	if (!ring_set_open(&recorder->rings, &recorder->cpus, recorder->ring_bytes,
			   options->ring_bytes != 0, err))
		return false;
	recorder_plan_stack(recorder);
	sampling_init(&recorder->sampling, &recorder->specs, &recorder->how);
	if (!open_epoll(recorder, err) || !recorder_attach(recorder, err))
		return false;
	open_session(recorder);
	note_decisions(recorder);
	return !options->output || open_writer(recorder, err);
}

struct recorder *recorder_open(const struct recorder_options *options, struct error *err)
{
	struct recorder *recorder = xcalloc(1, sizeof(*recorder));

	recorder->options = *options;
	recorder->epoll_fd = -1;
	if (prepare(recorder, err))
		return recorder;
	recorder_close(recorder);
	return NULL;
}

void recorder_close(struct recorder *recorder)
{
	if (!recorder)
		return;
	launch_close(&recorder->command);
	ring_merge_deinit(&recorder->merge);
	session_destroy(recorder->session);
	symbolizer_destroy(recorder->symbolizer);
	event_layout_destroy(recorder->layout);
	sampling_close(&recorder->sampling);
	ring_set_close(&recorder->rings);
	late_threads_deinit(&recorder->late);
	thread_list_deinit(&recorder->threads);
	cpu_list_deinit(&recorder->cpus);
	event_spec_list_deinit(&recorder->specs);
	if (recorder->epoll_fd >= 0)
		close(recorder->epoll_fd);
	for (size_t i = 0; i < recorder->note_count; i++)
		free(recorder->notes[i].text);
	free(recorder->notes);
	free(recorder);
}

bool recorder_start(struct recorder *recorder, struct error *err)
{
	recorder_tell_running(recorder);
	if (!recorder->how.enable_on_exec && !sampling_enable(&recorder->sampling, err))
		return false;
	recorder->started_ns = recorder_now_ns();
	return !recorder->command.pid || launch_go(&recorder->command, err);
}

bool recorder_run(struct recorder *recorder, struct recorder_result *result, struct error *err)
{
	if (!recorder_start(recorder, err)) {
		recorder_discard(recorder);
		*result = recorder->result;
		return false;
	}
	recorder_loop(recorder);
	recorder_drain_last(recorder);
	recorder_finish(recorder);
	*result = recorder->result;
	if (recorder->has_failed)
		*err = recorder->failure;
	return !recorder->has_failed;
}

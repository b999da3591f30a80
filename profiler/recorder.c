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
	struct epoll_event readable = { .events = EPOLLIN, .data.fd = -1 };
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
	static const enum unwind_method methods[] = {
		[RECORDER_CALL_GRAPH_AUTO] = UNWIND_AUTO,
		[RECORDER_CALL_GRAPH_DWARF] = UNWIND_DWARF,
		[RECORDER_CALL_GRAPH_FP] = UNWIND_FRAME_POINTER,
		[RECORDER_CALL_GRAPH_NO] = UNWIND_AUTO,
	};

	recorder->layout = event_layout_create();
	for (size_t i = 0; i < recorder->sampling.event_count; i++) {
		const struct sampled_event *event = &recorder->sampling.events[i];

		event_layout_add(recorder->layout, &event->attr, event->ids, event->id_count);
	}
	recorder->symbolizer = symbolizer_create(&(struct symbolizer_options){ 0 });
	recorder->session = session_create(
		&(struct session_options){
			.symbolizer = recorder->symbolizer,
			.method = methods[recorder->options.call_graph],
			.is_live = true,
			.is_this_kernel = true,
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

static bool prepare(struct recorder *recorder, struct error *err)
{
	const struct recorder_options *options = &recorder->options;

	if (!recorder_plan(recorder, err))
		return false;
	if (options->command &&
	    !launch_hold(&recorder->command, options->command, !strcmp(options->output, "-"), err))
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
	return open_writer(recorder, err);
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

/* Sentences of the session, a line each. */
static char *join_remarks(const struct recorder *recorder)
{
	char *joined = xstrdup("");

	for (size_t i = 0; i < session_remark_count(recorder->session); i++) {
		char *longer = xasprintf("%s%s%s", joined, i ? "\n" : "",
					 session_remark(recorder->session, i));

		free(joined);
		joined = longer;
	}
	return joined;
}

static void put_health(struct recorder *recorder, struct section_bytes *out)
{
	const struct session_counts *counts = session_counts(recorder->session);
	const struct recorder_options *options = &recorder->options;
	static const uint32_t methods[] = {
		[RECORDER_CALL_GRAPH_AUTO] = UNWIND_AUTO,
		[RECORDER_CALL_GRAPH_DWARF] = UNWIND_DWARF,
		[RECORDER_CALL_GRAPH_FP] = UNWIND_FRAME_POINTER,
		[RECORDER_CALL_GRAPH_NO] = UINT32_MAX,
	};
	char *remarks = join_remarks(recorder);
	const struct stored_health health = {
		.rate_asked_hz = recorder->how.rate_hz,
		.lost_records = counts->lost,
		.throttled = counts->throttled,
		.undecodable = counts->undecodable,
		.jit_late = counts->jit_late,
		.parked = counts->parked,
		.parked_expired = counts->parked_expired,
		.behind_horizon = counts->behind_horizon,
		.start_ns = recorder->started_ns,
		.end_ns = recorder->ended_ns,
		.online_cpus = recorder->rings.count,
		.stack_copy_size = recorder->how.stack == SAMPLED_STACK_COPY
					   ? recorder->how.stack_copy_bytes
					   : 0,
		.method = methods[options->call_graph],
		.remarks = remarks,
	};

	jprof_section_put_health(out, &health);
	free(remarks);
}

/* Everything that is known now goes into the file, and the file is closed. */
static void finish_file(struct recorder *recorder)
{
	struct section_bytes section = { 0 };
	struct error err;

	session_finish(recorder->session);
	session_store(recorder->session, recorder->options.keep_stacks, &section);
	put_health(recorder, &section);
	if (!data_writer_put_section(recorder->writer, &section, &err) && !recorder->has_failed) {
		recorder->has_failed = true;
		recorder->failure = err;
	}
	section_bytes_deinit(&section);
	if (!data_writer_close(recorder->writer, &recorder->result.file_bytes, &err) &&
	    !recorder->has_failed) {
		recorder->has_failed = true;
		recorder->failure = err;
	}
	recorder->writer = NULL;
}

static void note_remarks(struct recorder *recorder)
{
	const struct session_counts *counts = session_counts(recorder->session);

	for (size_t i = 0; i < session_remark_count(recorder->session); i++)
		recorder_add_note(recorder, false, "%s", session_remark(recorder->session, i));
	recorder_add_note(recorder, true,
			  "%" PRIu64 " samples waited for JIT code, %" PRIu64 " of them in vain; "
			  "%" PRIu64 " records came late",
			  counts->parked, counts->parked_expired, counts->behind_horizon);
	if (counts->lost)
		recorder_add_note(recorder, false,
				  "%" PRIu64 " records were lost: try a larger -m or a lower -F",
				  counts->lost);
	if (recorder->truncated > recorder->result.unwound / 20)
		recorder_add_note(recorder, false,
				  "%" PRIu64
				  " stacks were longer than their copies: try --stack-size "
				  "65528",
				  recorder->truncated);
	if (counts->throttled)
		recorder_add_note(recorder, false,
				  "the kernel throttled sampling %" PRIu64 " times: try a lower -F",
				  counts->throttled);
}

/* The command's exit code; that it was we who ended it is no failure of it. */
static void wait_for_command(struct recorder *recorder)
{
	int signal_number;

	if (!recorder->command.pid)
		return;
	if (!recorder->terminated_ns)
		launch_signal(&recorder->command, SIGTERM);
	bool was_ended = recorder->terminated_ns != 0;

	recorder->result.exit_code = launch_wait(&recorder->command, &signal_number);
	if (was_ended && signal_number == SIGTERM)
		recorder->result.exit_code = 0;
}

/* The command could not be run after all: an earlier recording is as it was. */
static void discard_file(struct recorder *recorder)
{
	const char *output = recorder->options.output;
	char *old = xasprintf("%s.old", output);
	struct error err;

	data_writer_close(recorder->writer, NULL, &err);
	recorder->writer = NULL;
	if (recorder->is_new_file) {
		unlink(output);
		if (recorder->has_old_file)
			rename(old, output);
	}
	free(old);
}

static bool start(struct recorder *recorder, struct error *err)
{
	recorder_tell_running(recorder);
	if (!recorder->how.enable_on_exec && !sampling_enable(&recorder->sampling, err))
		return false;
	recorder->started_ns = recorder_now_ns();
	return !recorder->command.pid || launch_go(&recorder->command, err);
}

bool recorder_run(struct recorder *recorder, struct recorder_result *result, struct error *err)
{
	if (!start(recorder, err)) {
		discard_file(recorder);
		*result = recorder->result;
		return false;
	}
	recorder_loop(recorder);
	sampling_disable(&recorder->sampling);
	recorder->ended_ns = recorder_now_ns();
	session_poll(recorder->session, recorder->ended_ns);
	recorder_drain(recorder, UINT64_MAX);
	recorder_tell_lost(recorder);
	finish_file(recorder);
	note_remarks(recorder);
	wait_for_command(recorder);
	recorder->result.lost = session_counts(recorder->session)->lost;
	*result = recorder->result;
	if (recorder->has_failed)
		*err = recorder->failure;
	return !recorder->has_failed;
}

/* SPDX-License-Identifier: MIT */
/* The rounds of a recording, from its start to the reason to end. */
#include "profiler/recorder_state.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sys/epoll.h>
#include <time.h>

#define NS_PER_MS 1000000u

/* Rings wake the loop when they fill; jitdumps grow, and the file is flushed, meanwhile. */
enum { ROUND_MS = 100 };

/* Of a ring. */
#define SKIP_ABOVE   0.75
#define UNWIND_BELOW 0.5

/* How long a command that was asked to end is recorded on: it may flush its jitdump. */
#define TERMINATION_NS (2000ull * NS_PER_MS)

uint64_t recorder_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void recorder_check_written(struct recorder *recorder, bool is_written, const struct error *err)
{
	if (is_written || recorder->has_failed)
		return;
	recorder->has_failed = true;
	recorder->failure = *err;
}

void recorder_feed(struct recorder *recorder, const struct perf_event_header *record,
		   uint64_t time_ns)
{
	struct error err;

	if (late_threads_drop(&recorder->late, record))
		return;
	if (recorder->writer &&
	    (record->type != PERF_RECORD_SAMPLE || recorder->options.keep_stacks))
		recorder_check_written(recorder,
				       data_writer_record(recorder->writer, record, time_ns, &err),
				       &err);
	session_feed(recorder->session, record);
}

void recorder_take_sample(void *context, const struct session_sample *sample)
{
	struct recorder *recorder = context;
	enum stack_end end = sample->chain->end;
	struct error err;

	recorder->result.samples++;
	if (end != STACK_END_NONE && end != STACK_END_UNTOLD)
		recorder->result.unwound++;
	if (end == STACK_END_COMPLETE)
		recorder->result.complete++;
	if (end == STACK_END_TRUNCATED_COPY)
		recorder->truncated++;
	if (!recorder->writer)
		recorder->options.sink(recorder->options.sink_context, sample);
	else
		recorder_check_written(
			recorder,
			data_writer_sample(recorder->writer, sample->event, sample->chain, &err),
			&err);
}

/* A ring that fills faster than it is drained will overflow: before that, stacks are given up. */
static void relieve(struct recorder *recorder)
{
	double pressure = ring_merge_pressure(&recorder->merge);

	if (pressure > SKIP_ABOVE)
		session_skip_unwinding(recorder->session, true);
	else if (pressure < UNWIND_BELOW)
		session_skip_unwinding(recorder->session, false);
}

/* Behind the stack, at the end of its record, is how much of it there is. */
static void prefetch(const struct perf_event_header *record)
{
	unwinder_prefetch(record, record->size);
	__builtin_prefetch((const uint8_t *)record + record->size - sizeof(uint64_t));
}

void recorder_drain(struct recorder *recorder, uint64_t horizon_ns)
{
	const struct perf_event_header *record, *next;
	uint64_t time_ns;

	ring_merge_begin(&recorder->merge, horizon_ns);
	while ((record = ring_merge_next(&recorder->merge, &time_ns))) {
		next = ring_merge_upcoming(&recorder->merge);
		if (next)
			prefetch(next);
		relieve(recorder);
		recorder_feed(recorder, record, time_ns);
	}
	session_skip_unwinding(recorder->session, false);
}

/* Everything up to now is processed; what is finished goes to the file. Dumps are read before the
 * samples: code that was announced by then may lie where other code did. */
static void take_records(struct recorder *recorder)
{
	uint64_t horizon_ns = recorder_now_ns();
	struct error err;

	session_poll(recorder->session, horizon_ns);
	recorder_drain(recorder, horizon_ns);
	if (!recorder->writer)
		return;
	/* Samples that wait for JIT code come late: the writer bears with that. */
	recorder_check_written(recorder, data_writer_flush(recorder->writer, horizon_ns, &err),
			       &err);
}

/* Threads that ended hang up for ever: each is taken note of once. */
static void take_events(struct recorder *recorder, const struct epoll_event *events, int count)
{
	recorder->has_input = false;
	for (int i = 0; i < count; i++) {
		recorder->has_input |= events[i].data.fd == EPOLL_INPUT;
		if (events[i].data.fd < 0 || !(events[i].events & (EPOLLHUP | EPOLLERR)))
			continue;
		epoll_ctl(recorder->epoll_fd, EPOLL_CTL_DEL, events[i].data.fd, NULL);
		recorder->life_count--;
	}
}

static void wait_for_records(struct recorder *recorder, int timeout_ms)
{
	struct epoll_event events[64];
	uint64_t now_ns = recorder_now_ns();
	uint64_t end_ns = recorder->started_ns + recorder->options.duration_ns;

	if (timeout_ms > ROUND_MS)
		timeout_ms = ROUND_MS;
	if (recorder->options.duration_ns && end_ns < now_ns + (uint64_t)timeout_ms * NS_PER_MS)
		timeout_ms = end_ns < now_ns ? 1 : (int)((end_ns - now_ns) / NS_PER_MS) + 1;
	take_events(recorder, events, epoll_wait(recorder->epoll_fd, events, 64, timeout_ms));
}

/* Asks the command to end; true when there is none to wait for, or it does not. */
static bool terminate(struct recorder *recorder)
{
	uint64_t now_ns = recorder_now_ns();

	if (!recorder->command.pid)
		return true;
	if (recorder->terminated_ns)
		return now_ns > recorder->terminated_ns + TERMINATION_NS;
	recorder->terminated_ns = now_ns;
	launch_signal(&recorder->command, SIGTERM);
	return false;
}

/* The terminal's Ctrl-C the command got as well, and its end is waited for. What was sent to us alone
 * is to end the recording: SIGTERM, for background jobs of shells ignore SIGINT. */
static bool obey(struct recorder *recorder, const struct stop_request *stop)
{
	if (!recorder->command.pid)
		return true;
	if (stop->is_ours_alone && !recorder->is_signal_passed_on) {
		recorder->is_signal_passed_on = true;
		launch_signal(&recorder->command, SIGTERM);
	}
	return false;
}

bool recorder_is_over(struct recorder *recorder)
{
	const struct recorder_options *options = &recorder->options;
	bool has_lives = !target_is_command(&options->target) && !options->target.is_system_wide;

	if (recorder->has_failed || launch_has_ended(&recorder->command) ||
	    (has_lives && !recorder->life_count))
		return true;
	if (options->stop->signal_number && obey(recorder, options->stop))
		return true;
	return options->duration_ns &&
	       recorder_now_ns() >= recorder->started_ns + options->duration_ns &&
	       terminate(recorder);
}

void recorder_make_round(struct recorder *recorder, int wait_ms)
{
	wait_for_records(recorder, wait_ms);
	take_records(recorder);
}

void recorder_loop(struct recorder *recorder)
{
	while (!recorder_is_over(recorder))
		recorder_make_round(recorder, ROUND_MS);
}

void recorder_drain_last(struct recorder *recorder)
{
	sampling_disable(&recorder->sampling);
	recorder->ended_ns = recorder_now_ns();
	session_poll(recorder->session, recorder->ended_ns);
	recorder_drain(recorder, UINT64_MAX);
	recorder_tell_lost(recorder);
}

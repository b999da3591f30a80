/* SPDX-License-Identifier: MIT */
/* Events on everything that is to be sampled, and records about what of it runs already. */
#include "profiler/recorder_state.h"

#include "jitdump/xalloc.h"
#include "profiler/synthetic_records.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/epoll.h>

/*
 * How often the threads are listed anew. What appears after a listing was made by a thread that had
 * no events yet, or inherits: such chains soon end.
 */
enum { LISTING_ROUNDS = 8 };

/* A thread's end is noticed as the hang-up of its side band event. */
static bool watch_life(struct recorder *recorder, int fd, struct error *err)
{
	struct epoll_event hang_up = { .events = 0, .data.fd = fd };

	if (epoll_ctl(recorder->epoll_fd, EPOLL_CTL_ADD, fd, &hang_up) != 0)
		return error_set(err, errno, "cannot watch a thread's end (epoll)");
	recorder->life_count++;
	return true;
}

static bool attach_thread(struct recorder *recorder, const struct listed_thread *thread,
			  bool is_late, struct error *err)
{
	uint64_t first_id = recorder->sampling.newest_id + 1;
	int life_fd = -1;

	thread_list_add(&recorder->threads, thread->pid, thread->tid);
	if (!sampling_open(&recorder->sampling, &recorder->rings, (int)thread->tid, &life_fd, err))
		return err->code == ESRCH;
	if (is_late)
		late_threads_add(&recorder->late,
				 (struct late_thread){ .tid = thread->tid,
						       .first_id = first_id,
						       .last_id = recorder->sampling.newest_id });
	return watch_life(recorder, life_fd, err);
}

/* Attaches to the threads that are new since the last listing; *new_count of them. */
static bool attach_listed(struct recorder *recorder, bool is_late, size_t *new_count,
			  struct error *err)
{
	struct thread_list now = { 0 };
	bool is_good = true;

	*new_count = 0;
	target_list_threads(&recorder->options.target, &now);
	for (size_t i = 0; is_good && i < now.count; i++) {
		if (thread_list_has(&recorder->threads, now.items[i].tid))
			continue;
		++*new_count;
		is_good = attach_thread(recorder, &now.items[i], is_late, err);
	}
	thread_list_deinit(&now);
	return is_good;
}

static bool attach_threads(struct recorder *recorder, struct error *err)
{
	size_t new_count;

	if (!attach_listed(recorder, false, &new_count, err))
		return false;
	for (int round = 1; new_count && round < LISTING_ROUNDS; round++) {
		if (!attach_listed(recorder, true, &new_count, err))
			return false;
	}
	return recorder->life_count ||
	       error_set(err, ESRCH, "what was to be sampled has ended already");
}

bool recorder_attach(struct recorder *recorder, struct error *err)
{
	const struct target *target = &recorder->options.target;

	if (target->is_system_wide)
		return sampling_open(&recorder->sampling, &recorder->rings, -1, NULL, err);
	if (target_is_command(target))
		return sampling_open(&recorder->sampling, &recorder->rings, recorder->command.pid,
				     NULL, err);
	return attach_threads(recorder, err);
}

static void feed_buffer(struct recorder *recorder, const struct record_buffer *buffer,
			uint64_t time_ns)
{
	const struct perf_event_header *record;

	for (size_t at = 0; at < buffer->size; at += record->size) {
		record = (const struct perf_event_header *)(buffer->bytes + at);
		recorder_feed(recorder, record, time_ns);
	}
}

/*
 * /proc says what is so now: what the rings tell of the time before comes first, what they tell of
 * the time after (some of which /proc may have shown already) later.
 */
static void tell_process(struct recorder *recorder, uint32_t pid)
{
	struct record_buffer buffer = { 0 };
	uint64_t now_ns = recorder_now_ns();

	recorder_drain(recorder, now_ns);
	synthetic_records_add_process(&buffer, pid, now_ns);
	feed_buffer(recorder, &buffer, now_ns);
	record_buffer_deinit(&buffer);
}

static void tell_kernel(struct recorder *recorder)
{
	struct record_buffer buffer = { 0 };
	uint64_t now_ns = recorder_now_ns();

	recorder_drain(recorder, now_ns);
	synthetic_records_add_kernel(&buffer, now_ns);
	feed_buffer(recorder, &buffer, now_ns);
	record_buffer_deinit(&buffer);
}

void recorder_tell_lost(struct recorder *recorder)
{
	struct record_buffer buffer = { 0 };
	uint64_t told = session_counts(recorder->session).lost;
	uint64_t lost = sampling_lost(&recorder->sampling);

	if (lost <= told)
		return;
	synthetic_records_add_lost(&buffer, lost - told, recorder->ended_ns);
	feed_buffer(recorder, &buffer, recorder->ended_ns);
	record_buffer_deinit(&buffer);
}

void recorder_tell_running(struct recorder *recorder)
{
	struct thread_list running = { 0 };

	tell_kernel(recorder);
	if (recorder->options.target.is_system_wide)
		thread_list_add_all(&running, NULL);
	const struct thread_list *told =
		recorder->options.target.is_system_wide ? &running : &recorder->threads;

	for (size_t i = 0; i < told->count; i++) {
		/* The threads of a process stand together: once for each. */
		if (i == 0 || told->items[i].pid != told->items[i - 1].pid)
			tell_process(recorder, told->items[i].pid);
	}
	thread_list_deinit(&running);
}

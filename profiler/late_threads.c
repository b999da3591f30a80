/* SPDX-License-Identifier: MIT */
#include "profiler/late_threads.h"

#include "jitdump/xalloc.h"

#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

/* How a sample begins: PERF_SAMPLE_IDENTIFIER | IP | TID | TIME. */
struct sample_start {
	struct perf_event_header header;
	uint64_t identifier, ip;
	uint32_t pid, tid;
	uint64_t time_ns;
};

/* How every other record ends, by sample_id_all: TID | TIME | CPU | IDENTIFIER. */
struct record_end {
	uint32_t pid, tid;
	uint64_t time_ns;
	uint32_t cpu, reserved;
	uint64_t identifier;
};

/* PERF_RECORD_EXIT and _FORK (linux/perf_event.h). */
struct task_fields {
	struct perf_event_header header;
	uint32_t pid, parent_pid, tid, parent_tid;
};

void late_threads_deinit(struct late_threads *threads)
{
	free(threads->items);
	*threads = (struct late_threads){ 0 };
}

void late_threads_add(struct late_threads *threads, struct late_thread thread)
{
	threads->items =
		xgrow(threads->items, threads->count, &threads->capacity, sizeof(*threads->items));
	threads->items[threads->count++] = thread;
}

static struct late_thread *find(const struct late_threads *threads, uint32_t tid)
{
	for (size_t i = 0; i < threads->count; i++) {
		if (threads->items[i].tid == tid)
			return &threads->items[i];
	}
	return NULL;
}

static bool is_own(const struct late_thread *thread, uint64_t identifier)
{
	return identifier >= thread->first_id && identifier <= thread->last_id;
}

static void forget(struct late_threads *threads, uint32_t tid)
{
	struct late_thread *thread = find(threads, tid);

	if (thread)
		*thread = threads->items[--threads->count];
}

static bool drop_sample(struct late_threads *threads, const struct perf_event_header *record)
{
	struct sample_start start;

	if (record->size < sizeof(start))
		return false;
	memcpy(&start, record, sizeof(start));
	struct late_thread *thread = find(threads, start.tid);

	if (!thread)
		return false;
	bool is_kept = start.time_ns == thread->newest_ns ? !thread->has_newest
							  : is_own(thread, start.identifier);

	thread->has_newest = is_kept || (start.time_ns == thread->newest_ns && thread->has_newest);
	thread->newest_ns = start.time_ns;
	return !is_kept;
}

/* A thread made by a late one inherits all that this one has: of it too, the same ids count. */
static void follow_fork(struct late_threads *threads, uint32_t tid, uint32_t parent_tid)
{
	const struct late_thread *parent = find(threads, parent_tid);

	if (parent && !find(threads, tid))
		late_threads_add(threads, (struct late_thread){ .tid = tid,
								.first_id = parent->first_id,
								.last_id = parent->last_id });
}

static bool drop_other(struct late_threads *threads, const struct perf_event_header *record)
{
	struct record_end end;
	struct task_fields task;

	if (record->size < sizeof(*record) + sizeof(end))
		return false;
	memcpy(&end, (const uint8_t *)record + record->size - sizeof(end), sizeof(end));
	const struct late_thread *thread = find(threads, end.tid);

	if (thread && !is_own(thread, end.identifier))
		return true;
	if ((record->type != PERF_RECORD_FORK && record->type != PERF_RECORD_EXIT) ||
	    record->size < sizeof(task) + sizeof(end))
		return false;
	memcpy(&task, record, sizeof(task));
	if (record->type == PERF_RECORD_FORK)
		follow_fork(threads, task.tid, task.parent_tid);
	else
		forget(threads, task.tid);
	return false;
}

bool late_threads_drop(struct late_threads *threads, const struct perf_event_header *record)
{
	if (!threads->count)
		return false;
	return record->type == PERF_RECORD_SAMPLE ? drop_sample(threads, record)
						  : drop_other(threads, record);
}

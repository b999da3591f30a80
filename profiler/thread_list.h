/* SPDX-License-Identifier: MIT */
/*
 * The threads that run now, as /proc shows them.
 *
 * You give a process; you get its threads, and those of its descendants. A process that is gone has
 * none: that is no error, for it may end at any time.
 */
#ifndef PROFILER_THREAD_LIST_H
#define PROFILER_THREAD_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct listed_thread {
	uint32_t pid, tid;
};

/* A zeroed one is empty. */
struct thread_list {
	struct listed_thread *items; /* each tid once */
	size_t count, capacity;
};
void thread_list_deinit(struct thread_list *list);

bool thread_list_has(const struct thread_list *list, uint32_t tid);
void thread_list_add(struct thread_list *list, uint32_t pid, uint32_t tid);

/* With `with_children` all that descends from the process, too. */
void thread_list_add_process(struct thread_list *list, uint32_t pid, bool with_children);

/* Every process; of one user (the real user id), unless `uid` is NULL. */
void thread_list_add_all(struct thread_list *list, const uint32_t *uid);

/* The process of a thread; 0 if the thread is gone. */
uint32_t thread_list_process_of(uint32_t tid);

#endif

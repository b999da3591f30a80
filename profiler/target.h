/* SPDX-License-Identifier: MIT */
/*
 * Who is to be sampled.
 *
 * With none of it given, the launched command is, from its exec on, with all that it starts.
 */
#ifndef PROFILER_TARGET_H
#define PROFILER_TARGET_H

#include "profiler/error.h"
#include "profiler/thread_list.h"

enum target_kernel {
	TARGET_KERNEL_IF_ALLOWED,
	TARGET_KERNEL_ALWAYS, /* or fail */
	TARGET_KERNEL_NEVER,
};

/* Everything is borrowed. */
struct target {
	const uint32_t *pids; /* with all their threads and descendants */
	size_t pid_count;
	const uint32_t *tids;
	size_t tid_count;
	const uint32_t *uid; /* every process of this user; NULL: not by user */
	bool is_system_wide;
	enum target_kernel kernel; /* is its part sampled, too? */
};

/* True if it is the launched command that is sampled. */
bool target_is_command(const struct target *target);

/* Appends the threads that run now; none for the command and the whole system. */
void target_list_threads(const struct target *target, struct thread_list *list);

/* False, with the sentence, if something that was asked for by number is gone, or nothing is there. */
bool target_check(const struct target *target, struct error *err);

#endif

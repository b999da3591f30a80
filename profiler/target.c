/* SPDX-License-Identifier: MIT */
#include "profiler/target.h"

#include <errno.h>
#include <inttypes.h>

bool target_is_command(const struct target *target)
{
	return !target->pid_count && !target->tid_count && !target->uid && !target->is_system_wide;
}

void target_list_threads(const struct target *target, struct thread_list *list)
{
	if (target->is_system_wide)
		return;
	for (size_t i = 0; i < target->pid_count; i++)
		thread_list_add_process(list, target->pids[i], true);
	for (size_t i = 0; i < target->tid_count; i++) {
		uint32_t pid = thread_list_process_of(target->tids[i]);

		if (pid)
			thread_list_add(list, pid, target->tids[i]);
	}
	if (target->uid)
		thread_list_add_all(list, target->uid);
}

bool target_check(const struct target *target, struct error *err)
{
	struct thread_list list = { 0 };
	bool is_there = true;

	for (size_t i = 0; i < target->pid_count && is_there; i++) {
		if (thread_list_process_of(target->pids[i]) != target->pids[i])
			is_there =
				error_set(err, ESRCH,
					  "there is no process %" PRIu32 "; `ps` shows those there "
					  "are%s",
					  target->pids[i],
					  thread_list_process_of(target->pids[i])
						  ? " (it is a thread: use -t)"
						  : "");
	}
	for (size_t i = 0; i < target->tid_count && is_there; i++) {
		if (!thread_list_process_of(target->tids[i]))
			is_there = error_set(err, ESRCH,
					     "there is no thread %" PRIu32 "; `ps -eL` shows those "
					     "there are",
					     target->tids[i]);
	}
	if (is_there && target->uid) {
		thread_list_add_all(&list, target->uid);
		if (!list.count)
			is_there = error_set(err, ESRCH, "user %" PRIu32 " has no process",
					     *target->uid);
		thread_list_deinit(&list);
	}
	return is_there;
}

/* SPDX-License-Identifier: MIT */
#include "worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "program.h"

static bool is_over(const struct worker *worker)
{
	struct timespec now;

	if (worker->round_limit > 0 && worker->round_count >= worker->round_limit)
		return true;
	if (worker->end_time_ns == 0)
		return false;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec >= worker->end_time_ns;
}

static void fork_once(struct worker *worker, struct thread *thread)
{
	pid_t child = runtime_fork(thread);

	if (child < 0) {
		perror("toy_jit: fork");
		exit(1);
	}
	worker->forks = false;
	worker->child = child;
	worker->is_child = child == 0;
}

void worker_run(struct worker *worker)
{
	const struct program *program = worker->runtime->program;
	int64_t number = (int64_t)program_find(program, "main");
	struct thread thread;

	thread_init(&thread, worker->runtime);
	while (!is_over(worker)) {
		runtime_begin_round(worker->runtime);
		worker->result = thread_call(&thread, number, 1, worker->round_count, 0);
		runtime_end_round(worker->runtime);
		worker->round_count++;
		if (worker->churns)
			runtime_churn(worker->runtime, worker->round_count);
		if (worker->forks)
			fork_once(worker, &thread);
	}
	thread_deinit(&thread);
}

/* SPDX-License-Identifier: MIT */
/*
 * A thread that runs the toy program's `main` again and again.
 *
 * You give a runtime and a limit; you get what `main` returned last. The first worker also churns
 * the code and forks between its rounds, where that is asked for. It never stops inside a round.
 */
#ifndef TOY_JIT_WORKER_H
#define TOY_JIT_WORKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "runtime.h"

struct worker {
	struct runtime *runtime;
	unsigned round_limit; /* 0: none */
	uint64_t end_time_ns; /* CLOCK_MONOTONIC; 0: none */
	bool churns;	      /* moves and discards code after each round */
	bool forks;	      /* once, after the first round: the child goes on as this one */
	unsigned round_count; /* how many were run */
	int64_t result;	      /* of the last of them */
	pid_t child;	      /* 0: none, or this is the child */
	bool is_child;
	pthread_t thread; /* of all workers but the first */
};

/* Runs all rounds in the calling thread. */
void worker_run(struct worker *worker);

#endif

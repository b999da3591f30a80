/* SPDX-License-Identifier: MIT */
/*
 * The JIT at run time: compiles functions when they are first called, announces them, moves and
 * discards them.
 *
 * You give a program and a jitdump writer; any number of threads run it, compile and are told of
 * code by libjitdump. It never moves or discards code that a thread is running: threads run
 * toy code between runtime_begin_round() and runtime_end_round(), and runtime_churn() waits until
 * none does.
 */
#ifndef TOY_JIT_RUNTIME_H
#define TOY_JIT_RUNTIME_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "code_space.h"
#include "compiler.h"
#include "shadow.h"

struct program;
struct jitdump_writer;
struct thread;

typedef int64_t enter_function(struct thread *thread, uint64_t number, int64_t first,
			       int64_t second);

struct runtime {
	const struct program *program;
	struct jitdump_writer *writer;
	struct shadow_log *shadow_log; /* NULL: none is kept */
	struct code_space space;
	struct code **codes; /* by function number; NULL: not compiled now */
	void **slots;	     /* by function number; the compile stub's address where not compiled */
	struct code *enter_stub, *compile_stub;
	enter_function *enter;
	pthread_mutex_t compiling;
	pthread_rwlock_t rounds; /* held for reading by who runs toy code */
	size_t compiled_count, moved_count, discarded_count;
};

/* One thread that runs toy code. */
struct thread {
	struct runtime *runtime;
	struct shadow_stack *shadow; /* NULL: none is kept */
};

/* All three pointers are borrowed; `shadow_log` may be NULL. */
void runtime_init(struct runtime *runtime, const struct program *program,
		  struct jitdump_writer *writer, struct shadow_log *shadow_log);
void runtime_deinit(struct runtime *runtime);

void thread_init(struct thread *thread, struct runtime *runtime);
void thread_deinit(struct thread *thread);

/* Runs a function of the program; one with another number of parameters ends the process. */
int64_t thread_call(struct thread *thread, int64_t number, unsigned parameter_count, int64_t first,
		    int64_t second);

void runtime_begin_round(struct runtime *runtime);
void runtime_end_round(struct runtime *runtime);

/* Discards some functions and moves others, which ones depends on `round`. */
void runtime_churn(struct runtime *runtime, unsigned round);

/* fork() while no toy code runs. The child has this thread alone and can go on. */
pid_t runtime_fork(struct thread *thread);

#endif

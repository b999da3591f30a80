/* SPDX-License-Identifier: MIT */
#include "runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libjitdump.h>

#include "jitdump/xalloc.h"

#include "program.h"

static void check(int result, const char *what)
{
	if (result == 0)
		return;
	fprintf(stderr, "toy_jit: %s: %s\n", what, strerror(-result));
	exit(1);
}

static void announce(struct runtime *runtime, struct code *code, const struct emitter *emitter,
		     const struct jitdump_eh_frame *table, enum jitdump_kind kind)
{
	struct jitdump_function function = {
		.size = sizeof(function),
		.name = code->name,
		.code_address = (uintptr_t)code->address,
		.code_size = code->size,
		.reserved_after = code->reserved_bytes,
		.lines = emitter->lines,
		.line_count = emitter->line_count,
		.eh_frame = table->bytes,
		.eh_frame_size = table->size,
		.eh_frame_hdr_size = table->hdr_size,
		.kind = kind,
	};

	check(jitdump_add(runtime->writer, &function, &code->index), "announcing code");
	if (runtime->shadow_log)
		shadow_log_code(runtime->shadow_log, code);
}

/* Puts finished code in its place and announces it. Deinits the emitter. */
static struct code *install(struct runtime *runtime, const char *name, struct emitter *emitter,
			    enum jitdump_kind kind)
{
	struct code *code = xcalloc(1, sizeof(*code));
	struct jitdump_eh_frame table;

	check(jitdump_eh_frame_build(JITDUMP_CPU_X86_64, emitter->size, emitter->steps,
				     emitter->step_count, &table),
	      "building an unwind table");
	code->name = name;
	code->calls = emitter->calls;
	code->call_count = emitter->call_count;
	emitter->calls = NULL;
	code_space_place(&runtime->space, code, emitter->bytes, emitter->size,
			 jitdump_reserve_size(emitter->size, table.size));
	announce(runtime, code, emitter, &table, kind);
	jitdump_eh_frame_free(&table);
	emitter_deinit(emitter);
	return code;
}

static void remove_code(struct runtime *runtime, struct code *code)
{
	if (!code)
		return;
	if (runtime->shadow_log)
		shadow_log_gone(runtime->shadow_log, code);
	code_space_free(&runtime->space, code);
	free(code->calls);
	free(code);
}

static struct linkage linkage_of(const struct runtime *runtime)
{
	return (struct linkage){ runtime->slots, runtime->shadow_log != NULL };
}

/* Generated code reads the slots while others set them. */
static void set_slot(struct runtime *runtime, size_t number, const struct code *code)
{
	__atomic_store_n(&runtime->slots[number], code->address, __ATOMIC_RELEASE);
}

/* Called by the compile stub. */
static void *compile_at_first_call(struct thread *thread, uint64_t number)
{
	struct runtime *runtime = thread->runtime;

	pthread_mutex_lock(&runtime->compiling);
	if (!runtime->codes[number]) {
		struct linkage linkage = linkage_of(runtime);
		struct emitter emitter;

		compile_function(&emitter, runtime->program, number, &linkage);
		runtime->codes[number] = install(runtime, runtime->program->functions[number].name,
						 &emitter, JITDUMP_KIND_FUNCTION);
		set_slot(runtime, number, runtime->codes[number]);
		runtime->compiled_count++;
	}
	pthread_mutex_unlock(&runtime->compiling);
	return runtime->slots[number];
}

static void init_locks(struct runtime *runtime)
{
	pthread_rwlockattr_t attributes;

	pthread_mutex_init(&runtime->compiling, NULL);
	/* By default readers that come again and again would keep runtime_churn() out. */
	pthread_rwlockattr_init(&attributes);
	pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&runtime->rounds, &attributes);
	pthread_rwlockattr_destroy(&attributes);
}

static void install_stubs(struct runtime *runtime)
{
	struct linkage linkage = linkage_of(runtime);
	struct emitter emitter;

	compile_enter_stub(&emitter, &linkage);
	runtime->enter_stub = install(runtime, "toy_enter", &emitter, JITDUMP_KIND_STUB);
	runtime->enter = (enter_function *)(uintptr_t)runtime->enter_stub->address;
	compile_compile_stub(&emitter, (const void *)compile_at_first_call);
	runtime->compile_stub = install(runtime, "toy_compile", &emitter, JITDUMP_KIND_STUB);
	for (size_t i = 0; i < runtime->program->function_count; i++)
		set_slot(runtime, i, runtime->compile_stub);
}

void runtime_init(struct runtime *runtime, const struct program *program,
		  struct jitdump_writer *writer, struct shadow_log *shadow_log)
{
	*runtime =
		(struct runtime){ .program = program, .writer = writer, .shadow_log = shadow_log };
	init_locks(runtime);
	code_space_init(&runtime->space);
	if (shadow_log)
		shadow_log_space(shadow_log, &runtime->space);
	runtime->codes = xcalloc(program->function_count, sizeof(struct code *));
	runtime->slots = xcalloc(program->function_count, sizeof(void *));
	install_stubs(runtime);
}

void runtime_deinit(struct runtime *runtime)
{
	for (size_t i = 0; i < runtime->program->function_count; i++)
		remove_code(runtime, runtime->codes[i]);
	remove_code(runtime, runtime->enter_stub);
	remove_code(runtime, runtime->compile_stub);
	free(runtime->codes);
	free(runtime->slots);
	code_space_deinit(&runtime->space);
	pthread_mutex_destroy(&runtime->compiling);
	pthread_rwlock_destroy(&runtime->rounds);
}

void thread_init(struct thread *thread, struct runtime *runtime)
{
	*thread = (struct thread){ .runtime = runtime };
	if (runtime->shadow_log)
		thread->shadow = shadow_stack_create(runtime->shadow_log, &runtime->space);
}

void thread_deinit(struct thread *thread)
{
	shadow_stack_destroy(thread->shadow);
	thread->shadow = NULL;
}

int64_t thread_call(struct thread *thread, int64_t number, unsigned parameter_count, int64_t first,
		    int64_t second)
{
	const struct program *program = thread->runtime->program;

	if (number < 0 || (uint64_t)number >= program->function_count ||
	    program->functions[number].parameter_count != parameter_count) {
		fprintf(stderr, "toy_jit: %lld is no function with %u parameters\n",
			(long long)number, parameter_count);
		exit(1);
	}
	return thread->runtime->enter(thread, (uint64_t)number, first, second);
}

void runtime_begin_round(struct runtime *runtime)
{
	pthread_rwlock_rdlock(&runtime->rounds);
}

void runtime_end_round(struct runtime *runtime)
{
	pthread_rwlock_unlock(&runtime->rounds);
}

static void discard(struct runtime *runtime, size_t number)
{
	set_slot(runtime, number, runtime->compile_stub);
	remove_code(runtime, runtime->codes[number]);
	runtime->codes[number] = NULL;
	runtime->discarded_count++;
}

static void move(struct runtime *runtime, size_t number)
{
	struct code *old = runtime->codes[number];
	struct code *new = xmalloc(sizeof(*new));

	*new = *old;
	code_space_place(&runtime->space, new, old->address, old->size, old->reserved_bytes);
	check(jitdump_move(runtime->writer, old->index, (uintptr_t)old->address,
			   (uintptr_t) new->address, new->size),
	      "announcing a move");
	if (runtime->shadow_log)
		shadow_log_code(runtime->shadow_log, new);
	set_slot(runtime, number, new);
	runtime->codes[number] = new;
	old->calls = NULL; /* the new one's now */
	remove_code(runtime, old);
	runtime->moved_count++;
}

void runtime_churn(struct runtime *runtime, unsigned round)
{
	pthread_rwlock_wrlock(&runtime->rounds);
	for (size_t i = 0; i < runtime->program->function_count; i++) {
		if (!runtime->codes[i])
			continue;
		if ((i + round) % 3 == 0)
			move(runtime, i);
		else if ((i + round) % 3 == 1)
			discard(runtime, i);
	}
	pthread_rwlock_unlock(&runtime->rounds);
}

pid_t runtime_fork(struct thread *thread)
{
	struct runtime *runtime = thread->runtime;
	pid_t child;

	pthread_rwlock_wrlock(&runtime->rounds);
	shadow_stack_before_fork(thread->shadow);
	child = fork();
	if (child == 0) {
		/* Threads that waited for the lock are not here any more. */
		init_locks(runtime);
		shadow_stack_after_fork(thread->shadow);
	} else {
		pthread_rwlock_unlock(&runtime->rounds);
	}
	return child;
}

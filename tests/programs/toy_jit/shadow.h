/* SPDX-License-Identifier: MIT */
/*
 * What every thread's stack really holds, written down by the program itself.
 *
 * You give every call and return of generated code, and touches of fresh pages at known
 * instructions; you get a log to which tests/e2e/compare_shadow compares a recording, frame by
 * frame. It never looks at the machine stack. Its format is at the top of shadow.c.
 *
 * All functions but the log's own take the calling thread and do nothing where no log is kept.
 */
#ifndef TOY_JIT_SHADOW_H
#define TOY_JIT_SHADOW_H

#include <stddef.h>
#include <stdint.h>

struct code;
struct code_space;
struct shadow_stack;
struct thread;

struct shadow_log {
	int fd;
};

/* The file is created or emptied. */
void shadow_log_open(struct shadow_log *log, const char *path);
void shadow_log_close(struct shadow_log *log);

/* Before any code runs: where generated code lies. */
void shadow_log_space(const struct shadow_log *log, const struct code_space *space);

/* Before the code first runs, and after it last ran. */
void shadow_log_code(const struct shadow_log *log, const struct code *code);
void shadow_log_gone(const struct shadow_log *log, const struct code *code);

struct shadow_stack *shadow_stack_create(const struct shadow_log *log,
					 const struct code_space *space);
/* Writes out what is not written yet. NULL is allowed. */
void shadow_stack_destroy(struct shadow_stack *stack);

/* Around fork(): nothing of the parent's is written twice, and the child is a thread of its own.
 * NULL is allowed. The stack must be empty. */
void shadow_stack_before_fork(struct shadow_stack *stack);
void shadow_stack_after_fork(struct shadow_stack *stack);

/* Called by generated code around its calls. `native_return_address` is that of the native code
 * which called the frame that now calls, else 0. shadow_pop() returns `value`. */
void shadow_push(struct thread *thread, uintptr_t return_address, uintptr_t native_return_address);
int64_t shadow_pop(struct thread *thread, int64_t value);

/* Called by generated code around its store to a fresh page: the first returns the address to
 * store to, the second wants that of the store instruction. */
uint8_t *shadow_touch_begin(struct thread *thread);
void shadow_touch_end(struct thread *thread, uintptr_t instruction);

/* Stores to a fresh page from native code. */
void shadow_touch_native(struct thread *thread);

#endif

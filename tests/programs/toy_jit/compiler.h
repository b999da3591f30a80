/* SPDX-License-Identifier: MIT */
/*
 * Compiles toy functions to x86-64 code, and the two stubs around them.
 *
 * You give a function's tree; you get an emitter that holds its code, unwind table and lines. It
 * never places code in memory and never announces it (runtime.h does).
 *
 * Generated code calls as C does (rdi, rsi, rdx, rcx, r8, r9, rax; rbx, rbp, r12 to r15 are the
 * callee's to keep), with rax as the callee's number besides, and r15 as the thread everywhere.
 * Values of expressions are in rax, temporaries on the stack. The first five variables of a
 * function live in rbp, rbx, r12, r13, r14, so that rbp is a number like any other.
 */
#ifndef TOY_JIT_COMPILER_H
#define TOY_JIT_COMPILER_H

#include <stdbool.h>

#include "emitter.h"
#include "program.h"

/* What generated code refers to outside itself. */
struct linkage {
	void *const *slots; /* by function number: where its code starts now */
	bool keeps_shadow;
};

/* The emitter is initialized here; the caller deinits it. */
void compile_function(struct emitter *emitter, const struct program *program, size_t number,
		      const struct linkage *linkage);

/* int64_t (*)(struct thread *, uint64_t number, int64_t, int64_t): how native code enters. */
void compile_enter_stub(struct emitter *emitter, const struct linkage *linkage);

/* What the slot of a function without code points to: calls `compile`, which is
 * void *(*)(struct thread *, uint64_t number), and goes on in the code that it returns. */
void compile_compile_stub(struct emitter *emitter, const void *compile);

#endif

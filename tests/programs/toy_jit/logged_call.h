/* SPDX-License-Identifier: MIT */
/*
 * The instructions around a call in generated code that keep the shadow stack.
 *
 * You emit a call between begin and end; you get, if the shadow stack is kept, instructions that
 * push the call's return address before it and pop it after it, and the call site's description.
 * rax passes through; the argument registers are free at begin and lost at end. r15 holds the
 * thread.
 */
#ifndef TOY_JIT_LOGGED_CALL_H
#define TOY_JIT_LOGGED_CALL_H

#include "emitter.h"

struct logged_call {
	bool is_logged;
	uint32_t start;
	size_t return_operand;
};

/* Native code called this frame (only the stub that enters generated code is so called): the
 * shadow stack gets the return address into it too. */
enum frame_caller { CALLED_BY_GENERATED_CODE, CALLED_BY_NATIVE_CODE };

struct logged_call logged_call_begin(struct emitter *emitter, bool keeps_shadow,
				     enum frame_caller caller);

/* Directly behind the call instruction. `native`: see struct call_site. */
void logged_call_end(struct emitter *emitter, const struct logged_call *call, const char *native);

/* A call to native code that the shadow stack does not hold. */
void quiet_call(struct emitter *emitter, const void *function);

#endif

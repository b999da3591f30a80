/* SPDX-License-Identifier: MIT */
/*
 * One step by the frame pointer, checked as far as the stack itself can tell.
 *
 * You give the registers of a frame whose code made a frame (push rbp; mov rbp, rsp); you get its
 * caller's. Only the frame pointer, the stack pointer and the pc of the caller are known then:
 * nobody said what else the code saved. It never looks at code: whether the return address is one
 * is the caller's question.
 */
#ifndef PROFILER_FRAME_POINTER_H
#define PROFILER_FRAME_POINTER_H

#include "profiler/arch.h"

/* False, with *registers as they were, if the frame pointer is unaligned, below the stack pointer
 * or leads out of the copied stack. */
bool frame_pointer_step(struct stack_memory *memory, struct registers *registers);

#endif

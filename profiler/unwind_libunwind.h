/* SPDX-License-Identifier: MIT */
/*
 * One step by call frame information, made by libunwind.
 *
 * You give the registers of a frame, its place in the code and the stack; you get the registers of
 * its caller. libunwind's remote interface sees one function at a time, in a form that is known to
 * be sound, and only for one step: its own heuristics (following rbp where CFI is missing,
 * guessing at PLT entries and signal frames) never run. It never decides what comes next.
 */
#ifndef PROFILER_UNWIND_LIBUNWIND_H
#define PROFILER_UNWIND_LIBUNWIND_H

#include "profiler/arch.h"
#include "profiler/cfi_index.h"

struct libunwind_stepper;

/* Where a frame is. */
struct cfi_place {
	uint64_t row; /* a number for this place in the code, never used for another: below 2^50 */
	uint64_t address; /* in the process; of the call, not the return address */
	const struct code *code;
};

enum cfi_step {
	CFI_STEP_DONE,
	CFI_STEP_OUTERMOST, /* the return address is undefined: nobody called this */
	CFI_STEP_NO_MEMORY, /* memory->failed_address could not be read */
	CFI_STEP_UNUSABLE, /* no CFI covers the place, or it is damaged, or needs unknown registers */
};

/* `index` is borrowed. */
struct libunwind_stepper *libunwind_stepper_create(struct cfi_index *index);
void libunwind_stepper_destroy(struct libunwind_stepper *stepper);

/* On CFI_STEP_DONE *registers are the caller's; otherwise they are as they were. */
enum cfi_step libunwind_step(struct libunwind_stepper *stepper, const struct cfi_place *place,
			     struct stack_memory *memory, struct registers *registers);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * How to get from a frame to its caller, decided once per location.
 *
 * You give where a frame is (code_find()) and whether it was interrupted there or had called; you
 * get the kind of step to make, from the CFI that covers the place, from what kind of code it is,
 * and where nothing describes it from its instructions (those of perf-mapped code, and of code whose
 * bytes are forgotten, are read from the live process). It never looks at a stack.
 */
#ifndef PROFILER_UNWIND_CHOICE_H
#define PROFILER_UNWIND_CHOICE_H

#include "profiler/arch.h"
#include "profiler/cfi_index.h"
#include "profiler/unwind.h"

enum step_kind {
	STEP_CFI,
	STEP_SIGNAL_FRAME, /* a signal trampoline without CFI: the kernel's layout */
	STEP_GUESS,	   /* code that nothing describes */
	STEP_OUT_OF_CODE,  /* no code at all, as after a call through a null pointer */
};

struct unwind_step {
	enum step_kind kind;
	bool is_signal;		 /* the caller was interrupted */
	bool is_entry;		 /* a process or a thread begins here */
	uint64_t row;		 /* STEP_CFI: of this location, never used for another */
	struct return_rule rule; /* for a guess */
};

struct unwind_choices;

/* `cfi` is borrowed. */
struct unwind_choices *unwind_choices_create(enum unwind_method method, struct cfi_index *cfi);
void unwind_choices_destroy(struct unwind_choices *choices);

/* `address` is that of the instruction that ran (one byte back from a return address), `code` what
 * is there. */
struct unwind_step unwind_choose(struct unwind_choices *choices, const struct code *code,
				 uint64_t address, bool is_return);

/* Whether the instruction that ends at the looked-up address can be a call; true also where its
 * bytes are not known. */
bool unwind_may_be_call(const struct code *code);

/* Whether the instruction that ends at the looked-up address is known to enter the kernel. */
bool unwind_is_system_call(const struct code *code);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * From registers and a copied stack to a chain of addresses.
 *
 * You give the user registers and stack bytes of one sample, and the address space and time they
 * belong to; you get the chain, which frames were guessed, and why it ended. It never names
 * anything, never fails (the reason is the result) and reads nothing of a live process but the
 * instructions of code that only a perf map tells of.
 *
 * Rows come from ELF .eh_frame and .debug_frame, and from the .eh_frame that a JIT announced;
 * where none covers the pc a checked step by the code's instructions or the frame pointer is made
 * and marked as guessed.
 */
#ifndef PROFILER_UNWIND_H
#define PROFILER_UNWIND_H

#include "profiler/chain.h"
#include "profiler/event.h"

struct address_space;
struct unwinder;

/* What to do at executable memory that nobody described. */
enum unwind_unknown {
	UNWIND_UNKNOWN_STOPS,	/* end with STACK_END_JIT_UNKNOWN: the caller will try again */
	UNWIND_UNKNOWN_GUESSED, /* follow the frame pointer, as for described code without CFI */
};

/* Which rows are used: record's --call-graph. */
enum unwind_method {
	UNWIND_AUTO,	      /* CFI, and frame pointers where there is none */
	UNWIND_DWARF,	      /* CFI alone */
	UNWIND_FRAME_POINTER, /* frame pointers alone */
};

/* What makes the steps: record's --unwinder. */
enum unwind_engine {
	UNWIND_FAST,	  /* the compact engine, and libunwind for what does not fit it */
	UNWIND_LIBUNWIND, /* libunwind alone */
};

/* Since the unwinder was created. */
struct unwind_counts {
	uint64_t frames;
	uint64_t fallback_frames; /* UNWIND_FAST: whose step libunwind made */
	uint64_t restarts; /* UNWIND_FAST: stacks that libunwind unwound anew, for a register */
};

struct unwind_request {
	struct address_space *space;
	uint64_t time_ns;
	const struct user_registers *registers;
	const uint8_t *stack; /* from the stack pointer upwards */
	uint64_t stack_size;
	uint64_t stack_copy_size; /* asked for: tells a short copy from the end of the stack */
	enum unwind_unknown unknown;
};

/* What it learns is kept by location, never by process address: nothing need be dropped when a
 * mapping or a JIT version ends. Images and the unwind tables of JIT versions that code_find()
 * answered with must live as long as the unwinder. */
struct unwinder *unwinder_create(enum unwind_method method, enum unwind_engine engine);
void unwinder_destroy(struct unwinder *unwinder);

/* Appends user frames to *chain (which may hold kernel frames already) and sets its end; it is not joined. */
void unwinder_unwind(struct unwinder *unwinder, const struct unwind_request *request,
		     struct chain *chain);

/* Where unwinding would take too long: as unwinder_unwind(), but of the user frames the innermost
 * alone is told, and chain->end is STACK_END_SKIPPED. */
void unwinder_skip(const struct unwind_request *request, struct chain *chain);

/* Asks the CPU for the bytes of a stack that is to be unwound after the one at hand: most of unwinding
 * is waiting for its words. */
void unwinder_prefetch(const void *stack, uint64_t size);

struct unwind_counts unwinder_counts(const struct unwinder *unwinder);

/* The register mask to ask the kernel for (attr.sample_regs_user) on this machine. */
uint64_t unwinder_register_mask(void);

#endif

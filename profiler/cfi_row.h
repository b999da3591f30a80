/* SPDX-License-Identifier: MIT */
/*
 * How to get from one pc to its caller, in eight bytes.
 *
 * You give a function's CFI and an address in it; you get the row that holds there, as far as it
 * is of the kinds that compilers write nearly always: the CFA is the stack pointer or the frame
 * pointer plus an offset, the return address lies where a call pushes it, the caller's frame
 * pointer is saved at an offset or still in its register. Anything else is told as unfit, never
 * approximated: libunwind takes it. It never reads a stack.
 */
#ifndef PROFILER_CFI_ROW_H
#define PROFILER_CFI_ROW_H

#include "jitdump/cfi_table.h"

enum row_kind {
	ROW_UNFIT,	   /* to be stepped over in another way */
	ROW_CFA_SP,	   /* the CFA is the stack pointer + cfa_offset */
	ROW_CFA_FP,	   /* ... the frame pointer + cfa_offset */
	ROW_OUTERMOST,	   /* the return address is undefined: nobody called this */
	ROW_FRAME_POINTER, /* no CFI: the frame pointer leads on (profiler/frame_pointer.h) */
};

enum row_fp {
	ROW_FP_SAME,
	ROW_FP_SAVED, /* at the CFA + fp_offset */
	ROW_FP_UNDEFINED,
};

struct cfi_row {
	int32_t cfa_offset;
	int16_t fp_offset;
	uint8_t kind; /* enum row_kind */
	uint8_t fp;   /* enum row_fp */
};

/* `address` lies in the function. */
struct cfi_row cfi_row_find(const struct cfi_function *function, uint64_t address);

#endif

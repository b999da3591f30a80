/* SPDX-License-Identifier: MIT */
/*
 * What unwinding must know of the CPU: its registers, its calls, its signal frames.
 *
 * You give registers as perf samples them, or a few bytes of code; you get registers by their
 * DWARF numbers (which are libunwind's too), or what the instructions there mean for the return
 * address. It never reads a stack beyond one signal frame and never looks anything up.
 */
#ifndef PROFILER_ARCH_H
#define PROFILER_ARCH_H

#include "profiler/event.h"
#include "profiler/stack_memory.h"

/* DWARF register numbers of x86-64: System V ABI, AMD64 supplement 1.0, figure 3.36. */
enum {
	REGISTER_FP = 6,  /* rbp */
	REGISTER_SP = 7,  /* rsp */
	REGISTER_IP = 16, /* the return address column */
	REGISTER_COUNT = 17,
};

struct registers {
	uint64_t value[REGISTER_COUNT];
	uint32_t known; /* bit N: value[N] is that of this frame */
};

static inline bool register_is_known(const struct registers *registers, unsigned number)
{
	return registers->known >> number & 1;
}

static inline void register_set(struct registers *registers, unsigned number, uint64_t value)
{
	registers->value[number] = value;
	registers->known |= 1u << number;
}

/* Bits of attr.sample_regs_user: all that `struct registers` holds, and what the kernel insists
 * on. */
uint64_t arch_register_mask(void);

/* False if they are of a 32-bit program, or lack the stack pointer or the pc; what there is of them
 * is in *registers all the same. */
bool arch_read_registers(const struct user_registers *user, struct registers *registers);

/* The registers of the interrupted code, from the signal frame that the stack pointer is at when
 * the handler has returned into its trampoline. False if the stack cannot be read there. */
bool arch_read_signal_frame(struct stack_memory *memory, struct registers *registers);

/* Where a call leaves the return address, from the CFA. */
#define ARCH_RETURN_OFFSET (-8)

/*
 * Linkers describe a whole procedure linkage table by one expression for the CFA, in which the low
 * bits of the pc tell how far into its entry it is. With the pc it is the stack pointer plus
 * *offset. False for any other expression.
 */
bool arch_linkage_table_cfa(const uint8_t *expression, size_t size, uint64_t pc, int32_t *offset);

/* Where the return address lies in a frame without CFI, as its instructions show. */
enum return_place {
	RETURN_BY_FRAME_POINTER, /* above the saved frame pointer */
	RETURN_AT_SP,		 /* at the stack pointer plus the offset */
	RETURN_MAYBE_AT_SP,	 /* the same, if what lies there is a return address */
	RETURN_IN_REGISTER,
};

struct return_rule {
	enum return_place place;
	uint32_t sp_offset;
	uint32_t saved; /* registers that lie in between: their values now are not the caller's */
	uint32_t fp_offset; /* of the frame pointer, if it is one of them */
	uint8_t number;	    /* of the register */
};

/* The code around a pc. */
struct code_bytes {
	bool is_return;	   /* the pc is behind a call; else it was interrupted there */
	bool has_head;	   /* the start of the function is known */
	uint8_t head[256]; /* of the function, up to the pc at most */
	size_t head_size;
	uint8_t before[8]; /* right before the pc */
	size_t before_size;
	uint8_t at[16];
	size_t at_size;
};

struct return_rule arch_find_return(const struct code_bytes *code);

/* True if the bytes end with a call instruction: what follows them is a return address. */
bool arch_ends_with_call(const uint8_t *bytes, size_t size);

bool arch_is_system_call(const uint8_t bytes[2]);

#endif

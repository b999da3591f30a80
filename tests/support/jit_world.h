/* SPDX-License-Identifier: MIT */
/*
 * A process made of JIT code alone, with one thread about to be unwound.
 *
 * You give functions (with CFI, with code bytes, or with neither), registers and stack words; you
 * get the chain, on which both engines agree. Everything is in memory and visible in the test.
 */
#ifndef SUPPORT_JIT_WORLD_H
#define SUPPORT_JIT_WORLD_H

#include "profiler/address_space.h"
#include "profiler/jit_code.h"
#include "profiler/unwind.h"
#include "support/cfi_writer.h"
#include "support/unwind_twice.h"

enum { WORLD_FUNCTIONS = 16, WORLD_STACK_WORDS = 32768 };

/* The stack pointer of every sample, unless a test sets another. */
#define WORLD_SP UINT64_C(0x7ffe00001000)

/* Names for the words that PERF_SAMPLE_REGS_USER has, in the kernel's order. */
enum world_register {
	WORLD_AX,
	WORLD_BX,
	WORLD_CX,
	WORLD_DX,
	WORLD_SI,
	WORLD_DI,
	WORLD_BP,
	WORLD_RSP,
	WORLD_IP,
	WORLD_FLAGS,
	WORLD_CS,
	WORLD_SS,
	WORLD_R8,
	WORLD_R9,
	WORLD_R10,
	WORLD_R11,
	WORLD_R12,
	WORLD_R13,
	WORLD_R14,
	WORLD_R15,
	WORLD_REGISTERS,
};

struct jit_world {
	struct image image, unknown, unknown_jit;
	struct jit_code *code;
	struct address_space *space;
	struct unwind_twice *unwinder;
	struct jitdump_entry entries[WORLD_FUNCTIONS];
	struct cfi_writer tables[WORLD_FUNCTIONS];
	size_t entry_count;
	uint64_t registers[WORLD_REGISTERS];
	uint64_t abi;
	uint64_t stack[WORLD_STACK_WORDS];    /* from the stack pointer on */
	uint64_t stack_size, stack_copy_size; /* in bytes */
	uint64_t time_ns;
	enum unwind_unknown unknown_code;
	struct chain chain;
};

struct jit_world *jit_world_create(enum unwind_method method);
void jit_world_destroy(struct jit_world *world);

/* Code at [address, address + size), announced at the world's time, without CFI or bytes. The
 * entry can be changed until jit_world_announce(). */
struct jitdump_entry *jit_world_function(struct jit_world *world, uint64_t address, uint64_t size);
void jit_world_announce(struct jit_world *world, struct jitdump_entry *entry);

/* The same with one FDE of its own, announced. */
void jit_world_cfi(struct jit_world *world, uint64_t address, uint64_t size,
		   struct cfi_test_program program);
/* ... and with a CIE that says 'S'. */
void jit_world_signal_cfi(struct jit_world *world, uint64_t address, uint64_t size,
			  struct cfi_test_program program);
/* ... with code bytes, which a program is as well. */
void jit_world_code(struct jit_world *world, uint64_t address, struct cfi_test_program bytes);

/* Anonymous executable memory that nobody describes. */
void jit_world_map_unknown(struct jit_world *world, uint64_t start, uint64_t end);

/* The words from the stack pointer on: their number is the size of the copy. */
void jit_world_stack(struct jit_world *world, size_t count, ...);

/* Unwinds from `ip`; kernel frames that are in the chain stay. */
void jit_world_unwind(struct jit_world *world, uint64_t ip);

/* Asserts the pcs of the chain, leaf first, ended by 0, and its end. */
void jit_world_assert_chain(const struct jit_world *world, enum stack_end end, ...);

#endif

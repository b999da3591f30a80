/* SPDX-License-Identifier: MIT */
/*
 * The memory of a sampled thread, as far as anybody has it.
 *
 * You give the stack bytes that the kernel copied and the address space they belong to; you get
 * words by process address: from the copy, or from the file behind an address. It never reads a
 * live process. When a word is missing it remembers the address, for that is why unwinding ends.
 */
#ifndef PROFILER_STACK_MEMORY_H
#define PROFILER_STACK_MEMORY_H

#include "profiler/stack_end.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address_space;

struct stack_memory {
	const uint8_t *bytes;
	uint64_t start, end; /* of the copy; start is the sampled stack pointer */
	bool is_full;	     /* as much was copied as was asked for: more may have been there */
	struct address_space *space;
	uint64_t time_ns;
	bool has_failed;
	uint64_t failed_address;
};

/* One word, aligned or not. False, and remembered, if nobody has it. */
bool stack_memory_read(struct stack_memory *memory, uint64_t address, uint64_t *value);

/* The same, from the copied stack alone. */
bool stack_memory_read_stack(struct stack_memory *memory, uint64_t address, uint64_t *value);

/* True if the word lies in the copied stack. */
bool stack_memory_holds(const struct stack_memory *memory, uint64_t address);

/* Why a word could not be read: beyond a copy that was cut off, or nowhere. */
enum stack_end stack_memory_end(const struct stack_memory *memory, uint64_t address);

#endif

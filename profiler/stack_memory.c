/* SPDX-License-Identifier: MIT */
#include "profiler/stack_memory.h"

#include "profiler/code.h"

#include <string.h>

/* How far behind the copy a word is taken for the same stack. The kernel keeps mappings at least
 * this far below the main stack (MIN_GAP in arch/x86/mm/mmap.c, Linux 6.1). */
#define STACK_REACH_BYTES (128u << 20)

bool stack_memory_holds(const struct stack_memory *memory, uint64_t address)
{
	return address >= memory->start && address < memory->end &&
	       memory->end - address >= sizeof(uint64_t);
}

static bool read_file(const struct stack_memory *memory, uint64_t address, uint64_t *value)
{
	struct code code;

	if (!memory->space)
		return false;
	code_find(memory->space, address, memory->time_ns, &code);
	return code.kind == CODE_FILE &&
	       image_read(code.image, code.image_address, value, sizeof(*value)) == sizeof(*value);
}

bool stack_memory_read_stack(struct stack_memory *memory, uint64_t address, uint64_t *value)
{
	if (stack_memory_holds(memory, address)) {
		memcpy(value, memory->bytes + (address - memory->start), sizeof(*value));
		return true;
	}
	memory->has_failed = true;
	memory->failed_address = address;
	return false;
}

bool stack_memory_read(struct stack_memory *memory, uint64_t address, uint64_t *value)
{
	return (!stack_memory_holds(memory, address) && read_file(memory, address, value)) ||
	       stack_memory_read_stack(memory, address, value);
}

enum stack_end stack_memory_end(const struct stack_memory *memory, uint64_t address)
{
	bool is_behind = address < memory->end ? memory->end - address < sizeof(uint64_t)
					       : address - memory->end < STACK_REACH_BYTES;

	return memory->is_full && is_behind ? STACK_END_TRUNCATED_COPY : STACK_END_BAD_MEMORY;
}

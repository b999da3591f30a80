/* SPDX-License-Identifier: MIT */
#include "support/jit_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PC_RELATIVE = 0x1b };

struct jit_world *jit_world_create(enum unwind_method method)
{
	struct jit_world *world = calloc(1, sizeof(*world));

	world->image = (struct image){ .id = 0, .kind = IMAGE_JIT, .path = "[jit]" };
	world->unknown = (struct image){ .id = 1, .kind = IMAGE_UNKNOWN, .path = "[unknown]" };
	world->unknown_jit = (struct image){ .id = 2, .kind = IMAGE_UNKNOWN, .path = "[jit?]" };
	world->code = jit_code_create(NULL, &world->image);
	world->space = address_space_create(1, &world->unknown, &world->unknown_jit);
	world->unwinder = unwind_twice_create(method);
	world->time_ns = 1000;
	world->abi = 2;
	world->unknown_code = UNWIND_UNKNOWN_STOPS;
	world->registers[WORLD_RSP] = WORLD_SP;
	address_space_add_jit(world->space, world->code);
	return world;
}

void jit_world_destroy(struct jit_world *world)
{
	unwind_twice_destroy(world->unwinder);
	address_space_release(world->space);
	jit_code_destroy(world->code);
	free(world);
}

struct jitdump_entry *jit_world_function(struct jit_world *world, uint64_t address, uint64_t size)
{
	struct jitdump_entry *entry = &world->entries[world->entry_count++];

	assert_true(world->entry_count <= WORLD_FUNCTIONS);
	*entry = (struct jitdump_entry){ .kind = JITDUMP_ENTRY_LOAD,
					 .time_ns = world->time_ns,
					 .address = address,
					 .size = size,
					 .name = "f" };
	return entry;
}

void jit_world_announce(struct jit_world *world, struct jitdump_entry *entry)
{
	jit_code_add(world->code, entry);
}

static void add_cfi(struct jit_world *world, uint64_t address, uint64_t size,
		    struct cfi_test_program program, bool is_signal)
{
	struct jitdump_entry *entry = jit_world_function(world, address, size);
	struct cfi_writer *table = &world->tables[entry - world->entries];
	size_t cie;

	*table = (struct cfi_writer){ .format = CFI_EH_FRAME,
				      .address = (address + size + 7) & ~UINT64_C(7) };
	cie = is_signal ? cfi_write_signal_cie(table, PC_RELATIVE, USUAL_START)
			: cfi_write_cie(table, PC_RELATIVE, USUAL_START);
	cfi_write_fde(table, cie, PC_RELATIVE, address, size, program);
	cfi_write_terminator(table);
	entry->unwind = (struct jitdump_unwind_table){ table->bytes, table->size, table->address };
	jit_world_announce(world, entry);
}

void jit_world_cfi(struct jit_world *world, uint64_t address, uint64_t size,
		   struct cfi_test_program program)
{
	add_cfi(world, address, size, program, false);
}

void jit_world_signal_cfi(struct jit_world *world, uint64_t address, uint64_t size,
			  struct cfi_test_program program)
{
	add_cfi(world, address, size, program, true);
}

void jit_world_code(struct jit_world *world, uint64_t address, struct cfi_test_program bytes)
{
	struct jitdump_entry *entry = jit_world_function(world, address, bytes.size);

	entry->code = bytes.bytes;
	jit_world_announce(world, entry);
}

void jit_world_map_unknown(struct jit_world *world, uint64_t start, uint64_t end)
{
	const struct mapping mapping = { .start = start,
					 .end = end,
					 .until_ns = UINT64_MAX,
					 .kind = MAPPING_ANONYMOUS,
					 .is_executable = true };

	address_space_map(world->space, &mapping);
}

void jit_world_stack(struct jit_world *world, size_t count, ...)
{
	va_list words;

	va_start(words, count);
	for (size_t i = 0; i < count; i++)
		world->stack[i] = va_arg(words, uint64_t);
	va_end(words);
	world->stack_size = 8 * count;
	world->stack_copy_size = 65528;
}

void jit_world_unwind(struct jit_world *world, uint64_t ip)
{
	struct user_registers registers = { .abi = world->abi,
					    .mask = unwinder_register_mask(),
					    .bytes = (const uint8_t *)world->registers };
	struct unwind_request request = {
		.space = world->space,
		.time_ns = world->time_ns,
		.registers = &registers,
		.stack = (const uint8_t *)world->stack,
		.stack_size = world->stack_size,
		.stack_copy_size = world->stack_copy_size,
		.unknown = world->unknown_code,
	};

	world->registers[WORLD_IP] = ip;
	unwind_twice(world->unwinder, &request, &world->chain);
}

void jit_world_assert_chain(const struct jit_world *world, enum stack_end end, ...)
{
	va_list expected;
	uint64_t pc;
	size_t count = 0;

	va_start(expected, end);
	while ((pc = va_arg(expected, uint64_t)) != 0) {
		assert_true(count < world->chain.count);
		assert_int_equal(world->chain.frames[count].pc, pc);
		count++;
	}
	va_end(expected);
	assert_int_equal(world->chain.count, count);
	assert_string_equal(stack_end_name(world->chain.end), stack_end_name(end));
}

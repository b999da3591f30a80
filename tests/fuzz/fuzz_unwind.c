/* SPDX-License-Identifier: MIT */
/*
 * Unwinds through JIT code whose unwind table and stack are the input: the first 256 bytes are the
 * stack, the rest is the program of the one FDE (an even first byte), or a whole .eh_frame. Both
 * engines must say the same.
 */
#include "profiler/address_space.h"
#include "profiler/jit_code.h"
#include "profiler/unwind.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { STACK_BYTES = 256, CODE = 0x10000, CODE_SIZE = 0x1000, TABLE = 0x20000 };
#define STACK UINT64_C(0x7ffe00001000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A CIE "zR" with 8-byte pointers that says CFA = rsp + 8, and the head of an FDE for the code. */
static const uint8_t frame_head[] = {
	0x14, 0, 0, 0,	  0, 0, 0, 0,	 1, 'z', 'R', 0,    1, 0x78, 16, 1, 0x04,
	0x0c, 7, 8, 0x90, 1, 0, 0, 0xff, 0, 0,	 0,   0x1c, 0, 0,    0,	 0, 0,
	1,    0, 0, 0,	  0, 0, 0, 0x10, 0, 0,	 0,   0,    0, 0,    0,
};
enum { FDE = 24 };

static size_t make_table(const uint8_t *data, size_t size, uint8_t *table)
{
	uint32_t length;

	if (size == 0 || data[0] & 1) {
		memcpy(table, data, size);
		return size;
	}
	memcpy(table, frame_head, sizeof(frame_head));
	memcpy(table + sizeof(frame_head), data, size);
	length = (uint32_t)(sizeof(frame_head) - FDE - 4 + size);
	memcpy(table + FDE, &length, sizeof(length));
	return sizeof(frame_head) + size;
}

static void unwind(enum unwind_engine engine, struct address_space *space, const uint8_t *stack,
		   struct chain *chain)
{
	uint64_t values[20] = { [6] = STACK + 64, [7] = STACK, [8] = CODE + 0x20 };
	struct user_registers registers = { 2, unwinder_register_mask(), (const uint8_t *)values };
	struct unwind_request request = {
		.space = space,
		.time_ns = 1,
		.registers = &registers,
		.stack = stack,
		.stack_size = STACK_BYTES,
		.stack_copy_size = STACK_BYTES,
		.unknown = UNWIND_UNKNOWN_GUESSED,
	};
	struct unwinder *unwinder = unwinder_create(UNWIND_AUTO, engine);

	for (int round = 0; round < 2; round++) { /* the second from the cache */
		chain->count = 0;
		unwinder_unwind(unwinder, &request, chain);
		assert(chain->count <= STACK_BYTES);
	}
	unwinder_destroy(unwinder);
}

static void compare(struct address_space *space, const uint8_t *stack)
{
	static struct chain fast, libunwind;

	unwind(UNWIND_FAST, space, stack, &fast);
	unwind(UNWIND_LIBUNWIND, space, stack, &libunwind);
	assert(fast.end == libunwind.end && fast.count == libunwind.count);
	for (size_t i = 0; i < fast.count; i++)
		assert(fast.frames[i].pc == libunwind.frames[i].pc &&
		       fast.frames[i].sp_low == libunwind.frames[i].sp_low &&
		       fast.frames[i].is_guessed == libunwind.frames[i].is_guessed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image image = { .kind = IMAGE_JIT, .path = "[jit]" };
	struct image unknown = { .id = 1, .kind = IMAGE_UNKNOWN, .path = "[unknown]" };
	struct jitdump_entry entry = { .address = CODE, .size = CODE_SIZE, .name = "f" };
	uint8_t *table;

	if (size < STACK_BYTES)
		return 0;
	table = malloc(size + sizeof(frame_head));
	entry.unwind.eh_frame = table;
	entry.unwind.eh_frame_size = make_table(data + STACK_BYTES, size - STACK_BYTES, table);
	entry.unwind.eh_frame_address = TABLE;

	struct jit_code *code = jit_code_create(NULL, &image);
	struct address_space *space = address_space_create(1, &unknown, &unknown);

	jit_code_add(code, &entry);
	address_space_add_jit(space, code);
	compare(space, data);
	address_space_release(space);
	jit_code_destroy(code);
	free(table);
	return 0;
}

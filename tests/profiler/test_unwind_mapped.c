/* SPDX-License-Identifier: MIT */
/* Code of a perf map, or whose bytes are forgotten: this process's own bytes stand for those of a process that is recorded. */
#include "profiler/unwind_choice.h"

#include "profiler/jit_code.h"
#include "support/jit_world.h"
#include "support/memory_file.h"
#include "symbolize/perf_map.h"
#include "symbolize/string_pool.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define W(value)     ((uint64_t)(value))
#define END_OF_CHAIN W(0)

enum { LEAF = 0x10000, ROOT = 0x30000 };

/* CPython's trampoline: sub rsp, 8; call rcx; add rsp, 8; ret. */
static const uint8_t trampoline[] = { 0x48, 0x83, 0xec, 8, 0xff, 0xd1, 0x48, 0x83, 0xc4, 8, 0xc3 };
enum { TRAMPOLINE_RETURN = 6 };

struct mapped {
	struct jit_world *world;
	struct string_pool *strings;
	struct memory_file file;
	struct image image;
};

static int create(void **state)
{
	struct mapped *mapped = calloc(1, sizeof(*mapped));
	struct jit_world *world = jit_world_create(UNWIND_AUTO);
	char line[64];

	mapped->world = world;
	mapped->strings = string_pool_create();
	mapped->file = memory_file_create();
	snprintf(line, sizeof(line), "%" PRIxPTR " %zx trampoline\n", (uintptr_t)trampoline,
		 sizeof(trampoline));
	memory_file_append_text(&mapped->file, line);
	mapped->image = (struct image){ .id = 3, .kind = IMAGE_PERF_MAP, .path = "perf.map" };
	mapped->image.perf_map =
		perf_map_create(memory_file_reader(&mapped->file), mapped->strings);
	perf_map_poll(mapped->image.perf_map, true);
	world->space->perf_map = &mapped->image;
	world->space->pid = (uint32_t)getpid();
	world->space->is_live = true;
	jit_world_cfi(world, LEAF, 0x100, NO_PROGRAM);
	jit_world_cfi(world, ROOT, 0x100, PROGRAM(0x07, 16));
	jit_world_stack(world, 3, W(trampoline + TRAMPOLINE_RETURN), W(0), W(ROOT + 1));
	*state = mapped;
	return 0;
}

static int destroy(void **state)
{
	struct mapped *mapped = *state;

	jit_world_destroy(mapped->world);
	perf_map_destroy(mapped->image.perf_map);
	memory_file_close(&mapped->file);
	string_pool_destroy(mapped->strings);
	free(mapped);
	return 0;
}

static void the_instructions_of_a_live_process_say_where_the_return_address_is(void **state)
{
	struct mapped *mapped = *state;

	jit_world_unwind(mapped->world, LEAF);
	jit_world_assert_chain(mapped->world, STACK_END_COMPLETE, W(LEAF),
			       W(trampoline + TRAMPOLINE_RETURN), W(ROOT + 1), END_OF_CHAIN);
	assert_true(mapped->world->chain.frames[2].is_guessed);
}

static void a_process_that_is_gone_has_only_frame_pointers(void **state)
{
	struct mapped *mapped = *state;

	mapped->world->space->is_live = false;
	jit_world_unwind(mapped->world, LEAF);
	jit_world_assert_chain(mapped->world, STACK_END_NO_UNWIND_INFO, W(LEAF),
			       W(trampoline + TRAMPOLINE_RETURN), END_OF_CHAIN);
}

static void forgotten_bytes_of_a_version_are_read_from_a_live_process(void **state)
{
	static struct image image = { .kind = IMAGE_JIT };
	const struct jitdump_entry load = { .address = W(trampoline), .size = sizeof(trampoline) };
	const struct jit_version version = { .load = &load,
					     .address = W(trampoline),
					     .size = sizeof(trampoline) };
	struct code behind_call = { .kind = CODE_JIT, .image = &image, .version = &version };
	struct code behind_add = behind_call;

	(void)state;
	behind_call.image_address = jit_image_address(&version, W(trampoline) + 5);
	behind_add.image_address = jit_image_address(&version, W(trampoline) + 9);
	/* Of what is not known anything is possible. */
	assert_true(unwind_may_be_call(&behind_add));
	behind_call.live_pid = behind_add.live_pid = (uint32_t)getpid();
	assert_true(unwind_may_be_call(&behind_call));
	assert_false(unwind_may_be_call(&behind_add));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, create, destroy)
	const struct CMUnitTest tests[] = {
		TEST(the_instructions_of_a_live_process_say_where_the_return_address_is),
		TEST(a_process_that_is_gone_has_only_frame_pointers),
		cmocka_unit_test(forgotten_bytes_of_a_version_are_read_from_a_live_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

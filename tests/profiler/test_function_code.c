/* SPDX-License-Identifier: MIT */
/* What instructions call, read and write has its address and its name beside them: in a program of
 * tests/symbolize/places.c, and in a dump of this process. */
#include "profiler/function_code.h"

#include "jitdump/libjitdump.h"
#include "profiler/session_state.h"
#include "support/core_file.h"
#include "support/places.h"
#include "support/scratch_directory.h"
#include "support/session_world.h"
#include "symbolize/elf_file.h"
#include "symbolize/kernel_memory.h"
#include "symbolize/kernel_symbols.h"
#include "symbolize/symbolizer.h"

#include <inttypes.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PROGRAM	 JPROF_PLACES_DIR "/gcc-dwarf5"
#define STRIPPED JPROF_SEPARATE_DIR "/nothing/places"
#define WHOLE	 JPROF_SEPARATE_DIR "/link/places.whole"

static struct function_code read_code(struct session_world *world, struct location location)
{
	const struct function_code_options options = { .machine = "x86_64" };
	struct function_code code;

	assert_true(function_code_read(&code, world->session, location, &options));
	assert_string_equal(code.lack, "");
	return code;
}

static struct image *program_image(struct session_world *world, const char *path)
{
	const struct image_identity identity = { .path = path };

	return symbolizer_elf_image(world->symbolizer, &identity);
}

static struct function_code read_program_code(struct session_world *world, uint64_t image_address)
{
	return read_code(world,
			 (struct location){ program_image(world, PROGRAM)->id, image_address });
}

static bool has_text(const struct function_code *code, const char *beginning, const char *end)
{
	for (size_t i = 0; i < code->count; i++) {
		const char *text = code->instructions[i].text;
		size_t length = strlen(text);

		if (!strncmp(text, beginning, strlen(beginning)) && length > strlen(end) &&
		    !strcmp(text + length - strlen(end), end))
			return true;
	}
	return false;
}

/* Of each that reads or writes memory beside the code: that it says where. */
static void expect_addresses(const struct function_code *code)
{
	for (size_t i = 0; i < code->count; i++) {
		const struct code_instruction *instruction = &code->instructions[i];
		const char *base = strstr(instruction->text, "(%rip)");
		uint64_t told;
		const char *start = base;
		int64_t distance;
		char *end;

		if (!base)
			continue;
		while (start > instruction->text && !strchr(" *", start[-1]))
			start--;
		distance = strtoll(start, &end, 0);
		assert_ptr_equal(end, base);
		assert_non_null(strstr(base, "  # "));
		assert_int_equal(sscanf(strstr(base, "  # "), "  # %" SCNx64, &told), 1);
		assert_int_equal(told, code->shown_start + instruction->offset + instruction->size +
					       (uint64_t)distance);
	}
}

static void what_a_program_reads_and_writes_is_named(void **state)
{
	struct session_world world;
	struct function_code code;
	uint64_t place;

	(void)state;
#ifndef __x86_64__
	skip();
#endif
	session_world_init(&world, false, false);
	assert_true(places_find(PROGRAM, "outer", 0, &place));
	code = read_program_code(&world, place);
	expect_addresses(&code);
	assert_true(has_text(&code, "movl   ", " <sink>"));
	function_code_deinit(&code);
	session_world_deinit(&world);
}

static void what_a_program_calls_by_way_of_a_slot_is_named(void **state)
{
	struct elf_file *file = elf_file_open_path(PROGRAM);
	struct session_world world;
	struct function_code code;

	(void)state;
#ifndef __x86_64__
	skip();
#endif
	session_world_init(&world, false, false);
	code = read_program_code(&world, file->entry);
	expect_addresses(&code);
	assert_true(has_text(&code, "callq  *", " <__libc_start_main@got>"));
	assert_true(has_text(&code, "leaq   ", " <main>"));
	function_code_deinit(&code);
	session_world_deinit(&world);
	elf_file_close(file);
}

static void a_function_without_a_name_begins_where_the_unwind_table_says(void **state)
{
	struct session_world world;
	struct function_code code;
	struct symbol symbol;
	uint64_t place;

	(void)state;
	session_world_init(&world, false, false);
	assert_true(places_find(STRIPPED, "outer", 0, &place));
	assert_true(image_symbol(program_image(&world, WHOLE), place, &symbol));
	code = read_code(&world, (struct location){ program_image(&world, STRIPPED)->id, place });
	assert_int_equal(code.start.image_address, symbol.start);
	assert_int_equal(code.size, symbol.size);
	assert_true(code.count > 4);
	function_code_deinit(&code);
	session_world_deinit(&world);
}

static void of_large_code_what_is_near_to_samples_is_enough(void **state)
{
	const uint64_t places[] = { 0 };
	const struct function_code_options options = {
		.machine = "x86_64", .places = places, .place_count = 1, .around_bytes = 8
	};
	struct session_world world;
	struct function_code code;
	uint64_t place;

	(void)state;
	session_world_init(&world, false, false);
	assert_true(places_find(PROGRAM, "outer", 0, &place));
	assert_true(function_code_read(
		&code, world.session,
		(struct location){ program_image(&world, PROGRAM)->id, place }, &options));
	assert_true(code.size > 32);
	assert_int_equal(code.instructions[0].offset, 0);
	assert_true(code.instructions[code.count - 1].offset <= 8);
	function_code_deinit(&code);
	session_world_deinit(&world);
}

enum { MEMORY = 0x10000, MEMORY_END = 0x11000, READER = MEMORY, CALLED = MEMORY + 0x100 };

static void announce(struct jitdump_writer *writer, uint64_t address, const char *name,
		     const uint8_t *bytes, size_t size)
{
	const struct jitdump_function function = {
		.size = sizeof(function),
		.name = name,
		.code_address = address,
		.code = bytes,
		.code_size = size,
	};

	assert_int_equal(jitdump_add(writer, &function, NULL), 0);
}

static void announce_all(struct jitdump_writer *writer)
{
	/* clang-format off */
	static const uint8_t reader[] = {
		0x48, 0x8b, 0x05, 0x0b, 0x00, 0x00, 0x00, /* itself, at 12 */
		0x48, 0x8d, 0x3d, 0xf6, 0x00, 0x00, 0x00, /* CALLED + 4 */
		0x8b, 0x05, 0x00, 0x10, 0x00, 0x00,	  /* nobody's */
		0xc3,
	};
	static const uint8_t called[] = { 0x90, 0x90, 0x90, 0x90, 0x90, 0xc3 };
	/* clang-format on */

	announce(writer, READER, "reader", reader, sizeof(reader));
	announce(writer, CALLED, "called", called, sizeof(called));
}

/* The process of the dump, sampled in the reader after all is announced. */
static void feed(struct session_world *world, const char *dump)
{
	const struct world_mapping memory = { .start = MEMORY,
					      .size = MEMORY_END - MEMORY,
					      .path = "//anon" };
	uint32_t pid = (uint32_t)getpid();
	struct world_mapping marker = { .start = 0x9000, .size = 0x1000, .path = dump };
	struct timespec now;
	struct stat status;
	uint64_t now_ns;

	assert_int_equal(stat(dump, &status), 0);
	marker.inode = status.st_ino;
	clock_gettime(CLOCK_MONOTONIC, &now);
	now_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	world_mmap(world, now_ns, pid, &marker);
	world_mmap(world, now_ns, pid, &memory);
	world_sample(world, now_ns + 1, pid, pid, CHAIN((uint64_t)PERF_CONTEXT_USER, READER + 7));
	session_finish(world->session);
}

static void jit_code_is_named_where_an_address_is_in_a_function(void **state)
{
	struct jitdump_options options = { .size = sizeof(options), .directory = *state };
	static const char *const expected[] = {
		"movq   0xb(%rip), %rax  # 12 <reader+0x12>",
		"leaq   0xf6(%rip), %rdi  # 10104 <called+0x4>",
		"movl   0x1000(%rip), %eax  # 11014",
		"retq",
	};
	struct jitdump_writer *writer;
	struct session_world world;
	struct function_code code;
	char path[PATH_MAX];

	assert_int_equal(jitdump_open(&options, &writer), 0);
	assert_true(jitdump_path(writer, path, sizeof(path)) > 0);
	session_world_init(&world, false, false);
	announce_all(writer);
	feed(&world, path);
	code = read_code(&world, world.samples[0].frames[0].location);
	assert_int_equal(code.count, 4);
	for (size_t i = 0; i < code.count; i++)
		assert_string_equal(code.instructions[i].text, expected[i]);
	function_code_deinit(&code);
	session_world_deinit(&world);
	jitdump_close(writer);
}

#define KERNEL UINT64_C(0xffffffff81000000)

static void write_kernel(struct session_world *world, void **state)
{
	static const uint8_t function[] = { 0xe8, 0xfb, 0, 0, 0, 0x74, 0x01, 0x90, 0xc3 };
	const struct core_piece piece = { KERNEL, function, sizeof(function) };
	struct kernel_symbols *symbols = symbolizer_kernel_symbols(world->symbolizer);
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/kcore", (const char *)*state);
	core_file_write(path, &piece, 1);
	assert_string_equal(symbolizer_use_kernel_memory(world->symbolizer, path), "");
	kernel_symbols_add(symbols, KERNEL, sizeof(function), "vfs_read", NULL);
	kernel_symbols_add(symbols, KERNEL + 0x100, 8, "rw_verify_area", NULL);
}

static void the_code_of_the_kernel_that_runs_is_read_from_its_memory(void **state)
{
	static const char *const expected[] = {
		"callq  ffffffff81000100 <rw_verify_area>",
		"je     ffffffff81000008",
		"nop",
		"retq",
	};
	struct session_world world;
	struct function_code code;

	session_world_init(&world, true, false);
	write_kernel(&world, state);
	code = read_code(&world, (struct location){ world.session->kernel->id, KERNEL + 5 });
	assert_int_equal(code.count, 4);
	for (size_t i = 0; i < code.count; i++)
		assert_string_equal(code.instructions[i].text, expected[i]);
	assert_string_equal(code.instructions[0].callee, "rw_verify_area");
	assert_int_equal(code.instructions[1].jump_target, 8);
	function_code_deinit(&code);
	session_world_deinit(&world);
}

static void the_code_of_another_kernel_is_not(void **state)
{
	const struct function_code_options options = { .machine = "x86_64" };
	struct session_world world;
	struct function_code code;

	session_world_init(&world, false, false);
	write_kernel(&world, state);
	assert_true(function_code_read(&code, world.session,
				       (struct location){ world.session->kernel->id, KERNEL },
				       &options));
	assert_int_equal(code.count, 0);
	assert_string_equal(code.lack, "there are no bytes of the kernel's code: another kernel "
				       "runs here, or it was started anew since");
	function_code_deinit(&code);
	session_world_deinit(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_program_reads_and_writes_is_named),
		cmocka_unit_test(what_a_program_calls_by_way_of_a_slot_is_named),
		cmocka_unit_test(a_function_without_a_name_begins_where_the_unwind_table_says),
		cmocka_unit_test(of_large_code_what_is_near_to_samples_is_enough),
		cmocka_unit_test_setup_teardown(jit_code_is_named_where_an_address_is_in_a_function,
						scratch_directory_create,
						scratch_directory_destroy),
		cmocka_unit_test_setup_teardown(
			the_code_of_the_kernel_that_runs_is_read_from_its_memory,
			scratch_directory_create, scratch_directory_destroy),
		cmocka_unit_test_setup_teardown(the_code_of_another_kernel_is_not,
						scratch_directory_create,
						scratch_directory_destroy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

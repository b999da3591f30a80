/* SPDX-License-Identifier: MIT */
/* What a dump holds after announcements. */
#include "jitdump/libjitdump.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/dump_records.h"
#include "support/scratch_directory.h"

static const uint8_t code[] = { 0x55, 0x48, 0x89, 0xe5, 0x5d, 0xc3 };

static struct jitdump_function function_at(uint64_t address, const char *name)
{
	return (struct jitdump_function){
		.size = sizeof(struct jitdump_function),
		.name = name,
		.code_address = address,
		.code = code,
		.code_size = sizeof(code),
	};
}

static struct jitdump_writer *open_writer(void **state, char *path)
{
	struct jitdump_options options = { .size = sizeof(options), .directory = *state };
	struct jitdump_writer *writer;

	assert_int_equal(jitdump_open(&options, &writer), 0);
	assert_true(jitdump_path(writer, path, PATH_MAX) > 0);
	return writer;
}

static uint64_t add(struct jitdump_writer *writer, const struct jitdump_function *function)
{
	uint64_t index;

	assert_int_equal(jitdump_add(writer, function, &index), 0);
	return index;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void the_header_tells_the_process(void **state)
{
	uint64_t before_ns = now_ns();
	struct dump_records dump;
	char path[PATH_MAX];
	char expected[PATH_MAX];
	struct jitdump_writer *writer = open_writer(state, path);

	snprintf(expected, sizeof(expected), "%s/jit-%d.dump", (char *)*state, getpid());
	assert_string_equal(path, expected);
	dump_records_read(&dump, path);
	assert_int_equal(dump.header.magic, JITDUMP_MAGIC);
	assert_int_equal(dump.header.version, 1);
	assert_int_equal(dump.header.total_size, 40);
#if defined(__x86_64__)
	assert_int_equal(dump.header.elf_mach, EM_X86_64);
#endif
	assert_int_equal(dump.header.pad1, 0);
	assert_int_equal(dump.header.pid, getpid());
	assert_int_equal(dump.header.flags, 0);
	assert_true(dump.header.timestamp >= before_ns && dump.header.timestamp <= now_ns());
	assert_int_equal(dump.count, 0);
	dump_records_release(&dump);
	assert_int_equal(jitdump_close(writer), 0);
}

static void one_announcement_is_lines_table_and_code_in_that_order(void **state)
{
	const uint8_t table[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	const struct jitdump_line lines[] = { { 0, "/src/a.toy", 7, 0 } };
	struct jitdump_function function = function_at(0x7f0000001000, "toy::add");
	const char *name;
	const uint8_t *bytes;
	struct dump_records dump;
	char path[PATH_MAX];
	char ids[16];
	uint64_t before_ns = now_ns();
	struct jitdump_writer *writer = open_writer(state, path);
	struct jitdump_unwinding_fields unwinding;
	struct jitdump_load_fields load;

	function.lines = lines;
	function.line_count = 1;
	function.eh_frame = table;
	function.eh_frame_size = sizeof(table);
	function.eh_frame_hdr_size = 3;
	add(writer, &function);

	dump_records_read(&dump, path);
	dump_records_ids(&dump, ids, sizeof(ids));
	assert_string_equal(ids, "DUL");
	for (size_t i = 0; i < dump.count; i++) {
		assert_true(dump.records[i].prefix.timestamp >= before_ns);
		assert_true(dump.records[i].prefix.timestamp <= now_ns());
	}
	unwinding = dump_records_unwinding(&dump, 1, &bytes);
	assert_int_equal(unwinding.eh_frame_hdr_size, 3);
	assert_int_equal(unwinding.mapped_size, 0);
	assert_int_equal(unwinding.unwinding_size, sizeof(table));
	assert_memory_equal(bytes, table, sizeof(table));
	load = dump_records_load(&dump, 2, &name, &bytes);
	assert_string_equal(name, "toy::add");
	assert_int_equal(load.pid, getpid());
	assert_int_equal(load.tid, gettid());
	assert_int_equal(load.vma, 0x7f0000001000);
	assert_int_equal(load.code_addr, 0x7f0000001000);
	assert_memory_equal(bytes, code, sizeof(code));
	dump_records_release(&dump);
	jitdump_close(writer);
}

static void lines_are_plain_addresses_with_every_file_name_in_full(void **state)
{
	const struct jitdump_line lines[] = {
		{ 0, "/src/a.toy", 7, 0 },
		{ 1, NULL, 8, 3 },
		{ 1, "/src/inlined.toy", 1, 9 },
		{ 5, NULL, 2, 0 },
	};
	const char *const files[] = { "/src/a.toy", "/src/a.toy", "/src/inlined.toy",
				      "/src/inlined.toy" };
	struct jitdump_function function = function_at(0x4000, "f");
	struct dump_records dump;
	char path[PATH_MAX];
	struct jitdump_writer *writer = open_writer(state, path);

	function.lines = lines;
	function.line_count = 4;
	add(writer, &function);
	dump_records_read(&dump, path);
	for (size_t row = 0; row < 4; row++) {
		const char *file;
		struct jitdump_debug_entry_fields entry = dump_records_line(&dump, 0, row, &file);

		assert_string_equal(file, files[row]);
		assert_int_equal(entry.code_addr, 0x4000 + lines[row].code_offset);
		assert_int_equal(entry.line, lines[row].line);
		assert_int_equal(entry.discrim, lines[row].column);
	}
	dump_records_release(&dump);
	jitdump_close(writer);
}

/* Or else perf would give the function what an earlier one left over. */
static void a_function_without_a_table_gets_an_empty_one(void **state)
{
	struct jitdump_function function = function_at(0x4000, "f");
	struct dump_records dump;
	const uint8_t *table;
	char path[PATH_MAX];
	char ids[16];
	struct jitdump_writer *writer = open_writer(state, path);
	struct jitdump_unwinding_fields fields;

	function.reserved_after = 1000;
	add(writer, &function);
	dump_records_read(&dump, path);
	dump_records_ids(&dump, ids, sizeof(ids));
	assert_string_equal(ids, "UL");
	fields = dump_records_unwinding(&dump, 0, &table);
	assert_int_equal(fields.unwinding_size, 20);
	assert_int_equal(fields.eh_frame_hdr_size, 20);
	assert_int_equal(fields.mapped_size, 0);
	assert_int_equal(table[0], 1);		       /* version */
	assert_memory_equal(table + 8, "\0\0\0\0", 4); /* fde_count */
	dump_records_release(&dump);
	jitdump_close(writer);
}

static void the_table_is_mapped_only_where_enough_is_reserved(void **state)
{
	const uint8_t table[12] = { 0 };
	struct jitdump_function function = function_at(0x4000, "f");
	uint64_t needed = jitdump_reserve_size(sizeof(code), sizeof(table));
	const uint64_t reserved[] = { 0, needed - 1, needed, needed + 100 };
	const uint64_t mapped[] = { 0, 0, sizeof(table), sizeof(table) };
	struct dump_records dump;
	const uint8_t *bytes;
	char path[PATH_MAX];
	struct jitdump_writer *writer = open_writer(state, path);

	function.eh_frame = table;
	function.eh_frame_size = sizeof(table);
	function.eh_frame_hdr_size = 4;
	for (int i = 0; i < 4; i++) {
		function.reserved_after = reserved[i];
		add(writer, &function);
	}
	dump_records_read(&dump, path);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(dump_records_unwinding(&dump, 2 * i, &bytes).mapped_size,
				 mapped[i]);
	dump_records_release(&dump);
	jitdump_close(writer);
}

/* perf maps the table at the next multiple of 8 behind the code. */
static void the_reserve_counts_the_alignment(void **state)
{
	(void)state;
	assert_int_equal(jitdump_reserve_size(8, 100), 100);
	assert_int_equal(jitdump_reserve_size(9, 100), 107);
	assert_int_equal(jitdump_reserve_size(15, 100), 101);
}

static void code_without_a_copy_is_read_where_it_runs(void **state)
{
	struct jitdump_function function = function_at((uintptr_t)code, "f");
	struct dump_records dump;
	const uint8_t *bytes;
	const char *name;
	char path[PATH_MAX];
	struct jitdump_writer *writer = open_writer(state, path);

	function.code = NULL;
	add(writer, &function);
	dump_records_read(&dump, path);
	dump_records_load(&dump, 1, &name, &bytes);
	assert_memory_equal(bytes, code, sizeof(code));
	dump_records_release(&dump);
	jitdump_close(writer);
}

static void a_move_names_the_function_by_its_index(void **state)
{
	struct jitdump_function first = function_at(0x4000, "first");
	struct jitdump_function second = function_at(0x5000, "second");
	struct jitdump_move_fields move;
	struct dump_records dump;
	char path[PATH_MAX];
	char ids[16];
	struct jitdump_writer *writer = open_writer(state, path);
	uint64_t first_index = add(writer, &first);
	uint64_t second_index = add(writer, &second);

	assert_int_not_equal(first_index, second_index);
	assert_int_equal(jitdump_move(writer, second_index, 0x5000, 0x9000, sizeof(code)), 0);
	assert_int_equal(jitdump_move(writer, second_index + 1, 0x5000, 0x9000, 6), -EINVAL);
	assert_int_equal(jitdump_move(writer, second_index, 0x5000, 0x9000, 0), -EINVAL);
	dump_records_read(&dump, path);
	dump_records_ids(&dump, ids, sizeof(ids));
	assert_string_equal(ids, "ULULM");
	move = dump_records_move(&dump, 4);
	assert_int_equal(move.pid, getpid());
	assert_int_equal(move.vma, 0x9000);
	assert_int_equal(move.old_code_addr, 0x5000);
	assert_int_equal(move.new_code_addr, 0x9000);
	assert_int_equal(move.code_size, sizeof(code));
	assert_int_equal(move.code_index, second_index);
	dump_records_release(&dump);
	jitdump_close(writer);
}

static void skipped_kinds_leave_nothing_in_the_file(void **state)
{
	struct jitdump_options options = {
		.size = sizeof(options),
		.directory = *state,
		.skipped_kinds = JITDUMP_KIND_BIT(JITDUMP_KIND_STUB) |
				 JITDUMP_KIND_BIT(JITDUMP_KIND_BUILTIN),
	};
	struct jitdump_function function = function_at(0x4000, "f");
	struct jitdump_writer *writer;
	struct dump_records dump;
	char path[PATH_MAX];
	char ids[16];
	uint64_t index;

	assert_int_equal(jitdump_open(&options, &writer), 0);
	jitdump_path(writer, path, sizeof(path));
	function.kind = JITDUMP_KIND_STUB;
	assert_int_equal(jitdump_add(writer, &function, &index), 0);
	assert_true(index == JITDUMP_NOT_WRITTEN);
	assert_int_equal(jitdump_move(writer, index, 0x4000, 0x5000, sizeof(code)), 0);
	function.kind = JITDUMP_KIND_INTERPRETER;
	add(writer, &function);
	dump_records_read(&dump, path);
	dump_records_ids(&dump, ids, sizeof(ids));
	assert_string_equal(ids, "UL");
	dump_records_release(&dump);
	jitdump_close(writer);
}

static void control_characters_do_not_reach_the_file(void **state)
{
	const struct jitdump_line lines[] = { { 0, "/src/a\nb\x1b[2J.toy", 1, 0 } };
	struct jitdump_function function = function_at(0x4000, "f\n\x7fg h\xc3\xa9;");
	struct dump_records dump;
	const char *text;
	const uint8_t *bytes;
	char path[PATH_MAX];
	struct jitdump_writer *writer = open_writer(state, path);

	function.lines = lines;
	function.line_count = 1;
	add(writer, &function);
	dump_records_read(&dump, path);
	dump_records_line(&dump, 0, 0, &text);
	assert_string_equal(text, "/src/a?b?[2J.toy");
	dump_records_load(&dump, 2, &text, &bytes);
	assert_string_equal(text, "f??g h\xc3\xa9;");
	dump_records_release(&dump);
	jitdump_close(writer);
}

static void closing_writes_close_as_the_last_record(void **state)
{
	struct jitdump_function function = function_at(0x4000, "f");
	struct dump_records dump;
	char path[PATH_MAX];
	char ids[16];
	struct jitdump_writer *writer = open_writer(state, path);

	add(writer, &function);
	assert_int_equal(jitdump_close(writer), 0);
	dump_records_read(&dump, path);
	dump_records_ids(&dump, ids, sizeof(ids));
	assert_string_equal(ids, "ULC");
	assert_int_equal(dump.records[2].prefix.total_size, 16);
	dump_records_release(&dump);
}

static void users_of_one_file_share_it_until_the_last_closes(void **state)
{
	struct jitdump_function function = function_at(0x4000, "f");
	struct dump_records dump;
	char path[PATH_MAX];
	char ids[16];
	struct jitdump_writer *first = open_writer(state, path);
	struct jitdump_writer *second = open_writer(state, path);

	assert_ptr_equal(first, second);
	add(first, &function);
	assert_int_equal(jitdump_close(first), 0);
	add(second, &function);
	assert_int_equal(jitdump_close(second), 0);
	dump_records_read(&dump, path);
	dump_records_ids(&dump, ids, sizeof(ids));
	assert_string_equal(ids, "ULULC");
	dump_records_release(&dump);
}

static void another_file_name_is_another_writer(void **state)
{
	struct jitdump_options options = {
		.size = sizeof(options),
		.directory = *state,
		.file_name = "100%%-%p-of-%p.dump",
	};
	char path[PATH_MAX];
	char expected[PATH_MAX];
	struct jitdump_writer *first = open_writer(state, path);
	struct jitdump_writer *second;

	assert_int_equal(jitdump_open(&options, &second), 0);
	assert_ptr_not_equal(first, second);
	jitdump_path(second, path, sizeof(path));
	snprintf(expected, sizeof(expected), "%s/100%%-%d-of-%d.dump", (char *)*state, getpid(),
		 getpid());
	assert_string_equal(path, expected);
	jitdump_close(first);
	jitdump_close(second);
}

static void the_path_is_cut_as_snprintf_cuts(void **state)
{
	char path[PATH_MAX];
	char piece[4] = "xyz";
	struct jitdump_writer *writer = open_writer(state, path);

	assert_int_equal(jitdump_path(writer, piece, sizeof(piece)), strlen(path));
	assert_memory_equal(piece, path, 3);
	assert_int_equal(piece[3], '\0');
	assert_int_equal(jitdump_path(writer, NULL, 0), strlen(path));
	jitdump_close(writer);
}

static void the_environment_names_the_directory(void **state)
{
	struct jitdump_writer *writer;
	char path[PATH_MAX];

	setenv("JITDUMPDIR", *state, 1);
	assert_int_equal(jitdump_open(NULL, &writer), 0);
	unsetenv("JITDUMPDIR");
	jitdump_path(writer, path, sizeof(path));
	assert_memory_equal(path, *state, strlen(*state));
	jitdump_close(writer);
}

static void bad_options_are_refused(void **state)
{
	struct {
		struct jitdump_options known;
		uint64_t unknown;
	} longer = { { .size = sizeof(longer), .directory = *state }, 0 };
	struct jitdump_options options = { .size = 0, .directory = *state };
	const char *const patterns[] = { "", "jit.dump", "%d", "jit-%p%", "../%p", "a%xb%p" };
	struct jitdump_writer *writer;

	assert_int_equal(jitdump_open(&options, &writer), -EINVAL);
	assert_null(writer);
	options.size = sizeof(options);
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		options.file_name = patterns[i];
		assert_int_equal(jitdump_open(&options, &writer), -EINVAL);
	}
	options.file_name = NULL;
	options.outputs = 4;
	assert_int_equal(jitdump_open(&options, &writer), -EINVAL);
	options.outputs = 0;
	options.directory = "/no/such/directory";
	assert_int_equal(jitdump_open(&options, &writer), -ENOENT);
	/* A newer header's members count only if they are used. */
	longer.unknown = 1;
	assert_int_equal(jitdump_open(&longer.known, &writer), -EINVAL);
	longer.unknown = 0;
	assert_int_equal(jitdump_open(&longer.known, &writer), 0);
	jitdump_close(writer);
}

static void expect_refused(struct jitdump_writer *writer, struct jitdump_function function)
{
	uint64_t index = 0;

	assert_int_equal(jitdump_add(writer, &function, &index), -EINVAL);
	assert_true(index == JITDUMP_NOT_WRITTEN);
}

static void bad_descriptions_are_refused_and_leave_the_file_alone(void **state)
{
	const struct jitdump_line descending[] = { { 4, "a", 1, 0 }, { 3, "a", 1, 0 } };
	const struct jitdump_line outside[] = { { sizeof(code), "a", 1, 0 } };
	const struct jitdump_line nameless[] = { { 0, NULL, 1, 0 } };
	const struct jitdump_function good = function_at(0x4000, "f");
	const struct jitdump_function bad[] = {
		{ .size = 8, .name = "f" },
		{ .size = sizeof(good), .code = code, .code_size = 6, .code_address = 1 },
		{ .size = sizeof(good), .name = "", .code = code, .code_size = 6 },
		{ .size = sizeof(good), .name = "f", .code = code },
		{ .size = sizeof(good), .name = "f", .code_size = 6 },
		{ good.size, "f", UINT64_MAX - 4, code, 6 },
		{ good.size, "f", 1, code, 6, 0, descending, 2 },
		{ good.size, "f", 1, code, 6, 0, outside, 1 },
		{ good.size, "f", 1, code, 6, 0, nameless, 1 },
		{ good.size, "f", 1, code, 6, 0, NULL, 1 },
		{ good.size, "f", 1, code, 6, 0, NULL, 0, NULL, 8, 0 },
		{ good.size, "f", 1, code, 6, 0, NULL, 0, code, 6, 0 },
		{ good.size, "f", 1, code, 6, 0, NULL, 0, code, 6, 7 },
		{ good.size, "f", 1, code, 6, 0, NULL, 0, NULL, 0, 0, (enum jitdump_kind)32 },
	};
	struct dump_records dump;
	char path[PATH_MAX];
	struct jitdump_writer *writer = open_writer(state, path);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_refused(writer, bad[i]);
	dump_records_read(&dump, path);
	assert_int_equal(dump.count, 0);
	dump_records_release(&dump);
	jitdump_close(writer);
}

static void a_record_above_4_gib_is_refused(void **state)
{
	struct jitdump_function function = function_at(0x4000, "f");
	char path[PATH_MAX];
	struct jitdump_writer *writer = open_writer(state, path);

	function.code_size = UINT32_MAX;
	assert_int_equal(jitdump_add(writer, &function, NULL), -EMSGSIZE);
	function.code_size = UINT64_C(1) << 40;
	assert_int_equal(jitdump_add(writer, &function, NULL), -EMSGSIZE);
	jitdump_close(writer);
}

static void closing_nothing_is_allowed(void **state)
{
	(void)state;
	assert_int_equal(jitdump_close(NULL), 0);
}

#define IN_SCRATCH(test)                                                                           \
	cmocka_unit_test_setup_teardown(test, scratch_directory_create, scratch_directory_destroy)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(the_header_tells_the_process),
		IN_SCRATCH(one_announcement_is_lines_table_and_code_in_that_order),
		IN_SCRATCH(lines_are_plain_addresses_with_every_file_name_in_full),
		IN_SCRATCH(a_function_without_a_table_gets_an_empty_one),
		IN_SCRATCH(the_table_is_mapped_only_where_enough_is_reserved),
		cmocka_unit_test(the_reserve_counts_the_alignment),
		IN_SCRATCH(code_without_a_copy_is_read_where_it_runs),
		IN_SCRATCH(a_move_names_the_function_by_its_index),
		IN_SCRATCH(skipped_kinds_leave_nothing_in_the_file),
		IN_SCRATCH(control_characters_do_not_reach_the_file),
		IN_SCRATCH(closing_writes_close_as_the_last_record),
		IN_SCRATCH(users_of_one_file_share_it_until_the_last_closes),
		IN_SCRATCH(another_file_name_is_another_writer),
		IN_SCRATCH(the_path_is_cut_as_snprintf_cuts),
		IN_SCRATCH(the_environment_names_the_directory),
		IN_SCRATCH(bad_options_are_refused),
		IN_SCRATCH(bad_descriptions_are_refused_and_leave_the_file_alone),
		IN_SCRATCH(a_record_above_4_gib_is_refused),
		cmocka_unit_test(closing_nothing_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

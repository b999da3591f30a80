/* SPDX-License-Identifier: MIT */
#include "jitdump/debug_lines.h"

#include "support/dump_builder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ADDRESS UINT64_C(0x7f0000001000)
enum { CODE_SIZE = 0x80 };

struct fixture {
	struct dump_builder dump;
	struct arena arena;
	struct debug_lines lines;
};

/* Reads the DEBUG_INFO that was built. */
static void read_lines(struct fixture *fixture)
{
	struct jitdump_record record;

	assert_int_equal(jitdump_record_cut(fixture->dump.file.bytes, fixture->dump.file.size,
					    fixture->dump.is_swapped, &record),
			 JITDUMP_CUT_WHOLE);
	fixture->lines = debug_lines_read(&record, ADDRESS, CODE_SIZE, &fixture->arena);
}

static void finish(struct fixture *fixture)
{
	dump_free(&fixture->dump);
	arena_deinit(&fixture->arena);
}

static void rows_are_read_with_their_files(void **state)
{
	struct fixture f = { 0 };
	const struct dump_row rows[] = {
		{ ADDRESS, 10, 3, "/app.js" },
		{ ADDRESS + 8, 11, 0, "/app.js" },
		{ ADDRESS + 16, 0, 0, "node:internal/fs" },
		{ ADDRESS + 24, 12, 7, "" },
	};

	(void)state;
	dump_debug(&f.dump, 1, ADDRESS, rows, 4);
	read_lines(&f);
	assert_int_equal(f.lines.count, 4);
	assert_false(f.lines.is_damaged);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(f.lines.rows[i].address, rows[i].address);
		assert_int_equal(f.lines.rows[i].line, rows[i].line);
		assert_int_equal(f.lines.rows[i].column, rows[i].column);
		assert_string_equal(f.lines.rows[i].file, rows[i].file);
	}
	assert_ptr_equal(f.lines.rows[0].file, f.lines.rows[1].file);
	finish(&f);
}

static void ff_00_is_the_file_of_the_row_before(void **state)
{
	struct fixture f = { 0 };
	const struct dump_row rows[] = {
		{ ADDRESS, 1, 0, "\xff" },
		{ ADDRESS + 1, 2, 0, "/a.c" },
		{ ADDRESS + 2, 3, 0, "\xff" },
		{ ADDRESS + 3, 4, 0, "\xff" },
	};

	(void)state;
	dump_debug(&f.dump, 1, ADDRESS, rows, 4);
	read_lines(&f);
	assert_int_equal(f.lines.count, 4);
	assert_string_equal(f.lines.rows[0].file, "");
	assert_string_equal(f.lines.rows[2].file, "/a.c");
	assert_string_equal(f.lines.rows[3].file, "/a.c");
	assert_false(f.lines.is_damaged);
	finish(&f);
}

static void padding_behind_the_rows_does_no_harm(void **state)
{
	struct fixture f = { 0 };
	const struct dump_row row = { ADDRESS, 1, 0, "/a.c" };

	(void)state;
	dump_debug(&f.dump, 1, ADDRESS, &row, 1);
	bytes_fill(&f.dump.file, 0, 7);
	dump_end(&f.dump, 0);
	read_lines(&f);
	assert_int_equal(f.lines.count, 1);
	assert_string_equal(f.lines.rows[0].file, "/a.c");
	assert_false(f.lines.is_damaged);
	finish(&f);
}

/* V8's freed names: some bytes are those of the allocator's lists, NULs among them. */
static void rows_with_freed_names_are_read_at_a_fixed_distance(void **state)
{
	struct fixture f = { 0 };
	const struct dump_row rows[] = {
		{ ADDRESS + 0x40, 10, 3, "/tmp/app/a.js" },
		{ ADDRESS + 0x48, 11, 0, "/tmp/app/a.js" },
		{ ADDRESS + 0x60, 12, 1, "/tmp/app/a.js" },
	};

	(void)state;
	for (size_t padding = 0; padding < 8; padding++) {
		dump_debug(&f.dump, 1, ADDRESS, rows, 3);
		for (size_t i = 0; i < 3; i++)
			memcpy(f.dump.file.bytes + 32 + i * 30 + 16, "\x10\x00U\x00\x00\x7f", 6);
		bytes_fill(&f.dump.file, 0, padding);
		dump_end(&f.dump, 0);
		read_lines(&f);
		assert_true(f.lines.is_damaged);
		assert_int_equal(f.lines.count, 3);
		for (size_t i = 0; i < 3; i++) {
			assert_int_equal(f.lines.rows[i].address, rows[i].address);
			assert_int_equal(f.lines.rows[i].line, rows[i].line);
			assert_string_equal(f.lines.rows[i].file, "");
		}
		finish(&f);
	}
}

static void a_name_that_is_no_text_is_dropped_alone(void **state)
{
	struct fixture f = { 0 };
	const struct dump_row rows[] = {
		{ ADDRESS, 10, 3, "\x10\x81\xfeU" },
		{ ADDRESS + 8, 11, 0, "/größe.js" },
	};

	(void)state;
	dump_debug(&f.dump, 1, ADDRESS, rows, 2);
	read_lines(&f);
	assert_true(f.lines.is_damaged);
	assert_int_equal(f.lines.count, 2);
	assert_string_equal(f.lines.rows[0].file, "");
	assert_string_equal(f.lines.rows[1].file, "/größe.js");
	finish(&f);
}

static void rows_behind_one_far_from_the_code_are_dropped(void **state)
{
	struct fixture f = { 0 };
	const struct dump_row rows[] = {
		{ ADDRESS, 10, 0, "/a.c" },
		{ ADDRESS + 8, 11, 0, "/long/name.c" },
		{ ADDRESS + CODE_SIZE + 0x81, 12, 0, "/a.c" },
	};

	(void)state;
	dump_debug(&f.dump, 1, ADDRESS, rows, 3);
	read_lines(&f);
	assert_true(f.lines.is_damaged);
	assert_int_equal(f.lines.count, 2);
	assert_string_equal(f.lines.rows[1].file, "/long/name.c");
	finish(&f);
}

static void rows_may_begin_before_the_code_and_end_behind_it(void **state)
{
	struct fixture f = { 0 };
	const struct dump_row rows[] = {
		{ ADDRESS - 55, 10, 0, "" },
		{ ADDRESS + CODE_SIZE + 0x40, 11, 0, "" },
	};

	(void)state;
	dump_debug(&f.dump, 1, ADDRESS, rows, 2);
	read_lines(&f);
	assert_int_equal(f.lines.count, 2);
	assert_false(f.lines.is_damaged);
	finish(&f);
}

static void a_count_beyond_the_record_ends_with_it(void **state)
{
	struct fixture f = { 0 };
	const struct dump_row row = { ADDRESS, 1, 0, "" };
	const uint64_t counts[] = { 2, 1000000, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		dump_debug(&f.dump, 1, ADDRESS, &row, 1);
		memcpy(f.dump.file.bytes + 24, &counts[i], sizeof(counts[i]));
		read_lines(&f);
		assert_true(f.lines.is_damaged);
		assert_int_equal(f.lines.count, 1);
		finish(&f);
	}
}

static void rows_out_of_order_are_sorted(void **state)
{
	struct fixture f = { 0 };
	const struct dump_row rows[] = {
		{ ADDRESS + 16, 12, 0, "/a.c" },
		{ ADDRESS, 10, 0, "/a.c" },
		{ ADDRESS + 8, 11, 0, "/a.c" },
	};

	(void)state;
	dump_debug(&f.dump, 1, ADDRESS, rows, 3);
	read_lines(&f);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(f.lines.rows[i].line, 10 + i);
	finish(&f);
}

static void rows_of_a_swapped_file_are_turned_around(void **state)
{
	struct fixture f = { .dump.is_swapped = true };
	const struct dump_row row = { ADDRESS + 4, 10, 3, "/a.c" };

	(void)state;
	dump_debug(&f.dump, 1, ADDRESS, &row, 1);
	read_lines(&f);
	assert_int_equal(f.lines.count, 1);
	assert_int_equal(f.lines.rows[0].address, ADDRESS + 4);
	assert_int_equal(f.lines.rows[0].line, 10);
	finish(&f);
}

static void a_row_holds_up_to_the_next_and_line_0_ends_it(void **state)
{
	const struct jitdump_source_line rows[] = {
		{ .address = 100, .line = 1, .file = "" },
		{ .address = 110, .line = 2, .file = "" },
		{ .address = 120, .line = 0, .file = "" },
		{ .address = 130, .line = 3, .file = "" },
	};
	struct jitdump_source_line row;

	(void)state;
	assert_false(debug_lines_find(rows, 4, 99, &row));
	assert_true(debug_lines_find(rows, 4, 100, &row));
	assert_int_equal(row.line, 1);
	assert_true(debug_lines_find(rows, 4, 119, &row));
	assert_int_equal(row.line, 2);
	assert_false(debug_lines_find(rows, 4, 120, &row));
	assert_false(debug_lines_find(rows, 4, 129, &row));
	assert_true(debug_lines_find(rows, 4, 5000, &row));
	assert_int_equal(row.line, 3);
	assert_false(debug_lines_find(rows, 0, 100, &row));
}

static void symbols_of_v8_hold_file_line_and_column(void **state)
{
	static const struct {
		const char *symbol, *file;
		uint32_t line, column;
	} cases[] = {
		{ "JS:*fib /path/app.js:1:13", "/path/app.js", 1, 13 },
		{ "JS:*name with spaces /tmp/my app/wl.js:31:21", "/tmp/my app/wl.js", 31, 21 },
		{ "JS:~a file:///srv/x.mjs:7:1", "file:///srv/x.mjs", 7, 1 },
		{ "JS:^isUndetectableObject node:internal/util/inspect:186:30",
		  "node:internal/util/inspect", 186, 30 },
		{ "JS:*f gen0.js:12:0", "gen0.js", 12, 0 },
		{ "JS:* :1:20", NULL, 0, 0 },
		{ "JS:hot_mix-0-turbofan", NULL, 0, 0 },
		{ "Builtin:Abort /a.js:1:2", NULL, 0, 0 },
		{ "JS:*f /a.js:1", NULL, 0, 0 },
		{ "JS:1:1", NULL, 0, 0 },
		{ "JS:*f /a.js:9999999999:1", NULL, 0, 0 },
		{ "", NULL, 0, 0 },
	};
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct jitdump_source_line row;
		bool is_found = debug_lines_from_symbol(cases[i].symbol, &arena, &row);

		assert_int_equal(is_found, cases[i].file != NULL);
		if (!is_found)
			continue;
		assert_string_equal(row.file, cases[i].file);
		assert_int_equal(row.line, cases[i].line);
		assert_int_equal(row.column, cases[i].column);
	}
	arena_deinit(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read_with_their_files),
		cmocka_unit_test(ff_00_is_the_file_of_the_row_before),
		cmocka_unit_test(padding_behind_the_rows_does_no_harm),
		cmocka_unit_test(rows_with_freed_names_are_read_at_a_fixed_distance),
		cmocka_unit_test(a_name_that_is_no_text_is_dropped_alone),
		cmocka_unit_test(rows_behind_one_far_from_the_code_are_dropped),
		cmocka_unit_test(rows_may_begin_before_the_code_and_end_behind_it),
		cmocka_unit_test(a_count_beyond_the_record_ends_with_it),
		cmocka_unit_test(rows_out_of_order_are_sorted),
		cmocka_unit_test(rows_of_a_swapped_file_are_turned_around),
		cmocka_unit_test(a_row_holds_up_to_the_next_and_line_0_ends_it),
		cmocka_unit_test(symbols_of_v8_hold_file_line_and_column),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

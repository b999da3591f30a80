/* SPDX-License-Identifier: MIT */
#include "jitdump/log.h"

#include "jitdump/problem.h"
#include "support/cfi_writer.h"
#include "support/dump_builder.h"
#include "support/memory_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define A	    UINT64_C(0x7f0000001000)
#define B	    UINT64_C(0x7f0000002000)
#define THREE_BYTES CODE(0x90, 0x90, 0xc3)

struct fixture {
	struct dump_builder dump;
	struct memory_file file;
	struct jitdump_log *log;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->file = memory_file_create();
	fixture->log = jitdump_log_create(memory_file_reader(&fixture->file));
	dump_header(&fixture->dump, 42);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	jitdump_log_destroy(fixture->log);
	memory_file_close(&fixture->file);
	dump_free(&fixture->dump);
	free(fixture);
	return 0;
}

/* Writes what was built and reads it; returns how many entries are new. */
static size_t poll(struct fixture *fixture, bool ended)
{
	memory_file_append(&fixture->file, fixture->dump.file.bytes, fixture->dump.file.size);
	fixture->dump.file.size = 0;
	return jitdump_log_poll(fixture->log, ended);
}

static const struct jitdump_entry *entry(const struct fixture *fixture, size_t number)
{
	assert_true(number < jitdump_log_count(fixture->log));
	return jitdump_log_entry(fixture->log, number);
}

static void a_load_becomes_an_entry(void **state)
{
	struct fixture *fixture = *state;

	dump_load(&fixture->dump, 7000, A, 3, "fib", THREE_BYTES);
	assert_int_equal(poll(fixture, false), 1);
	const struct jitdump_entry *load = entry(fixture, 0);

	assert_int_equal(load->kind, JITDUMP_ENTRY_LOAD);
	assert_int_equal(load->time_ns, 7000);
	assert_int_equal(load->pid, 42);
	assert_int_equal(load->tid, 42);
	assert_int_equal(load->code_index, 3);
	assert_int_equal(load->address, A);
	assert_int_equal(load->size, 3);
	assert_string_equal(load->name, "fib");
	assert_memory_equal(load->code, "\x90\x90\xc3", 3);
	assert_int_equal(load->line_count, 0);
	assert_null(load->unwind.eh_frame);
	assert_false(load->uses_frame_pointer);
	assert_int_equal(jitdump_log_pid(fixture->log), 42);
	assert_int_equal(jitdump_log_poll(fixture->log, false), 0);
}

static void a_vma_of_0_does_not_matter(void **state)
{
	struct fixture *fixture = *state;

	dump_load(&fixture->dump, 7000, A, 3, "fib", THREE_BYTES);
	memset(fixture->dump.file.bytes + 40 + 24, 0, 8);
	poll(fixture, false);
	assert_int_equal(entry(fixture, 0)->address, A);
}

static void a_move_becomes_an_entry(void **state)
{
	struct fixture *fixture = *state;

	dump_load(&fixture->dump, 7000, A, 3, "fib", THREE_BYTES);
	dump_move(&fixture->dump, 7001, A, B, 3, 3);
	assert_int_equal(poll(fixture, false), 2);
	const struct jitdump_entry *move = entry(fixture, 1);

	assert_int_equal(move->kind, JITDUMP_ENTRY_MOVE);
	assert_int_equal(move->time_ns, 7001);
	assert_int_equal(move->old_address, A);
	assert_int_equal(move->address, B);
	assert_int_equal(move->size, 3);
	assert_int_equal(move->code_index, 3);
	assert_string_equal(move->name, "");
}

static void control_characters_in_names_are_replaced(void **state)
{
	struct fixture *fixture = *state;

	dump_load(&fixture->dump, 7000, A, 3, "f\033[2J\ng", THREE_BYTES);
	poll(fixture, false);
	assert_string_equal(entry(fixture, 0)->name, "f?[2J?g");
}

static void entries_stay_where_they_are(void **state)
{
	struct fixture *fixture = *state;

	dump_load(&fixture->dump, 1, A, 0, "first", THREE_BYTES);
	poll(fixture, false);
	const struct jitdump_entry *first = entry(fixture, 0);

	for (uint64_t i = 1; i < 2000; i++)
		dump_load(&fixture->dump, 1 + i, A + i * 16, i, "other", THREE_BYTES);
	assert_int_equal(poll(fixture, false), 1999);
	assert_ptr_equal(entry(fixture, 0), first);
	assert_string_equal(first->name, "first");
	assert_int_equal(entry(fixture, 1999)->code_index, 1999);
}

static void lines_belong_to_the_load_of_their_address(void **state)
{
	struct fixture *fixture = *state;
	const struct dump_row row_a = { A, 10, 0, "/a.c" }, row_b = { B, 20, 0, "/b.c" };

	/* Two threads: their records interleave. */
	dump_debug(&fixture->dump, 1, A, &row_a, 1);
	dump_debug(&fixture->dump, 1, B, &row_b, 1);
	dump_load(&fixture->dump, 1, A, 0, "a", THREE_BYTES);
	dump_load(&fixture->dump, 1, B, 1, "b", THREE_BYTES);
	dump_load(&fixture->dump, 2, A, 2, "a", THREE_BYTES);
	poll(fixture, false);
	assert_int_equal(entry(fixture, 0)->line_count, 1);
	assert_string_equal(entry(fixture, 0)->lines[0].file, "/a.c");
	assert_string_equal(entry(fixture, 1)->lines[0].file, "/b.c");
	assert_int_equal(entry(fixture, 2)->line_count, 0);
}

static void of_two_for_one_address_the_newer_lines_count(void **state)
{
	struct fixture *fixture = *state;
	const struct dump_row old = { A, 10, 0, "/old.c" }, new = { A, 20, 0, "/new.c" };

	dump_debug(&fixture->dump, 1, A, &old, 1);
	dump_debug(&fixture->dump, 1, A, &new, 1);
	dump_load(&fixture->dump, 1, A, 0, "a", THREE_BYTES);
	poll(fixture, false);
	assert_string_equal(entry(fixture, 0)->lines[0].file, "/new.c");
}

/* Erlang's module begins before the code that it announces. */
static void lines_may_name_an_address_just_before_the_code(void **state)
{
	struct fixture *fixture = *state;
	const struct dump_row row = { A - 55, 10, 0, "m.erl" };
	struct jitdump_source_line line;

	dump_debug(&fixture->dump, 1, A - 55, &row, 1);
	dump_load(&fixture->dump, 1, A, 0, "m", THREE_BYTES);
	poll(fixture, false);
	assert_true(jitdump_log_line(fixture->log, entry(fixture, 0), 0, &line));
	assert_int_equal(line.line, 10);
}

static void lines_for_no_load_are_counted(void **state)
{
	struct fixture *fixture = *state;
	const struct dump_row row = { A, 10, 0, "/a.c" };

	dump_debug(&fixture->dump, 1, A, &row, 1);
	dump_load(&fixture->dump, 1, B, 0, "b", THREE_BYTES);
	poll(fixture, false);
	assert_int_equal(entry(fixture, 0)->line_count, 0);
	assert_int_equal(jitdump_log_damage(fixture->log)->unmatched_debug_count, 0);
	poll(fixture, true);
	assert_int_equal(jitdump_log_damage(fixture->log)->unmatched_debug_count, 1);
}

static void a_row_is_found_by_offset_within_the_code_only(void **state)
{
	struct fixture *fixture = *state;
	const struct dump_row rows[] = { { A, 10, 0, "/a.c" }, { A + 2, 11, 0, "/a.c" } };
	struct jitdump_source_line line;

	dump_debug(&fixture->dump, 1, A, rows, 2);
	dump_load(&fixture->dump, 1, A, 0, "a", THREE_BYTES);
	poll(fixture, false);
	assert_int_equal(jitdump_log_line_shift(fixture->log), 0);
	assert_true(jitdump_log_line(fixture->log, entry(fixture, 0), 1, &line));
	assert_int_equal(line.line, 10);
	assert_true(jitdump_log_line(fixture->log, entry(fixture, 0), 2, &line));
	assert_int_equal(line.line, 11);
	assert_false(jitdump_log_line(fixture->log, entry(fixture, 0), 3, &line));
}

/* Adds a function whose first row is at this offset. */
static void add_with_offset(struct fixture *fixture, uint64_t address, uint64_t offset)
{
	const struct dump_row rows[] = {
		{ address + offset, 10, 0, "/a.js" },
		{ address + offset + 1, 11, 0, "/a.js" },
	};

	dump_debug(&fixture->dump, 1, address, rows, 2);
	dump_load(&fixture->dump, 1, address, address & 0xffff, "f", THREE_BYTES);
}

static void rows_are_shifted_where_0x40_is_the_least_offset_twice(void **state)
{
	struct fixture *fixture = *state;
	struct jitdump_source_line line;

	add_with_offset(fixture, A, 0x40);
	add_with_offset(fixture, A + 0x1000, 0x48);
	poll(fixture, false);
	assert_int_equal(jitdump_log_line_shift(fixture->log), 0);
	add_with_offset(fixture, A + 0x2000, 0x40);
	poll(fixture, false);
	assert_int_equal(jitdump_log_line_shift(fixture->log), 0x40);
	assert_true(jitdump_log_line(fixture->log, entry(fixture, 0), 0, &line));
	assert_int_equal(line.line, 10);
	assert_true(jitdump_log_line(fixture->log, entry(fixture, 0), 1, &line));
	assert_int_equal(line.line, 11);
}

static void one_lower_offset_anywhere_means_no_shift(void **state)
{
	struct fixture *fixture = *state;

	add_with_offset(fixture, A, 0x40);
	add_with_offset(fixture, A + 0x1000, 0x40);
	add_with_offset(fixture, A + 0x2000, 27);
	add_with_offset(fixture, A + 0x3000, 0x40);
	poll(fixture, false);
	assert_int_equal(jitdump_log_line_shift(fixture->log), 0);
}

static void lost_file_names_are_taken_from_the_symbol(void **state)
{
	struct fixture *fixture = *state;
	const struct dump_row rows[] = {
		{ A, 10, 3, "\x10\x81\xfeU" },
		{ A + 1, 11, 3, "/inlined.js" },
	};

	dump_debug(&fixture->dump, 1, A, rows, 2);
	dump_load(&fixture->dump, 1, A, 0, "JS:*fib /app.js:1:13", THREE_BYTES);
	poll(fixture, false);
	assert_string_equal(entry(fixture, 0)->lines[0].file, "/app.js");
	assert_int_equal(entry(fixture, 0)->lines[0].line, 10);
	assert_string_equal(entry(fixture, 0)->lines[1].file, "/inlined.js");
	assert_int_equal(jitdump_log_damage(fixture->log)->bad_debug_count, 1);
}

static void a_symbol_with_a_place_stands_in_for_lines(void **state)
{
	struct fixture *fixture = *state;
	struct jitdump_source_line line;

	add_with_offset(fixture, A, 0x40);
	add_with_offset(fixture, A + 0x1000, 0x40);
	dump_load(&fixture->dump, 1, B, 0, "JS:*fib /app.js:7:13", THREE_BYTES);
	poll(fixture, false);
	for (uint64_t offset = 0; offset < 3; offset++) {
		assert_true(jitdump_log_line(fixture->log, entry(fixture, 2), offset, &line));
		assert_string_equal(line.file, "/app.js");
		assert_int_equal(line.line, 7);
		assert_int_equal(line.column, 13);
	}
}

static void a_table_belongs_to_the_load_that_it_covers(void **state)
{
	struct fixture *fixture = *state;
	const struct dump_code ten = CODE(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);

	/* Two threads again: each has a table that fits its own code only. */
	dump_table(&fixture->dump, 1, A, 3);
	dump_table(&fixture->dump, 1, B, 10);
	dump_load(&fixture->dump, 1, A, 0, "a", THREE_BYTES);
	dump_load(&fixture->dump, 1, B, 1, "b", ten);
	dump_load(&fixture->dump, 1, B + 64, 2, "none", ten);
	poll(fixture, true);
	assert_non_null(entry(fixture, 0)->unwind.eh_frame);
	assert_int_equal(entry(fixture, 0)->unwind.eh_frame_address, A + 8);
	assert_non_null(entry(fixture, 1)->unwind.eh_frame);
	assert_int_equal(entry(fixture, 1)->unwind.eh_frame_address, B + 16);
	assert_null(entry(fixture, 2)->unwind.eh_frame);
	assert_int_equal(jitdump_log_damage(fixture->log)->unmatched_unwind_count, 0);
}

static void a_table_that_covers_nothing_is_counted(void **state)
{
	struct fixture *fixture = *state;

	dump_table(&fixture->dump, 1, A, 30);
	dump_load(&fixture->dump, 1, A, 0, "a", THREE_BYTES);
	poll(fixture, true);
	assert_null(entry(fixture, 0)->unwind.eh_frame);
	assert_false(entry(fixture, 0)->uses_frame_pointer);
	assert_int_equal(jitdump_log_damage(fixture->log)->unmatched_unwind_count, 1);
}

static void an_empty_table_means_the_frame_pointer(void **state)
{
	struct fixture *fixture = *state;

	dump_empty_table(&fixture->dump, 1);
	dump_load(&fixture->dump, 1, A, 0, "a", THREE_BYTES);
	dump_load(&fixture->dump, 1, B, 1, "b", THREE_BYTES);
	poll(fixture, true);
	assert_true(entry(fixture, 0)->uses_frame_pointer);
	assert_null(entry(fixture, 0)->unwind.eh_frame);
	assert_false(entry(fixture, 1)->uses_frame_pointer);
}

/* LLVM ORC: one table for all functions of an object. */
static void a_table_in_memory_serves_every_load_that_it_covers(void **state)
{
	struct fixture *fixture = *state;
	struct cfi_writer frame = { .address = 0x5550000 };
	uint8_t bytes[512] = { 1, 0x0c, 0xff, 0xff };
	size_t cie = cfi_write_cie(&frame, 0x1c, USUAL_START);

	cfi_write_fde(&frame, cie, 0x1c, A, 3, NO_PROGRAM);
	cfi_write_fde(&frame, cie, 0x1c, B, 3, NO_PROGRAM);
	memcpy(bytes + 4, &frame.address, 8);
	memcpy(bytes + 12, frame.bytes, frame.size);
	dump_unwinding(&fixture->dump, 1, bytes, 12 + frame.size, 12);
	dump_load(&fixture->dump, 1, A, 0, "a", THREE_BYTES);
	dump_load(&fixture->dump, 1, A + 64, 1, "not_of_it", THREE_BYTES);
	dump_load(&fixture->dump, 1, B, 2, "b", THREE_BYTES);
	poll(fixture, true);
	assert_int_equal(entry(fixture, 0)->unwind.eh_frame_address, 0x5550000);
	assert_null(entry(fixture, 1)->unwind.eh_frame);
	assert_int_equal(entry(fixture, 2)->unwind.eh_frame_address, 0x5550000);
	assert_int_equal(entry(fixture, 2)->unwind.eh_frame_size, frame.size);
	assert_int_equal(jitdump_log_damage(fixture->log)->unmatched_unwind_count, 0);
}

static void records_wait_for_their_load_over_polls(void **state)
{
	struct fixture *fixture = *state;
	const struct dump_row row = { A, 10, 0, "/a.c" };

	dump_debug(&fixture->dump, 1, A, &row, 1);
	assert_int_equal(poll(fixture, false), 0);
	dump_table(&fixture->dump, 1, A, 3);
	assert_int_equal(poll(fixture, false), 0);
	dump_load(&fixture->dump, 1, A, 0, "a", THREE_BYTES);
	assert_int_equal(poll(fixture, false), 1);
	assert_int_equal(entry(fixture, 0)->line_count, 1);
	assert_non_null(entry(fixture, 0)->unwind.eh_frame);
}

static void many_records_without_a_load_are_given_up(void **state)
{
	struct fixture *fixture = *state;

	for (uint64_t i = 0; i < 1000; i++) {
		dump_debug(&fixture->dump, 1, A + i * 0x1000, NULL, 0);
		dump_table(&fixture->dump, 1, A, 3);
	}
	poll(fixture, true);
	assert_int_equal(jitdump_log_damage(fixture->log)->unmatched_debug_count, 1000);
	assert_int_equal(jitdump_log_damage(fixture->log)->unmatched_unwind_count, 1000);
	assert_int_equal(jitdump_log_problems(fixture->log)->kept_count, PROBLEMS_KEPT_MAX);
}

/* A forked child writes the buffer that it inherited, and so does its parent. */
static void a_load_said_twice_is_taken_once(void **state)
{
	struct fixture *fixture = *state;

	for (int time = 0; time < 2; time++) {
		dump_table(&fixture->dump, 1000, A, 3);
		dump_load(&fixture->dump, 1000, A, 0, "a", THREE_BYTES);
		dump_table(&fixture->dump, 1001, B, 3);
		dump_load(&fixture->dump, 1001, B, 1, "b", THREE_BYTES);
	}
	dump_load(&fixture->dump, 1002, A, 2, "a", THREE_BYTES);
	assert_int_equal(poll(fixture, true), 3);
	assert_int_equal(jitdump_log_damage(fixture->log)->repeated_count, 2);
	assert_int_equal(jitdump_log_damage(fixture->log)->unmatched_unwind_count, 0);
	assert_null(entry(fixture, 2)->unwind.eh_frame);
}

static void loads_that_differ_in_anything_are_not_the_same(void **state)
{
	struct fixture *fixture = *state;

	dump_load(&fixture->dump, 1000, A, 0, "a", THREE_BYTES);
	dump_load(&fixture->dump, 1000, A, 1, "a", THREE_BYTES);
	dump_load(&fixture->dump, 1000, B, 1, "a", THREE_BYTES);
	dump_load(&fixture->dump, 1001, B, 1, "a", THREE_BYTES);
	dump_load(&fixture->dump, 1001, B, 1, "long", THREE_BYTES);
	dump_load(&fixture->dump, 1001, B, 1, "long", CODE(0xc3));
	/* Without times nothing tells a repetition from a function that came again. */
	dump_load(&fixture->dump, 0, A, 0, "a", THREE_BYTES);
	dump_load(&fixture->dump, 0, A, 0, "a", THREE_BYTES);
	assert_int_equal(poll(fixture, true), 8);
}

static void a_dump_that_began_anew_keeps_what_was_read(void **state)
{
	struct fixture *fixture = *state;

	dump_load(&fixture->dump, 1000, A, 0, "old", THREE_BYTES);
	poll(fixture, false);
	const struct jitdump_entry *old = entry(fixture, 0);

	memory_file_truncate(&fixture->file, 0);
	assert_int_equal(poll(fixture, false), 0);
	dump_header(&fixture->dump, 42);
	dump_load(&fixture->dump, 2000, B, 1, "new", THREE_BYTES);
	assert_int_equal(poll(fixture, false), 1);
	assert_ptr_equal(entry(fixture, 0), old);
	assert_string_equal(old->name, "old");
	assert_string_equal(entry(fixture, 1)->name, "new");
	assert_int_equal(jitdump_log_damage(fixture->log)->reopened_count, 1);
}

static void damage_is_counted(void **state)
{
	struct fixture *fixture = *state;
	size_t start;

	dump_load(&fixture->dump, 1000, A, 0, "a", THREE_BYTES);
	bytes_fill(&fixture->dump.file, 0xee, 33);
	dump_load(&fixture->dump, 1001, B, 1, "b", THREE_BYTES);
	start = dump_begin(&fixture->dump, 9, 1002);
	dump_end(&fixture->dump, start);
	dump_load(&fixture->dump, 1003, B, 2, "cut", THREE_BYTES);
	fixture->dump.file.size -= 1;
	assert_int_equal(poll(fixture, true), 2);
	const struct jitdump_damage *damage = jitdump_log_damage(fixture->log);
	const struct jitdump_problems *problems = jitdump_log_problems(fixture->log);

	assert_int_equal(damage->skipped_bytes, 33);
	assert_int_equal(damage->resync_count, 1);
	assert_int_equal(damage->unknown_id_count, 1);
	assert_int_equal(damage->tail_bytes, 62);
	assert_int_equal(problems->kept_count, 2);
	assert_int_equal(problems->kept[0].kind, JITDUMP_PROBLEM_DAMAGE);
	assert_int_equal(problems->kept[0].offset, 40 + 61);
	assert_int_equal(problems->kept[0].detail, 33);
}

static void only_a_lone_flag_bit_0_means_tsc(void **state)
{
	static const struct {
		uint64_t flags;
		bool is_tsc;
	} cases[] = { { 0, false }, { 1, true }, { 2, false }, { 0x5555000000000001, false } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct dump_builder dump = { 0 };
		struct memory_file file = memory_file_create();
		struct jitdump_log *log = jitdump_log_create(memory_file_reader(&file));

		dump_header(&dump, 42);
		memcpy(dump.file.bytes + 32, &cases[i].flags, 8);
		dump_load(&dump, 1000, A, 0, "a", THREE_BYTES);
		memory_file_append(&file, dump.file.bytes, dump.file.size);
		assert_int_equal(jitdump_log_poll(log, false), 1);
		assert_int_equal(jitdump_log_is_tsc(log), cases[i].is_tsc);
		jitdump_log_destroy(log);
		memory_file_close(&file);
		dump_free(&dump);
	}
}

static void files_that_cannot_be_used_say_why(void **state)
{
	struct fixture *fixture = *state;
	const char *reason;

	assert_true(jitdump_log_is_usable(fixture->log, &reason));
	assert_int_equal(jitdump_log_pid(fixture->log), 0);
	fixture->dump.file.bytes[4] = 2;
	dump_load(&fixture->dump, 1000, A, 0, "a", THREE_BYTES);
	assert_int_equal(poll(fixture, true), 0);
	assert_false(jitdump_log_is_usable(fixture->log, &reason));
	assert_non_null(strstr(reason, "newer than 1"));
	memory_file_truncate(&fixture->file, 0);
	poll(fixture, true);
	memory_file_append_text(&fixture->file, "forty bytes and more of a text that is no dump");
	poll(fixture, true);
	assert_false(jitdump_log_is_usable(fixture->log, &reason));
	assert_non_null(strstr(reason, "no jitdump"));
}

static void a_swapped_file_is_read_but_not_usable(void **state)
{
	struct dump_builder dump = { .is_swapped = true };
	struct fixture *fixture = *state;
	const char *reason;

	dump_header(&dump, 42);
	dump_load(&dump, 1000, A, 0, "a", THREE_BYTES);
	memory_file_append(&fixture->file, dump.file.bytes, dump.file.size);
	assert_int_equal(jitdump_log_poll(fixture->log, true), 1);
	assert_int_equal(entry(fixture, 0)->address, A);
	assert_false(jitdump_log_is_usable(fixture->log, &reason));
	assert_non_null(strstr(reason, "byte order"));
	dump_free(&dump);
}

#define LOG_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* What its writer's buffer holds of three loads, of which the file has less than one. */
static void what_is_not_in_the_file_yet_is_taken_once(void **state)
{
	struct fixture *fixture = *state;
	struct byte_builder *dump = &fixture->dump.file;
	size_t flushed;
	uint8_t *ahead;

	dump_load(&fixture->dump, 1000, A, 1, "first", THREE_BYTES);
	flushed = dump->size - 5;
	dump_load(&fixture->dump, 1001, B, 2, "second", THREE_BYTES);
	dump_load(&fixture->dump, 1002, B + 16, 3, "third", THREE_BYTES);
	size_t all = dump->size, known = all - 2; /* the third is being written */

	ahead = malloc(known - flushed);
	memcpy(ahead, dump->bytes + flushed, known - flushed);
	memory_file_append(&fixture->file, dump->bytes, flushed);
	/* Of another time. */
	assert_int_equal(jitdump_log_poll_ahead(fixture->log, flushed - 1, ahead, known - flushed),
			 0);
	assert_int_equal(jitdump_log_poll_ahead(fixture->log, flushed, ahead, known - flushed), 2);
	assert_int_equal(jitdump_log_poll_ahead(fixture->log, flushed, ahead, known - flushed), 0);
	assert_int_equal(jitdump_log_poll(fixture->log, false), 0);
	assert_string_equal(entry(fixture, 1)->name, "second");
	/* What was seen ahead of time comes, and more. */
	memory_file_append(&fixture->file, dump->bytes + flushed, all - flushed);
	assert_int_equal(jitdump_log_poll(fixture->log, false), 1);
	assert_string_equal(entry(fixture, 2)->name, "third");
	assert_int_equal(jitdump_log_damage(fixture->log)->skipped_bytes, 0);
	assert_int_equal(jitdump_log_damage(fixture->log)->reopened_count, 0);
	dump->size = 0;
	free(ahead);
}

static void what_was_seen_ahead_may_never_come(void **state)
{
	struct fixture *fixture = *state;
	struct byte_builder *dump = &fixture->dump.file;
	size_t header = dump->size;

	dump_load(&fixture->dump, 1000, A, 1, "first", THREE_BYTES);
	memory_file_append(&fixture->file, dump->bytes, header);
	assert_int_equal(jitdump_log_poll(fixture->log, false), 0);
	assert_int_equal(jitdump_log_poll_ahead(fixture->log, header, dump->bytes + header,
						dump->size - header),
			 1);
	dump->size = 0;
	assert_int_equal(jitdump_log_poll(fixture->log, true), 0);
	assert_int_equal(jitdump_log_damage(fixture->log)->skipped_bytes, 0);
	assert_string_equal(entry(fixture, 0)->name, "first");
}

static void code_that_was_not_kept_is_read_again(void **state)
{
	struct fixture *fixture = *state;
	uint8_t *code;

	dump_load(&fixture->dump, 1000, A, 1, "first", THREE_BYTES);
	dump_load(&fixture->dump, 1001, B, 2, "second", THREE_BYTES);
	poll(fixture, false);
	jitdump_log_mark(fixture->log, entry(fixture, 0), false);
	jitdump_log_mark(fixture->log, entry(fixture, 1), true);
	jitdump_log_forget_unmarked(fixture->log, 2);
	assert_null(entry(fixture, 0)->code);
	code = jitdump_log_read_code(fixture->log, entry(fixture, 0));
	assert_memory_equal(code, entry(fixture, 1)->code, 3);
	free(code);
	/* Other records are there now. */
	memory_file_truncate(&fixture->file, 0);
	dump_header(&fixture->dump, 42);
	dump_load(&fixture->dump, 1000, B, 1, "first", THREE_BYTES);
	poll(fixture, false);
	assert_null(jitdump_log_read_code(fixture->log, entry(fixture, 0)));
}

static void what_is_not_marked_is_forgotten(void **state)
{
	struct fixture *fixture = *state;

	for (uint64_t i = 0; i < 100; i++)
		dump_load(&fixture->dump, 1000 + i, A + i * 16, i, "f", THREE_BYTES);
	poll(fixture, false);
	jitdump_log_mark(fixture->log, entry(fixture, 40), true);
	jitdump_log_mark(fixture->log, entry(fixture, 41), false);
	jitdump_log_forget_unmarked(fixture->log, 90);
	assert_null(entry(fixture, 0));
	assert_string_equal(entry(fixture, 40)->name, "f");
	assert_non_null(entry(fixture, 40)->code);
	assert_string_equal(entry(fixture, 41)->name, "f");
	assert_null(entry(fixture, 41)->code);
	assert_null(entry(fixture, 42));
	assert_string_equal(entry(fixture, 90)->name, "f");

	/* Numbers go on. */
	dump_load(&fixture->dump, 2000, B, 100, "last", THREE_BYTES);
	assert_int_equal(poll(fixture, false), 1);
	assert_string_equal(entry(fixture, 100)->name, "last");
	jitdump_log_forget_unmarked(fixture->log, 101);
	assert_null(entry(fixture, 40));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOG_TEST(a_load_becomes_an_entry),
		LOG_TEST(a_vma_of_0_does_not_matter),
		LOG_TEST(a_move_becomes_an_entry),
		LOG_TEST(control_characters_in_names_are_replaced),
		LOG_TEST(entries_stay_where_they_are),
		LOG_TEST(lines_belong_to_the_load_of_their_address),
		LOG_TEST(of_two_for_one_address_the_newer_lines_count),
		LOG_TEST(lines_may_name_an_address_just_before_the_code),
		LOG_TEST(lines_for_no_load_are_counted),
		LOG_TEST(a_row_is_found_by_offset_within_the_code_only),
		LOG_TEST(rows_are_shifted_where_0x40_is_the_least_offset_twice),
		LOG_TEST(one_lower_offset_anywhere_means_no_shift),
		LOG_TEST(lost_file_names_are_taken_from_the_symbol),
		LOG_TEST(a_symbol_with_a_place_stands_in_for_lines),
		LOG_TEST(a_table_belongs_to_the_load_that_it_covers),
		LOG_TEST(a_table_that_covers_nothing_is_counted),
		LOG_TEST(an_empty_table_means_the_frame_pointer),
		LOG_TEST(a_table_in_memory_serves_every_load_that_it_covers),
		LOG_TEST(records_wait_for_their_load_over_polls),
		LOG_TEST(many_records_without_a_load_are_given_up),
		LOG_TEST(a_load_said_twice_is_taken_once),
		LOG_TEST(loads_that_differ_in_anything_are_not_the_same),
		LOG_TEST(a_dump_that_began_anew_keeps_what_was_read),
		LOG_TEST(what_is_not_marked_is_forgotten),
		LOG_TEST(what_is_not_in_the_file_yet_is_taken_once),
		LOG_TEST(what_was_seen_ahead_may_never_come),
		LOG_TEST(code_that_was_not_kept_is_read_again),
		LOG_TEST(damage_is_counted),
		cmocka_unit_test(only_a_lone_flag_bit_0_means_tsc),
		LOG_TEST(files_that_cannot_be_used_say_why),
		LOG_TEST(a_swapped_file_is_read_but_not_usable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
#include "jitdump/stream.h"

#include "support/dump_builder.h"
#include "support/memory_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ADDRESS UINT64_C(0x7f0000001000)
#define HOUR_NS UINT64_C(3600000000000)

struct fixture {
	struct dump_builder dump;
	struct memory_file file;
	struct jitdump_stream stream;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->file = memory_file_create();
	jitdump_stream_init(&fixture->stream, fixture->file.fd);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	jitdump_stream_deinit(&fixture->stream);
	memory_file_close(&fixture->file);
	dump_free(&fixture->dump);
	free(fixture);
	return 0;
}

/* Writes what was built. */
static void flush(struct fixture *fixture)
{
	memory_file_append(&fixture->file, fixture->dump.file.bytes, fixture->dump.file.size);
	fixture->dump.file.size = 0;
}

/* A load named `name`, for a test of framing. */
static void add_load(struct fixture *fixture, uint64_t time_ns, const char *name)
{
	dump_load(&fixture->dump, time_ns, ADDRESS, 1, name, CODE(0x90, 0x90, 0xc3));
}

/* What is read until nothing more is there: names of loads, other ids, `!` for damage. */
static const char *read_all(struct fixture *fixture, bool ended)
{
	static char text[4096];
	size_t used = 0;
	struct jitdump_piece piece;
	enum jitdump_found found;

	text[0] = '\0';
	jitdump_stream_refresh(&fixture->stream);
	while ((found = jitdump_stream_next(&fixture->stream, ended, &piece)) !=
	       JITDUMP_FOUND_END) {
		const char *between = used ? " " : "";

		assert_true(used < sizeof(text) - 64);
		if (found == JITDUMP_FOUND_DAMAGE)
			used += (size_t)sprintf(text + used, "%s!%d", between, (int)piece.size);
		else if (piece.record.prefix.id == JITDUMP_CODE_LOAD)
			used += (size_t)sprintf(text + used, "%s%.40s", between, piece.record.name);
		else
			used += (size_t)sprintf(text + used, "%s#%u", between,
						piece.record.prefix.id);
	}
	return text;
}

static void records_start_behind_the_size_that_the_header_states(void **state)
{
	struct fixture *fixture = *state;
	uint32_t size = 56;

	dump_header(&fixture->dump, 42);
	memcpy(fixture->dump.file.bytes + 8, &size, sizeof(size));
	bytes_fill(&fixture->dump.file, 0xff, 16);
	add_load(fixture, 1000, "f");
	flush(fixture);
	assert_string_equal(read_all(fixture, false), "f");
	assert_int_equal(fixture->stream.header.pid, 42);
}

static void a_header_size_that_cannot_be_is_taken_for_40(void **state)
{
	struct fixture *fixture = *state;
	const uint32_t sizes[] = { 0, 39, 0xffffffff };

	for (size_t i = 0; i < 3; i++) {
		memory_file_truncate(&fixture->file, 0);
		read_all(fixture, false);
		dump_header(&fixture->dump, 42);
		memcpy(fixture->dump.file.bytes + 8, &sizes[i], sizeof(sizes[i]));
		add_load(fixture, 1000, "f");
		flush(fixture);
		assert_string_equal(read_all(fixture, false), "f");
	}
}

static void an_empty_or_blank_file_is_not_yet_a_dump(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(read_all(fixture, false), "");
	assert_false(fixture->stream.is_foreign);
	memory_file_truncate(&fixture->file, 4096);
	assert_string_equal(read_all(fixture, false), "");
	assert_false(fixture->stream.is_foreign);
}

static void other_files_are_foreign(void **state)
{
	struct fixture *fixture = *state;

	memory_file_append_text(&fixture->file, "PERFILE2 and forty bytes or more of something");
	assert_string_equal(read_all(fixture, true), "");
	assert_true(fixture->stream.is_foreign);
	assert_false(fixture->stream.has_header);
}

static void a_swapped_file_is_read_like_any_other(void **state)
{
	struct fixture *fixture = *state;

	fixture->dump.is_swapped = true;
	dump_header(&fixture->dump, 42);
	add_load(fixture, 1000, "f");
	dump_close(&fixture->dump, 1000);
	flush(fixture);
	assert_string_equal(read_all(fixture, false), "f #3");
	assert_true(fixture->stream.is_swapped);
	assert_int_equal(fixture->stream.header.pid, 42);
}

static void a_growing_file_gives_each_record_once_whole(void **state)
{
	struct fixture *fixture = *state;
	char all[256] = "";

	dump_header(&fixture->dump, 42);
	add_load(fixture, 1000, "f");
	dump_move(&fixture->dump, 1001, ADDRESS, ADDRESS + 64, 3, 1);
	dump_close(&fixture->dump, 1002);
	add_load(fixture, 1003, "g");
	for (size_t i = 0; i < fixture->dump.file.size; i++) {
		memory_file_append(&fixture->file, fixture->dump.file.bytes + i, 1);
		strcat(all, read_all(fixture, false));
	}
	assert_string_equal(all, "f#1#3g");
	assert_int_equal(jitdump_stream_tail_bytes(&fixture->stream), 0);
}

static void a_file_that_did_not_change_costs_nothing(void **state)
{
	struct fixture *fixture = *state;

	jitdump_stream_refresh(&fixture->stream);
	assert_int_equal(jitdump_stream_refresh(&fixture->stream), JITDUMP_REFRESH_SAME);
	dump_header(&fixture->dump, 42);
	flush(fixture);
	assert_int_equal(jitdump_stream_refresh(&fixture->stream), JITDUMP_REFRESH_CHANGED);
	assert_int_equal(jitdump_stream_refresh(&fixture->stream), JITDUMP_REFRESH_SAME);
}

static void unknown_ids_are_passed_over_by_their_size(void **state)
{
	struct fixture *fixture = *state;

	dump_header(&fixture->dump, 42);
	for (uint32_t id = 5; id < 8; id++) {
		size_t start = dump_begin(&fixture->dump, id, 1000);

		bytes_fill(&fixture->dump.file, 0, 33);
		dump_end(&fixture->dump, start);
	}
	add_load(fixture, 1000, "f");
	flush(fixture);
	assert_string_equal(read_all(fixture, false), "#5 #6 #7 f");
}

static void reading_goes_on_behind_close(void **state)
{
	struct fixture *fixture = *state;

	dump_header(&fixture->dump, 42);
	add_load(fixture, 1000, "f");
	dump_close(&fixture->dump, 1001);
	add_load(fixture, 1002, "of_child");
	dump_close(&fixture->dump, 1003);
	flush(fixture);
	assert_string_equal(read_all(fixture, false), "f #3 of_child #3");
}

static void garbage_between_records_is_passed_over(void **state)
{
	struct fixture *fixture = *state;

	dump_header(&fixture->dump, 42);
	add_load(fixture, 1000, "f");
	bytes_fill(&fixture->dump.file, 0xa5, 77);
	dump_empty_table(&fixture->dump, 1001);
	add_load(fixture, 1001, "g");
	flush(fixture);
	assert_string_equal(read_all(fixture, false), "f !77 #4 g");
}

static void zeros_between_records_are_passed_over_once_nobody_writes(void **state)
{
	struct fixture *fixture = *state;

	dump_header(&fixture->dump, 42);
	add_load(fixture, 1000, "f");
	bytes_fill(&fixture->dump.file, 0, 4096);
	add_load(fixture, 1001, "g");
	flush(fixture);
	assert_string_equal(read_all(fixture, false), "f");
	assert_string_equal(read_all(fixture, true), "!4096 g");
}

/* A writer may make its file longer first and fill it later. */
static void blank_space_is_read_when_it_is_written(void **state)
{
	struct fixture *fixture = *state;

	dump_header(&fixture->dump, 42);
	add_load(fixture, 1000, "f");
	flush(fixture);
	size_t end = (size_t)lseek(fixture->file.fd, 0, SEEK_END);

	memory_file_truncate(&fixture->file, end + 4096);
	assert_string_equal(read_all(fixture, false), "f");
	add_load(fixture, 1001, "g");
	assert_int_equal(pwrite(fixture->file.fd, fixture->dump.file.bytes, fixture->dump.file.size,
				(off_t)end),
			 fixture->dump.file.size);
	memory_file_truncate(&fixture->file, end + 8192);
	assert_string_equal(read_all(fixture, false), "g");
}

/* A forked CPython child writes a buffer that begins inside a record, then the parent does too. */
static void a_cut_in_at_a_wrong_offset_loses_no_record_behind_it(void **state)
{
	struct fixture *fixture = *state;

	dump_header(&fixture->dump, 42);
	add_load(fixture, 1000, "f");
	size_t cut;

	dump_table(&fixture->dump, 1001, ADDRESS, 3);
	cut = fixture->dump.file.size - 50;
	add_load(fixture, 1001, "g");
	uint8_t again[200];
	size_t again_size = fixture->dump.file.size - cut;

	memcpy(again, fixture->dump.file.bytes + cut, again_size);
	bytes_add(&fixture->dump.file, again, again_size);
	add_load(fixture, 1002, "h");
	flush(fixture);
	assert_string_equal(read_all(fixture, false), "f #4 g !50 g h");
}

/* A write that failed half-way: the record that lost its end swallows those behind it. */
static void records_inside_one_that_lost_its_end_are_found(void **state)
{
	struct fixture *fixture = *state;
	uint8_t code[4000];

	memset(code, 0x90, sizeof(code));
	dump_header(&fixture->dump, 42);
	dump_load(&fixture->dump, 1000, ADDRESS, 1, "torn",
		  (struct dump_code){ code, sizeof(code) });
	fixture->dump.file.size -= 3000;
	for (int i = 0; i < 60; i++)
		add_load(fixture, 1001, "g");
	flush(fixture);
	const char *all = read_all(fixture, true);
	size_t count = 0;

	for (const char *at = all; (at = strstr(at, "g")); at++)
		count++;
	assert_int_equal(strncmp(all, "torn ", 5), 0);
	assert_int_equal(count, 60);
}

static void an_impossible_size_is_passed_over_while_the_file_grows(void **state)
{
	struct fixture *fixture = *state;
	uint32_t huge = 0x7fffffff;

	dump_header(&fixture->dump, 42);
	add_load(fixture, 1000, "f");
	size_t bad = fixture->dump.file.size;

	add_load(fixture, 1001, "bad");
	memcpy(fixture->dump.file.bytes + bad + 4, &huge, sizeof(huge));
	flush(fixture);
	assert_string_equal(read_all(fixture, false), "f");
	add_load(fixture, 1002, "g");
	flush(fixture);
	assert_string_equal(read_all(fixture, false), "!63 g");
}

/* Too large, but possible: it may still be being written. */
static void a_size_beyond_the_end_is_damage_once_nobody_writes(void **state)
{
	struct fixture *fixture = *state;
	uint32_t large = 100000;

	dump_header(&fixture->dump, 42);
	size_t bad = fixture->dump.file.size;

	add_load(fixture, 1001, "bad");
	memcpy(fixture->dump.file.bytes + bad + 4, &large, sizeof(large));
	add_load(fixture, 1002, "g");
	flush(fixture);
	assert_string_equal(read_all(fixture, false), "");
	assert_string_equal(read_all(fixture, true), "!63 g");
}

static void a_truncated_tail_is_counted_and_kept_for_later(void **state)
{
	struct fixture *fixture = *state;

	dump_header(&fixture->dump, 42);
	add_load(fixture, 1000, "f");
	add_load(fixture, 1001, "cut");
	fixture->dump.file.size -= 2;
	flush(fixture);
	assert_string_equal(read_all(fixture, true), "f");
	assert_int_equal(jitdump_stream_tail_bytes(&fixture->stream), 61);
	memory_file_append(&fixture->file, "\x90\xc3", 2);
	assert_string_equal(read_all(fixture, true), "cut");
	assert_int_equal(jitdump_stream_tail_bytes(&fixture->stream), 0);
}

static void a_record_of_another_time_is_taken_where_one_is_expected(void **state)
{
	struct fixture *fixture = *state;

	dump_header(&fixture->dump, 42);
	add_load(fixture, 1000000 * HOUR_NS, "f");
	add_load(fixture, 0, "without_time");
	add_load(fixture, 999000 * HOUR_NS, "long_before");
	add_load(fixture, 999000 * HOUR_NS + 1, "g");
	flush(fixture);
	assert_string_equal(read_all(fixture, false), "f without_time long_before g");
}

static void a_file_that_shrank_is_read_from_its_start(void **state)
{
	struct fixture *fixture = *state;

	dump_header(&fixture->dump, 42);
	add_load(fixture, 1000, "f");
	flush(fixture);
	assert_string_equal(read_all(fixture, false), "f");
	memory_file_truncate(&fixture->file, 0);
	assert_int_equal(jitdump_stream_refresh(&fixture->stream), JITDUMP_REFRESH_RESTARTED);
	assert_int_equal(jitdump_stream_tail_bytes(&fixture->stream), 0);
	dump_header(&fixture->dump, 43);
	add_load(fixture, 2000, "g");
	flush(fixture);
	assert_string_equal(read_all(fixture, false), "g");
	assert_int_equal(fixture->stream.header.pid, 43);
}

/* Emptied and longer again before anybody looked: only the header tells. */
static void a_new_header_restarts_a_file_that_grew(void **state)
{
	struct fixture *fixture = *state;

	dump_header(&fixture->dump, 42);
	add_load(fixture, 1000, "f");
	flush(fixture);
	assert_string_equal(read_all(fixture, false), "f");
	memory_file_truncate(&fixture->file, 0);
	dump_header(&fixture->dump, 42);
	fixture->dump.file.bytes[24] = 7; /* its time */
	add_load(fixture, 2000, "g");
	add_load(fixture, 2001, "h");
	flush(fixture);
	assert_int_equal(jitdump_stream_refresh(&fixture->stream), JITDUMP_REFRESH_RESTARTED);
	assert_string_equal(read_all(fixture, false), "g h");
}

static void a_record_larger_than_the_window_is_read_whole(void **state)
{
	struct fixture *fixture = *state;
	struct dump_code code = { calloc(1, 3000000), 3000000 };
	struct jitdump_piece piece;

	memset((void *)code.bytes, 0x5a, code.size);
	dump_header(&fixture->dump, 42);
	add_load(fixture, 1000, "f");
	dump_load(&fixture->dump, 1001, ADDRESS, 2, "large", code);
	add_load(fixture, 1002, "g");
	flush(fixture);
	jitdump_stream_refresh(&fixture->stream);
	assert_int_equal(jitdump_stream_next(&fixture->stream, false, &piece),
			 JITDUMP_FOUND_RECORD);
	assert_int_equal(jitdump_stream_next(&fixture->stream, false, &piece),
			 JITDUMP_FOUND_RECORD);
	assert_memory_equal(piece.record.code, code.bytes, code.size);
	assert_string_equal(read_all(fixture, false), "g");
	free((void *)code.bytes);
}

/* Records nested in one another must not be read again and again. */
static void repeated_searches_read_no_more_than_the_file_again(void **state)
{
	struct fixture *fixture = *state;
	struct jitdump_piece piece;
	enum jitdump_found found;
	enum { RECORDS = 3000 };
	uint64_t bytes = 0;

	dump_header(&fixture->dump, 42);
	size_t end = 40 + RECORDS * 64;

	/* Each claims all the bytes up to one common end, where nothing is. */
	for (size_t at = 40; at < end; at = fixture->dump.file.size) {
		size_t start = dump_begin(&fixture->dump, JITDUMP_CODE_LOAD, 1000);
		uint32_t size = (uint32_t)(end - at);

		memcpy(fixture->dump.file.bytes + start + 4, &size, sizeof(size));
		dump_u64(&fixture->dump, 0);
		dump_u64(&fixture->dump, ADDRESS);
		dump_u64(&fixture->dump, ADDRESS);
		dump_u64(&fixture->dump, size - 63);
		dump_u64(&fixture->dump, 1);
		dump_text(&fixture->dump, "nested");
		bytes_u8(&fixture->dump.file, 0x90);
	}
	bytes_fill(&fixture->dump.file, 0xff, 64);
	flush(fixture);
	jitdump_stream_refresh(&fixture->stream);
	while ((found = jitdump_stream_next(&fixture->stream, true, &piece)) != JITDUMP_FOUND_END) {
		if (found == JITDUMP_FOUND_RECORD)
			bytes += piece.record.prefix.total_size;
	}
	assert_true(bytes > end - 40);
	assert_true(bytes < 3 * end);
}

#define STREAM_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STREAM_TEST(records_start_behind_the_size_that_the_header_states),
		STREAM_TEST(a_header_size_that_cannot_be_is_taken_for_40),
		STREAM_TEST(an_empty_or_blank_file_is_not_yet_a_dump),
		STREAM_TEST(other_files_are_foreign),
		STREAM_TEST(a_swapped_file_is_read_like_any_other),
		STREAM_TEST(a_growing_file_gives_each_record_once_whole),
		STREAM_TEST(a_file_that_did_not_change_costs_nothing),
		STREAM_TEST(unknown_ids_are_passed_over_by_their_size),
		STREAM_TEST(reading_goes_on_behind_close),
		STREAM_TEST(garbage_between_records_is_passed_over),
		STREAM_TEST(zeros_between_records_are_passed_over_once_nobody_writes),
		STREAM_TEST(blank_space_is_read_when_it_is_written),
		STREAM_TEST(a_cut_in_at_a_wrong_offset_loses_no_record_behind_it),
		STREAM_TEST(records_inside_one_that_lost_its_end_are_found),
		STREAM_TEST(an_impossible_size_is_passed_over_while_the_file_grows),
		STREAM_TEST(a_size_beyond_the_end_is_damage_once_nobody_writes),
		STREAM_TEST(a_truncated_tail_is_counted_and_kept_for_later),
		STREAM_TEST(a_record_of_another_time_is_taken_where_one_is_expected),
		STREAM_TEST(a_file_that_shrank_is_read_from_its_start),
		STREAM_TEST(a_new_header_restarts_a_file_that_grew),
		STREAM_TEST(a_record_larger_than_the_window_is_read_whole),
		STREAM_TEST(repeated_searches_read_no_more_than_the_file_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

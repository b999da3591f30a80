/* SPDX-License-Identifier: MIT */
#include "ui/dump_listing.h"

#include "support/dump_builder.h"
#include "support/memory_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "    offset                 time  record          address     size  index  what\n"

/* Compares the listing of what was built. */
static void assert_listing(struct dump_builder *dump, const char *expected)
{
	struct memory_file file = memory_file_create();
	struct jitdump_stream stream;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	memory_file_append(&file, dump->file.bytes, dump->file.size);
	jitdump_stream_init(&stream, file.fd);
	jitdump_stream_refresh(&stream);
	dump_listing_print(&stream, out);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
	jitdump_stream_deinit(&stream);
	memory_file_close(&file);
	dump_free(dump);
}

static void every_kind_of_record_has_its_line(void **state)
{
	struct dump_builder dump = { 0 };
	const struct dump_row row = { 0x7f0000001000, 7, 3, "/app.js" };
	size_t start;

	(void)state;
	dump_header(&dump, 42);
	dump_debug(&dump, 1000000001, 0x7f0000001000, &row, 1);
	dump_table(&dump, 1000000002, 0x7f0000001000, 3);
	dump_load(&dump, 1000000003, 0x7f0000001000, 1, "JS:*f /app.js:7:3", CODE(1, 2, 0xc3));
	dump_empty_table(&dump, 1000000004);
	dump_load(&dump, 1000000005, 0x7f0000002000, 2, "g\033[2J", CODE(0xc3));
	dump_move(&dump, 1000000006, 0x7f0000002000, 0x7f0000003000, 1, 2);
	start = dump_begin(&dump, 7, 1000000007);
	dump_end(&dump, start);
	dump_close(&dump, 1000000008);
	assert_listing(
		&dump,
		"version 1, pid 42, machine 62, time 1, flags 0, header of 40 bytes\n\n" HEAD
		"        40          1.000000001  DEBUG      7f0000001000                  "
		"1 line of /app.js\n"
		"        96          1.000000002  UNWIND                        59         "
		"a header of 20 bytes, 0 mapped\n"
		"       195          1.000000003  LOAD       7f0000001000        3      1  "
		"JS:*f /app.js:7:3\n"
		"       272          1.000000004  UNWIND                        20         "
		"no table: follow the frame pointer\n"
		"       332          1.000000005  LOAD       7f0000002000        1      2  g?[2J\n"
		"       395          1.000000006  MOVE       7f0000003000        1      2  "
		"from 7f0000002000\n"
		"       459          1.000000007  7                             16         "
		"unknown\n"
		"       475          1.000000008  CLOSE  \n"
		"\n2 LOAD, 1 MOVE, 1 DEBUG, 1 CLOSE, 2 UNWIND, 1 unknown\n");
}

static void damage_and_a_cut_tail_are_listed_where_they_are(void **state)
{
	struct dump_builder dump = { 0 };

	(void)state;
	dump_header(&dump, 42);
	dump_load(&dump, 1, 0x1000, 1, "f", CODE(0xc3));
	bytes_fill(&dump.file, 0xee, 9);
	dump_load(&dump, 2, 0x2000, 2, "g", CODE(0xc3));
	dump_load(&dump, 3, 0x3000, 3, "cut", CODE(0xc3));
	dump.file.size--;
	assert_listing(
		&dump,
		"version 1, pid 42, machine 62, time 1, flags 0, header of 40 bytes\n\n" HEAD
		"        40          0.000000001  LOAD               1000        1      1  f\n"
		"        99 9 bytes that are no record\n"
		"       108          0.000000002  LOAD               2000        1      2  g\n"
		"\n2 LOAD, 0 MOVE, 0 DEBUG, 0 CLOSE, 0 UNWIND; "
		"the last 60 bytes are an unfinished record\n");
}

static void a_swapped_dump_is_listed_and_says_so(void **state)
{
	struct dump_builder dump = { .is_swapped = true };

	(void)state;
	dump_header(&dump, 42);
	dump_load(&dump, 1, 0x1000, 1, "f", CODE(0xc3));
	assert_listing(
		&dump,
		"version 1, pid 42, machine 62, time 1, flags 0, header of 40 bytes, "
		"foreign byte order\n\n" HEAD
		"        40          0.000000001  LOAD               1000        1      1  f\n"
		"\n1 LOAD, 0 MOVE, 0 DEBUG, 0 CLOSE, 0 UNWIND\n");
}

static void lost_file_names_and_missing_code_are_said(void **state)
{
	struct dump_builder dump = { 0 };
	const struct dump_row row = { 0x1000, 7, 3, "\x10\x81U" };
	const uint64_t claimed = 8;

	(void)state;
	dump_header(&dump, 42);
	dump_debug(&dump, 1, 0x1000, &row, 1);
	dump_load(&dump, 1, 0x1000, 1, "f", (struct dump_code){ NULL, 0 });
	memcpy(dump.file.bytes + 92 + 40, &claimed, sizeof(claimed));
	assert_listing(&dump,
		       "version 1, pid 42, machine 62, time 1, flags 0, header of 40 bytes\n\n" HEAD
		       "        40          0.000000001  DEBUG              1000                  "
		       "1 line of a file whose name is lost\n"
		       "        92          0.000000001  LOAD               1000        8      1  "
		       "f (without its code)\n"
		       "\n1 LOAD, 0 MOVE, 1 DEBUG, 0 CLOSE, 0 UNWIND\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_record_has_its_line),
		cmocka_unit_test(damage_and_a_cut_tail_are_listed_where_they_are),
		cmocka_unit_test(a_swapped_dump_is_listed_and_says_so),
		cmocka_unit_test(lost_file_names_and_missing_code_are_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

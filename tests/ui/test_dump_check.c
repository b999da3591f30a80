/* SPDX-License-Identifier: MIT */
#include "ui/dump_check.h"

#include "support/dump_builder.h"
#include "support/memory_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Compares what is said of what was built; returns how much it was. */
static struct dump_check assert_check(struct dump_builder *dump, const char *expected)
{
	struct memory_file file = memory_file_create();
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	memory_file_append(&file, dump->file.bytes, dump->file.size);
	struct dump_check check = dump_check_print(file.fd, out);

	fclose(out);
	assert_string_equal(text, expected);
	free(text);
	memory_file_close(&file);
	dump_free(dump);
	return check;
}

static void a_good_dump_has_no_faults(void **state)
{
	struct dump_builder dump = { 0 };
	const struct dump_row row = { 0x1000, 7, 3, "/app.js" };

	(void)state;
	dump_header(&dump, 42);
	dump_debug(&dump, 1, 0x1000, &row, 1);
	dump_table(&dump, 1, 0x1000, 3);
	dump_load(&dump, 1, 0x1000, 1, "f", CODE(1, 2, 0xc3));
	dump_empty_table(&dump, 2);
	dump_load(&dump, 2, 0x2000, 2, "g", CODE(0xc3));
	dump_move(&dump, 3, 0x2000, 0x3000, 1, 2);
	dump_close(&dump, 4);
	struct dump_check check = assert_check(&dump, "");

	assert_int_equal(check.fault_count, 0);
	assert_int_equal(check.function_count, 2);
}

static void a_bad_header_is_said(void **state)
{
	struct dump_builder dump = { .is_swapped = true };

	(void)state;
	dump_header(&dump, 42);
	dump.file.bytes[7] = 0;	  /* version */
	dump.file.bytes[11] = 48; /* total size */
	dump.file.bytes[38] = 5;  /* flags */
	bytes_fill(&dump.file, 0, 8);
	assert_check(
		&dump,
		"offset 0: the file has the other byte order than this machine\n"
		"offset 4: the version is 0; 1 is the only one there is\n"
		"offset 8: the header says that it has 48 bytes; it has 40, and perf reads none "
		"of the file otherwise\n"
		"offset 32: the flags are 0x500: only bit 0 has a meaning, and perf refuses the "
		"file\n");
}

static void records_that_do_not_fit_each_other_are_said(void **state)
{
	struct dump_builder dump = { 0 };
	const struct dump_row row = { 0x1000, 7, 3, "/app.js" };

	(void)state;
	dump_header(&dump, 42);
	dump_debug(&dump, 1, 0x1000, &row, 1);			      /* 40 */
	dump_table(&dump, 1, 0x1000, 30);			      /* 96 */
	dump_load(&dump, 1, 0x7000, 1, "f", CODE(1, 2, 0xc3));	      /* 195 */
	dump_load(&dump, 2, 0x8000, 1, "g", CODE(0xc3));	      /* 256 */
	dump_move(&dump, 3, 0x9000, 0xa000, 1, 9);		      /* 315 */
	dump_close(&dump, 4);					      /* 379 */
	dump_load(&dump, 5, 0x8000, 2, "h", (struct dump_code){ 0 }); /* 395 */
	assert_check(
		&dump,
		"offset 40: DEBUG_INFO is for code that no CODE_LOAD behind it announces\n"
		"offset 96: UNWINDING_INFO covers no function that a CODE_LOAD behind it "
		"announces\n"
		"offset 256: CODE_LOAD has the code index 1 of the one at offset 195: perf "
		"keeps only one of them\n"
		"offset 315: CODE_MOVE moves code with the index 9, which was never loaded\n"
		"offset 379: CODE_CLOSE is not the last record: perf reads nothing behind it\n");
}

static void damage_is_said_in_file_order(void **state)
{
	struct dump_builder dump = { 0 };
	const struct dump_row row = { 0x1000, 7, 3, "\x10\x81U" };
	struct dump_check check;
	size_t start;

	(void)state;
	dump_header(&dump, 42);
	bytes_fill(&dump.file, 0xee, 9);		       /* 40 */
	dump_debug(&dump, 1, 0x1000, &row, 1);		       /* 49 */
	dump_load(&dump, 1, 0x1000, 1, "f", CODE(1, 2, 0xc3)); /* 101 */
	dump_load(&dump, 1, 0x1000, 1, "f", CODE(1, 2, 0xc3)); /* 162 */
	start = dump_begin(&dump, 9, 2);		       /* 223 */
	dump_end(&dump, start);
	dump_load(&dump, 3, 0x3000, 3, "cut", CODE(0xc3)); /* 239 */
	dump.file.size--;
	check = assert_check(
		&dump,
		"offset 40: 9 bytes are no record\n"
		"offset 49: DEBUG_INFO has entries that cannot be read: lines or file names are "
		"lost\n"
		"offset 162: CODE_LOAD repeats an earlier one: a forked child wrote what it "
		"inherited\n"
		"offset 223: the record's kind is 9, which is unknown\n"
		"offset 239: the last 60 bytes are no whole record: the file was cut off\n");
	assert_int_equal(check.fault_count, 5);
	assert_int_equal(check.function_count, 1);
}

static void faults_without_number_are_counted_not_kept(void **state)
{
	struct dump_builder dump = { 0 };
	struct memory_file file = memory_file_create();
	FILE *out = fopen("/dev/null", "we");

	(void)state;
	dump_header(&dump, 42);
	for (uint64_t i = 0; i < 3000; i++)
		dump_load(&dump, i + 1, 0x1000, 7, "f", CODE(0xc3));
	memory_file_append(&file, dump.file.bytes, dump.file.size);
	assert_int_equal(dump_check_print(file.fd, out).fault_count, 2999);
	fclose(out);
	memory_file_close(&file);
	dump_free(&dump);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_dump_has_no_faults),
		cmocka_unit_test(a_bad_header_is_said),
		cmocka_unit_test(records_that_do_not_fit_each_other_are_said),
		cmocka_unit_test(damage_is_said_in_file_order),
		cmocka_unit_test(faults_without_number_are_counted_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

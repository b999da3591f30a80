/* SPDX-License-Identifier: MIT */
#include "ui/source_file.h"

#include "support/scratch_directory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct source_files files;

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static int begin(void **state)
{
	if (scratch_directory_create(state))
		return -1;
	files = (struct source_files){ 0 };
	return chdir(*state);
}

static int end(void **state)
{
	source_files_deinit(&files);
	return chdir("/") || scratch_directory_destroy(state);
}

static void expect_line(const char *path, uint32_t number, const char *expected)
{
	const char *text = source_files_line(&files, path, number);

	if (!expected) {
		assert_null(text);
		return;
	}
	assert_non_null(text);
	assert_string_equal(text, expected);
}

static void lines_are_numbered_from_one(void **state)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/a.c", (const char *)*state);
	write_file(path, "\nsecond\r\n  third");
	expect_line(path, 0, NULL);
	expect_line(path, 1, "");
	expect_line(path, 2, "second");
	expect_line(path, 3, "  third");
	expect_line(path, 4, NULL);
	assert_string_equal(source_files_path(&files, path), path);
}

static void what_could_drive_a_terminal_is_shown_as_question_marks(void **state)
{
	(void)state;
	write_file("a.c", "a\tb\x1b[31m\xff\t\n");
	expect_line("a.c", 1, "a       b?[31m?");
}

static void a_file_that_is_elsewhere_is_found_by_the_end_of_its_path(void **state)
{
	(void)state;
	mkdir("src", 0700);
	write_file("src/a.c", "longest\n");
	write_file("a.c", "shortest\n");
	expect_line("/nowhere/project/src/a.c", 1, "longest");
	assert_string_equal(source_files_path(&files, "/nowhere/project/src/a.c"), "src/a.c");
	expect_line("/nowhere/lib/a.c", 1, "shortest");
	expect_line("file:///nowhere/lib/a.c", 1, "shortest");
	expect_line("/nowhere/b.c", 1, NULL);
	assert_null(source_files_path(&files, "/nowhere/b.c"));
}

static void only_regular_files_are_read_and_none_above_the_working_directory(void **state)
{
	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	mkdir("directory", 0700);
	expect_line("fifo", 1, NULL);
	expect_line("directory", 1, NULL);
	expect_line("/dev/zero", 1, NULL);
	write_file("a.c", "text\n");
	assert_int_equal(chdir("directory"), 0);
	expect_line("/nowhere/../a.c", 1, NULL);
}

static void lines_and_files_of_any_size_are_bounded(void **state)
{
	FILE *file = fopen("long.js", "we");

	(void)state;
	for (int i = 0; i < 100000; i++)
		fputs("\tx", file);
	assert_int_equal(fclose(file), 0);
	assert_true(strlen(source_files_line(&files, "long.js", 1)) < 1024);
	write_file("large.js", "text\n");
	assert_int_equal(truncate("large.js", 1L << 30), 0);
	expect_line("large.js", 1, NULL);
	write_file("empty.js", "");
	expect_line("empty.js", 1, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_are_numbered_from_one, begin, end),
		cmocka_unit_test_setup_teardown(
			what_could_drive_a_terminal_is_shown_as_question_marks, begin, end),
		cmocka_unit_test_setup_teardown(
			a_file_that_is_elsewhere_is_found_by_the_end_of_its_path, begin, end),
		cmocka_unit_test_setup_teardown(
			only_regular_files_are_read_and_none_above_the_working_directory, begin,
			end),
		cmocka_unit_test_setup_teardown(lines_and_files_of_any_size_are_bounded, begin,
						end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

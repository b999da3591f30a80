/* SPDX-License-Identifier: MIT */
/* A child writes, and its memory is looked into. */
#include "profiler/unflushed_file.h"

#include "support/buffered_writer.h"
#include "support/scratch_directory.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char path[PATH_MAX];
static struct buffered_writer writer;
static struct unflushed_file file;

static int begin(void **state)
{
	int failure = scratch_directory_create(state);
	struct stat status;

	snprintf(path, sizeof(path), "%s/out", (const char *)*state);
	buffered_writer_start(&writer, path);
	if (stat(path, &status) != 0)
		return -1;
	file = (struct unflushed_file){ .pid = (uint32_t)writer.pid,
					.identity = { status.st_dev, status.st_ino } };
	return failure;
}

static int end(void **state)
{
	buffered_writer_stop(&writer);
	return scratch_directory_destroy(state);
}

static void expect(uint64_t expected_file_size, const char *expected)
{
	uint64_t file_size;
	uint8_t *bytes;
	size_t size;

	if (!*expected) {
		assert_false(unflushed_file_read(&file, &file_size, &bytes, &size));
		return;
	}
	assert_true(unflushed_file_read(&file, &file_size, &bytes, &size));
	assert_int_equal(file_size, expected_file_size);
	assert_int_equal(size, strlen(expected));
	assert_memory_equal(bytes, expected, size);
	free(bytes);
}

static void write_text(const char *text)
{
	buffered_writer_write(&writer, text, strlen(text));
}

static void what_is_in_the_buffer_follows_what_is_in_the_file(void **state)
{
	(void)state;
	write_text("first ");
	expect(0, "first ");
	write_text("second ");
	expect(0, "first second ");
	buffered_writer_flush(&writer);
	expect(13, "");
	write_text("third");
	expect(13, "third");
}

static void a_full_buffer_is_handed_over_and_filled_again(void **state)
{
	uint64_t file_size;
	uint8_t *bytes;
	size_t size;

	(void)state;
	write_text("begin");
	expect(0, "begin");
	for (int i = 0; i < 300; i++)
		write_text("1234567890123456789012345678901234567890");
	write_text("end");
	assert_true(unflushed_file_read(&file, &file_size, &bytes, &size));
	assert_int_equal(file_size + size, 12008);
	assert_true(file_size > 0);
	assert_memory_equal(bytes + size - 3, "end", 3);
	free(bytes);
}

static void a_file_that_is_written_in_another_way_has_nothing(void **state)
{
	(void)state;
	file.identity.inode++;
	write_text("first");
	expect(0, "");
}

static void a_process_that_is_gone_has_nothing(void **state)
{
	(void)state;
	write_text("first");
	expect(0, "first");
	buffered_writer_stop(&writer);
	expect(0, "");
	file.stream_address = 0;
	expect(0, "");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_in_the_buffer_follows_what_is_in_the_file),
		TEST(a_full_buffer_is_handed_over_and_filled_again),
		TEST(a_file_that_is_written_in_another_way_has_nothing),
		TEST(a_process_that_is_gone_has_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

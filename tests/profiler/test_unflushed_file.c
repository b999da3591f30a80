/* SPDX-License-Identifier: MIT */
/* This process is the one whose memory is looked into. */
#include "profiler/unflushed_file.h"

#include "support/scratch_directory.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static FILE *out;
static struct unflushed_file file;

static int begin(void **state)
{
	int failure = scratch_directory_create(state);
	char path[PATH_MAX];
	struct stat status;

	snprintf(path, sizeof(path), "%s/out", (const char *)*state);
	out = fopen(path, "we");
	if (!out || fstat(fileno(out), &status) != 0)
		return -1;
	file = (struct unflushed_file){ .pid = (uint32_t)getpid(),
					.identity = { status.st_dev, status.st_ino } };
	return failure;
}

static int end(void **state)
{
	fclose(out);
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

static void one_of_several_descriptors_of_a_file_may_be_written(void **state)
{
	char path[PATH_MAX];
	int before = open("/dev/null", O_RDONLY | O_CLOEXEC), other;

	snprintf(path, sizeof(path), "%s/out", (const char *)*state);
	fputs("first", out);
	fclose(out);
	/* The lower number, if any, is not the stream's. */
	other = open(path, O_RDONLY | O_CLOEXEC);
	close(before);
	out = fopen(path, "ae");
	assert_true(other >= 0 && out);
	fputs("second", out);
	expect(5, "second");
	close(other);
}

static void what_is_in_the_buffer_follows_what_is_in_the_file(void **state)
{
	(void)state;
	fputs("first ", out);
	expect(0, "first ");
	fputs("second ", out);
	expect(0, "first second ");
	fflush(out);
	expect(13, "");
	fputs("third", out);
	expect(13, "third");
}

static void a_full_buffer_is_handed_over_and_filled_again(void **state)
{
	(void)state;
	fputs("begin", out);
	expect(0, "begin");
	for (int i = 0; i < 3000; i++)
		fputs("1234567890", out);
	fputs("end", out);
	uint64_t file_size;
	uint8_t *bytes;
	size_t size;

	assert_true(unflushed_file_read(&file, &file_size, &bytes, &size));
	assert_int_equal(file_size + size, 30008);
	assert_memory_equal(bytes + size - 3, "end", 3);
	free(bytes);
}

static void a_file_that_is_written_in_another_way_has_nothing(void **state)
{
	(void)state;
	file.identity.inode++;
	fputs("first", out);
	expect(0, "");
}

static void a_process_that_is_gone_has_nothing(void **state)
{
	pid_t child;

	(void)state;
	fputs("first", out);
	expect(0, "first");
	child = fork();
	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	file.pid = (uint32_t)child;
	expect(0, "");
	file.stream_address = 0;
	expect(0, "");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_of_several_descriptors_of_a_file_may_be_written),
		TEST(what_is_in_the_buffer_follows_what_is_in_the_file),
		TEST(a_full_buffer_is_handed_over_and_filled_again),
		TEST(a_file_that_is_written_in_another_way_has_nothing),
		TEST(a_process_that_is_gone_has_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
#include "profiler/data_window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { FILE_BYTES = 4 * DATA_PANES * DATA_PANE_BYTES, STEP = 1000 };

/* A word at every eighth byte, which tells where it is. */
static int make_file(void)
{
	int fd = memfd_create("window", MFD_CLOEXEC);
	uint64_t *words = malloc(FILE_BYTES);

	for (uint64_t i = 0; i < FILE_BYTES / sizeof(*words); i++)
		words[i] = i * sizeof(*words);
	assert_int_equal(write(fd, words, FILE_BYTES), FILE_BYTES);
	free(words);
	return fd;
}

static void expect_bytes(struct data_window *window, int fd, uint64_t offset)
{
	const uint8_t *bytes = data_window_read(window, fd, offset, STEP);
	uint64_t first, last;

	assert_non_null(bytes);
	memcpy(&first, bytes, sizeof(first));
	memcpy(&last, bytes + STEP - sizeof(last), sizeof(last));
	assert_int_equal(first, offset);
	assert_int_equal(last, offset + STEP - sizeof(last));
}

static void two_go_through_a_file_one_behind_the_other(void **state)
{
	static const uint64_t distances[] = { 0, 3 * DATA_PANE_BYTES,
					      2 * DATA_PANES * DATA_PANE_BYTES };
	struct data_window window = { 0 };
	int fd = make_file();

	(void)state;
	for (size_t i = 0; i < sizeof(distances) / sizeof(*distances); i++) {
		uint64_t distance = distances[i] / STEP * STEP;

		for (uint64_t at = 0; at + STEP <= FILE_BYTES; at += STEP) {
			expect_bytes(&window, fd, at);
			if (at >= distance)
				expect_bytes(&window, fd, at - distance);
		}
	}
	data_window_deinit(&window);
	close(fd);
}

static void what_was_just_read_is_not_read_again(void **state)
{
	struct data_window window = { 0 };
	int fd = make_file();

	(void)state;
	for (uint64_t at = 0; at < 3 * DATA_PANE_BYTES; at += STEP)
		expect_bytes(&window, fd, at);
	assert_int_equal(ftruncate(fd, 0), 0);
	for (uint64_t at = 0; at < 2 * DATA_PANE_BYTES; at += STEP)
		expect_bytes(&window, fd, at);
	data_window_forget(&window);
	assert_null(data_window_read(&window, fd, 0, STEP));
	data_window_deinit(&window);
	close(fd);
}

static void what_lies_beyond_the_end_is_not_there(void **state)
{
	struct data_window window = { 0 };
	int fd = make_file();

	(void)state;
	expect_bytes(&window, fd, FILE_BYTES - STEP);
	assert_null(data_window_read(&window, fd, FILE_BYTES - STEP + 1, STEP));
	assert_null(data_window_read(&window, fd, FILE_BYTES, 1));
	assert_null(data_window_read(&window, fd, UINT64_MAX - 1, STEP));
	data_window_deinit(&window);
	close(fd);
}

static void files_are_told_apart(void **state)
{
	struct data_window window = { 0 };
	int fd = make_file(), other = memfd_create("other", MFD_CLOEXEC);

	(void)state;
	assert_int_equal(write(other, "other", 5), 5);
	expect_bytes(&window, fd, 0);
	assert_memory_equal(data_window_read(&window, other, 0, 5), "other", 5);
	expect_bytes(&window, fd, 0);
	assert_null(data_window_read(&window, other, 0, STEP));
	data_window_deinit(&window);
	close(other);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_go_through_a_file_one_behind_the_other),
		cmocka_unit_test(what_was_just_read_is_not_read_again),
		cmocka_unit_test(what_lies_beyond_the_end_is_not_there),
		cmocka_unit_test(files_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

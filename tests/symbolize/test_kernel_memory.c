/* SPDX-License-Identifier: MIT */
/* Files like /proc/kcore, and others in its place. */
#include "symbolize/kernel_memory.h"

#include "support/core_file.h"
#include "support/scratch_directory.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define TEXT	UINT64_C(0xffffffff81000000)
#define MODULES UINT64_C(0xffffffffc0000000)

static void path_in(void **state, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/kcore", (const char *)*state);
}

static void memory_is_read_where_a_segment_has_it(void **state)
{
	const struct core_piece pieces[] = { { MODULES, "module", 6 },
					     { TEXT, "kernel text", 11 } };
	struct kernel_memory *memory;
	const char *reason;
	char path[PATH_MAX], bytes[16];

	path_in(state, path);
	core_file_write(path, pieces, 2);
	memory = kernel_memory_open(path, &reason);
	assert_non_null(memory);
	assert_int_equal(kernel_memory_read(memory, TEXT, bytes, 6), 6);
	assert_memory_equal(bytes, "kernel", 6);
	assert_int_equal(kernel_memory_read(memory, TEXT + 7, bytes, 16), 4);
	assert_memory_equal(bytes, "text", 4);
	assert_int_equal(kernel_memory_read(memory, MODULES, bytes, 16), 6);
	assert_int_equal(kernel_memory_read(memory, TEXT + 11, bytes, 1), 0);
	assert_int_equal(kernel_memory_read(memory, TEXT - 1, bytes, 1), 0);
	kernel_memory_close(memory);
}

static void what_is_no_core_file_is_refused(void **state)
{
	const struct core_piece piece = { TEXT, "kernel text", 11 };
	const char *reason = NULL;
	char path[PATH_MAX];

	path_in(state, path);
	assert_null(kernel_memory_open(path, &reason));
	assert_string_equal(reason, "the kernel's code cannot be read: this kernel was built "
				    "without /proc/kcore");
	for (off_t size = 0; size < 64 + 56; size += 8) {
		core_file_write(path, &piece, 1);
		assert_int_equal(truncate(path, size), 0);
		assert_null(kernel_memory_open(path, &reason));
		assert_string_equal(reason, "the kernel's code cannot be read: /proc/kcore is not "
					    "what it should be");
	}
}

static void without_a_file_nothing_is_read(void **state)
{
	char byte;

	(void)state;
	assert_int_equal(kernel_memory_read(NULL, TEXT, &byte, 1), 0);
	kernel_memory_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)                                                                                 \
	cmocka_unit_test_setup_teardown(name, scratch_directory_create, scratch_directory_destroy)
		TEST(memory_is_read_where_a_segment_has_it),
		TEST(what_is_no_core_file_is_refused),
		TEST(without_a_file_nothing_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

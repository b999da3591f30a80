/* SPDX-License-Identifier: MIT */
#include "symbolize/mapped_path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void what_the_kernel_adds_is_no_part_of_the_path(void **state)
{
	(void)state;
	assert_int_equal(mapped_path_length("/bin/app"), 8);
	assert_int_equal(mapped_path_length("/bin/app (deleted)"), 8);
	assert_int_equal(mapped_path_length("/bin/app (deleted) "), 19);
	assert_int_equal(mapped_path_length(" (deleted)"), 10);
	assert_int_equal(mapped_path_length(""), 0);
}

static void base_names_are_compared_whether_deleted_or_not(void **state)
{
	(void)state;
	assert_true(mapped_path_is_named_like("/tmp/jit-1.dump", "jit-1.dump"));
	assert_true(mapped_path_is_named_like("/tmp/jit-1.dump (deleted)", "/old/jit-1.dump"));
	assert_true(mapped_path_is_named_like("/tmp/jit-1.dump", "/old/jit-1.dump (deleted)"));
	assert_true(
		mapped_path_is_named_like("/tmp/jit-1.dump (deleted)", "/a/jit-1.dump (deleted)"));
	assert_false(mapped_path_is_named_like("/tmp/jit-1.dump", "jit-12.dump"));
	assert_false(mapped_path_is_named_like("/tmp/jit-1.dump2", "jit-1.dump"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_kernel_adds_is_no_part_of_the_path),
		cmocka_unit_test(base_names_are_compared_whether_deleted_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

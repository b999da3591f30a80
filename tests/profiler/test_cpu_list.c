/* SPDX-License-Identifier: MIT */
#include "profiler/cpu_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_cpus(const char *text, const int *cpus, size_t count)
{
	struct cpu_list list = { 0 };
	struct error err;

	assert_true(cpu_list_parse(&list, text, &err));
	assert_int_equal(list.count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(list.cpus[i], cpus[i]);
	cpu_list_deinit(&list);
}

static void lists_have_numbers_and_ranges(void **state)
{
	(void)state;
	assert_cpus("0", (int[]){ 0 }, 1);
	assert_cpus("0-3", (int[]){ 0, 1, 2, 3 }, 4);
	assert_cpus("6,0-1,8-8", (int[]){ 0, 1, 6, 8 }, 4);
	assert_cpus("2,1-3,2", (int[]){ 1, 2, 3 }, 3);
}

static void what_is_no_list_is_refused(void **state)
{
	static const char *const bad[] = { "",	  "a",	"1,", ",1",	      "1-",  "3-1",
					   "1 2", "-1", "+1", "0-9999999999", "0x2", "1,,2" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct cpu_list list = { 0 };
		struct error err = { 0 };

		if (cpu_list_parse(&list, bad[i], &err))
			fail_msg("'%s' was taken", bad[i]);
		assert_non_null(strstr(err.text, "list of CPUs"));
		cpu_list_deinit(&list);
	}
}

static void some_cpu_is_online(void **state)
{
	struct cpu_list list = { 0 };
	struct error err;

	(void)state;
	assert_true(cpu_list_online(&list, &err));
	assert_true(list.count > 0);
	assert_true(cpu_list_has(&list, list.cpus[0]));
	assert_false(cpu_list_has(&list, -1));
	cpu_list_deinit(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_have_numbers_and_ranges),
		cmocka_unit_test(what_is_no_list_is_refused),
		cmocka_unit_test(some_cpu_is_online),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

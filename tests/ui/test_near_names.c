/* SPDX-License-Identifier: MIT */
#include "ui/near_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *wanted, const char *const *all, const char *expected)
{
	struct near_names near = { .wanted = wanted };
	char text[512] = "";

	for (; *all; all++)
		near_names_add(&near, *all);
	for (size_t i = 0; i < near.count; i++) {
		strcat(text, i ? " " : "");
		strcat(text, near.names[i]);
	}
	assert_string_equal(text, expected);
}

#define EXPECT(wanted, expected, ...)                                                              \
	expect(wanted, (const char *const[]){ __VA_ARGS__, NULL }, expected)

static void a_name_that_contains_it_or_is_a_letter_away_is_near(void **state)
{
	(void)state;
	EXPECT("collatz", "collatz_steps by_Collatz_steps", "main", "collatz_steps",
	       "by_Collatz_steps");
	EXPECT("mian", "main", "main", "fib");
	EXPECT("fob", "fib foo", "fib", "foo", "mandelbrot");
	EXPECT("nothing", "", "main", "fib");
}

static void the_nearest_few_stay_each_once(void **state)
{
	(void)state;
	EXPECT("abcd", "abcx abxd axcd", "wxyz", "abxx", "abcx", "abcx", "abxd", "axcd", "xbcd");
}

static void a_name_of_any_length_is_compared(void **state)
{
	char name[4096];

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	EXPECT(name, "", "main", "");
	EXPECT("b", "", name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_that_contains_it_or_is_a_letter_away_is_near),
		cmocka_unit_test(the_nearest_few_stay_each_once),
		cmocka_unit_test(a_name_of_any_length_is_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

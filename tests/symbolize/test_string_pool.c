/* SPDX-License-Identifier: MIT */
#include "symbolize/string_pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void equal_texts_are_one_pointer(void **state)
{
	(void)state;
	struct string_pool *pool = string_pool_create();
	const char *first = string_pool_add(pool, "node::Start");
	char copy[] = "node::Start(int)";

	assert_ptr_equal(first, string_pool_add_bytes(pool, copy, strlen("node::Start")));
	assert_ptr_not_equal(first, string_pool_add(pool, copy));
	assert_string_equal(first, "node::Start");
	string_pool_destroy(pool);
}

static void control_characters_are_replaced_in_what_is_shown(void **state)
{
	(void)state;
	struct string_pool *pool = string_pool_create();

	assert_string_equal(string_pool_add_printable(pool, "a\nb\033c", 4), "a?b?");
	assert_ptr_equal(string_pool_add_printable(pool, "plain", 5),
			 string_pool_add(pool, "plain"));
	string_pool_destroy(pool);
}

static void texts_stay_where_they_are_while_the_pool_grows(void **state)
{
	(void)state;
	struct string_pool *pool = string_pool_create();
	const char *first = string_pool_add(pool, "0");

	for (int number = 0; number < 100000; number++) {
		char text[16];

		snprintf(text, sizeof(text), "%d", number);
		string_pool_add(pool, text);
	}
	assert_string_equal(first, "0");
	assert_ptr_equal(first, string_pool_add(pool, "0"));
	string_pool_destroy(pool);
}

static void a_text_longer_than_a_block_is_kept_whole(void **state)
{
	(void)state;
	static char text[200000];
	struct string_pool *pool = string_pool_create();

	memset(text, 'x', sizeof(text) - 1);
	assert_string_equal(string_pool_add(pool, text), text);
	string_pool_destroy(pool);
	string_pool_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_texts_are_one_pointer),
		cmocka_unit_test(control_characters_are_replaced_in_what_is_shown),
		cmocka_unit_test(texts_stay_where_they_are_while_the_pool_grows),
		cmocka_unit_test(a_text_longer_than_a_block_is_kept_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
#include "ui/jump_arrows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The rows, one after another, each ended by a newline. */
static void expect(struct jump *jumps, size_t count, size_t rows, bool is_utf8,
		   const char *expected)
{
	struct jump_arrows arrows;
	char text[ARROW_TEXT_MAX], all[4096] = "";

	jump_arrows_draw(&arrows, rows, jumps, count);
	for (size_t i = 0; i < rows; i++) {
		strcat(all, jump_arrows_text(&arrows, i, is_utf8, text));
		strcat(all, "\n");
	}
	assert_string_equal(all, expected);
	jump_arrows_deinit(&arrows);
}

#define EXPECT(rows, is_utf8, expected, ...)                                                       \
	do {                                                                                       \
		struct jump jumps[] = { __VA_ARGS__ };                                             \
		expect(jumps, sizeof(jumps) / sizeof(*jumps), rows, is_utf8, expected);            \
	} while (0)

static void an_arrow_leads_from_the_jump_to_its_target(void **state)
{
	(void)state;
	EXPECT(3, true, "╭─\n│ \n╰>\n", { 0, 2 });
	EXPECT(3, true, "╭>\n│ \n╰─\n", { 2, 0 });
	EXPECT(3, false, ",-\n| \n`>\n", { 0, 2 });
}

static void the_shorter_arrow_is_nearer_to_the_instructions(void **state)
{
	(void)state;
	EXPECT(4, true, "╭──\n│╭─\n│╰>\n╰─>\n", { 0, 3 }, { 1, 2 });
}

static void arrows_cross(void **state)
{
	(void)state;
	EXPECT(4, true, " ╭─\n╭┼>\n│╰>\n╰──\n", { 0, 2 }, { 3, 1 });
	EXPECT(4, false, " ,-\n,+>\n|`>\n`--\n", { 0, 2 }, { 3, 1 });
}

static void arrows_that_do_not_meet_share_a_column(void **state)
{
	(void)state;
	EXPECT(4, true, "╭─\n╰>\n╭>\n╰─\n", { 0, 1 }, { 3, 2 });
}

static void jumps_to_one_row_share_an_arrow(void **state)
{
	(void)state;
	EXPECT(4, true, "╭─\n├─\n├>\n╰─\n", { 3, 2 }, { 0, 2 }, { 1, 2 });
}

static void a_jump_to_itself_and_no_jump_are_no_arrow(void **state)
{
	(void)state;
	EXPECT(2, true, "\n\n", { 1, 1 });
	expect(NULL, 0, 1, true, "\n");
	expect(NULL, 0, 0, true, "");
}

static void columns_and_lengths_are_bounded(void **state)
{
	enum { JUMPS = 40, LONG = 100000 };
	struct jump jumps[JUMPS], far = { 0, LONG - 1 };
	struct jump_arrows arrows;
	char text[ARROW_TEXT_MAX];

	(void)state;
	for (uint32_t i = 0; i < JUMPS; i++)
		jumps[i] = (struct jump){ i, 2 * JUMPS - 1 - i };
	jump_arrows_draw(&arrows, 2 * JUMPS, jumps, JUMPS);
	assert_int_equal(arrows.column_count, ARROW_COLUMNS_MAX);
	assert_true(strlen(jump_arrows_text(&arrows, JUMPS, true, text)) < ARROW_TEXT_MAX);
	jump_arrows_deinit(&arrows);
	jump_arrows_draw(&arrows, LONG, &far, 1);
	assert_int_equal(arrows.column_count, 0);
	jump_arrows_deinit(&arrows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_arrow_leads_from_the_jump_to_its_target),
		cmocka_unit_test(the_shorter_arrow_is_nearer_to_the_instructions),
		cmocka_unit_test(arrows_cross),
		cmocka_unit_test(arrows_that_do_not_meet_share_a_column),
		cmocka_unit_test(jumps_to_one_row_share_an_arrow),
		cmocka_unit_test(a_jump_to_itself_and_no_jump_are_no_arrow),
		cmocka_unit_test(columns_and_lengths_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

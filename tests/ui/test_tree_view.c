/* SPDX-License-Identifier: MIT */
#include "support/view_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct named_place start = { { { "_start", "node" } } };
static const struct named_place run = { { { "run", "node" } } };
static const struct named_place fib = { { { "JS:*fib", "[jit]", .is_jit = true } } };
static const struct named_place sort = { { { "min", "node", .is_inlined = true },
					   { "sort", "node" } } };
static const struct named_place write_call = { { { "write", "libc.so.6" } } };
static const struct named_place wide = { { { "数字", "e\033vil" } } };

static int begin(void **state)
{
	(void)state;
	return view_stage_begin(&tree_view, 8, 60);
}

static void add_samples(void)
{
	ADD(.weight = 60, .path = PATH(&start, &run, &fib, &fib));
	ADD(.weight = 30, .path = PATH(&start, &run, &sort));
	ADD(.weight = 9, .path = PATH(&start, &run, &write_call));
	ADD(.weight = 1, .path = PATH(&start, &run));
}

static void what_calls_only_one_function_is_opened_with_it(void **state)
{
	(void)state;
	add_samples();
	lone_view_update(&stage);
	lone_view_expect(&stage, 8, 60,
			 " Total%   Self%  Samples Function\n"
			 " 100.00    0.00        4 - _start  node\n"
			 " 100.00    1.00        4 - run  node\n"
			 "  60.00    0.00        1 ├─+ JS:*fib  [jit]\n"
			 "  30.00    0.00        1 ├─+ sort  node\n"
			 "   9.00    9.00        1 └─  write  libc.so.6\n"
			 "\n"
			 "\n");
	lone_view_expect_cursor(&stage, " 100.00    0.00        4 - _start  node\n");
}

static void a_branch_is_opened_and_closed_and_left_for_its_parent(void **state)
{
	(void)state;
	add_samples();
	lone_view_update(&stage);
	stage.view->cursor = 3;
	view_stage_press("l");
	lone_view_expect_cursor(&stage, "  30.00    0.00        1 ├─- sort  node\n");
	view_stage_press("+");
	lone_view_expect_cursor(&stage, "  30.00   30.00        1 │   min (inlined)\n");
	assert_false(lone_view_press(&stage, TERMINAL_KEY_RIGHT));
	view_stage_press("h");
	lone_view_expect_cursor(&stage, "  30.00    0.00        1 ├─- sort  node\n");
	lone_view_press(&stage, TERMINAL_KEY_LEFT);
	lone_view_expect_cursor(&stage, "  30.00    0.00        1 ├─+ sort  node\n");
	view_stage_press("-");
	lone_view_expect_cursor(&stage, " 100.00    1.00        4 - run  node\n");
	lone_view_press(&stage, TERMINAL_KEY_ENTER);
	lone_view_expect(&stage, 8, 60,
			 " Total%   Self%  Samples Function\n"
			 " 100.00    0.00        4 - _start  node\n"
			 " 100.00    1.00        4 + run  node\n"
			 "\n\n\n\n\n");
}

static void everything_is_opened_and_closed_at_once(void **state)
{
	(void)state;
	add_samples();
	lone_view_update(&stage);
	view_stage_press("e");
	lone_view_expect(&stage, 8, 60,
			 " Total%   Self%  Samples Function\n"
			 " 100.00    0.00        4 - _start  node\n"
			 " 100.00    1.00        4 - run  node\n"
			 "  60.00    0.00        1 ├─- JS:*fib  [jit]\n"
			 "  60.00   60.00        1 │   JS:*fib  [jit]\n"
			 "  30.00    0.00        1 ├─- sort  node\n"
			 "  30.00   30.00        1 │   min (inlined)\n"
			 "   9.00    9.00        1 └─  write  libc.so.6\n");
	view_stage_press("E");
	assert_int_equal(stage.view->row_count, 1);
	lone_view_expect_cursor(&stage, " 100.00    0.00        4 + _start  node\n");
}

static void closed_branches_are_searched_too_round_and_round(void **state)
{
	(void)state;
	add_samples();
	lone_view_update(&stage);
	strcpy(stage.view->search, "fib");
	assert_true(tree_view.find(stage.view, false, true));
	lone_view_expect_cursor(&stage, "  60.00    0.00        1 ├─+ JS:*fib  [jit]\n");
	assert_true(tree_view.find(stage.view, false, true));
	lone_view_expect_cursor(&stage, "  60.00    0.00        1 ├─+ JS:*fib  [jit]\n");
	assert_true(tree_view.find(stage.view, false, false));
	lone_view_expect_cursor(&stage, "  60.00   60.00        1 │   JS:*fib  [jit]\n");
	assert_true(tree_view.find(stage.view, false, false));
	lone_view_expect_cursor(&stage, "  60.00    0.00        1 ├─- JS:*fib  [jit]\n");
	assert_true(tree_view.find(stage.view, true, false));
	lone_view_expect_cursor(&stage, "  60.00   60.00        1 │   JS:*fib  [jit]\n");
	strcpy(stage.view->search, "nowhere");
	assert_false(tree_view.find(stage.view, false, true));
}

static void the_hottest_path_ends_where_the_time_is_spent(void **state)
{
	(void)state;
	add_samples();
	lone_view_update(&stage);
	view_stage_press("H");
	lone_view_expect_cursor(&stage, "  60.00   60.00        1 │   JS:*fib  [jit]\n");
	view_stage_press("pp");
	lone_view_expect_cursor(&stage, " 100.00    1.00        4 - run  node\n");
	ADD(.weight = 100, .path = PATH(&start, &run));
	lone_view_update(&stage);
	view_stage_press("pH");
	lone_view_expect_cursor(&stage, " 100.00   50.50        5 - run  node\n");
}

static void the_tree_opens_at_the_function_that_is_looked_at(void **state)
{
	(void)state;
	add_samples();
	stage.shown.function = view_stage_function("min", "node");
	lone_view_update(&stage);
	lone_view_expect_cursor(&stage, "  30.00   30.00        1 │   min (inlined)\n");
}

static void new_samples_leave_the_cursor_and_what_is_open(void **state)
{
	(void)state;
	add_samples();
	lone_view_update(&stage);
	stage.view->cursor = 3;
	view_stage_press("ll");
	ADD(.weight = 100, .path = PATH(&start, &run, &sort, &write_call));
	ADD(.weight = 50, .path = PATH(&run));
	lone_view_update(&stage);
	lone_view_expect(&stage, 8, 60,
			 " Total%   Self%  Samples Function\n"
			 "  80.00    0.00        5 ├─- _start  node\n"
			 "  80.00    0.40        5 │ - run  node\n"
			 "  52.00    0.00        2 │ ├─- sort  node\n"
			 "  52.00   12.00        2 │ │ + min (inlined)\n"
			 "  24.00    0.00        1 │ ├─+ JS:*fib  [jit]\n"
			 "   3.60    3.60        1 │ └─  write  libc.so.6\n"
			 "  20.00   20.00        1 └─  run  node\n");
	lone_view_expect_cursor(&stage, "  52.00   12.00        2 │ │ + min (inlined)\n");
}

static void the_cursor_goes_to_what_is_left_of_its_way(void **state)
{
	bool bad;

	(void)state;
	add_samples();
	lone_view_update(&stage);
	view_stage_press("H");
	stage.shown.min_percent = 70;
	lone_view_update(&stage);
	lone_view_expect_cursor(&stage, " 100.00    1.00        4   run  node\n");
	stage.shown.min_percent = 0;
	selection_option(&stage.shown.selection, SELECTION_SYMBOL, "no such function", &bad);
	lone_view_update(&stage);
	assert_int_equal(stage.view->row_count, 0);
	lone_view_expect(&stage, 8, 60, " Total%   Self%  Samples Function\n\n\n\n\n\n\n\n");
	assert_false(lone_view_press(&stage, 'e'));
}

static void a_stack_of_8000_calls_is_scrolled_to_where_the_cursor_is(void **state)
{
	const struct named_place *path[8001] = { NULL };

	(void)state;
	for (size_t i = 0; i < 8000; i++) {
		path[i] = i % 2 ? &fib : &run;
		if (i % 80 == 79)
			ADD(.path = path);
	}
	for (size_t i = 79; i < 8000; i += 80) {
		path[i] = &write_call;
		ADD(.path = path);
		path[i] = i % 2 ? &fib : &run;
	}
	lone_view_update(&stage);
	view_stage_press("H");
	lone_view_expect_cursor(&stage,
				"   0.50    0.50        1  │ │ │ │ │ │ │ ├─  JS:*fib  [jit]\n");
	view_stage_press("e");
	lone_view_draw_in_all_sizes(&stage);
}

static void names_are_strangers_and_may_be_wide(void **state)
{
	(void)state;
	ADD(.weight = 60, .path = PATH(&wide, &wide));
	ADD(.weight = 60, .path = PATH(&wide, &fib));
	lone_view_update(&stage);
	view_stage_press("e");
	strcpy(stage.view->search, "js");
	lone_view_expect(&stage, 8, 60,
			 " Total%   Self%  Samples Function\n"
			 " 100.00    0.00        2 - 数字  e?vil\n"
			 "  50.00   50.00        1 ├─  JS:*fib  [jit]\n"
			 "  50.00   50.00        1 └─  数字  e?vil\n"
			 "\n\n\n\n");
	assert_string_equal(tree_view.row_text(stage.view, &stage.shown, 1, NULL, 0), "JS:*fib");
	lone_view_draw_in_all_sizes(&stage);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, view_stage_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(what_calls_only_one_function_is_opened_with_it),
		EACH(a_branch_is_opened_and_closed_and_left_for_its_parent),
		EACH(everything_is_opened_and_closed_at_once),
		EACH(closed_branches_are_searched_too_round_and_round),
		EACH(the_hottest_path_ends_where_the_time_is_spent),
		EACH(the_tree_opens_at_the_function_that_is_looked_at),
		EACH(new_samples_leave_the_cursor_and_what_is_open),
		EACH(the_cursor_goes_to_what_is_left_of_its_way),
		EACH(a_stack_of_8000_calls_is_scrolled_to_where_the_cursor_is),
		EACH(names_are_strangers_and_may_be_wide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

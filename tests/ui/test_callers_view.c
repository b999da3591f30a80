/* SPDX-License-Identifier: MIT */
#include "support/view_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct named_place start = { { { "_start", "app" } } };
static const struct named_place load = { { { "load", "app" } } };
static const struct named_place serve = { { { "serve", "app" } } };
static const struct named_place parse = { { { "parse", "app" } } };
static const struct named_place copy = { { { "memcpy", "libc.so.6" } } };
static const struct named_place lex = { { { "词法", "e\033vil" } } };

static int begin(void **state)
{
	(void)state;
	return view_stage_begin(&callers_view, 9, 90);
}

/* parse is in 80 of 100, in 60 of them twice. */
static void add_samples(void)
{
	ADD(.weight = 40, .path = PATH(&start, &serve, &parse, &parse, &copy));
	ADD(.weight = 20, .path = PATH(&start, &serve, &parse, &lex, &parse));
	ADD(.weight = 20, .path = PATH(&start, &load, &parse, &lex));
	ADD(.weight = 20, .path = PATH(&start, &load));
}

static void look_at_parse(void)
{
	add_samples();
	stage.shown.function = view_stage_function("parse", "app");
	lone_view_update(&stage);
}

static void a_function_stands_between_its_callers_and_callees(void **state)
{
	(void)state;
	look_at_parse();
	lone_view_expect(&stage, 9, 90,
			 " Share%   Self%  Samples Callers above, callees below\n"
			 "  25.00                1 ┌─+ load  app\n"
			 "  75.00                2 ├─+ serve  app\n"
			 " 100.00   25.00        3 => parse  app  self 20.00%, total 80.00%, "
			 "recursive 75.00%\n"
			 "  50.00   50.00        1 ├─  memcpy  libc.so.6\n"
			 "  25.00   25.00        1 └─  词法  e?vil\n"
			 "\n\n\n");
	assert_int_equal(stage.view->cursor, 2);
}

static void callers_of_callers_open_above_them(void **state)
{
	(void)state;
	look_at_parse();
	stage.view->cursor = 1;
	view_stage_press("l");
	lone_view_expect(&stage, 9, 90,
			 " Share%   Self%  Samples Callers above, callees below\n"
			 "  25.00                1 ┌─+ load  app\n"
			 "  75.00                2 │   _start  app\n"
			 "  75.00                2 ├─- serve  app\n"
			 " 100.00   25.00        3 => parse  app  self 20.00%, total 80.00%, "
			 "recursive 75.00%\n"
			 "  50.00   50.00        1 ├─  memcpy  libc.so.6\n"
			 "  25.00   25.00        1 └─  词法  e?vil\n"
			 "\n\n");
	lone_view_expect_cursor(&stage, "  75.00                2 ├─- serve  app\n");
	view_stage_press("l");
	lone_view_expect_cursor(&stage, "  75.00                2 │   _start  app\n");
	assert_false(lone_view_press(&stage, 'l'));
	view_stage_press("h");
	lone_view_expect_cursor(&stage, "  75.00                2 ├─- serve  app\n");
	view_stage_press("hh");
	assert_int_equal(stage.view->cursor, 2);
	assert_false(lone_view_press(&stage, 'h'));
}

static void enter_goes_on_with_another_function_and_u_comes_back(void **state)
{
	(void)state;
	look_at_parse();
	stage.view->cursor = 1;
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	assert_string_equal(stage.shown.function.name, "serve");
	lone_view_expect(&stage, 9, 90,
			 " Share%   Self%  Samples Callers above, callees below\n"
			 " 100.00                2   _start  app\n"
			 " 100.00    0.00        2 => serve  app  self 0.00%, total 60.00%\n"
			 " 100.00    0.00        2 + parse  app\n"
			 "\n\n\n\n\n");
	assert_false(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	view_stage_press("u");
	assert_string_equal(stage.shown.function.name, "parse");
	assert_int_equal(stage.view->cursor, 2);
	assert_false(lone_view_press(&stage, TERMINAL_KEY_BACKSPACE));
}

static void without_a_function_it_is_the_hottest(void **state)
{
	(void)state;
	add_samples();
	lone_view_update(&stage);
	assert_string_equal(stage.shown.function.name, "memcpy");
	lone_view_expect_cursor(&stage, " 100.00  100.00        1 => memcpy  libc.so.6  self "
					"40.00%, total 40.00%\n");
}

static void new_samples_leave_the_cursor_and_what_is_open(void **state)
{
	(void)state;
	look_at_parse();
	stage.view->cursor = 0;
	view_stage_press("l");
	ADD(.weight = 70, .path = PATH(&start, &load, &parse));
	lone_view_update(&stage);
	lone_view_expect_cursor(&stage, "  60.00                2 ├─- load  app\n");
	stage.view->cursor = stage.view->row_count - 1;
	lone_view_expect_cursor(&stage, "  13.33   13.33        1 └─  词法  e?vil\n");
	lone_view_update(&stage);
	lone_view_expect_cursor(&stage, "  13.33   13.33        1 └─  词法  e?vil\n");
}

static void a_function_that_is_filtered_out_has_nobody(void **state)
{
	bool bad;

	(void)state;
	look_at_parse();
	stage.view->cursor = 0;
	selection_option(&stage.shown.selection, SELECTION_COMM, "nobody", &bad);
	lone_view_update(&stage);
	lone_view_expect_cursor(
		&stage, "   0.00    0.00        0 => parse  app  self 0.00%, total 0.00%\n");
	lone_view_draw_in_all_sizes(&stage);
}

static void nothing_has_no_rows(void **state)
{
	(void)state;
	lone_view_update(&stage);
	assert_int_equal(stage.view->row_count, 0);
	lone_view_expect(&stage, 9, 90,
			 " Share%   Self%  Samples Callers above, callees below\n"
			 "\n\n\n\n\n\n\n\n");
	assert_false(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	assert_false(lone_view_press(&stage, 'l'));
}

static void a_long_name_leaves_room_for_what_it_costs(void **state)
{
	static const struct named_place templates = {
		{ { "std::vector<std::pair<int, std::string>>::emplace_back<int&, char "
		    "const*&>(int&, "
		    "char const*&)",
		    "app" } }
	};

	(void)state;
	ADD(.path = PATH(&templates));
	lone_view_update(&stage);
	lone_view_expect_cursor(&stage, " 100.00  100.00        1 => std::vector<std::pair<int, "
					"std::s  self 100.00%, total 100.00%\n");
}

static void source_is_that_of_the_cursors_row(void **state)
{
	(void)state;
	look_at_parse();
	assert_false(lone_view_press(&stage, 'a'));
	assert_string_equal(stage.shown.function.name, "parse");
	stage.view->cursor = 1;
	assert_false(lone_view_press(&stage, 'a'));
	assert_string_equal(stage.shown.function.name, "serve");
}

static void closed_branches_are_searched_downward_from_the_cursor(void **state)
{
	(void)state;
	look_at_parse();
	strcpy(stage.view->search, "r");
	assert_true(callers_view.find(stage.view, false, true));
	assert_int_equal(stage.view->cursor, 2); /* parse itself */
	assert_true(callers_view.find(stage.view, false, false));
	/* Round to the uppermost, which was hidden. */
	lone_view_expect_cursor(&stage, "  25.00                1     _start  app\n");
	assert_true(callers_view.find(stage.view, true, false));
	lone_view_expect_cursor(&stage, " 100.00   25.00        3 => parse  app  self 20.00%, "
					"total 80.00%, recursive 75.00%\n");
	strcpy(stage.view->search, "nowhere");
	assert_false(callers_view.find(stage.view, false, false));
}

static void it_fits_into_any_area(void **state)
{
	(void)state;
	look_at_parse();
	strcpy(stage.view->search, "PARSE");
	lone_view_draw_in_all_sizes(&stage);
	assert_string_equal(callers_view.row_text(stage.view, &stage.shown, 2, NULL, 0), "parse");
	assert_string_equal(callers_view.row_text(stage.view, &stage.shown, 3, NULL, 0), "memcpy");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, view_stage_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_function_stands_between_its_callers_and_callees),
		EACH(callers_of_callers_open_above_them),
		EACH(enter_goes_on_with_another_function_and_u_comes_back),
		EACH(without_a_function_it_is_the_hottest),
		EACH(new_samples_leave_the_cursor_and_what_is_open),
		EACH(a_function_that_is_filtered_out_has_nobody),
		EACH(nothing_has_no_rows),
		EACH(a_long_name_leaves_room_for_what_it_costs),
		EACH(source_is_that_of_the_cursors_row),
		EACH(closed_branches_are_searched_downward_from_the_cursor),
		EACH(it_fits_into_any_area),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

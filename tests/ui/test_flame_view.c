/* SPDX-License-Identifier: MIT */
#include "support/canvas_text.h"
#include "support/view_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct named_place start = { { { "_start", "node" } } };
static const struct named_place run = { { { "run", "node" } } };
static const struct named_place fib = { { { "JS:*fib", "[jit]", .is_jit = true } } };
static const struct named_place sort = { { { "min", "node", .is_inlined = true },
					   { "sort", "node" } } };
static const struct named_place write_call = { { { "write", "libc.so.6" } } };
static const struct named_place read_call = { { { "read", "libc.so.6" } } };
static const struct named_place wide = { { { "数字数字", "e\033vil" } } };

static int begin(void **state)
{
	(void)state;
	return view_stage_begin(&flame_view, 7, 60);
}

static void add_samples(void)
{
	ADD(.weight = 500, .path = PATH(&start, &run, &fib, &fib));
	ADD(.weight = 100, .path = PATH(&start, &run, &fib));
	ADD(.weight = 250, .path = PATH(&start, &run, &sort));
	ADD(.weight = 13, .path = PATH(&start, &write_call, &run));
	ADD(.weight = 12, .path = PATH(&start, &read_call));
	ADD(.weight = 125, .path = PATH(&start));
	lone_view_update(&stage);
}

static void boxes_are_as_wide_as_their_share_and_thin_ones_are_merged(void **state)
{
	(void)state;
	add_samples();
	lone_view_expect(&stage, 7, 60,
			 "|all\n"
			 "|_start\n"
			 "|run                                               ·|\n"
			 "|JS:*fib                            |sort          |\n"
			 "|JS:*fib                      |     |min           |\n"
			 "\n"
			 "total 100.00%  self 0.00%  6 samples  all\n");
}

static void the_cursor_goes_from_box_to_box(void **state)
{
	(void)state;
	add_samples();
	view_stage_press("jjj");
	lone_view_expect_cursor(&stage, "|JS:*fib\n");
	assert_string_equal(stage.shown.function.name, "JS:*fib");
	view_stage_press("l");
	lone_view_expect_cursor(&stage, "|sort\n");
	view_stage_press("lj");
	lone_view_expect_cursor(&stage, "|min\n");
	view_stage_press("h");
	lone_view_expect(&stage, 7, 60,
			 "|all\n"
			 "|_start\n"
			 "|run                                               ·|\n"
			 "|JS:*fib                            |sort          |\n"
			 "|JS:*fib                      |     |min           |\n"
			 "\n"
			 "total 50.00%  self 50.00%  1 samples  JS:*fib  [jit]\n");
	view_stage_press("kkkkkk");
	lone_view_expect_cursor(&stage, "|all\n");
}

static void zooming_makes_a_box_as_wide_as_the_screen(void **state)
{
	(void)state;
	add_samples();
	view_stage_press("jjjl");
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	lone_view_expect(&stage, 7, 60,
			 "|all\n"
			 "|_start\n"
			 "|run\n"
			 "|sort\n"
			 "|min\n"
			 "\n"
			 "total 25.00%  self 0.00%  1 samples  sort  node\n");
	assert_false(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	view_stage_press("kkjj");
	lone_view_expect_cursor(&stage, "|sort\n");
	lone_view_press(&stage, TERMINAL_KEY_BACKSPACE);
	lone_view_expect_cursor(&stage, "|sort\n");
	view_stage_press("0");
	assert_false(lone_view_press(&stage, 'u'));
}

static void what_is_searched_is_marked_and_its_share_told(void **state)
{
	(void)state;
	add_samples();
	strcpy(stage.view->search, "FIB");
	lone_view_expect_cursor(&stage, "|all\n");
	char *marked = canvas_marked_text(&stage.canvas, STYLE_MATCH);

	assert_string_equal(marked, "|JS:*fib\n|JS:*fib\n'FIB' in 60.00%\n");
	free(marked);
	assert_string_equal(flame_view.row_text(stage.view, &stage.shown, 3, NULL, 0), "JS:*fib");
	assert_string_equal(flame_view.row_function(stage.view, 3).name, "JS:*fib");
	assert_null(flame_view.row_function(stage.view, 0).name);
}

/* As a search does. */
static void go_to(const char *function)
{
	for (size_t i = 0; i < stage.view->row_count; i++)
		if (!strcmp(flame_view.row_text(stage.view, &stage.shown, i, NULL, 0), function))
			stage.view->cursor = i;
}

static void a_box_that_is_merged_can_be_looked_at_and_zoomed_to(void **state)
{
	(void)state;
	lone_view_resize(&stage, 7, 20);
	add_samples();
	go_to("read");
	lone_view_expect(&stage, 7, 20,
			 "|all\n"
			 "|_start\n"
			 "|run             |\n"
			 "|JS:*fib    |sort|\n"
			 "|JS:*fib  | |min |\n"
			 "\n"
			 "total 1.20%  self 1.\n");
	lone_view_expect(&stage, 7, 40,
			 "|all\n"
			 "|_start\n"
			 "|run                              ·|\n"
			 "|JS:*fib                |sort     |\n"
			 "|JS:*fib            |   |min      |\n"
			 "\n"
			 "total 1.20%  self 1.20%  1 samples  (mer\n");
	lone_view_expect_cursor(&stage, "·\n");
	lone_view_press(&stage, TERMINAL_KEY_ENTER);
	lone_view_expect(&stage, 7, 40,
			 "|all\n"
			 "|_start\n"
			 "|read\n"
			 "\n\n\n"
			 "total 1.20%  self 1.20%  1 samples  read\n");
}

static bool click(int row, int column, bool is_double)
{
	return flame_view.click(stage.view, &stage.shown, NULL, row, column, is_double);
}

static void a_click_selects_and_two_zoom(void **state)
{
	(void)state;
	add_samples();
	lone_view_expect_cursor(&stage, "|all\n");
	assert_true(click(3, 40, false));
	lone_view_expect_cursor(&stage, "|sort\n");
	assert_string_equal(stage.shown.function.name, "sort");
	assert_false(click(3, 55, false));
	assert_false(click(6, 0, false));
	assert_true(click(4, 45, true));
	lone_view_expect_cursor(&stage, "|min\n");
	assert_true(click(1, 33, true));
	lone_view_expect_cursor(&stage, "|_start\n");
	assert_int_equal(stage.view->cursor, 1);
}

static void new_samples_leave_the_cursor_and_the_zoom(void **state)
{
	(void)state;
	add_samples();
	view_stage_press("jjjl");
	lone_view_press(&stage, TERMINAL_KEY_ENTER);
	lone_view_expect_cursor(&stage, "|sort\n");
	ADD(.weight = 3000, .path = PATH(&start, &run, &sort, &fib));
	ADD(.weight = 6000, .path = PATH(&start, &fib));
	lone_view_update(&stage);
	lone_view_expect(&stage, 7, 60,
			 "|all\n"
			 "|_start\n"
			 "|run\n"
			 "|sort\n"
			 "|min\n"
			 "|JS:*fib                                               |\n"
			 "total 32.50%  self 0.00%  2 samples  sort  node\n");
	/* Another view chose another function. */
	stage.shown.function = view_stage_function("JS:*fib", "[jit]");
	lone_view_update(&stage);
	lone_view_expect_cursor(&stage, "|JS:*fib\n");
	assert_int_equal(stage.view->cursor, 2);
}

static void colours_are_of_names(void **state)
{
	(void)state;
	add_samples();
	lone_view_expect_cursor(&stage, "|all\n");
	const struct canvas_cell *cells = stage.canvas.cells;
	unsigned int style = cells[3 * 60 + 5].style;

	assert_in_range(style, STYLE_FLAME_FIRST, STYLE_FLAME_FIRST + STYLE_FLAME_COUNT - 1);
	assert_int_equal(cells[4 * 60 + 5].style, style);
}

static void many_thin_boxes_are_one_with_their_share(void **state)
{
	static struct named_place places[200];
	static char names[200][16];

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		snprintf(names[i], sizeof(names[i]), "f%zu", i);
		places[i].frames[0] = (struct named_frame){ .function = names[i], .module = "app" };
		ADD(.weight = 1, .path = PATH(&start, &places[i], &run));
	}
	ADD(.weight = 200, .path = PATH(&start, &fib));
	add_samples();
	view_stage_press("jjl");
	lone_view_expect(&stage, 7, 60,
			 "|all\n"
			 "|_start\n"
			 "|run                                |JS:*fib |·16.07%·|\n"
			 "|JS:*fib                 |sort      |\n"
			 "|JS:*fib             |   |min       |\n"
			 "\n"
			 "total 14.29%  self 14.29%  1 samples  JS:*fib  [jit]\n");
	view_stage_press("l");
	lone_view_expect_cursor(&stage, "|·16.07%·\n");
}

static void deep_stacks_scroll_with_the_cursor(void **state)
{
	const struct named_place *path[8001] = { NULL };

	(void)state;
	for (size_t i = 0; i < 8000; i++)
		path[i] = i % 2 ? &fib : &run;
	ADD(.path = path);
	lone_view_update(&stage);
	stage.view->cursor = 7998;
	lone_view_expect(&stage, 7, 60,
			 "|run\n|JS:*fib\n|run\n|JS:*fib\n|run\n|JS:*fib\n"
			 "total 100.00%  self 0.00%  1 samples  JS:*fib  [jit]\n");
	view_stage_press("j");
	lone_view_expect_cursor(&stage, "|run\n");
	lone_view_press(&stage, TERMINAL_KEY_ENTER);
	stage.view->cursor = 0;
	lone_view_expect(&stage, 7, 60,
			 "|all\n|run\n|JS:*fib\n|run\n|JS:*fib\n|run\n"
			 "total 100.00%  self 0.00%  1 samples  all\n");
	lone_view_draw_in_all_sizes(&stage);
}

static void names_are_strangers_and_may_be_wide(void **state)
{
	(void)state;
	ADD(.weight = 60, .path = PATH(&wide, &wide));
	ADD(.weight = 60, .path = PATH(&wide, &fib));
	lone_view_update(&stage);
	view_stage_press("jj");
	lone_view_expect(&stage, 7, 60,
			 "|all\n"
			 "|数字数字\n"
			 "|JS:*fib                      |数字数字\n"
			 "\n\n\n"
			 "total 50.00%  self 50.00%  1 samples  JS:*fib  [jit]\n");
	view_stage_press("l");
	strcpy(stage.view->search, "数");
	lone_view_draw_in_all_sizes(&stage);
}

static void nothing_is_one_box(void **state)
{
	(void)state;
	lone_view_update(&stage);
	lone_view_expect(&stage, 7, 60,
			 "|all\n\n\n\n\n\n"
			 "total 0.00%  self 0.00%  0 samples  all\n");
	view_stage_press("jlhk");
	lone_view_draw_in_all_sizes(&stage);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, view_stage_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(boxes_are_as_wide_as_their_share_and_thin_ones_are_merged),
		EACH(the_cursor_goes_from_box_to_box),
		EACH(zooming_makes_a_box_as_wide_as_the_screen),
		EACH(what_is_searched_is_marked_and_its_share_told),
		EACH(a_box_that_is_merged_can_be_looked_at_and_zoomed_to),
		EACH(a_click_selects_and_two_zoom),
		EACH(new_samples_leave_the_cursor_and_the_zoom),
		EACH(colours_are_of_names),
		EACH(many_thin_boxes_are_one_with_their_share),
		EACH(deep_stacks_scroll_with_the_cursor),
		EACH(names_are_strangers_and_may_be_wide),
		EACH(nothing_is_one_box),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

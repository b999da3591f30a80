/* SPDX-License-Identifier: MIT */
#include "support/view_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define S UINT64_C(1000000000)

static const struct named_place start = { { { "_start" } } };
static const struct named_place parse = { { { "parse" } } };
static const struct named_place collect = { { { "collect", "libgc.so" } } };

static int begin(void **state)
{
	(void)state;
	return view_stage_begin(&threads_view, 24, 80);
}

/* A server of two threads, and a shell that ran once before it. */
static void show_server(void)
{
	ADD("sh", 30, 30, 5 * S, 1, .path = PATH(&start));
	ADD("server", 42, 42, 6 * S, 2, .path = PATH(&start, &parse));
	ADD("server", 42, 42, 8 * S, 2, .path = PATH(&start, &parse));
	ADD("server", 42, 42, 9 * S, 1, .path = PATH(&start, &collect));
	ADD("gc", 42, 43, 7 * S + S / 2, 4, .path = PATH(&start, &collect));
	lone_view_update(&stage);
}

static void threads_are_under_their_process_with_its_sum(void **state)
{
	(void)state;
	show_server();
	lone_view_expect(
		&stage, 6, 80,
		"    %v samples  from s    to s     pid     tid thread          hottest function\n"
		" 90.00       4   1.000   4.000      42   all 2 server          collect\n"
		" 50.00       3   1.000   4.000      42      42   server        parse\n"
		" 40.00       1   2.500   2.500      42      43   gc            collect\n"
		" 10.00       1   0.000   0.000      30      30 sh              _start\n"
		"\n");
}

static void in_one_list_all_threads_are_alike(void **state)
{
	(void)state;
	show_server();
	assert_true(lone_view_press(&stage, 'p'));
	lone_view_expect(
		&stage, 5, 80,
		"    %v samples  from s    to s     pid     tid thread          hottest function\n"
		" 50.00       3   1.000   4.000      42      42 server          parse\n"
		" 40.00       1   2.500   2.500      42      43 gc              collect\n"
		" 10.00       1   0.000   0.000      30      30 sh              _start\n"
		"\n");
	assert_true(lone_view_press(&stage, 'p'));
	assert_int_equal(stage.view->row_count, 4);
}

static void threads_stay_under_their_process_in_every_order(void **state)
{
	(void)state;
	show_server();
	lone_view_press(&stage, '6'); /* tid, the greatest first */
	lone_view_expect(
		&stage, 5, 80,
		"     % samples  from s    to s     pid    tidv thread          hottest function\n"
		" 90.00       4   1.000   4.000      42   all 2 server          collect\n"
		" 40.00       1   2.500   2.500      42      43   gc            collect\n"
		" 50.00       3   1.000   4.000      42      42   server        parse\n"
		" 10.00       1   0.000   0.000      30      30 sh              _start\n");
	lone_view_press(&stage, 'r');
	lone_view_expect(
		&stage, 5, 80,
		"     % samples  from s    to s     pid    tid^ thread          hottest function\n"
		" 10.00       1   0.000   0.000      30      30 sh              _start\n"
		" 90.00       4   1.000   4.000      42   all 2 server          collect\n"
		" 50.00       3   1.000   4.000      42      42   server        parse\n"
		" 40.00       1   2.500   2.500      42      43   gc            collect\n");
}

static void enter_shows_one_thread_alone_and_again_all(void **state)
{
	(void)state;
	show_server();
	stage.view->cursor = 2; /* gc */
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	assert_int_equal(stage.shown.selection.tids.count, 1);
	assert_string_equal(stage.shown.selection.tids.texts[0], "43");
	lone_view_expect(
		&stage, 3, 80,
		"    %v samples  from s    to s     pid     tid thread          hottest function\n"
		" 40.00       1   2.500   2.500      42      43 gc              collect\n"
		"\n");
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	assert_int_equal(stage.shown.selection.tids.count, 0);
	assert_int_equal(stage.view->row_count, 4);
}

static void enter_on_a_process_shows_all_its_threads(void **state)
{
	(void)state;
	show_server();
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	assert_string_equal(stage.shown.selection.pids.texts[0], "42");
	assert_int_equal(stage.view->row_count, 3);
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	assert_int_equal(stage.view->row_count, 4);
}

static void a_thread_that_changes_its_name_is_one_row_with_its_last_name(void **state)
{
	(void)state;
	ADD("sh", 42, 42, 5 * S, .path = PATH(&start));
	ADD("node", 42, 42, 6 * S, .path = PATH(&start));
	lone_view_update(&stage);
	lone_view_expect(
		&stage, 3, 80,
		"    %v samples  from s    to s     pid     tid thread          hottest function\n"
		"100.00       2   0.000   1.000      42      42 node            _start\n"
		"\n");
}

static void the_cursor_stays_on_its_thread_when_others_come(void **state)
{
	(void)state;
	show_server();
	stage.view->cursor = 3; /* sh */
	ADD("sh", 30, 30, 10 * S, 100, .path = PATH(&start));
	lone_view_update(&stage);
	assert_int_equal(stage.view->cursor, 0);
}

static void rows_below_the_least_share_are_left_out(void **state)
{
	(void)state;
	show_server();
	stage.shown.min_percent = 15;
	lone_view_update(&stage);
	assert_int_equal(stage.view->row_count, 3);
}

static void names_of_strangers_do_not_reach_the_screen_as_they_are(void **state)
{
	static const struct named_place evil = { { { "f\033[2J\nx" } } };

	(void)state;
	ADD("a\033]0;x\007\n", 4294967295u, 4294967295u, 0, .path = PATH(&evil));
	lone_view_update(&stage);
	lone_view_expect(
		&stage, 2, 80,
		"    %v samples  from s    to s     pid     tid thread          hottest function\n"
		"100.00       1   0.000   0.000 4294967 4294967 a?]0;x?\?        f?[2J?x\n");
}

static void without_samples_there_are_only_heads(void **state)
{
	(void)state;
	lone_view_update(&stage);
	lone_view_expect(
		&stage, 2, 80,
		"    %v samples  from s    to s     pid     tid thread          hottest function\n"
		"\n");
	assert_false(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	lone_view_press(&stage, 'p');
	lone_view_press(&stage, '>');
}

static void samples_without_a_stack_have_no_hottest_function(void **state)
{
	(void)state;
	ADD("swapper", 0, 0, 1);
	lone_view_update(&stage);
	lone_view_expect(
		&stage, 2, 80,
		"    %v samples  from s    to s     pid     tid thread          hottest function\n"
		"100.00       1   0.000   0.000       0       0 swapper\n");
}

static void screens_of_any_size_can_be_drawn_on(void **state)
{
	(void)state;
	show_server();
	lone_view_draw_in_all_sizes(&stage);
}

static void searching_finds_threads_by_name_and_number(void **state)
{
	char buffer[64];

	(void)state;
	show_server();
	assert_string_equal(
		stage.view->kind->row_text(stage.view, &stage.shown, 2, buffer, sizeof(buffer)),
		"42 43 gc collect");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, view_stage_end)
		TEST(threads_are_under_their_process_with_its_sum),
		TEST(in_one_list_all_threads_are_alike),
		TEST(threads_stay_under_their_process_in_every_order),
		TEST(enter_shows_one_thread_alone_and_again_all),
		TEST(enter_on_a_process_shows_all_its_threads),
		TEST(a_thread_that_changes_its_name_is_one_row_with_its_last_name),
		TEST(the_cursor_stays_on_its_thread_when_others_come),
		TEST(rows_below_the_least_share_are_left_out),
		TEST(names_of_strangers_do_not_reach_the_screen_as_they_are),
		TEST(without_samples_there_are_only_heads),
		TEST(samples_without_a_stack_have_no_hottest_function),
		TEST(screens_of_any_size_can_be_drawn_on),
		TEST(searching_finds_threads_by_name_and_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

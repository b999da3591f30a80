/* SPDX-License-Identifier: MIT */
#include "support/view_stage.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define MS UINT64_C(1000000)

static const struct named_place start = { { { "_start" } } };
static const struct named_place work = { { { "work" } } };

static int begin(void **state)
{
	int failure = view_stage_begin(&timeline_view, 24, 80);

	(void)state;
	setlocale(LC_ALL, "C");
	return failure;
}

/* Six seconds: the main thread runs all the time, ever more, the other one in the third and the
 * fourth second. */
static void show_two_threads(void)
{
	for (uint64_t ms = 0; ms <= 6000; ms += 10) {
		for (uint64_t i = 0; i <= ms / 1000; i++)
			ADD("app", 42, 42, (5000 + ms) * MS + i, .path = PATH(&start));
		if (ms >= 2000 && ms < 4000)
			ADD("worker", 42, 43, (5000 + ms) * MS, .path = PATH(&start, &work));
	}
	lone_view_update(&stage);
}

static void press_handled(const char *keys)
{
	for (; *keys; keys++)
		assert_true(lone_view_press(&stage, *keys));
}

static void a_row_tells_when_its_thread_ran_and_how_much(void **state)
{
	(void)state;
	show_two_threads();
	lone_view_expect(
		&stage, 6, 80,
		"0.000-6.000 s: 2307 samples, up to 61 a cell; at 0.000 s\n"
		"                    |0 s     |1 s      |2 s      |3 s      |4 s      |5 s      |\n"
		"                    v\n"
		"42 app              ::::::::::----------+=========**********##########@@@@@@@@@@\n"
		"43 app/worker                          .::::::::::::::::::::\n"
		"\n");
}

static void blocks_tell_more_where_there_are_some(void **state)
{
	(void)state;
	if (!setlocale(LC_ALL, "C.UTF-8"))
		skip();
	show_two_threads();
	lone_view_expect(
		&stage, 5, 80,
		"0.000-6.000 s: 2307 samples, up to 61 a cell; at 0.000 s\n"
		"                    |0 s     |1 s      |2 s      |3 s      |4 s      |5 s      |\n"
		"                    v\n"
		"42 app              ▂▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▅▄▄▄▄▄▄▄▄▄▆▆▆▆▆▆▆▆▆▆▇▇▇▇▇▇▇▇▇▇██████████\n"
		"43 app/worker                          ▁▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂\n");
}

static void a_range_that_is_selected_is_marked_among_all_the_rest(void **state)
{
	(void)state;
	show_two_threads();
	lone_view_expect(
		&stage, 5, 80,
		"0.000-6.000 s: 2307 samples, up to 61 a cell; at 0.000 s\n"
		"                    |0 s     |1 s      |2 s      |3 s      |4 s      |5 s      |\n"
		"                    v\n"
		"42 app              ::::::::::----------+=========**********##########@@@@@@@@@@\n"
		"43 app/worker                          .::::::::::::::::::::\n");
	press_handled("]v");
	press_handled("]]");
	lone_view_expect(
		&stage, 5, 80,
		"0.000-6.000 s: 2307 samples, up to 61 a cell; Enter takes 1.000-3.100 s\n"
		"                    |0 s     |1 s      |2 s      |3 s      |4 s      |5 s      |\n"
		"                              [===================v\n"
		"42 app              ::::::::::----------+=========**********##########@@@@@@@@@@\n"
		"43 app/worker                          .::::::::::::::::::::\n");
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	assert_int_equal(stage.shown.selection.from_ns / MS, 6000);
	assert_int_equal(stage.shown.selection.until_ns / MS, 8100);
	lone_view_expect(
		&stage, 5, 80,
		"0.000-6.000 s: 2307 samples, up to 61 a cell; selected 1.000-3.100 s\n"
		"                    |0 s     |1 s      |2 s      |3 s      |4 s      |5 s      |\n"
		"                              [===================v\n"
		"42 app              ::::::::::----------+=========**********##########@@@@@@@@@@\n"
		"43 app/worker                          .::::::::::::::::::::\n");
	assert_true(lone_view_press(&stage, TERMINAL_KEY_BACKSPACE));
	assert_int_equal(stage.shown.selection.from_ns, 0);
	assert_int_equal(stage.shown.selection.until_ns, UINT64_MAX);
}

static void the_selected_range_has_the_samples_of_its_columns(void **state)
{
	(void)state;
	show_two_threads();
	stage.shown.is_relative = false;
	lone_view_expect(
		&stage, 5, 80,
		"0.000-6.000 s: 2307 samples, up to 61 a cell; at 0.000 s\n"
		"                    |0 s     |1 s      |2 s      |3 s      |4 s      |5 s      |\n"
		"                    v\n"
		"42 app              ::::::::::----------+=========**********##########@@@@@@@@@@\n"
		"43 app/worker                          .::::::::::::::::::::\n");
	press_handled("]]v]");
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	uint64_t part = stage.shown.sums.all.count;

	assert_true(lone_view_press(&stage, TERMINAL_KEY_BACKSPACE));
	assert_true(part > 0 && part < stage.shown.sums.all.count);
}

static void without_a_range_enter_takes_the_column_of_the_cursor(void **state)
{
	(void)state;
	show_two_threads();
	lone_view_expect(
		&stage, 5, 80,
		"0.000-6.000 s: 2307 samples, up to 61 a cell; at 0.000 s\n"
		"                    |0 s     |1 s      |2 s      |3 s      |4 s      |5 s      |\n"
		"                    v\n"
		"42 app              ::::::::::----------+=========**********##########@@@@@@@@@@\n"
		"43 app/worker                          .::::::::::::::::::::\n");
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	assert_int_equal(stage.shown.selection.from_ns, 5000 * MS);
	assert_int_equal(stage.shown.selection.until_ns, 5100 * MS - 1);
	assert_int_equal(stage.shown.sums.all.count, 10);
}

static void other_filters_thin_the_rows_out(void **state)
{
	(void)state;
	show_two_threads();
	text_list_add(&stage.shown.selection.symbols, "work");
	lone_view_update(&stage);
	lone_view_expect(
		&stage, 5, 80,
		"0.000-6.000 s: 200 samples, up to 10 a cell; at 0.000 s\n"
		"                    |0 s     |1 s      |2 s      |3 s      |4 s      |5 s      |\n"
		"                    v\n"
		"43 app/worker                          .@@@@@@@@@@@@@@@@@@@@\n"
		"\n");
}

static void closer_shows_half_the_time_around_the_cursor(void **state)
{
	(void)state;
	show_two_threads();
	lone_view_expect(
		&stage, 5, 80,
		"0.000-6.000 s: 2307 samples, up to 61 a cell; at 0.000 s\n"
		"                    |0 s     |1 s      |2 s      |3 s      |4 s      |5 s      |\n"
		"                    v\n"
		"42 app              ::::::::::----------+=========**********##########@@@@@@@@@@\n"
		"43 app/worker                          .::::::::::::::::::::\n");
	press_handled("]]]++");
	lone_view_expect(
		&stage, 5, 80,
		"2.300-3.800 s: 681 samples, up to 12 a cell; at 3.050 s\n"
		"                           |2.5 s              |3.0 s              |3.5 s\n"
		"                                                 v\n"
		"42 app              =*=*=*=*=*=*=*=*=*=*=*=*=*=#*@*@*@*@*@*@*@*@*@*@*@*@*@*@*@*@\n"
		"43 app/worker       "
		"::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::\n");
	press_handled("[[[["); /* on to what was out of sight */
	lone_view_expect(
		&stage, 5, 80,
		"1.925-3.425 s: 629 samples, up to 12 a cell; at 2.038 s\n"
		"                      |2.0 s              |2.5 s              |3.0 s\n"
		"                        v\n"
		"42 app              =-+=*=*=*=*=*=*=*=*=*=*=*=*=*=*=*=*=*=*=*=#*@*@*@*@*@*@*@*@*\n"
		"43 app/worker         "
		".:::::::::::::::::::::::::::::::::::::::::::::::::::::::::\n");
	press_handled("--");
	lone_view_expect(
		&stage, 5, 80,
		"0.000-6.000 s: 2307 samples, up to 61 a cell; at 2.038 s\n"
		"                    |0 s     |1 s      |2 s      |3 s      |4 s      |5 s      |\n"
		"                                        v\n"
		"42 app              ::::::::::----------+=========**********##########@@@@@@@@@@\n"
		"43 app/worker                          .::::::::::::::::::::\n");
	for (int i = 0; i < 64; i++)
		press_handled("+");
	for (int i = 0; i < 64; i++)
		press_handled("l+h-");
}

static void two_clicks_are_the_ends_of_a_range(void **state)
{
	bool (*click)(struct view *, struct shown *, struct explorer *, int, int, bool) =
		timeline_view.click;

	(void)state;
	show_two_threads();
	lone_view_expect(
		&stage, 5, 80,
		"0.000-6.000 s: 2307 samples, up to 61 a cell; at 0.000 s\n"
		"                    |0 s     |1 s      |2 s      |3 s      |4 s      |5 s      |\n"
		"                    v\n"
		"42 app              ::::::::::----------+=========**********##########@@@@@@@@@@\n"
		"43 app/worker                          .::::::::::::::::::::\n");
	assert_false(click(stage.view, &stage.shown, NULL, 3, 5, false)); /* a label */
	assert_true(click(stage.view, &stage.shown, NULL, 3, 60, false));
	assert_true(click(stage.view, &stage.shown, NULL, 3, 30, false));
	lone_view_expect(
		&stage, 5, 80,
		"0.000-6.000 s: 2307 samples, up to 61 a cell; Enter takes 1.000-4.100 s\n"
		"                    |0 s     |1 s      |2 s      |3 s      |4 s      |5 s      |\n"
		"                              v=============================]\n"
		"42 app              ::::::::::----------+=========**********##########@@@@@@@@@@\n"
		"43 app/worker                          .::::::::::::::::::::\n");
	assert_true(click(stage.view, &stage.shown, NULL, 3, 40, false));
	lone_view_expect(
		&stage, 5, 80,
		"0.000-6.000 s: 2307 samples, up to 61 a cell; at 2.050 s\n"
		"                    |0 s     |1 s      |2 s      |3 s      |4 s      |5 s      |\n"
		"                                        v\n"
		"42 app              ::::::::::----------+=========**********##########@@@@@@@@@@\n"
		"43 app/worker                          .::::::::::::::::::::\n");
}

static void without_samples_there_is_nothing_to_select(void **state)
{
	(void)state;
	lone_view_update(&stage);
	lone_view_expect(&stage, 5, 60,
			 "0.000-0.000 s: 0 samples, up to 0 a cell; at 0.000 s\n"
			 "\n"
			 "               v\n"
			 "\n"
			 "\n");
	press_handled("hlHLv+-");
	lone_view_press(&stage, TERMINAL_KEY_ENTER);
	assert_int_equal(stage.shown.selection.until_ns, UINT64_MAX);
}

static void one_sample_is_a_whole_timeline(void **state)
{
	(void)state;
	ADD("evil\033[2J", 1, 1, UINT64_MAX, .path = PATH(&start));
	lone_view_update(&stage);
	lone_view_expect(&stage, 5, 60,
			 "0.000-0.000 s: 1 samples, up to 1 a cell; at 0.000 s\n"
			 "\n"
			 "               v\n"
			 "1 evil?[2J     @\n"
			 "\n");
	press_handled("hlHL+-v");
	lone_view_press(&stage, TERMINAL_KEY_ENTER);
	assert_int_equal(stage.shown.sums.all.count, 1);
}

static void times_from_one_end_of_the_clock_to_the_other_are_shown(void **state)
{
	(void)state;
	ADD("app", 1, 1, 1, .path = PATH(&start));
	ADD("app", 1, 1, UINT64_MAX - 1, .path = PATH(&start));
	lone_view_update(&stage);
	lone_view_draw_in_all_sizes(&stage);
	lone_view_expect(&stage, 4, 40,
			 "0.000-18446744073.710 s: 2 samples, up t\n"
			 "          |0 s            |10000000000 s\n"
			 "          v\n"
			 "1 app     @                            @\n");
	press_handled("]]]]]+++---");
}

static void screens_of_any_size_can_be_drawn_on(void **state)
{
	(void)state;
	show_two_threads();
	lone_view_draw_in_all_sizes(&stage);
}

static void add_sum(uint64_t from_ms, uint32_t tid, uint32_t count)
{
	ADD("app", 42, tid, (5000 + from_ms) * MS, .path = PATH(&start));
	named.profile->samples[named.profile->sample_count - 1].count = count;
}

static void sums_of_a_live_profile_are_told_over_their_time(void **state)
{
	(void)state;
	add_sum(0, 42, 600);
	add_sum(2000, 42, 600);
	add_sum(4000, 42, 600); /* the newest is in the middle of it */
	add_sum(2000, 43, 600);
	named.profile->step_ns = 2000 * MS;
	named.profile->newest_ns = 10000 * MS;
	lone_view_update(&stage);
	lone_view_expect(
		&stage, 5, 80,
		"0.000-5.000 s: 2400 samples, up to 50 a cell; at 0.000 s\n"
		"                    |0 s        |1 s        |2 s        |3 s        |4 s\n"
		"                    v\n"
		"42 app              ================================================@@@@@@@@@@@@\n"
		"43 app/app                                  ========================\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, view_stage_end)
		TEST(a_row_tells_when_its_thread_ran_and_how_much),
		TEST(blocks_tell_more_where_there_are_some),
		TEST(a_range_that_is_selected_is_marked_among_all_the_rest),
		TEST(the_selected_range_has_the_samples_of_its_columns),
		TEST(without_a_range_enter_takes_the_column_of_the_cursor),
		TEST(other_filters_thin_the_rows_out),
		TEST(closer_shows_half_the_time_around_the_cursor),
		TEST(two_clicks_are_the_ends_of_a_range),
		TEST(without_samples_there_is_nothing_to_select),
		TEST(one_sample_is_a_whole_timeline),
		TEST(sums_of_a_live_profile_are_told_over_their_time),
		TEST(times_from_one_end_of_the_clock_to_the_other_are_shown),
		TEST(screens_of_any_size_can_be_drawn_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

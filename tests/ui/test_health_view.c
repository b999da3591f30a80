/* SPDX-License-Identifier: MIT */
#include "support/view_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct named_place start = { { { "_start" } } };
static const struct named_place codec = { { { "encode", "libcodec.so" } } };
static const struct named_place closed = { { { "[libclosed.so]", "libclosed.so" } } };
static const struct named_place jitted = { { { "[jit?]", "[jit]" } } };

static int begin(void **state)
{
	(void)state;
	return view_stage_begin(&health_view, 24, 80);
}

static void add(enum stack_end how, const struct named_place *const *path)
{
	struct profile_sample *sample;

	named_profile_add(&named, &(struct named_sample){ "app", 42, 42, 1, .path = path });
	sample = &named.profile->samples[named.profile->sample_count - 1];
	sample->end = (uint8_t)how;
	sample->leaf_is_unknown_jit = how == STACK_END_JIT_UNKNOWN;
	sample->is_joined = how == STACK_END_TRUNCATED_COPY;
}

static void add_all(void)
{
	for (int i = 0; i < 6; i++)
		add(STACK_END_COMPLETE, PATH(&start, &codec));
	add(STACK_END_NO_UNWIND_INFO, PATH(&codec, &closed));
	add(STACK_END_NO_UNWIND_INFO, PATH(&closed, &codec));
	add(STACK_END_NO_UNWIND_INFO, PATH(&closed));
	add(STACK_END_TRUNCATED_COPY, PATH(&codec));
	add(STACK_END_JIT_UNKNOWN, PATH(&jitted));
	add(STACK_END_NONE, NULL);
}

static void what_is_missing_is_counted_by_reason_and_by_module(void **state)
{
	(void)state;
	add_all();
	lone_view_update(&stage);
	lone_view_expect(
		&stage, 24, 78,
		"what^                             number      % what it means, what helps\n"
		"  samples                             12        all that were taken\n"
		"  samples a second                     -        so often a thread was sampled\n"
		"  lost records                         0   0.00 the kernel had no room for the\n"
		"  throttled                            0        times that the kernel slowed s\n"
		"  complete stacks                      6  54.55 up to where the thread began\n"
		"! truncated copy                       1   9.09 the stack is longer than its c\n"
		"!   in libcodec.so                     1   9.09 stacks that end so in this mod\n"
		"! no unwind info                       3  27.27 code without unwind tables or\n"
		"!   in libclosed.so                    2  18.18 stacks that end so in this mod\n"
		"!   in libcodec.so                     1   9.09 stacks that end so in this mod\n"
		"! jit unknown                          1   9.09 in executable memory that no f\n"
		"!   in [jit]                           1   9.09 stacks that end so in this mod\n"
		"  joined                               1   9.09 of the truncated ones: their c\n"
		"  guessed frames                       -        found by a frame pointer where\n"
		"  unwinding skipped                    -        samples that came too fast to\n"
		"  slow unwinding                       -        frames whose unwind tables nee\n"
		"  samples in JIT code                  0   0.00 whose innermost function a jit\n"
		"! JIT code unknown                     1 100.00 executable memory that nobody\n"
		"  JIT code announced late              0        frames that ran up to 50 ms be\n"
		"  waited for JIT code in vain          -        samples whose code was not ann\n"
		"all that were taken\n"
		"\n"
		"\n");
}

static void the_row_of_the_cursor_says_in_whole_what_helps(void **state)
{
	(void)state;
	add_all();
	lone_view_update(&stage);
	stage.view->cursor = 7;
	lone_view_expect(&stage, 10, 60,
			 "what^                             number      % what it mean\n"
			 "  lost records                         0   0.00 the kernel h\n"
			 "  throttled                            0        times that t\n"
			 "  complete stacks                      6  54.55 up to where\n"
			 "! truncated copy                       1   9.09 the stack is\n"
			 "!   in libcodec.so                     1   9.09 stacks that\n"
			 "! no unwind info                       3  27.27 code without\n"
			 "code without unwind tables or frame pointers: build these\n"
			 "modules with -fasynchronous-unwind-tables or\n"
			 "-fno-omit-frame-pointer; a JIT announces tables in its\n");
}

static void enter_on_a_module_shows_it_alone_and_again_all(void **state)
{
	(void)state;
	add_all();
	lone_view_update(&stage);
	stage.view->cursor = 8;
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	assert_int_equal(stage.shown.selection.modules.count, 1);
	assert_string_equal(stage.shown.selection.modules.texts[0], "libclosed.so");
	assert_int_equal(stage.shown.sums.count, 3);
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	assert_int_equal(stage.shown.selection.modules.count, 0);
	stage.view->cursor = 0;
	lone_view_press(&stage, TERMINAL_KEY_ENTER);
	assert_string_equal(stage.said, "this row is of no module");
}

static void rows_are_sorted_by_number_too(void **state)
{
	(void)state;
	add_all();
	lone_view_update(&stage);
	lone_view_press(&stage, '2');
	lone_view_expect(&stage, 4, 60,
			 "what                             numberv      % what it mean\n"
			 "  samples                             12        all that wer\n"
			 "  complete stacks                      6  54.55 up to where\n"
			 "! no unwind info                       3  27.27 code without\n");
	lone_view_press(&stage, '1');
	lone_view_expect(&stage, 4, 60,
			 "what^                             number      % what it mean\n"
			 "  samples                             12        all that wer\n"
			 "  samples a second                     -        so often a t\n"
			 "  lost records                         0   0.00 the kernel h\n");
}

static void without_samples_nothing_is_told(void **state)
{
	(void)state;
	lone_view_update(&stage);
	lone_view_expect(
		&stage, 18, 78,
		"what^                             number      % what it means, what helps\n"
		"  samples                              0        all that were taken\n"
		"  samples a second                     -        so often a thread was sampled\n"
		"  lost records                         0        the kernel had no room for the\n"
		"  throttled                            0        times that the kernel slowed s\n"
		"  complete stacks                      -        up to where the thread began\n"
		"  guessed frames                       -        found by a frame pointer where\n"
		"  unwinding skipped                    -        samples that came too fast to\n"
		"  slow unwinding                       -        frames whose unwind tables nee\n"
		"  samples in JIT code                  0        whose innermost function a jit\n"
		"  JIT code unknown                     0        executable memory that nobody\n"
		"  JIT code announced late              0        frames that ran up to 50 ms be\n"
		"  waited for JIT code in vain          -        samples whose code was not ann\n"
		"\n"
		"\n"
		"all that were taken\n"
		"\n"
		"\n");
	lone_view_press(&stage, TERMINAL_KEY_ENTER);
}

static void names_of_strangers_do_not_reach_the_screen_as_they_are(void **state)
{
	static const struct named_place evil = { { { "f", "lib\033[2J\n.so" } } };

	(void)state;
	add(STACK_END_BAD_MEMORY, PATH(&evil));
	lone_view_update(&stage);
	stage.view->cursor = 6;
	lone_view_expect(&stage, 11, 60,
			 "what^                             number      % what it mean\n"
			 "  samples                              1        all that wer\n"
			 "  samples a second                     -        so often a t\n"
			 "  lost records                         0   0.00 the kernel h\n"
			 "  throttled                            0        times that t\n"
			 "  complete stacks                      0   0.00 up to where\n"
			 "! bad memory                           1 100.00 a step led t\n"
			 "!   in lib?[2J?.so                     1 100.00 stacks that\n"
			 "stacks that end so in this module; Enter: only those through\n"
			 "it\n"
			 "\n");
}

static void screens_of_any_size_can_be_drawn_on(void **state)
{
	(void)state;
	add_all();
	lone_view_update(&stage);
	lone_view_draw_in_all_sizes(&stage);
}

static void searching_finds_rows_by_what_helps(void **state)
{
	char buffer[128];

	(void)state;
	lone_view_update(&stage);
	assert_true(text_contains(
		health_view.row_text(stage.view, &stage.shown, 2, buffer, sizeof(buffer)),
		"larger rings (-m)"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, view_stage_end)
		TEST(what_is_missing_is_counted_by_reason_and_by_module),
		TEST(the_row_of_the_cursor_says_in_whole_what_helps),
		TEST(enter_on_a_module_shows_it_alone_and_again_all),
		TEST(rows_are_sorted_by_number_too),
		TEST(without_samples_nothing_is_told),
		TEST(names_of_strangers_do_not_reach_the_screen_as_they_are),
		TEST(screens_of_any_size_can_be_drawn_on),
		TEST(searching_finds_rows_by_what_helps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

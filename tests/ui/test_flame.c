/* SPDX-License-Identifier: MIT */
#include "ui/flame.h"

#include "support/named_profile.h"
#include "support/output_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct named_place start = { { { .function = "_start" } } };
static const struct named_place fib = { { { .function = "fib", .is_jit = true } } };
static const struct named_place entry = { { { .function = "do_syscall_64", .is_kernel = true } } };

static struct named_profile named;

static int begin(void **state)
{
	(void)state;
	named_profile_init(&named);
	return 0;
}

static int end(void **state)
{
	(void)state;
	named_profile_deinit(&named);
	return 0;
}

#define ADD(...) named_profile_add(&named, &(struct named_sample){ __VA_ARGS__ })

static void expect_flame(bool is_plain, const char *text)
{
	struct selection selection;
	struct stack_sums sums;
	struct text_stream out;

	selection_init(&selection);
	selection_sum(&selection, named.profile, named.naming, 0, &sums);
	flame_print(text_stream_open(&out), &selection, named.profile, named.naming, &sums,
		    is_plain);
	assert_string_equal(text_stream_close(&out), text);
	free(out.text);
	stack_sums_deinit(&sums);
	selection_deinit(&selection);
}

static void stacks_are_root_first_and_sorted_with_their_sample_counts(void **state)
{
	(void)state;
	ADD(.comm = "node", .path = PATH(&start, &fib, &entry), .weight = 1000);
	ADD(.comm = "node", .path = PATH(&start), .weight = 7);
	ADD(.comm = "bash", .path = PATH(&start));
	ADD(.comm = "node", .path = PATH(&start));
	expect_flame(false, "bash;_start 1\n"
			    "node;_start 2\n"
			    "node;_start;fib_[j];do_syscall_64_[k] 1\n");
	expect_flame(true, "bash;_start 1\n"
			   "node;_start 2\n"
			   "node;_start;fib;do_syscall_64 1\n");
}

static void threads_and_places_that_read_alike_are_one_line(void **state)
{
	static const struct named_place other_line = { { { "fib", .line = 9, .is_jit = true } } };

	(void)state;
	ADD(.tid = 1, .path = PATH(&start, &fib));
	ADD(.tid = 2, .path = PATH(&start, &other_line));
	expect_flame(false, "app;_start;fib_[j] 2\n");
}

static void inlined_frames_stand_inside_the_function_that_holds_them(void **state)
{
	static const struct named_place place = { { { "innermost", .is_inlined = true },
						    { "inner", .is_inlined = true },
						    { "outer" } } };

	(void)state;
	ADD(.path = PATH(&start, &place));
	expect_flame(false, "app;_start;outer;inner_[i];innermost_[i] 1\n");
	expect_flame(true, "app;_start;outer;inner;innermost 1\n");
}

static void what_the_format_uses_itself_never_comes_from_a_name(void **state)
{
	static const struct named_place semicolons = { { { "operator;(int;)" } } };
	static const struct named_place controls = { { { "a\nb\tc\033[1m\xc2\x9bz" } } };
	static const struct named_place no_utf8 = { { { "caf\xe9 \xf0\x9f\x94\xa5 größe" } } };

	(void)state;
	ADD(.comm = "a;b\nc", .path = PATH(&semicolons, &controls, &no_utf8));
	expect_flame(true, "a:b?c;operator:(int:);a?b?c?[1m?z;caf? \xf0\x9f\x94\xa5 größe 1\n");
}

static void no_frame_is_empty_and_none_begins_or_ends_with_a_space(void **state)
{
	static const struct named_place empty = { { { "" } } }, blank = { { { "  " } } };
	static const struct named_place spaces = { { { "  JS:* :1:20 " } } };

	(void)state;
	ADD(.comm = "", .path = PATH(&empty, &blank, &spaces));
	expect_flame(true, "?;?;?;JS:* :1:20 1\n");
}

static void no_leaf_ends_like_a_count(void **state)
{
	static const struct named_place number = { { { "worker 12" } } };
	static const struct named_place fraction = { { { "step 1.5" } } };
	static const struct named_place jitted = { { { "loop 3", .is_jit = true } } };

	(void)state;
	ADD(.path = PATH(&number));
	ADD(.path = PATH(&fraction));
	ADD(.path = PATH(&number, &start)); /* not the leaf */
	ADD(.path = PATH(&jitted));
	ADD(.comm = "pool 7");
	expect_flame(false, "app;loop 3_[j] 1\n"
			    "app;step_1.5 1\n"
			    "app;worker 12;_start 1\n"
			    "app;worker_12 1\n"
			    "pool_7 1\n");
	expect_flame(true, "app;loop_3 1\n"
			   "app;step_1.5 1\n"
			   "app;worker 12;_start 1\n"
			   "app;worker_12 1\n"
			   "pool_7 1\n");
}

static void nothing_selected_prints_nothing(void **state)
{
	(void)state;
	expect_flame(false, "");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(stacks_are_root_first_and_sorted_with_their_sample_counts),
		EACH(threads_and_places_that_read_alike_are_one_line),
		EACH(inlined_frames_stand_inside_the_function_that_holds_them),
		EACH(what_the_format_uses_itself_never_comes_from_a_name),
		EACH(no_frame_is_empty_and_none_begins_or_ends_with_a_space),
		EACH(no_leaf_ends_like_a_count),
		EACH(nothing_selected_prints_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

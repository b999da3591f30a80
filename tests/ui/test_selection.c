/* SPDX-License-Identifier: MIT */
#include "ui/selection.h"

#include "support/named_profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct named_place start = { { { "_start", "node" } } };
static const struct named_place fib = { { { "JS:*fib", "[jit]", .is_jit = true } } };
static const struct named_place pow_place = { { { "pow", "libm.so.6" } } };
static const struct named_place inlined = { { { "min", "app", .is_inlined = true },
					      { "std::sort<int, less>", "app" } } };

static struct named_profile named;
static struct selection selection;

static int begin(void **state)
{
	(void)state;
	named_profile_init(&named);
	selection_init(&selection);
	return 0;
}

static int end(void **state)
{
	(void)state;
	selection_deinit(&selection);
	named_profile_deinit(&named);
	return 0;
}

#define ADD(...) named_profile_add(&named, &(struct named_sample){ __VA_ARGS__ })

static bool choose(int letter, const char *argument)
{
	bool bad;

	assert_true(selection_option(&selection, letter, argument, &bad));
	return !bad;
}

/* Samples within the selected stacks; *all: those that percentages refer to. */
static uint64_t selected(uint32_t event, uint64_t *all)
{
	struct stack_sums sums;
	uint64_t count = 0;

	selection_sum(&selection, named.profile, named.naming, event, &sums);
	for (size_t i = 0; i < sums.count; i++)
		count += sums.items[i].sum.count;
	if (all)
		*all = sums.all.count;
	stack_sums_deinit(&sums);
	return count;
}

static void everything_is_selected_at_first(void **state)
{
	(void)state;
	ADD(.comm = "node", .path = PATH(&start));
	ADD(.time_ns = UINT64_MAX);
	assert_int_equal(selected(0, NULL), 2);
}

static void equal_stacks_of_a_thread_add_up(void **state)
{
	struct stack_sums sums;

	(void)state;
	ADD(.tid = 1, .weight = 10, .path = PATH(&start, &fib));
	ADD(.tid = 1, .weight = 5, .path = PATH(&start, &fib));
	ADD(.tid = 2, .weight = 1, .path = PATH(&start, &fib));
	selection_sum(&selection, named.profile, named.naming, 0, &sums);
	assert_int_equal(sums.count, 2);
	assert_int_equal(sums.items[0].sum.weight, 15);
	assert_int_equal(sums.items[0].sum.count, 2);
	assert_int_equal(sums.items[1].sum.weight, 1);
	assert_int_equal(sums.all.weight, 16);
	assert_int_equal(sums.all.count, 3);
	stack_sums_deinit(&sums);
}

static void an_event_is_summed_by_itself_unless_all_are_asked_for(void **state)
{
	(void)state;
	ADD(.event = 0, .path = PATH(&start));
	ADD(.event = 1, .path = PATH(&start));
	ADD(.event = 1, .path = PATH(&start));
	assert_int_equal(selected(0, NULL), 1);
	assert_int_equal(selected(1, NULL), 2);
	assert_int_equal(selected(2, NULL), 0);
	assert_int_equal(selected(SELECTION_ALL_EVENTS, NULL), 3);
}

static void comms_pids_and_tids_choose_samples_and_percentages_refer_to_them(void **state)
{
	uint64_t all;

	(void)state;
	ADD(.comm = "node", .pid = 10, .tid = 10);
	ADD(.comm = "worker 1", .pid = 10, .tid = 11);
	ADD(.comm = "worker 2", .pid = 20, .tid = 21);
	assert_true(choose(SELECTION_COMM, "worker*,bash"));
	assert_int_equal(selected(0, &all), 2);
	assert_int_equal(all, 2);
	assert_true(choose(SELECTION_PID, "10,30"));
	assert_int_equal(selected(0, &all), 1);
	assert_true(choose(SELECTION_TID, "21"));
	assert_int_equal(selected(0, &all), 0);
	assert_int_equal(all, 0);
}

static void options_that_are_repeated_add_up(void **state)
{
	(void)state;
	ADD(.pid = 10);
	ADD(.pid = 20);
	ADD(.pid = 30);
	assert_true(choose(SELECTION_PID, "10"));
	assert_true(choose(SELECTION_PID, "20"));
	assert_int_equal(selected(0, NULL), 2);
}

static void symbols_and_modules_choose_stacks_that_contain_one_frame_with_both(void **state)
{
	uint64_t all;

	(void)state;
	ADD(.path = PATH(&start, &fib));
	ADD(.path = PATH(&start, &fib, &pow_place));
	ADD(.path = PATH(&start, &inlined));
	assert_true(choose(SELECTION_SYMBOL, "pow"));
	assert_int_equal(selected(0, &all), 1);
	assert_int_equal(all, 3);
	assert_true(choose(SELECTION_SYMBOL, "min")); /* inlined ones count */
	assert_int_equal(selected(0, NULL), 2);
	assert_true(choose(SELECTION_MODULE, "libm*"));
	assert_int_equal(selected(0, NULL), 1);
	assert_true(choose(SELECTION_MODULE, "node")); /* but not this symbol in it */
	assert_int_equal(selected(0, NULL), 1);
}

static bool has_symbol(const char *wanted, const char *function)
{
	const struct named_frame frame = { .function = function, .module = "app" };
	struct selection own;
	bool bad, has;

	selection_init(&own);
	selection_option(&own, SELECTION_SYMBOL, wanted, &bad);
	has = selection_has_frame(&own, &frame);
	selection_deinit(&own);
	return has;
}

static void a_name_matches_when_it_is_equal_or_as_a_pattern(void **state)
{
	(void)state;
	assert_true(has_symbol("JS:*fib", "JS:*fib"));
	assert_true(has_symbol("JS:*fib", "JS:^fib"));
	assert_false(has_symbol("JS:fib", "JS:*fib"));
	assert_false(has_symbol("fib", "fibs"));
	assert_true(has_symbol("fib*", "fibs"));
	assert_true(has_symbol("operator[](int)", "operator[](int)"));
	assert_true(has_symbol("a\\b", "a\\b"));
	assert_true(has_symbol("std::sort<int, less>", "std::sort<int, less>"));
	assert_false(has_symbol("", "fib"));
}

static void the_kernel_is_a_module_in_brackets(void **state)
{
	const struct named_frame kernel = { .function = "schedule", .module = "[kernel]" };
	const struct named_frame jit = { .function = "schedule", .module = "[jit]" };

	(void)state;
	assert_true(choose(SELECTION_MODULE, "[kernel]"));
	assert_true(selection_has_frame(&selection, &kernel));
	assert_false(selection_has_frame(&selection, &jit));
}

static void times_are_exact_to_the_nanosecond_and_include_both_ends(void **state)
{
	(void)state;
	/* Beyond 2^53, where a double knows no single nanoseconds. */
	ADD(.time_ns = 9007199254740993);
	ADD(.time_ns = 9007199254740994);
	ADD(.time_ns = 9007199254740995);
	assert_true(choose(SELECTION_TIME, "9007199.254740994,9007199.254740994"));
	assert_int_equal(selected(0, NULL), 1);
	assert_true(choose(SELECTION_TIME, "9007199.254740993,9007199.254740994"));
	assert_int_equal(selected(0, NULL), 2);
}

static void expect_times(const char *text, uint64_t from_ns, uint64_t until_ns)
{
	struct selection own;
	bool bad;

	selection_init(&own);
	assert_true(selection_option(&own, SELECTION_TIME, text, &bad));
	assert_false(bad);
	assert_int_equal(own.from_ns, from_ns);
	assert_int_equal(own.until_ns, until_ns);
	selection_deinit(&own);
}

static void either_end_of_a_time_may_be_left_open(void **state)
{
	(void)state;
	expect_times("1.5,2", 1500000000, 2000000000);
	expect_times("1.000000001,", 1000000001, UINT64_MAX);
	expect_times(",2.", 0, 2000000000);
	expect_times(",", 0, UINT64_MAX);
	expect_times("0.1234567899,1", 123456789, 1000000000);
}

static void what_is_no_time_and_no_number_is_refused(void **state)
{
	static const char *const bad_times[] = { "",
						 "1",
						 "1,2,3",
						 "-1,2",
						 "1,-2",
						 "x,2",
						 "1,2x",
						 " 1,2",
						 "2,1",
						 ".5,1",
						 "99999999999999999999,",
						 "1,." };
	static const char *const bad_numbers[] = { "", "1,", ",1", "x", "-1", "1 ", "4294967296" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad_times) / sizeof(*bad_times); i++) {
		selection_deinit(&selection);
		selection_init(&selection);
		assert_false(choose(SELECTION_TIME, bad_times[i]));
	}
	for (size_t i = 0; i < sizeof(bad_numbers) / sizeof(*bad_numbers); i++) {
		assert_false(choose(SELECTION_PID, bad_numbers[i]));
		assert_false(choose(SELECTION_TID, bad_numbers[i]));
		selection_deinit(&selection);
		selection_init(&selection);
	}
}

static void letters_of_others_are_left_to_them(void **state)
{
	bool bad;

	(void)state;
	assert_false(selection_option(&selection, 'i', "file", &bad));
	assert_false(bad);
}

/* The functions that are left of a stack through every kind of code, leaf first. */
static void expect_path(int letter, const char *expected)
{
	struct stack_path path = { 0 };
	char text[256] = "";

	assert_true(choose(letter, NULL));
	selection_set_path(&selection, &path, named.profile, named.naming,
			   named.profile->samples[0].stack);
	for (size_t i = 0; i < path.count; i++) {
		strcat(text, i ? ";" : "");
		strcat(text, path.frames[i]->function);
	}
	assert_string_equal(text, expected);
	stack_path_deinit(&path);
	selection_deinit(&selection);
	selection_init(&selection);
}

static void kinds_of_frames_are_left_out_of_stacks(void **state)
{
	static const struct named_place kernel = { { { "do_syscall_64", "[kernel]",
						       .is_kernel = true } } };

	(void)state;
	ADD(.path = PATH(&start, &fib, &inlined, &kernel));
	expect_path(SELECTION_NO_KERNEL, "min;std::sort<int, less>;JS:*fib;_start");
	expect_path(SELECTION_NO_NATIVE, "do_syscall_64;JS:*fib");
	expect_path(SELECTION_NO_JIT, "do_syscall_64;min;std::sort<int, less>;_start");
	expect_path(SELECTION_NO_INLINE, "do_syscall_64;std::sort<int, less>;JS:*fib;_start");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(everything_is_selected_at_first),
		EACH(equal_stacks_of_a_thread_add_up),
		EACH(an_event_is_summed_by_itself_unless_all_are_asked_for),
		EACH(comms_pids_and_tids_choose_samples_and_percentages_refer_to_them),
		EACH(options_that_are_repeated_add_up),
		EACH(symbols_and_modules_choose_stacks_that_contain_one_frame_with_both),
		EACH(a_name_matches_when_it_is_equal_or_as_a_pattern),
		EACH(the_kernel_is_a_module_in_brackets),
		EACH(times_are_exact_to_the_nanosecond_and_include_both_ends),
		EACH(either_end_of_a_time_may_be_left_open),
		EACH(what_is_no_time_and_no_number_is_refused),
		EACH(kinds_of_frames_are_left_out_of_stacks),
		EACH(letters_of_others_are_left_to_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

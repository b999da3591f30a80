/* SPDX-License-Identifier: MIT */
#include "ui/table_text.h"

#include "support/golden.h"
#include "support/named_profile.h"
#include "support/output_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct named_place start = { { { "_start", "node" } } };
static const struct named_place fib = { { { "JS:*fib /app/fib.js:12:3", "[jit]", "/app/fib.js", 12,
					    .is_jit = true } } };
static const struct named_place unicode = { { { "JS:*größe_λ_名 /app/fib.js:32:14", "[jit]",
						"/app/fib.js", 33, .is_jit = true } } };
static const struct named_place hostile = { { { "\033[2Jcleared\n", "evil\nmodule" } } };
static const struct named_place entry = { { { "do_syscall_64", "[kernel]" } } };
static const struct named_place long_name = {
	{ { "std::_Rb_tree<std::string, std::pair<std::string const, unsigned long>, less>::find",
	    "libwith-a-name-of-more-than-thirty-two-letters.so.6", "tree.h", 1 } }
};
static const struct named_place nameless = { { { "[libgone.so]", "libgone.so" } } };

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

static void add_samples(void)
{
	ADD(.comm = "node", .pid = 10, .tid = 10, .weight = 600, .path = PATH(&start, &fib));
	ADD(.comm = "node", .pid = 10, .tid = 10, .weight = 100, .path = PATH(&start, &fib));
	ADD(.comm = "pool", .pid = 10, .tid = 7, .weight = 250, .path = PATH(&start, &unicode));
	ADD(.comm = "pool", .pid = 10, .tid = 7, .weight = 30, .path = PATH(&start, &long_name));
	ADD(.comm = "p\nl", .pid = 10, .tid = 8, .weight = 12, .path = PATH(&start, &hostile));
	ADD(.comm = "node", .pid = 10, .tid = 10, .weight = 5, .path = PATH(&nameless));
	ADD(.comm = "node", .pid = 10, .tid = 10, .weight = 3, .path = PATH(&start, &entry));
}

static void expect_table(const char *golden, const char *sort, struct table_text_options options)
{
	struct sort_order order = { 0 };
	struct function_table table;
	struct selection selection;
	struct stack_sums sums;
	struct text_stream out;

	if (sort)
		assert_true(sort_order_parse(&order, sort));
	selection_init(&selection);
	selection_sum(&selection, named.profile, named.naming, 0, &sums);
	function_table_build(&table, &order, &selection, named.profile, named.naming, &sums);
	table_text_print(text_stream_open(&out), &table, sums.all, &options);
	golden_expect(golden, text_stream_close(&out));
	free(out.text);
	function_table_deinit(&table);
	stack_sums_deinit(&sums);
	selection_deinit(&selection);
}

static void columns_line_up_and_weights_are_shares(void **state)
{
	(void)state;
	add_samples();
	expect_table("table_functions.txt", NULL, (struct table_text_options){ 0 });
}

static void without_children_only_what_has_self_is_shown(void **state)
{
	(void)state;
	add_samples();
	expect_table("table_no_children.txt", NULL,
		     (struct table_text_options){ .no_children = true });
}

static void keys_choose_the_columns(void **state)
{
	(void)state;
	add_samples();
	expect_table("table_by_thread.txt", "comm,pid,tid", (struct table_text_options){ 0 });
	expect_table("table_by_line.txt", "line", (struct table_text_options){ 0 });
}

static void what_is_left_out_is_counted(void **state)
{
	(void)state;
	add_samples();
	expect_table("table_limit.txt", NULL, (struct table_text_options){ .limit = 2 });
	expect_table("table_min_percent.txt", NULL,
		     (struct table_text_options){ .min_percent = 25 });
}

static void an_empty_table_is_its_head(void **state)
{
	(void)state;
	expect_table("table_empty.txt", NULL, (struct table_text_options){ 0 });
}

static void a_share_of_nothing_is_none(void **state)
{
	(void)state;
	assert_true(percent_of(0, 0) == 0);
	assert_true(percent_of(1, 4) == 25);
	assert_true(percent_of(UINT64_MAX, UINT64_MAX) == 100);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(columns_line_up_and_weights_are_shares),
		EACH(without_children_only_what_has_self_is_shown),
		EACH(keys_choose_the_columns),
		EACH(what_is_left_out_is_counted),
		EACH(an_empty_table_is_its_head),
		EACH(a_share_of_nothing_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
#include "ui/function_table.h"

#include "support/named_profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct named_place start = { { { "_start" } } };
static const struct named_place fib = { { { "fib", .file = "fib.c", .line = 12 } } };
static const struct named_place fib_other_line = { { { "fib", .file = "fib.c", .line = 13 } } };
static const struct named_place fib_elsewhere = { { { "fib", "libfib.so" } } };
static const struct named_place pow_place = { { { "pow", "libm.so.6" } } };

static struct named_profile named;
static struct selection selection;
static struct function_table table;

static int begin(void **state)
{
	(void)state;
	named_profile_init(&named);
	selection_init(&selection);
	table = (struct function_table){ 0 };
	return 0;
}

static int end(void **state)
{
	(void)state;
	function_table_deinit(&table);
	selection_deinit(&selection);
	named_profile_deinit(&named);
	return 0;
}

#define ADD(...) named_profile_add(&named, &(struct named_sample){ __VA_ARGS__ })

static void build(const char *sort)
{
	struct sort_order order = { 0 };
	struct stack_sums sums;

	if (sort)
		assert_true(sort_order_parse(&order, sort));
	selection_sum(&selection, named.profile, named.naming, 0, &sums);
	function_table_build(&table, &order, &selection, named.profile, named.naming, &sums);
	stack_sums_deinit(&sums);
}

/* The row at its place, with its weights. */
static void expect_row(size_t number, const char *function, uint64_t self, uint64_t total)
{
	assert_true(number < table.count);
	assert_string_equal(table.rows[number].frame->function, function);
	assert_int_equal(table.rows[number].self.weight, self);
	assert_int_equal(table.rows[number].total.weight, total);
}

static void the_leaf_has_self_and_every_function_of_the_stack_total(void **state)
{
	(void)state;
	ADD(.weight = 70, .path = PATH(&start, &fib, &pow_place));
	ADD(.weight = 20, .path = PATH(&start, &fib));
	build(NULL);
	assert_int_equal(table.count, 3);
	expect_row(0, "pow", 70, 70);
	expect_row(1, "fib", 20, 90);
	expect_row(2, "_start", 0, 90);
	assert_int_equal(table.rows[1].self.count, 1);
	assert_int_equal(table.rows[1].total.count, 2);
}

static void a_function_that_recurs_counts_once_in_a_sample(void **state)
{
	(void)state;
	ADD(.weight = 10, .path = PATH(&start, &fib, &fib_other_line, &fib, &fib));
	ADD(.weight = 1, .path = PATH(&start, &fib, &pow_place, &fib));
	build(NULL);
	expect_row(0, "fib", 11, 11);
	assert_int_equal(table.rows[0].total.count, 2);
}

static void functions_of_one_name_in_two_modules_are_two_rows(void **state)
{
	(void)state;
	ADD(.weight = 3, .path = PATH(&fib));
	ADD(.weight = 2, .path = PATH(&fib_elsewhere));
	build(NULL);
	assert_int_equal(table.count, 2);
	assert_string_equal(table.rows[1].frame->module, "libfib.so");
}

static void inlined_functions_have_rows_of_their_own_and_the_innermost_has_self(void **state)
{
	static const struct named_place place = {
		{ { "min", .is_inlined = true }, { "sort", .is_inlined = true }, { "main" } }
	};

	(void)state;
	ADD(.weight = 5, .path = PATH(&start, &place));
	build(NULL);
	assert_int_equal(table.count, 4);
	expect_row(0, "min", 5, 5);
	expect_row(1, "_start", 0, 5);
	expect_row(2, "main", 0, 5);
	expect_row(3, "sort", 0, 5);
}

static void a_row_shows_its_hottest_source_line(void **state)
{
	(void)state;
	ADD(.weight = 5, .path = PATH(&fib));
	ADD(.weight = 6, .path = PATH(&fib_other_line));
	ADD(.weight = 9, .path = PATH(&fib, &pow_place)); /* calls are not where its time goes */
	build(NULL);
	assert_string_equal(table.rows[0].frame->function, "fib");
	assert_string_equal(table.rows[0].line_file, "fib.c");
	assert_int_equal(table.rows[0].line, 13);
	assert_null(table.rows[1].line_file);
}

static void a_row_without_self_shows_the_line_that_calls_most(void **state)
{
	(void)state;
	ADD(.weight = 5, .path = PATH(&fib, &pow_place));
	ADD(.weight = 6, .path = PATH(&fib_other_line, &pow_place));
	build(NULL);
	assert_string_equal(table.rows[1].frame->function, "fib");
	assert_int_equal(table.rows[1].line, 13);
}

static void add_threads(void)
{
	ADD(.comm = "node", .pid = 10, .tid = 10, .weight = 4, .path = PATH(&fib));
	ADD(.comm = "node", .pid = 10, .tid = 11, .weight = 3, .path = PATH(&fib_other_line));
	ADD(.comm = "worker", .pid = 10, .tid = 12, .weight = 2, .path = PATH(&fib_elsewhere));
	ADD(.comm = "node", .pid = 20, .tid = 20, .weight = 1, .path = PATH(&fib));
}

static void the_keys_say_what_a_row_is(void **state)
{
	static const struct {
		const char *sort;
		size_t row_count;
		uint64_t first_self;
	} cases[] = {
		{ "self", 2, 8 },	  { "total,self", 2, 8 },   { "symbol", 1, 10 },
		{ "module", 2, 8 },	  { "comm", 2, 8 },	    { "pid", 2, 9 },
		{ "tid", 4, 4 },	  { "line", 3, 5 },	    { "symbol,module", 2, 8 },
		{ "comm,pid", 3, 7 },	  { "symbol,line", 3, 5 },  { "self,tid", 4, 4 },
		{ "pid,tid,comm", 4, 4 }, { "self,symbol", 1, 10 },
	};

	(void)state;
	add_threads();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		build(cases[i].sort);
		assert_int_equal(table.count, cases[i].row_count);
		assert_int_equal(table.rows[0].self.weight, cases[i].first_self);
		function_table_deinit(&table);
	}
}

static void totals_order_the_rows_when_asked_for(void **state)
{
	(void)state;
	ADD(.weight = 2, .path = PATH(&start, &fib));
	ADD(.weight = 1, .path = PATH(&start, &pow_place));
	build("total");
	expect_row(0, "_start", 0, 3);
	expect_row(1, "fib", 2, 2);
}

static void rows_of_equal_weight_are_ordered_by_what_they_are(void **state)
{
	(void)state;
	ADD(.path = PATH(&pow_place));
	ADD(.path = PATH(&fib_elsewhere));
	ADD(.path = PATH(&start));
	ADD(.path = PATH(&fib));
	build(NULL);
	expect_row(0, "_start", 1, 1);
	expect_row(1, "fib", 1, 1);
	assert_string_equal(table.rows[1].frame->module, "app");
	expect_row(2, "fib", 1, 1);
	expect_row(3, "pow", 1, 1);
}

static void only_rows_of_selected_functions_are_shown(void **state)
{
	bool bad;

	(void)state;
	ADD(.weight = 2, .path = PATH(&start, &fib, &pow_place));
	ADD(.weight = 1, .path = PATH(&start, &fib));
	selection_option(&selection, SELECTION_SYMBOL, "fib", &bad);
	build(NULL);
	assert_int_equal(table.count, 1);
	expect_row(0, "fib", 1, 3);
}

static void keys_that_are_not_known_are_refused(void **state)
{
	static const char *const bad[] = { "",
					   "selfish",
					   "sel",
					   "self,",
					   ",self",
					   "self symbol",
					   "self,self,self,self,self,self,self,self,self" };
	struct sort_order order;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(sort_order_parse(&order, bad[i]));
	assert_true(sort_order_parse(&order, "self,total,symbol,module,comm,pid,tid,line"));
	assert_int_equal(order.count, SORT_KEY_COUNT);
	assert_int_equal(order.keys[7], SORT_LINE);
	assert_true(sort_order_parse(&order, "dso,sym,srcline"));
	assert_int_equal(order.count, 3);
	assert_int_equal(order.keys[0], SORT_MODULE);
	assert_int_equal(order.keys[1], SORT_SYMBOL);
	assert_int_equal(order.keys[2], SORT_LINE);
}

static void no_samples_are_no_rows(void **state)
{
	(void)state;
	build(NULL);
	assert_int_equal(table.count, 0);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(the_leaf_has_self_and_every_function_of_the_stack_total),
		EACH(a_function_that_recurs_counts_once_in_a_sample),
		EACH(functions_of_one_name_in_two_modules_are_two_rows),
		EACH(inlined_functions_have_rows_of_their_own_and_the_innermost_has_self),
		EACH(a_row_shows_its_hottest_source_line),
		EACH(a_row_without_self_shows_the_line_that_calls_most),
		EACH(the_keys_say_what_a_row_is),
		EACH(totals_order_the_rows_when_asked_for),
		EACH(rows_of_equal_weight_are_ordered_by_what_they_are),
		EACH(only_rows_of_selected_functions_are_shown),
		EACH(keys_that_are_not_known_are_refused),
		EACH(no_samples_are_no_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

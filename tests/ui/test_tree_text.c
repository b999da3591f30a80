/* SPDX-License-Identifier: MIT */
#include "ui/tree_text.h"

#include "support/golden.h"
#include "support/named_profile.h"
#include "support/output_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct named_place start = { { { "_start", "node" } } };
static const struct named_place run = { { { "node::Start", "node" } } };
static const struct named_place fib = { { { "JS:*fib", "[jit]", .is_jit = true } } };
static const struct named_place hostile = { { { "two\nlines", "evil\033module" } } };
static const struct named_place nameless = { { { "[libgone.so]", "libgone.so" } } };
static const struct named_place inlined = { { { "min", "node", .is_inlined = true },
					      { "sort", "node" } } };

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

static void add_samples(void)
{
	ADD(.weight = 40, .path = PATH(&start, &run, &fib, &fib, &fib));
	ADD(.weight = 20, .path = PATH(&start, &run, &fib, &fib, &fib, &nameless));
	ADD(.weight = 30, .path = PATH(&start, &run, &inlined));
	ADD(.weight = 9, .path = PATH(&start, &run));
	ADD(.weight = 1, .path = PATH(&start, &hostile));
}

static char *tree_text(struct tree_text_options options)
{
	struct stack_sums sums;
	struct text_stream out;

	selection_sum(&selection, named.profile, named.naming, 0, &sums);
	tree_text_print(text_stream_open(&out), &options, &selection, named.profile, named.naming,
			&sums);
	text_stream_close(&out);
	stack_sums_deinit(&sums);
	return out.text;
}

static void expect_tree(const char *golden, struct tree_text_options options)
{
	char *text = tree_text(options);

	golden_expect(golden, text);
	free(text);
}

static void a_tree_goes_from_the_outermost_functions_down(void **state)
{
	(void)state;
	add_samples();
	expect_tree("tree_top_down.txt", (struct tree_text_options){ 0 });
}

static void callers_go_from_the_leaves_outwards(void **state)
{
	(void)state;
	add_samples();
	expect_tree("tree_callers.txt", (struct tree_text_options){ .is_bottom_up = true });
}

static void a_selected_function_is_where_trees_begin(void **state)
{
	bool bad;

	(void)state;
	add_samples();
	selection_option(&selection, SELECTION_SYMBOL, "JS:*fib", &bad);
	expect_tree("tree_of_symbol.txt", (struct tree_text_options){ 0 });
	expect_tree("tree_callers_of_symbol.txt",
		    (struct tree_text_options){ .is_bottom_up = true });
}

static void branches_that_are_left_out_are_counted(void **state)
{
	(void)state;
	add_samples();
	expect_tree("tree_min_percent.txt", (struct tree_text_options){ .min_percent = 25 });
	expect_tree("tree_limit.txt", (struct tree_text_options){ .limit = 3 });
}

static size_t longest_line(const char *text)
{
	size_t longest = 0;

	for (; *text; text += strcspn(text, "\n") + 1) {
		if (strcspn(text, "\n") > longest)
			longest = strcspn(text, "\n");
	}
	return longest;
}

static void a_stack_of_8000_frames_is_as_many_lines_that_can_be_read(void **state)
{
	const struct named_place *path[8001] = { NULL };
	size_t line_count = 0;

	(void)state;
	for (size_t i = 0; i < 8000; i++)
		path[i] = &fib;
	ADD(.path = path);
	char *text = tree_text((struct tree_text_options){ 0 });

	for (const char *at = text; *at; at++)
		line_count += *at == '\n';
	assert_int_equal(line_count, 8001);
	assert_true(longest_line(text) < 200);
	free(text);
}

static void a_tree_of_nothing_is_its_head(void **state)
{
	(void)state;
	char *text = tree_text((struct tree_text_options){ 0 });

	assert_int_equal(strcspn(text, "\n") + 1, strlen(text));
	free(text);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_tree_goes_from_the_outermost_functions_down),
		EACH(callers_go_from_the_leaves_outwards),
		EACH(a_selected_function_is_where_trees_begin),
		EACH(branches_that_are_left_out_are_counted),
		EACH(a_stack_of_8000_frames_is_as_many_lines_that_can_be_read),
		EACH(a_tree_of_nothing_is_its_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

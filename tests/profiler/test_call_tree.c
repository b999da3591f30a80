/* SPDX-License-Identifier: MIT */
#include "profiler/call_tree.h"

#include "profiler/stack_path.h"
#include "support/named_profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char name_main[] = "main", name_fib[] = "fib", module[] = "app", other[] = "lib";

static const struct named_frame main_frame = { .function = name_main, .module = module };
static const struct named_frame fib_frame = { .function = name_fib, .module = module };
static const struct named_frame fib_other_line = {
	.function = name_fib, .module = module, .file = "fib.c", .line = 3
};
static const struct named_frame fib_elsewhere = { .function = name_fib, .module = other };
static const struct named_frame fib_inlined = { .function = name_fib,
						.module = module,
						.is_inlined = true };

static void frames_of_one_function_are_one_child(void **state)
{
	struct call_tree tree;

	(void)state;
	call_tree_init(&tree);
	uint32_t fib = call_tree_child(&tree, 0, &fib_frame);

	assert_int_equal(call_tree_child(&tree, 0, &fib_frame), fib);
	assert_int_equal(call_tree_child(&tree, 0, &fib_other_line), fib);
	assert_int_not_equal(call_tree_child(&tree, 0, &fib_elsewhere), fib);
	assert_int_not_equal(call_tree_child(&tree, 0, &fib_inlined), fib);
	assert_int_not_equal(call_tree_child(&tree, 0, &main_frame), fib);
	assert_int_not_equal(call_tree_child(&tree, fib, &fib_frame), fib); /* a recursion */
	assert_int_equal(tree.count, 6);
	call_tree_deinit(&tree);
}

static void a_weight_is_the_nodes_self_and_the_total_of_all_above(void **state)
{
	struct call_tree tree;

	(void)state;
	call_tree_init(&tree);
	uint32_t main_node = call_tree_child(&tree, 0, &main_frame);
	uint32_t fib = call_tree_child(&tree, main_node, &fib_frame);
	uint32_t fib_again = call_tree_child(&tree, fib, &fib_frame);

	call_tree_add(&tree, fib_again, (struct call_weight){ 100, 2 });
	call_tree_add(&tree, fib, (struct call_weight){ 10, 1 });
	call_tree_add(&tree, 0, (struct call_weight){ 1, 1 }); /* an empty path */
	assert_int_equal(tree.nodes[fib_again].self.weight, 100);
	assert_int_equal(tree.nodes[fib_again].total.weight, 100);
	assert_int_equal(tree.nodes[fib].self.weight, 10);
	assert_int_equal(tree.nodes[fib].total.weight, 110);
	assert_int_equal(tree.nodes[fib].total.count, 3);
	assert_int_equal(tree.nodes[main_node].self.weight, 0);
	assert_int_equal(tree.nodes[main_node].total.weight, 110);
	assert_int_equal(tree.nodes[0].self.weight, 1);
	assert_int_equal(tree.nodes[0].total.weight, 111);
	assert_int_equal(tree.nodes[0].total.count, 4);
	call_tree_deinit(&tree);
}

static void children_are_reached_from_their_parent(void **state)
{
	struct call_tree tree;
	size_t count = 0;

	(void)state;
	call_tree_init(&tree);
	call_tree_child(&tree, 0, &main_frame);
	call_tree_child(&tree, 0, &fib_frame);
	call_tree_child(&tree, 0, &main_frame);
	for (uint32_t child = tree.nodes[0].first_child; child != CALL_NODE_NONE;
	     child = tree.nodes[child].next_sibling) {
		assert_int_equal(tree.nodes[child].parent, 0);
		assert_int_equal(tree.nodes[child].first_child, CALL_NODE_NONE);
		count++;
	}
	assert_int_equal(count, 2);
	call_tree_deinit(&tree);
	call_tree_deinit(&tree);
}

static void a_stack_is_a_path_from_the_innermost_inlined_function_to_the_root(void **state)
{
	static const struct named_place start = { { { "_start" } } };
	static const struct named_place place = { { { "min", .is_inlined = true }, { "sort" } } };
	struct named_profile named;
	struct stack_path path = { 0 };

	(void)state;
	named_profile_init(&named);
	named_profile_add(&named, &(struct named_sample){ .path = PATH(&start, &place, &place) });
	stack_path_set(&path, named.profile, named.naming, named.profile->samples[0].stack);
	assert_int_equal(path.count, 5);
	assert_string_equal(path.frames[0]->function, "min");
	assert_string_equal(path.frames[1]->function, "sort");
	assert_string_equal(path.frames[2]->function, "min");
	assert_string_equal(path.frames[4]->function, "_start");
	stack_path_set(&path, named.profile, named.naming, STACK_NONE);
	assert_int_equal(path.count, 0);
	stack_path_deinit(&path);
	named_profile_deinit(&named);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_of_one_function_are_one_child),
		cmocka_unit_test(a_weight_is_the_nodes_self_and_the_total_of_all_above),
		cmocka_unit_test(children_are_reached_from_their_parent),
		cmocka_unit_test(a_stack_is_a_path_from_the_innermost_inlined_function_to_the_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
#include "ui/sandwich.h"

/* Where the function is in a path: the call nearest to the leaf, and that nearest to the root. */
struct calls {
	size_t innermost, outermost;
};

static bool find_calls(const struct stack_path *path, struct shown_function function,
		       struct calls *calls)
{
	size_t first = 0, last = path->count;

	while (first < path->count &&
	       !shown_function_is(shown_function_of(path->frames[first]), function))
		first++;
	if (first == path->count)
		return false;
	while (!shown_function_is(shown_function_of(path->frames[last - 1]), function))
		last--;
	*calls = (struct calls){ first, last - 1 };
	return true;
}

static void add_callers(struct call_tree *tree, const struct stack_path *path, size_t outermost,
			struct call_weight weight)
{
	uint32_t node = 0;

	for (size_t i = outermost + 1; i < path->count; i++)
		node = call_tree_child(tree, node, path->frames[i]);
	call_tree_add(tree, node, weight);
}

static void add_callees(struct call_tree *tree, const struct stack_path *path, size_t innermost,
			struct call_weight weight)
{
	uint32_t node = 0;

	for (size_t i = innermost; i-- > 0;)
		node = call_tree_child(tree, node, path->frames[i]);
	call_tree_add(tree, node, weight);
}

void sandwich_build(struct sandwich *sandwich, const struct shown *shown,
		    struct shown_function function)
{
	const struct stack_sums *sums = &shown->sums;
	struct call_tree callers, callees;
	struct stack_path path = { 0 };
	struct calls calls;

	*sandwich = (struct sandwich){ 0 };
	call_tree_init(&callers);
	call_tree_init(&callees);
	for (size_t i = 0; i < sums->count; i++) {
		struct call_weight weight = sums->items[i].sum;

		selection_set_path(&shown->selection, &path, shown->profile, shown->naming,
				   sums->items[i].stack);
		if (!find_calls(&path, function, &calls))
			continue;
		add_callers(&callers, &path, calls.outermost, weight);
		add_callees(&callees, &path, calls.innermost, weight);
		if (calls.innermost != calls.outermost) {
			sandwich->recursive.weight += weight.weight;
			sandwich->recursive.count += weight.count;
		}
	}
	sandwich->self = callees.nodes[0].self;
	sandwich->total = callees.nodes[0].total;
	sorted_tree_from(&sandwich->callers, &callers);
	sorted_tree_from(&sandwich->callees, &callees);
	call_tree_deinit(&callers);
	call_tree_deinit(&callees);
	stack_path_deinit(&path);
}

/* SPDX-License-Identifier: MIT */
#include "ui/sorted_tree.h"

#include "jitdump/xalloc.h"
#include "ui/canvas.h"

#include <stdlib.h>
#include <string.h>

struct node_list {
	uint32_t *numbers;
	size_t count, capacity;
};

static void add_number(struct node_list *list, uint32_t number)
{
	list->numbers = xgrow(list->numbers, list->count, &list->capacity, sizeof(*list->numbers));
	list->numbers[list->count++] = number;
}

static int compare_nodes(const void *a, const void *b, void *context)
{
	const struct call_tree *tree = context;
	const struct call_node *first = &tree->nodes[*(const uint32_t *)a];
	const struct call_node *second = &tree->nodes[*(const uint32_t *)b];

	if (first->total.weight != second->total.weight)
		return first->total.weight > second->total.weight ? -1 : 1;
	int order = strcmp(first->frame->function, second->frame->function);

	if (!order)
		order = strcmp(first->frame->module, second->frame->module);
	return order ? order : first->frame->is_inlined - second->frame->is_inlined;
}

static int compare_nodes_reversed(const void *a, const void *b, void *context)
{
	return compare_nodes(b, a, context);
}

/* Onto the nodes that are still to be walked, of which the last is taken first. */
static void add_children(struct node_list *list, const struct call_tree *unsorted, uint32_t parent)
{
	size_t before = list->count;

	for (uint32_t child = unsorted->nodes[parent].first_child; child != CALL_NODE_NONE;
	     child = unsorted->nodes[child].next_sibling)
		add_number(list, child);
	if (list->count > before + 1)
		qsort_r(&list->numbers[before], list->count - before, sizeof(*list->numbers),
			compare_nodes_reversed, (void *)unsorted);
}

static void set_ends(struct sorted_tree *tree)
{
	for (size_t i = tree->count; i-- > 0;) {
		struct sorted_node *node = &tree->nodes[i];

		if (node->end < i + 1)
			node->end = (uint32_t)i + 1;
		if (tree->nodes[node->parent].end < node->end)
			tree->nodes[node->parent].end = node->end;
	}
}

static void set_starts(struct sorted_tree *tree)
{
	for (size_t i = 0; i < tree->count; i++) {
		const struct sorted_node *node = &tree->nodes[i];

		if (i + 1 < node->end)
			tree->nodes[i + 1].start = node->start;
		if (node->end < tree->nodes[node->parent].end)
			tree->nodes[node->end].start = node->start + node->total.weight;
	}
}

void sorted_tree_from(struct sorted_tree *tree, const struct call_tree *unsorted)
{
	uint32_t *places = xmalloc(unsorted->count * sizeof(*places));
	struct node_list left = { 0 };

	tree->count = 0;
	tree->nodes = xcalloc(unsorted->count, sizeof(*tree->nodes));
	add_number(&left, 0);
	while (left.count) {
		uint32_t number = left.numbers[--left.count];
		const struct call_node *from = &unsorted->nodes[number];
		uint32_t parent = number ? places[from->parent] : 0;

		places[number] = (uint32_t)tree->count;
		tree->nodes[tree->count++] = (struct sorted_node){
			.frame = from->frame,
			.parent = parent,
			.depth = number ? tree->nodes[parent].depth + 1 : 0,
			.self = from->self,
			.total = from->total,
		};
		add_children(&left, unsorted, number);
	}
	set_ends(tree);
	set_starts(tree);
	free(left.numbers);
	free(places);
}

struct builder {
	const struct selection *selection;
	const struct profile *profile;
	struct naming *naming;
	struct call_tree tree;
	uint32_t *nodes; /* by stack; CALL_NODE_NONE: not known yet */
	struct node_list unknown;
};

/* From the first frame on that the selection has. */
static uint32_t add_location(struct builder *builder, uint32_t node, uint32_t location)
{
	size_t count;
	const struct named_frame *frames =
		naming_frames(builder->naming, builder->profile->locations[location], &count);

	while (count-- > 0)
		if (!selection_hides(builder->selection, &frames[count]) &&
		    (node || selection_has_frame(builder->selection, &frames[count])))
			node = call_tree_child(&builder->tree, node, &frames[count]);
	return node;
}

/* Stacks share their callers: each of these is added once, however many paths go through it. */
static uint32_t node_of(struct builder *builder, uint32_t stack)
{
	const struct stack_node *stacks = builder->profile->stacks;
	struct node_list *unknown = &builder->unknown;

	for (; stack != STACK_NONE && builder->nodes[stack] == CALL_NODE_NONE;
	     stack = stacks[stack].parent)
		add_number(unknown, stack);
	uint32_t node = stack == STACK_NONE ? 0 : builder->nodes[stack];

	while (unknown->count) {
		stack = unknown->numbers[--unknown->count];
		node = add_location(builder, node, stacks[stack].location);
		builder->nodes[stack] = node;
	}
	return node;
}

void sorted_tree_build(struct sorted_tree *tree, const struct selection *selection,
		       const struct profile *profile, struct naming *naming,
		       const struct stack_sums *sums)
{
	size_t size = profile->stack_count * sizeof(uint32_t);
	struct builder builder = { selection, profile, naming };

	builder.nodes = xmalloc(size + 1);
	memset(builder.nodes, 0xff, size); /* CALL_NODE_NONE */
	call_tree_init(&builder.tree);
	for (size_t i = 0; i < sums->count; i++)
		call_tree_add(&builder.tree, node_of(&builder, sums->items[i].stack),
			      sums->items[i].sum);
	sorted_tree_from(tree, &builder.tree);
	call_tree_deinit(&builder.tree);
	free(builder.unknown.numbers);
	free(builder.nodes);
}

void sorted_tree_deinit(struct sorted_tree *tree)
{
	free(tree->nodes);
	*tree = (struct sorted_tree){ 0 };
}

struct shown_function sorted_tree_function(const struct sorted_tree *tree, uint32_t node)
{
	const struct named_frame *frame = node < tree->count ? tree->nodes[node].frame : NULL;

	return frame ? shown_function_of(frame) : (struct shown_function){ 0 };
}

uint32_t sorted_tree_child(const struct sorted_tree *tree, uint32_t parent,
			   const struct named_frame *frame)
{
	for (uint32_t child = parent + 1; child < tree->nodes[parent].end;
	     child = tree->nodes[child].end) {
		const struct named_frame *other = tree->nodes[child].frame;

		if (other->function == frame->function && other->module == frame->module &&
		    other->is_inlined == frame->is_inlined)
			return child;
	}
	return CALL_NODE_NONE;
}

uint32_t sorted_tree_follow(const struct sorted_tree *tree, const struct sorted_tree *old,
			    uint32_t node)
{
	struct node_list path = { 0 };
	uint32_t found = 0;

	for (; node < old->count && node != 0; node = old->nodes[node].parent)
		add_number(&path, node);
	while (path.count) {
		uint32_t next = path.numbers[--path.count];
		uint32_t child = sorted_tree_child(tree, found, old->nodes[next].frame);

		if (child == CALL_NODE_NONE)
			break;
		found = child;
	}
	free(path.numbers);
	return found;
}

uint32_t sorted_tree_hottest(const struct sorted_tree *tree, struct shown_function function)
{
	uint32_t hottest = 0;

	for (uint32_t i = 1; i < tree->count; i++)
		if (shown_function_is(sorted_tree_function(tree, i), function) &&
		    (!hottest || tree->nodes[i].total.weight > tree->nodes[hottest].total.weight))
			hottest = i;
	return hottest;
}

/* A stack counts once, with its outermost match. */
struct call_weight sorted_tree_matching(const struct sorted_tree *tree, const char *text)
{
	struct call_weight matching = { 0 };

	for (uint32_t i = 0; i < tree->count;) {
		const struct sorted_node *node = &tree->nodes[i];

		if (node->frame && text_contains(node->frame->function, text)) {
			matching.weight += node->total.weight;
			matching.count += node->total.count;
			i = node->end;
		} else {
			i++;
		}
	}
	return matching;
}

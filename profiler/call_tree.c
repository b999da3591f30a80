/* SPDX-License-Identifier: MIT */
#include "profiler/call_tree.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>

enum { CALL_ROOT = 0 };

static uint32_t add_node(struct call_tree *tree, uint32_t parent, const struct named_frame *frame)
{
	tree->nodes = xgrow(tree->nodes, tree->count, &tree->capacity, sizeof(*tree->nodes));
	tree->nodes[tree->count] = (struct call_node){
		.frame = frame,
		.parent = parent,
		.first_child = CALL_NODE_NONE,
		.next_sibling = CALL_NODE_NONE,
	};
	return (uint32_t)tree->count++;
}

void call_tree_init(struct call_tree *tree)
{
	*tree = (struct call_tree){ 0 };
	add_node(tree, CALL_NODE_NONE, NULL);
}

void call_tree_deinit(struct call_tree *tree)
{
	free(tree->nodes);
	hash_index_deinit(&tree->index);
	*tree = (struct call_tree){ 0 };
}

/* Names are interned: equal ones are one pointer. */
static bool is_the_same(const struct named_frame *a, const struct named_frame *b)
{
	return a->function == b->function && a->module == b->module &&
	       a->is_inlined == b->is_inlined;
}

uint32_t call_tree_child(struct call_tree *tree, uint32_t parent, const struct named_frame *frame)
{
	uint64_t hash = hash_pair(hash_pair(parent, (uintptr_t)frame->function),
				  (uintptr_t)frame->module + frame->is_inlined);

	for (struct hash_cursor c = hash_index_begin(&tree->index, hash);
	     hash_index_next(&tree->index, &c);) {
		const struct call_node *node = &tree->nodes[c.number];

		if (node->parent == parent && is_the_same(node->frame, frame))
			return c.number;
	}
	uint32_t child = add_node(tree, parent, frame);

	tree->nodes[child].next_sibling = tree->nodes[parent].first_child;
	tree->nodes[parent].first_child = child;
	hash_index_add(&tree->index, hash, child);
	return child;
}

static void add_weight(struct call_weight *to, struct call_weight weight)
{
	to->weight += weight.weight;
	to->count += weight.count;
}

void call_tree_add(struct call_tree *tree, uint32_t node, struct call_weight weight)
{
	add_weight(&tree->nodes[node].self, weight);
	for (; node != CALL_ROOT; node = tree->nodes[node].parent)
		add_weight(&tree->nodes[node].total, weight);
	add_weight(&tree->nodes[CALL_ROOT].total, weight);
}

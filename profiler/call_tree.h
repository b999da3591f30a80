/* SPDX-License-Identifier: MIT */
/*
 * A call tree: stacks merged by function, with self and total weights.
 *
 * You give paths of named frames with a weight, root first (top-down) or leaf first (who calls);
 * you get nodes. A node's total is the weight of the paths through it, its self that of the paths
 * that end in it. Frames are the same function if name, module and being inlined agree; their
 * lines may differ. It never sorts: children are in the order they came.
 */
#ifndef PROFILER_CALL_TREE_H
#define PROFILER_CALL_TREE_H

#include "profiler/naming.h"
#include "symbolize/hash_index.h"

#define CALL_NODE_NONE UINT32_MAX

struct call_weight {
	uint64_t weight; /* sum of periods */
	uint64_t count;	 /* of samples */
};

struct call_node {
	const struct named_frame *frame; /* of the first path that came here; NULL: the root */
	uint32_t parent, first_child, next_sibling;
	struct call_weight self, total;
};

struct call_tree {
	struct call_node *nodes; /* the first is the root of all: no frame */
	size_t count, capacity;
	struct hash_index index; /* by parent and function */
};

void call_tree_init(struct call_tree *tree);
void call_tree_deinit(struct call_tree *tree);

/* The child of `parent` for this frame, made if need be. The frame is borrowed for the tree's
 * life. */
uint32_t call_tree_child(struct call_tree *tree, uint32_t parent, const struct named_frame *frame);

/* Adds to the node's self, and to the totals from it to the root. */
void call_tree_add(struct call_tree *tree, uint32_t node, struct call_weight weight);

#endif

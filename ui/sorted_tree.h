/* SPDX-License-Identifier: MIT */
/*
 * A call tree as it is shown: the hottest child first, and nothing to follow links for.
 *
 * You give summed stacks or a call tree; you get an array in the order of a walk: a node is followed
 * by all that is below it, up to `end`. So the first child of node i, the hottest, is i + 1, and the
 * sibling after it begins at its end. It never changes once it is made.
 */
#ifndef UI_SORTED_TREE_H
#define UI_SORTED_TREE_H

#include "ui/shown.h"

struct sorted_node {
	const struct named_frame *frame; /* borrowed from the naming; NULL: the root */
	uint32_t parent, end, depth;	 /* the root is its own parent, at depth 0 */
	uint64_t start; /* weight to its left: of its parent's start and the siblings before it */
	struct call_weight self, total;
};

struct sorted_tree {
	struct sorted_node *nodes; /* the first is the root */
	size_t count;		   /* 0: not made yet */
};

/* Top-down: stacks from the frame on that the selection has and that is nearest to the root. */
void sorted_tree_build(struct sorted_tree *tree, const struct selection *selection,
		       const struct profile *profile, struct naming *naming,
		       const struct stack_sums *sums);
void sorted_tree_from(struct sorted_tree *tree, const struct call_tree *unsorted);
void sorted_tree_deinit(struct sorted_tree *tree);

static inline bool sorted_tree_has(const struct sorted_tree *tree, uint32_t node, uint32_t below)
{
	return below >= node && below < tree->nodes[node].end;
}

/* The function of a node; the root has none. */
struct shown_function sorted_tree_function(const struct sorted_tree *tree, uint32_t node);

/* The child of `parent` for this frame; CALL_NODE_NONE: there is none. */
uint32_t sorted_tree_child(const struct sorted_tree *tree, uint32_t parent,
			   const struct named_frame *frame);

/* Where a node of an older tree is now: as far down its path as that still is. */
uint32_t sorted_tree_follow(const struct sorted_tree *tree, const struct sorted_tree *old,
			    uint32_t node);

/* The node of this function with the greatest total; the root if there is none. */
uint32_t sorted_tree_hottest(const struct sorted_tree *tree, struct shown_function function);

/* What all stacks weigh that have a function whose name has this text. */
struct call_weight sorted_tree_matching(const struct sorted_tree *tree, const char *text);

#endif

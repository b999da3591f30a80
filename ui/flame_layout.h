/* SPDX-License-Identifier: MIT */
/*
 * Where the boxes of a flame graph lie: a row for each depth, as wide as their share.
 *
 * You give a sorted tree and how many columns the node that is zoomed to has; you get its boxes and
 * those below. Edges are rounded down from exact sums, so a box never leaves its parent's. Siblings
 * that are thinner than a column, always the last ones, are one merged box, and nothing is below
 * it. It never draws.
 */
#ifndef UI_FLAME_LAYOUT_H
#define UI_FLAME_LAYOUT_H

#include "ui/sorted_tree.h"

struct flame_layout {
	const struct sorted_tree *tree;
	uint32_t zoom;
	int columns;	    /* at least 1 */
	uint32_t depth_end; /* boxes from this depth on are left out */
};

struct flame_box {
	uint32_t node;
	int left, right; /* columns [left, right); a merged box can be none wide */
	bool is_merged;	 /* the node and all siblings after it */
};

/* In the order of the tree, beginning with the zoomed node's. */
struct flame_box flame_layout_first(const struct flame_layout *layout);
bool flame_layout_next(const struct flame_layout *layout, struct flame_box *box);

/* The box of a node that is on the way to the zoomed one, or below it: the merged box that it
 * vanished in if it has none of its own. */
struct flame_box flame_layout_box(const struct flame_layout *layout, uint32_t node);

/* False: there is no box. */
bool flame_layout_at(const struct flame_layout *layout, uint32_t depth, int column,
		     struct flame_box *box);

/* The nearest box of the same depth, to the right or to the left; false: it is the last one. */
bool flame_layout_beside(const struct flame_layout *layout, const struct flame_box *box,
			 bool is_right, struct flame_box *beside);

/* The next node on the way to the zoomed one; below that the hottest child, or the node itself if
 * it has none. */
uint32_t flame_layout_below(const struct flame_layout *layout, uint32_t node);

#endif

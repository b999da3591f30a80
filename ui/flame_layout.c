/* SPDX-License-Identifier: MIT */
#include "ui/flame_layout.h"

/* Weights are 64 bits wide, and are multiplied. */
typedef unsigned __int128 wide;

static bool is_thin(const struct flame_layout *layout, uint32_t node)
{
	const struct sorted_node *nodes = layout->tree->nodes;

	return node != layout->zoom && (wide)nodes[node].total.weight * (wide)layout->columns <
					       nodes[layout->zoom].total.weight;
}

/* The column that a weight, counted from the left of the whole tree, falls into. */
static int column_of(const struct flame_layout *layout, uint64_t weight)
{
	const struct sorted_node *zoom = &layout->tree->nodes[layout->zoom];

	if (!zoom->total.weight)
		return 0;
	return (int)((wide)(weight - zoom->start) * (wide)layout->columns / zoom->total.weight);
}

static struct flame_box whole_row(const struct flame_layout *layout, uint32_t node)
{
	return (struct flame_box){ .node = node, .right = layout->columns };
}

static struct flame_box make_box(const struct flame_layout *layout, uint32_t number)
{
	const struct sorted_node *node = &layout->tree->nodes[number];
	const struct sorted_node *parent = &layout->tree->nodes[node->parent];
	bool is_merged = is_thin(layout, number);
	uint64_t end = is_merged ? parent->start + parent->total.weight - parent->self.weight
				 : node->start + node->total.weight;

	if (number == layout->zoom)
		return whole_row(layout, number);
	return (struct flame_box){ number, column_of(layout, node->start), column_of(layout, end),
				   is_merged };
}

struct flame_box flame_layout_first(const struct flame_layout *layout)
{
	return whole_row(layout, layout->zoom);
}

bool flame_layout_next(const struct flame_layout *layout, struct flame_box *box)
{
	const struct sorted_node *nodes = layout->tree->nodes;
	uint32_t next = nodes[box->node].end;

	if (box->is_merged)
		next = nodes[nodes[box->node].parent].end;
	else if (nodes[box->node].depth + 1 < layout->depth_end)
		next = box->node + 1;
	if (next >= nodes[layout->zoom].end)
		return false;
	*box = make_box(layout, next);
	return true;
}

struct flame_box flame_layout_box(const struct flame_layout *layout, uint32_t node)
{
	const struct sorted_node *nodes = layout->tree->nodes;

	if (sorted_tree_has(layout->tree, node, layout->zoom))
		return whole_row(layout, node);
	if (!is_thin(layout, node))
		return make_box(layout, node);
	while (is_thin(layout, nodes[node].parent))
		node = nodes[node].parent;
	node = nodes[node].parent + 1;
	while (!is_thin(layout, node))
		node = nodes[node].end;
	return make_box(layout, node);
}

static uint32_t ancestor_at(const struct sorted_tree *tree, uint32_t node, uint32_t depth)
{
	while (tree->nodes[node].depth > depth)
		node = tree->nodes[node].parent;
	return node;
}

bool flame_layout_at(const struct flame_layout *layout, uint32_t depth, int column,
		     struct flame_box *box)
{
	const struct sorted_node *nodes = layout->tree->nodes;
	struct flame_layout row = *layout;

	if (depth <= nodes[layout->zoom].depth) {
		*box = whole_row(layout, ancestor_at(layout->tree, layout->zoom, depth));
		return true;
	}
	row.depth_end = depth + 1;
	*box = flame_layout_first(&row);
	do {
		if (nodes[box->node].depth == depth && box->left <= column && column < box->right)
			return true;
	} while (flame_layout_next(&row, box));
	return false;
}

bool flame_layout_beside(const struct flame_layout *layout, const struct flame_box *box,
			 bool is_right, struct flame_box *beside)
{
	const struct sorted_node *nodes = layout->tree->nodes;
	struct flame_layout row = *layout;
	struct flame_box at = flame_layout_first(layout);
	bool is_found = false;

	row.depth_end = nodes[box->node].depth + 1;
	do {
		bool is_beside = is_right ? at.node > box->node : at.node < box->node;

		if (!is_beside || at.left == at.right ||
		    nodes[at.node].depth != nodes[box->node].depth)
			continue;
		*beside = at;
		is_found = true;
		if (is_right)
			break;
	} while (flame_layout_next(&row, &at));
	return is_found;
}

uint32_t flame_layout_below(const struct flame_layout *layout, uint32_t node)
{
	const struct sorted_tree *tree = layout->tree;

	if (node != layout->zoom && sorted_tree_has(tree, node, layout->zoom))
		return ancestor_at(tree, layout->zoom, tree->nodes[node].depth + 1);
	return node + 1 < tree->nodes[node].end ? node + 1 : node;
}

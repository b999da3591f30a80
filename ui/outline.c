/* SPDX-License-Identifier: MIT */
#include "ui/outline.h"

#include "jitdump/xalloc.h"
#include "ui/table_text.h"

#include <stdlib.h>

static bool is_visible(const struct outline *outline, uint32_t node)
{
	uint64_t weight = outline->tree.nodes[node].total.weight;

	return percent_of(weight, outline->whole) >= outline->min_percent;
}

bool outline_has_children(const struct outline *outline, uint32_t node)
{
	return node + 1 < outline->tree.nodes[node].end && is_visible(outline, node + 1);
}

static bool has_next_sibling(const struct outline *outline, uint32_t node)
{
	const struct sorted_node *nodes = outline->tree.nodes;
	uint32_t next = nodes[node].end;

	return next < nodes[nodes[node].parent].end && is_visible(outline, next);
}

static bool has_siblings(const struct outline *outline, uint32_t node)
{
	return node != outline->tree.nodes[node].parent + 1 || has_next_sibling(outline, node);
}

static void add_row(struct outline *outline, uint32_t node)
{
	uint32_t parent = outline->count ? (uint32_t)outline->count - 1 : OUTLINE_NO_ROW;

	while (parent != OUTLINE_NO_ROW &&
	       outline->rows[parent].node != outline->tree.nodes[node].parent)
		parent = outline->rows[parent].parent;
	outline->rows =
		xgrow(outline->rows, outline->count, &outline->capacity, sizeof(*outline->rows));
	struct outline_row *row = &outline->rows[outline->count++];

	*row = (struct outline_row){
		.node = node,
		.parent = parent,
		.has_siblings = has_siblings(outline, node),
		.is_last = !has_next_sibling(outline, node),
	};
	if (parent != OUTLINE_NO_ROW)
		row->indent = outline->rows[parent].indent + outline->rows[parent].has_siblings;
}

static void make_rows(struct outline *outline)
{
	outline->count = 0;
	for (uint32_t node = 1; node < outline->tree.count;) {
		bool is_shown = is_visible(outline, node);

		if (is_shown)
			add_row(outline, node);
		node = is_shown && outline->is_open[node] ? node + 1
							  : outline->tree.nodes[node].end;
	}
}

/* Opens in `now` what is open in `before`, if it is still there. */
static void keep_open(struct outline *now, const struct outline *before)
{
	uint32_t *places = xmalloc((before->tree.count + 1) * sizeof(*places));
	bool *is_needed = xcalloc(before->tree.count + 1, sizeof(*is_needed));

	for (size_t i = before->tree.count; i-- > 0;) {
		is_needed[i] |= before->is_open[i];
		is_needed[before->tree.nodes[i].parent] |= is_needed[i];
	}
	for (uint32_t i = 0; i < before->tree.count; i++) {
		uint32_t parent = i ? places[before->tree.nodes[i].parent] : 0;

		places[i] = i ? CALL_NODE_NONE : 0;
		if (i && is_needed[i] && parent != CALL_NODE_NONE)
			places[i] =
				sorted_tree_child(&now->tree, parent, before->tree.nodes[i].frame);
		if (places[i] != CALL_NODE_NONE && before->is_open[i])
			now->is_open[places[i]] = true;
	}
	free(is_needed);
	free(places);
}

void outline_set(struct outline *outline, struct sorted_tree *tree, uint64_t whole,
		 double min_percent)
{
	struct outline before = *outline;

	*outline = (struct outline){ .tree = *tree, .whole = whole, .min_percent = min_percent };
	outline->is_open = xcalloc(tree->count, sizeof(*outline->is_open));
	*tree = (struct sorted_tree){ 0 };
	keep_open(outline, &before);
	outline_deinit(&before);
	make_rows(outline);
}

void outline_deinit(struct outline *outline)
{
	sorted_tree_deinit(&outline->tree);
	free(outline->is_open);
	free(outline->rows);
	*outline = (struct outline){ 0 };
}

void outline_open(struct outline *outline, uint32_t node)
{
	while (outline_has_children(outline, node)) {
		outline->is_open[node] = true;
		if (has_siblings(outline, ++node))
			break;
	}
	make_rows(outline);
}

void outline_close(struct outline *outline, uint32_t node)
{
	outline->is_open[node] = false;
	make_rows(outline);
}

void outline_open_all(struct outline *outline, uint32_t node)
{
	for (uint32_t i = node; i < outline->tree.nodes[node].end; i++)
		outline->is_open[i] = outline_has_children(outline, i);
	make_rows(outline);
}

void outline_close_all(struct outline *outline)
{
	for (size_t i = 0; i < outline->tree.count; i++)
		outline->is_open[i] = false;
	make_rows(outline);
}

void outline_reveal(struct outline *outline, uint32_t node)
{
	while (node != 0) {
		node = outline->tree.nodes[node].parent;
		outline->is_open[node] = true;
	}
	make_rows(outline);
}

uint32_t outline_hottest_end(const struct outline *outline, uint32_t node)
{
	const struct sorted_node *nodes = outline->tree.nodes;

	while (outline_has_children(outline, node) &&
	       nodes[node + 1].total.weight > nodes[node].self.weight)
		node++;
	return node;
}

uint32_t outline_find(const struct outline *outline, uint32_t node, const char *text,
		      bool is_backwards)
{
	const struct sorted_tree *tree = &outline->tree;

	while (is_backwards ? node-- > 1 : ++node < tree->count) {
		if (text_contains(tree->nodes[node].frame->function, text))
			return node;
	}
	return CALL_NODE_NONE;
}

size_t outline_row_of(const struct outline *outline, uint32_t node)
{
	size_t first = 0, end = outline->count;

	while (first < end) { /* the first row behind the node */
		size_t middle = first + (end - first) / 2;

		if (outline->rows[middle].node <= node)
			first = middle + 1;
		else
			end = middle;
	}
	uint32_t row = first ? (uint32_t)first - 1 : OUTLINE_NO_ROW;

	while (row != OUTLINE_NO_ROW &&
	       !sorted_tree_has(&outline->tree, outline->rows[row].node, node))
		row = outline->rows[row].parent;
	return row == OUTLINE_NO_ROW ? 0 : row;
}

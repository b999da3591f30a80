/* SPDX-License-Identifier: MIT */
/* The call tree: from the outermost functions down to where the time is spent. */
#include "ui/explorer.h"
#include "ui/outline.h"

enum action {
	ACTION_TURN = 1,
	ACTION_OPEN,
	ACTION_CLOSE,
	ACTION_OPEN_ALL,
	ACTION_CLOSE_ALL,
	ACTION_HOTTEST,
	ACTION_PARENT,
};

struct tree_view {
	struct view view;
	struct outline outline;
};

static void destroy(struct view *view)
{
	outline_deinit(&((struct tree_view *)view)->outline);
}

static uint32_t node_at(const struct tree_view *tree, size_t row)
{
	return row < tree->outline.count ? tree->outline.rows[row].node : 0;
}

/* After the rows were made anew. */
static void select_node(struct tree_view *tree, uint32_t node)
{
	tree->view.row_count = tree->outline.count;
	tree->view.cursor = outline_row_of(&tree->outline, node);
}

/* The node that the cursor was on, if that is the function that is looked at. */
static uint32_t choose_node(const struct tree_view *tree, const struct sorted_tree *made,
			    struct shown_function function)
{
	uint32_t node =
		sorted_tree_follow(made, &tree->outline.tree, node_at(tree, tree->view.cursor));
	uint32_t hottest;

	if (shown_function_is(sorted_tree_function(made, node), function))
		return node;
	hottest = sorted_tree_hottest(made, function);
	return hottest ? hottest : node;
}

static void update(struct view *view, struct shown *shown)
{
	struct tree_view *tree = (struct tree_view *)view;
	bool is_first = !tree->outline.tree.count;
	struct sorted_tree made;

	sorted_tree_build(&made, &shown->selection, shown->profile, shown->naming, &shown->sums);
	uint32_t node = choose_node(tree, &made, shown->function);

	outline_set(&tree->outline, &made, shown_whole(shown), shown->min_percent);
	if (is_first)
		outline_open(&tree->outline, 0);
	outline_reveal(&tree->outline, node);
	select_node(tree, node);
}

static void draw(struct view *view, const struct shown *shown, struct canvas *canvas,
		 struct area area)
{
	struct tree_view *tree = (struct tree_view *)view;
	int shift = outline_shift(&tree->outline, view->cursor, area, view->shift);

	(void)shown;
	view->list_row = 1;
	view->list_rows = area.rows - 1;
	view_scroll(view);
	outline_draw_heads("Total%", "Function", canvas, area);
	for (int i = 0; i < view->list_rows && view->top + (size_t)i < view->row_count; i++) {
		struct area row = { area.row + 1 + i, area.column, 1, area.columns };

		outline_draw(&tree->outline, view->top + (size_t)i, OUTLINE_DOWNWARD, canvas, row,
			     shift);
		canvas_mark_text(canvas, row.row, row.column, row.columns, view->search);
		if (view->top + (size_t)i == view->cursor)
			canvas_mark(canvas, row.row, row.column, row.columns, STYLE_SELECTED);
	}
}

/* What is open already is entered. A leaf is not handled: its row is scrolled then. */
static bool open_node(struct tree_view *tree, uint32_t node)
{
	if (!outline_has_children(&tree->outline, node))
		return false;
	if (tree->outline.is_open[node])
		select_node(tree, node + 1);
	else
		outline_open(&tree->outline, node);
	return true;
}

/* What is closed already is left. Not handled as long as rows are scrolled. */
static bool close_node(struct tree_view *tree, uint32_t node)
{
	if (tree->view.shift)
		return false;
	if (tree->outline.is_open[node] && outline_has_children(&tree->outline, node)) {
		outline_close(&tree->outline, node);
		select_node(tree, node);
	} else {
		select_node(tree, tree->outline.tree.nodes[node].parent);
	}
	return true;
}

static bool turn_node(struct tree_view *tree, uint32_t node)
{
	if (!tree->outline.is_open[node])
		return open_node(tree, node);
	outline_close(&tree->outline, node);
	return true;
}

static uint32_t reveal_hottest(struct tree_view *tree, uint32_t node)
{
	uint32_t end = outline_hottest_end(&tree->outline, node);

	outline_reveal(&tree->outline, end);
	return end;
}

static bool act(struct view *view, struct shown *shown, struct explorer *explorer, int action)
{
	struct tree_view *tree = (struct tree_view *)view;
	uint32_t node = node_at(tree, view->cursor);

	(void)shown;
	(void)explorer;
	if (!node)
		return false;
	switch (action) {
	case ACTION_TURN:
		if (!turn_node(tree, node))
			return false;
		break;
	case ACTION_OPEN:
		return open_node(tree, node);
	case ACTION_CLOSE:
		return close_node(tree, node);
	case ACTION_OPEN_ALL:
		outline_open_all(&tree->outline, node);
		break;
	case ACTION_CLOSE_ALL:
		outline_close_all(&tree->outline);
		break;
	case ACTION_HOTTEST:
		node = reveal_hottest(tree, node);
		break;
	case ACTION_PARENT:
		node = tree->outline.tree.nodes[node].parent;
		break;
	}
	select_node(tree, node);
	return true;
}

static bool find(struct view *view, bool is_backwards, bool stays)
{
	struct tree_view *tree = (struct tree_view *)view;
	const struct outline *outline = &tree->outline;
	uint32_t node = node_at(tree, view->cursor);

	if (stays && node)
		node += is_backwards ? 1 : -1u;
	node = outline_find(outline, node, view->search, is_backwards);
	if (node == CALL_NODE_NONE)
		node = outline_find(outline, is_backwards ? (uint32_t)outline->tree.count : 0,
				    view->search, is_backwards);
	if (node == CALL_NODE_NONE)
		return false;
	outline_reveal(&tree->outline, node);
	select_node(tree, node);
	return true;
}

static const char *row_text(struct view *view, const struct shown *shown, size_t row, char *buffer,
			    size_t size)
{
	const struct tree_view *tree = (const struct tree_view *)view;

	(void)shown;
	(void)buffer;
	(void)size;
	return tree->outline.tree.nodes[node_at(tree, row)].frame->function;
}

static struct shown_function row_function(const struct view *view, size_t row)
{
	const struct tree_view *tree = (const struct tree_view *)view;

	return sorted_tree_function(&tree->outline.tree, node_at(tree, row));
}

/* clang-format off */
static const struct key_binding bindings[] = {
	{ { TERMINAL_KEY_ENTER }, "open", "open or close the branch", ACTION_TURN },
	{ { TERMINAL_KEY_RIGHT, 'l', '+' }, NULL, "open the branch, or go into it", ACTION_OPEN },
	{ { TERMINAL_KEY_LEFT, 'h', '-' }, NULL, "close the branch, or go to its parent",
	  ACTION_CLOSE },
	{ { 'e' }, "open all", "open everything below", ACTION_OPEN_ALL },
	{ { 'E' }, "close all", "close all branches", ACTION_CLOSE_ALL },
	{ { 'H' }, "hottest", "follow the hottest path to where the time is spent", ACTION_HOTTEST },
	{ { 'p' }, "parent", "to the function that calls this one", ACTION_PARENT },
	{ { 0 }, NULL, NULL, 0 },
};
/* clang-format on */

const struct view_kind tree_view = {
	.name = "Call tree",
	.bindings = bindings,
	.size = sizeof(struct tree_view),
	.destroy = destroy,
	.update = update,
	.draw = draw,
	.act = act,
	.row_text = row_text,
	.find = find,
	.row_function = row_function,
};

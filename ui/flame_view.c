/* SPDX-License-Identifier: MIT */
/* The flame graph, root on top: every stack at once, as wide as what it costs. */
#include "ui/explorer.h"
#include "ui/flame_layout.h"
#include "ui/table_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum action {
	ACTION_PARENT = 1,
	ACTION_CHILD,
	ACTION_LEFT,
	ACTION_RIGHT,
	ACTION_ZOOM,
	ACTION_ZOOM_OUT,
	ACTION_ZOOM_OFF,
};

/* Rows, for the explorer, are nodes of the tree. The view's `top` is the depth drawn first. */
struct flame_view {
	struct view view;
	struct sorted_tree tree;
	uint32_t zoom;
	int columns, box_rows;		/* as drawn last */
	struct shown_function function; /* the one shown then */
	char searched[64];		/* what `matching` is of */
	struct call_weight matching;	/* of stacks that have a match */
};

static void destroy(struct view *view)
{
	sorted_tree_deinit(&((struct flame_view *)view)->tree);
}

static struct flame_layout layout_of(const struct flame_view *flame)
{
	return (struct flame_layout){
		.tree = &flame->tree,
		.zoom = flame->zoom,
		.columns = flame->columns > 0 ? flame->columns : 1,
		.depth_end = UINT32_MAX,
	};
}

static uint32_t cursor_of(const struct flame_view *flame)
{
	return (uint32_t)flame->view.cursor;
}

/* The cursor stays where it is, unless another view chose another function. */
static void update(struct view *view, struct shown *shown)
{
	struct flame_view *flame = (struct flame_view *)view;
	struct sorted_tree old = flame->tree;
	uint32_t hottest;

	sorted_tree_build(&flame->tree, &shown->selection, shown->profile, shown->naming,
			  &shown->sums);
	view->row_count = flame->tree.count;
	view->cursor = sorted_tree_follow(&flame->tree, &old, cursor_of(flame));
	flame->zoom = sorted_tree_follow(&flame->tree, &old, flame->zoom);
	flame->searched[0] = '\0';
	sorted_tree_deinit(&old);
	if (shown_function_is(shown->function, flame->function) ||
	    shown_function_is(shown->function,
			      sorted_tree_function(&flame->tree, cursor_of(flame))))
		return;
	hottest = sorted_tree_hottest(&flame->tree, shown->function);
	if (hottest)
		view->cursor = hottest;
}

static const char *name_of(const struct sorted_node *node)
{
	return node->frame ? node->frame->function : "all";
}

static bool is_match(const struct flame_view *flame, uint32_t node)
{
	const struct named_frame *frame = flame->tree.nodes[node].frame;

	return *flame->view.search && frame && text_contains(frame->function, flame->view.search);
}

/* Kept until the text or the tree is another one: it takes a walk over all nodes. */
static void find_matching(struct flame_view *flame)
{
	if (!strcmp(flame->searched, flame->view.search))
		return;
	memcpy(flame->searched, flame->view.search, sizeof(flame->searched));
	flame->matching = sorted_tree_matching(&flame->tree, flame->searched);
}

/* Names keep their colours, whatever the recording. */
static unsigned int box_style(const struct flame_view *flame, uint32_t node)
{
	const char *name = name_of(&flame->tree.nodes[node]);
	unsigned int style = STYLE_FLAME_FIRST +
			     (unsigned int)(hash_bytes(name, strlen(name)) % STYLE_FLAME_COUNT);

	return is_match(flame, node) ? style | STYLE_MATCH : style;
}

static uint64_t merged_weight(const struct sorted_tree *tree, uint32_t first)
{
	const struct sorted_node *parent = &tree->nodes[tree->nodes[first].parent];

	return parent->start + parent->total.weight - parent->self.weight -
	       tree->nodes[first].start;
}

static void draw_merged(const struct flame_view *flame, const struct flame_box *box, uint64_t whole,
			struct canvas *canvas, struct area area)
{
	char share[32];

	snprintf(share, sizeof(share), "%.2f%%",
		 percent_of(merged_weight(&flame->tree, box->node), whole));
	canvas_fill(canvas, area.row, area.column, area.columns, STYLE_DIM,
		    MB_CUR_MAX > 1 ? L'·' : L'.');
	if (text_width(share) + 2 <= area.columns)
		canvas_put(canvas, area.row, area.column + 2, area.columns - 2, STYLE_DIM, share);
	if (area.columns > 1)
		canvas_put(canvas, area.row, area.column, 1, STYLE_DIM, "|");
}

/* Boxes begin and end with a line, on which the next may begin: they can be told apart without
 * colours. */
static void draw_box(const struct flame_view *flame, const struct flame_box *box, uint64_t whole,
		     struct canvas *canvas, struct area area)
{
	int depth = (int)flame->tree.nodes[box->node].depth - (int)flame->view.top;
	struct area at = { area.row + depth, area.column + box->left, 1, box->right - box->left };
	unsigned int style = box_style(flame, box->node);

	if (depth < 0 || depth >= flame->box_rows || !at.columns)
		return;
	if (box->right < area.columns)
		canvas_put(canvas, at.row, area.column + box->right, 1, STYLE_DIM, "|");
	if (box->is_merged) {
		draw_merged(flame, box, whole, canvas, at);
		return;
	}
	canvas_fill(canvas, at.row, at.column, at.columns, style, L' ');
	canvas_put(canvas, at.row, at.column, 1, style, "|");
	canvas_put(canvas, at.row, at.column + 1, at.columns - 1, style,
		   name_of(&flame->tree.nodes[box->node]));
}

static void draw_boxes(const struct flame_view *flame, uint64_t whole, struct canvas *canvas,
		       struct area area)
{
	struct flame_layout layout = layout_of(flame);
	struct flame_box box = flame_layout_first(&layout);

	layout.depth_end = (uint32_t)flame->view.top + (uint32_t)flame->box_rows;
	do
		draw_box(flame, &box, whole, canvas, area);
	while (flame_layout_next(&layout, &box));
	for (uint32_t node = flame->zoom; node != 0;) {
		node = flame->tree.nodes[node].parent;
		box = flame_layout_box(&layout, node);
		draw_box(flame, &box, whole, canvas, area);
	}
}

/* The box of the cursor, told in full; how many share it if it is a merged one. */
static void draw_status(const struct flame_view *flame, const struct flame_box *box, uint64_t whole,
			struct canvas *canvas, struct area area)
{
	const struct sorted_node *node = &flame->tree.nodes[flame->view.cursor];
	int row = area.row + area.rows - 1, at = area.column, end = area.column + area.columns;

	at += canvas_printf(canvas, row, at, end - at, STYLE_TEXT,
			    "total %.2f%%  self %.2f%%  %" PRIu64 " samples  ",
			    percent_of(node->total.weight, whole),
			    percent_of(node->self.weight, whole), node->total.count);
	if (*flame->view.search)
		at += canvas_printf(canvas, row, at, end - at, STYLE_MATCH, "'%s' in %.2f%%",
				    flame->view.search, percent_of(flame->matching.weight, whole));
	if (*flame->view.search)
		at += canvas_put(canvas, row, at, end - at, STYLE_TEXT, "  ");
	if (box->is_merged)
		at += canvas_printf(canvas, row, at, end - at, STYLE_DIM, "(merged, %.2f%%)  ",
				    percent_of(merged_weight(&flame->tree, box->node), whole));
	at += canvas_put(canvas, row, at, end - at,
			 node->frame ? frame_style(node->frame) : STYLE_TEXT, name_of(node));
	if (node->frame)
		canvas_printf(canvas, row, at, end - at, STYLE_DIM, "%s  %s",
			      node->frame->is_inlined ? " (inlined)" : "", node->frame->module);
}

/* Out as far as the cursor went. */
static void keep_in_zoom(struct flame_view *flame)
{
	uint32_t cursor = cursor_of(flame);

	while (!sorted_tree_has(&flame->tree, flame->zoom, cursor) &&
	       !sorted_tree_has(&flame->tree, cursor, flame->zoom))
		flame->zoom = flame->tree.nodes[flame->zoom].parent;
}

static void scroll(struct flame_view *flame, const struct flame_box *box)
{
	size_t depth = flame->tree.nodes[box->node].depth, rows = (size_t)flame->box_rows;

	if (depth < flame->view.top)
		flame->view.top = depth;
	if (depth >= flame->view.top + rows)
		flame->view.top = depth - rows + 1;
}

static void mark_cursor(const struct flame_view *flame, const struct flame_box *box,
			struct canvas *canvas, struct area area)
{
	int row = area.row + (int)flame->tree.nodes[box->node].depth - (int)flame->view.top;
	int left = box->left < area.columns ? box->left : area.columns - 1;

	canvas_mark(canvas, row, area.column + left, box->right > left ? box->right - left : 1,
		    STYLE_SELECTED);
}

static void draw(struct view *view, const struct shown *shown, struct canvas *canvas,
		 struct area area)
{
	struct flame_view *flame = (struct flame_view *)view;
	uint64_t whole = shown_whole(shown);

	if (!flame->tree.count || area.columns < 1)
		return;
	flame->function = shown->function;
	flame->columns = area.columns;
	flame->box_rows = area.rows > 1 ? area.rows - 1 : 1;
	keep_in_zoom(flame);
	find_matching(flame);
	struct flame_layout layout = layout_of(flame);
	struct flame_box box = flame_layout_box(&layout, cursor_of(flame));

	scroll(flame, &box);
	draw_boxes(flame, whole, canvas, area);
	mark_cursor(flame, &box, canvas, area);
	if (area.rows > 1)
		draw_status(flame, &box, whole, canvas, area);
}

static uint32_t node_below(const struct flame_view *flame, uint32_t node)
{
	struct flame_layout layout = layout_of(flame);

	return flame_layout_below(&layout, node);
}

static uint32_t node_beside(const struct flame_view *flame, uint32_t node, bool is_right)
{
	struct flame_layout layout = layout_of(flame);
	struct flame_box box = flame_layout_box(&layout, node), beside;

	return flame_layout_beside(&layout, &box, is_right, &beside) ? beside.node : node;
}

static bool zoom_to(struct flame_view *flame, uint32_t node)
{
	bool is_changed = flame->zoom != node;

	flame->zoom = node;
	return is_changed;
}

static bool act(struct view *view, struct shown *shown, struct explorer *explorer, int action)
{
	struct flame_view *flame = (struct flame_view *)view;
	uint32_t node = cursor_of(flame);

	(void)shown;
	(void)explorer;
	if (!flame->tree.count)
		return false;
	switch (action) {
	case ACTION_PARENT:
		view->cursor = flame->tree.nodes[node].parent;
		return true;
	case ACTION_CHILD:
		view->cursor = node_below(flame, node);
		return true;
	case ACTION_LEFT:
	case ACTION_RIGHT:
		view->cursor = node_beside(flame, node, action == ACTION_RIGHT);
		return true;
	case ACTION_ZOOM:
		return zoom_to(flame, node);
	case ACTION_ZOOM_OUT:
		return zoom_to(flame, flame->tree.nodes[flame->zoom].parent);
	case ACTION_ZOOM_OFF:
		return zoom_to(flame, 0);
	default:
		return false;
	}
}

static bool click(struct view *view, struct shown *shown, struct explorer *explorer, int row,
		  int column, bool is_double)
{
	struct flame_view *flame = (struct flame_view *)view;
	struct flame_layout layout = layout_of(flame);
	struct flame_box box;

	(void)explorer;
	if (!flame->tree.count || row >= flame->box_rows ||
	    !flame_layout_at(&layout, (uint32_t)view->top + (uint32_t)row, column, &box))
		return false;
	view->cursor = box.node;
	if (flame->tree.nodes[box.node].frame)
		shown->function = sorted_tree_function(&flame->tree, box.node);
	if (is_double)
		zoom_to(flame, box.node);
	return true;
}

static const char *row_text(struct view *view, const struct shown *shown, size_t row, char *buffer,
			    size_t size)
{
	const struct flame_view *flame = (const struct flame_view *)view;

	(void)shown;
	(void)buffer;
	(void)size;
	return row ? name_of(&flame->tree.nodes[row]) : "";
}

static struct shown_function row_function(const struct view *view, size_t row)
{
	return sorted_tree_function(&((const struct flame_view *)view)->tree, (uint32_t)row);
}

/* clang-format off */
static const struct key_binding bindings[] = {
	{ { TERMINAL_KEY_ENTER }, "zoom", "zoom to this box", ACTION_ZOOM },
	{ { 'u', TERMINAL_KEY_BACKSPACE }, "out", "zoom out by one box", ACTION_ZOOM_OUT },
	{ { '0' }, NULL, "show all stacks again", ACTION_ZOOM_OFF },
	{ { TERMINAL_KEY_UP, 'k' }, NULL, "to the caller", ACTION_PARENT },
	{ { TERMINAL_KEY_DOWN, 'j' }, NULL, "to the hottest callee", ACTION_CHILD },
	{ { TERMINAL_KEY_LEFT, 'h' }, NULL, "to the box to the left", ACTION_LEFT },
	{ { TERMINAL_KEY_RIGHT, 'l' }, NULL, "to the box to the right", ACTION_RIGHT },
	{ { 0 }, NULL, NULL, 0 },
};
/* clang-format on */

const struct view_kind flame_view = {
	.name = "Flame",
	.bindings = bindings,
	.size = sizeof(struct flame_view),
	.destroy = destroy,
	.update = update,
	.draw = draw,
	.act = act,
	.click = click,
	.row_text = row_text,
	.row_function = row_function,
};

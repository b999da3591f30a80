/* SPDX-License-Identifier: MIT */
/* Callers and callees: a function between those that call it and those that it calls. */
#include "jitdump/xalloc.h"
#include "ui/explorer.h"
#include "ui/function_table.h"
#include "ui/outline.h"
#include "ui/sandwich.h"
#include "ui/table_text.h"

#include <stdio.h>
#include <stdlib.h>

enum action {
	ACTION_CENTER = 1,
	ACTION_ANNOTATE,
	ACTION_BACK,
	ACTION_OPEN,
	ACTION_CLOSE,
};

enum { NAME_COLUMNS = 8 };

struct callers_view {
	struct view view;
	struct shown_function function;
	struct call_weight self, total, recursive;
	uint64_t whole;			  /* 100 % of all */
	struct outline callers, callees;  /* above, drawn upward, and below */
	struct shown_function *functions; /* that it was built around before */
	size_t function_count, function_capacity;
	bool is_moved; /* the function's row is to be in the middle */
};

/* What a row is: of one of the outlines, or the function itself. */
struct place {
	struct outline *outline; /* NULL: the function */
	size_t row;
};

static struct place place_at(struct callers_view *callers, size_t row)
{
	size_t middle = callers->callers.count;

	if (row < middle)
		return (struct place){ &callers->callers, middle - 1 - row };
	if (row > middle && row <= middle + callers->callees.count)
		return (struct place){ &callers->callees, row - middle - 1 };
	return (struct place){ NULL, 0 };
}

static uint32_t node_at(struct callers_view *callers, size_t row)
{
	struct place place = place_at(callers, row);

	return place.outline ? place.outline->rows[place.row].node : 0;
}

/* After the rows were made anew. The function is the root of both. */
static void select_node(struct callers_view *callers, const struct outline *outline, uint32_t node)
{
	size_t middle = callers->callers.count;

	callers->view.row_count = callers->function.name ? middle + 1 + callers->callees.count : 0;
	if (!node || !outline->count)
		callers->view.cursor = middle;
	else if (outline == &callers->callers)
		callers->view.cursor = middle - 1 - outline_row_of(outline, node);
	else
		callers->view.cursor = middle + 1 + outline_row_of(outline, node);
}

static void destroy(struct view *view)
{
	struct callers_view *callers = (struct callers_view *)view;

	outline_deinit(&callers->callers);
	outline_deinit(&callers->callees);
	free(callers->functions);
}

static struct shown_function hottest_function(const struct shown *shown)
{
	static const struct sort_order order = { .keys = { SORT_SELF }, .count = 1 };
	struct shown_function function = { 0 };
	struct function_table table;

	function_table_build(&table, &order, &shown->selection, shown->profile, shown->naming,
			     &shown->sums);
	if (table.count)
		function = shown_function_of(table.rows[0].frame);
	function_table_deinit(&table);
	return function;
}

/* Around another function nothing is open and the cursor is on the function. */
static void begin_function(struct callers_view *callers, struct shown_function function)
{
	outline_deinit(&callers->callers);
	outline_deinit(&callers->callees);
	callers->function = function;
	callers->view.cursor = 0;
	callers->view.shift = 0;
	callers->is_moved = true;
}

static void update(struct view *view, struct shown *shown)
{
	struct callers_view *callers = (struct callers_view *)view;
	struct sandwich made;

	if (!shown->function.name)
		shown->function = hottest_function(shown);
	if (!shown_function_is(shown->function, callers->function))
		begin_function(callers, shown->function);
	sandwich_build(&made, shown, callers->function);
	struct outline *outline = place_at(callers, view->cursor).outline;
	struct sorted_tree *tree = outline == &callers->callers ? &made.callers : &made.callees;
	uint32_t node =
		outline ? sorted_tree_follow(tree, &outline->tree, node_at(callers, view->cursor))
			: 0;

	callers->self = made.self;
	callers->total = made.total;
	callers->recursive = made.recursive;
	callers->whole = shown_whole(shown);
	outline_set(&callers->callers, &made.callers, made.total.weight, shown->min_percent);
	outline_set(&callers->callees, &made.callees, made.total.weight, shown->min_percent);
	select_node(callers, outline, node);
}

/* Of all, in contrast to the row's other numbers; how much of it recurs is of its own total. */
static const char *summary_text(const struct callers_view *callers, char *buffer, size_t size)
{
	int used = snprintf(buffer, size, "  self %.2f%%, total %.2f%%",
			    percent_of(callers->self.weight, callers->whole),
			    percent_of(callers->total.weight, callers->whole));

	if (callers->recursive.count)
		snprintf(buffer + used, size - (size_t)used, ", recursive %.2f%%",
			 percent_of(callers->recursive.weight, callers->total.weight));
	return buffer;
}

/* A long name is cut rather than what it costs. */
static void draw_function(const struct callers_view *callers, struct canvas *canvas,
			  struct area area)
{
	int used = outline_draw_weights(&callers->total, &callers->self, callers->total.weight,
					canvas, area);
	int at = area.column + used, end = area.column + area.columns;
	char summary[128];
	int name_end = end - text_width(summary_text(callers, summary, sizeof(summary)));

	if (name_end - at < NAME_COLUMNS)
		name_end = end;
	at += canvas_put(canvas, area.row, at, name_end - at, STYLE_TITLE, "=> ");
	at += canvas_put(canvas, area.row, at, name_end - at, STYLE_TITLE, callers->function.name);
	at += canvas_printf(canvas, area.row, at, name_end - at, STYLE_DIM, "  %s",
			    callers->function.module);
	canvas_put(canvas, area.row, at, end - at, STYLE_TEXT, summary);
}

static void draw_row(struct callers_view *callers, size_t row, struct canvas *canvas,
		     struct area area, int shift)
{
	struct place place = place_at(callers, row);

	if (!place.outline)
		draw_function(callers, canvas, area);
	else
		outline_draw(place.outline, place.row,
			     place.outline == &callers->callers ? OUTLINE_UPWARD : OUTLINE_DOWNWARD,
			     canvas, area, shift);
	canvas_mark_text(canvas, area.row, area.column, area.columns, callers->view.search);
	if (row == callers->view.cursor)
		canvas_mark(canvas, area.row, area.column, area.columns, STYLE_SELECTED);
}

static void scroll(struct callers_view *callers)
{
	struct view *view = &callers->view;
	size_t half = view->list_rows > 0 ? (size_t)view->list_rows / 2 : 0;

	if (callers->is_moved)
		view->top = view->cursor > half ? view->cursor - half : 0;
	callers->is_moved = false;
	view_scroll(view);
}

static void draw(struct view *view, const struct shown *shown, struct canvas *canvas,
		 struct area area)
{
	struct callers_view *callers = (struct callers_view *)view;
	struct place place = place_at(callers, view->cursor);
	int shift = place.outline ? outline_shift(place.outline, place.row, area, view->shift)
				  : view->shift;

	(void)shown;
	view->list_row = 1;
	view->list_rows = area.rows - 1;
	scroll(callers);
	outline_draw_heads("Share%", "Callers above, callees below", canvas, area);
	for (int i = 0; i < view->list_rows && view->top + (size_t)i < view->row_count; i++)
		draw_row(callers, view->top + (size_t)i, canvas,
			 (struct area){ area.row + 1 + i, area.column, 1, area.columns }, shift);
}

static bool center(struct callers_view *callers, struct shown *shown)
{
	struct place place = place_at(callers, callers->view.cursor);

	if (!place.outline)
		return false;
	callers->functions = xgrow(callers->functions, callers->function_count,
				   &callers->function_capacity, sizeof(*callers->functions));
	callers->functions[callers->function_count++] = callers->function;
	shown->function =
		sorted_tree_function(&place.outline->tree, place.outline->rows[place.row].node);
	update(&callers->view, shown);
	return true;
}

static bool go_back(struct callers_view *callers, struct shown *shown)
{
	if (!callers->function_count)
		return false;
	shown->function = callers->functions[--callers->function_count];
	update(&callers->view, shown);
	return true;
}

/* A leaf is not handled: its row is scrolled then. */
static bool open_node(struct callers_view *callers, struct outline *outline, uint32_t node)
{
	if (!outline || !outline_has_children(outline, node))
		return false;
	if (outline->is_open[node])
		node++;
	else
		outline_open(outline, node);
	select_node(callers, outline, node);
	return true;
}

/* What is closed already is left. Not handled as long as rows are scrolled. */
static bool close_node(struct callers_view *callers, struct outline *outline, uint32_t node)
{
	if (!outline || callers->view.shift)
		return false;
	if (outline->is_open[node] && outline_has_children(outline, node))
		outline_close(outline, node);
	else
		node = outline->tree.nodes[node].parent;
	select_node(callers, outline, node);
	return true;
}

static bool act(struct view *view, struct shown *shown, struct explorer *explorer, int action)
{
	struct callers_view *callers = (struct callers_view *)view;
	struct outline *outline = place_at(callers, view->cursor).outline;
	uint32_t node = node_at(callers, view->cursor);

	(void)explorer;
	switch (action) {
	case ACTION_ANNOTATE:
		if (outline)
			shown->function = sorted_tree_function(&outline->tree, node);
		return false; /* what the key does everywhere, with this function */
	case ACTION_CENTER:
		return center(callers, shown);
	case ACTION_BACK:
		return go_back(callers, shown);
	case ACTION_OPEN:
		return open_node(callers, outline, node);
	case ACTION_CLOSE:
		return close_node(callers, outline, node);
	default:
		return false;
	}
}

static const char *row_text(struct view *view, const struct shown *shown, size_t row, char *buffer,
			    size_t size)
{
	struct callers_view *callers = (struct callers_view *)view;
	struct place place = place_at(callers, row);

	(void)shown;
	(void)buffer;
	(void)size;
	return place.outline ? place.outline->tree.nodes[node_at(callers, row)].frame->function
			     : callers->function.name;
}

/*
 * Going down the screen is going back in the callers, which are drawn upward, and forth in the
 * callees. Returns a node of the outline from `node` on; all of it: from its first end, as it is
 * drawn, on.
 */
static uint32_t find_in(const struct callers_view *callers, const struct outline *outline,
			uint32_t node, bool is_all, bool is_upward)
{
	bool is_backwards = is_upward != (outline == &callers->callers);

	if (is_all)
		node = is_backwards ? (uint32_t)outline->tree.count : 0;
	return outline_find(outline, node, callers->view.search, is_backwards);
}

/* All of an outline, and the function before it where the way leads over it. */
static bool find_beyond(struct callers_view *callers, struct outline *outline, bool is_backwards)
{
	bool is_over_function = is_backwards == (outline == &callers->callers);
	bool is_on_function = !place_at(callers, callers->view.cursor).outline;
	uint32_t node;

	if (is_over_function && !is_on_function &&
	    text_contains(callers->function.name, callers->view.search)) {
		select_node(callers, outline, 0);
		return true;
	}
	node = find_in(callers, outline, 0, true, is_backwards);
	if (node == CALL_NODE_NONE)
		return false;
	outline_reveal(outline, node);
	select_node(callers, outline, node);
	return true;
}

static bool find(struct view *view, bool is_backwards, bool stays)
{
	struct callers_view *callers = (struct callers_view *)view;
	struct outline *here = place_at(callers, view->cursor).outline;
	bool is_to_callees = here ? here == &callers->callers : !is_backwards;
	struct outline *next = is_to_callees ? &callers->callees : &callers->callers;
	struct outline *rest = is_to_callees ? &callers->callers : &callers->callees;
	uint32_t node = node_at(callers, view->cursor);

	if (stays && text_contains(row_text(view, NULL, view->cursor, NULL, 0), view->search))
		return true;
	node = here ? find_in(callers, here, node, false, is_backwards) : CALL_NODE_NONE;
	if (node == CALL_NODE_NONE)
		return find_beyond(callers, next, is_backwards) ||
		       find_beyond(callers, rest, is_backwards);
	outline_reveal(here, node);
	select_node(callers, here, node);
	return true;
}

/* clang-format off */
static const struct key_binding bindings[] = {
	{ { TERMINAL_KEY_ENTER }, "callers", "go on with the callers and callees of this one",
	  ACTION_CENTER },
	{ { 'u', TERMINAL_KEY_BACKSPACE }, "undo", "back to the function before", ACTION_BACK },
	{ { TERMINAL_KEY_RIGHT, 'l', '+' }, NULL, "open the branch, or go into it", ACTION_OPEN },
	{ { TERMINAL_KEY_LEFT, 'h', '-' }, NULL, "close the branch, or go to its parent",
	  ACTION_CLOSE },
	{ { 'a' }, NULL, "source lines and instructions of this row's function", ACTION_ANNOTATE },
	{ { 0 }, NULL, NULL, 0 },
};
/* clang-format on */

/* It has no row_function: the function stays that in the middle while the cursor looks around. */
const struct view_kind callers_view = {
	.name = "Callers",
	.bindings = bindings,
	.size = sizeof(struct callers_view),
	.destroy = destroy,
	.update = update,
	.draw = draw,
	.act = act,
	.row_text = row_text,
	.find = find,
};

/* SPDX-License-Identifier: MIT */
/*
 * A view that is a table: heads, sorted columns, a row each.
 *
 * You give columns and what stands in a cell; you get a view whose columns are sorted by < > and
 * 1-9 and by clicking their heads, drawn to the width there is: one column takes the rest, and
 * those behind it are left out where that would be too narrow.
 */
#ifndef UI_TABLE_VIEW_H
#define UI_TABLE_VIEW_H

#include "ui/view.h"

struct table_column {
	const char *title;
	int columns;	/* its width; 0, for one of them: what is left */
	bool is_number; /* to the right, and sorted with the greatest first */
};

struct table_view;

struct table_kind {
	const struct table_column *columns;
	size_t column_count;
	size_t sorted_by; /* the column at first */

	/* A cell as text, and its style. `row` counts as the view made them, unsorted. */
	const char *(*cell)(const struct table_view *table, const struct shown *shown, size_t row,
			    size_t column, char *buffer, size_t size, unsigned int *style);

	/* The order of two rows by a column, ascending. */
	int (*compare)(const struct table_view *table, size_t first, size_t second, size_t column);
};

/* The first member of such views. */
struct table_view {
	struct view view;
	const struct table_kind *kind;
	size_t *order; /* the rows as they are drawn; view.row_count of them */
	size_t sorted_by;
	bool is_reversed;
	int drawn_columns; /* how wide it was drawn last */
};

/* Actions of its keys, to be among a view's bindings by TABLE_BINDINGS; given to
 * table_view_act(). */
enum {
	TABLE_SORT_LEFT = 1000,
	TABLE_SORT_RIGHT,
	TABLE_SORT_REVERSE,
	TABLE_SORT_FIRST, /* by column 1; the others follow */
};

/* clang-format off */
#define TABLE_BINDINGS \
	{ { '<', ',' }, NULL, "sort by the column to the left", TABLE_SORT_LEFT }, \
	{ { '>', '.' }, "sort", "sort by the column to the right", TABLE_SORT_RIGHT }, \
	{ { 'r' }, NULL, "reverse the order", TABLE_SORT_REVERSE }, \
	{ { '1' }, NULL, "sort by the first column; 2-9 by the others", TABLE_SORT_FIRST }, \
	{ { '2' }, NULL, NULL, TABLE_SORT_FIRST + 1 }, { { '3' }, NULL, NULL, TABLE_SORT_FIRST + 2 }, \
	{ { '4' }, NULL, NULL, TABLE_SORT_FIRST + 3 }, { { '5' }, NULL, NULL, TABLE_SORT_FIRST + 4 }, \
	{ { '6' }, NULL, NULL, TABLE_SORT_FIRST + 5 }, { { '7' }, NULL, NULL, TABLE_SORT_FIRST + 6 }, \
	{ { '8' }, NULL, NULL, TABLE_SORT_FIRST + 7 }, { { '9' }, NULL, NULL, TABLE_SORT_FIRST + 8 }
/* clang-format on */

/* After the rows were made (`row_count`): orders them. */
void table_view_sort(struct table_view *table, const struct table_kind *kind, size_t row_count);
void table_view_deinit(struct table_view *table);

/* The row as the view made it, of a row as it is drawn. */
static inline size_t table_view_row(const struct table_view *table, size_t drawn)
{
	return table->order[drawn];
}

/* The row as the view made it, where the cursor is; TABLE_NO_ROW: there are none. */
#define TABLE_NO_ROW SIZE_MAX
size_t table_view_row_at_cursor(const struct view *view);

/* Sets the cursor to where the row `made` is drawn. */
void table_view_select(struct table_view *table, size_t made);

void table_view_draw(struct table_view *table, const struct shown *shown, struct canvas *canvas,
		     struct area area);
bool table_view_act(struct table_view *table, int action);

/* For a kind of view: a click at the heads sorts. */
bool table_view_click(struct view *view, struct shown *shown, struct explorer *explorer, int row,
		      int column, bool is_double);

#endif

/* SPDX-License-Identifier: MIT */
#include "ui/table_view.h"

#include "jitdump/xalloc.h"

#include <stdio.h>
#include <stdlib.h>

enum { GAP = 1, REST_MIN = 24, COLUMNS_MAX = 16 };

/* Numbers have their greatest first, texts their least; `r` turns that round. */
static int compare_rows(const void *a, const void *b, void *context)
{
	const struct table_view *table = context;
	size_t first = *(const size_t *)a, second = *(const size_t *)b;
	int order = table->kind->compare(table, first, second, table->sorted_by);

	if (table->kind->columns[table->sorted_by].is_number != table->is_reversed)
		order = -order;
	return order ? order : (first > second) - (first < second);
}

static void sort(struct table_view *table)
{
	if (table->view.row_count)
		qsort_r(table->order, table->view.row_count, sizeof(*table->order), compare_rows,
			table);
}

void table_view_sort(struct table_view *table, const struct table_kind *kind, size_t row_count)
{
	if (!table->kind)
		table->sorted_by = kind->sorted_by;
	table->kind = kind;
	table->view.row_count = row_count;
	table->order = xrealloc(table->order, (row_count + 1) * sizeof(*table->order));
	for (size_t i = 0; i < row_count; i++)
		table->order[i] = i;
	sort(table);
}

void table_view_deinit(struct table_view *table)
{
	free(table->order);
	table->order = NULL;
}

size_t table_view_row_at_cursor(const struct view *view)
{
	const struct table_view *table = (const struct table_view *)view;

	return view->cursor < view->row_count ? table_view_row(table, view->cursor) : TABLE_NO_ROW;
}

void table_view_select(struct table_view *table, size_t made)
{
	for (size_t i = 0; i < table->view.row_count; i++)
		if (table->order[i] == made)
			table->view.cursor = i;
}

/* What is left for the column that takes the rest, of the first `count`. */
static int rest_of(const struct table_kind *kind, size_t count, int columns)
{
	for (size_t i = 0; i < count; i++)
		columns -= kind->columns[i].columns + (i + 1 < count ? GAP : 0);
	return columns;
}

/* How many columns there is room for, and their widths. */
static size_t choose_widths(const struct table_kind *kind, int columns, int widths[COLUMNS_MAX])
{
	size_t count = kind->column_count, rest = 0;

	while (rest + 1 < count && kind->columns[rest].columns)
		rest++;
	while (count > rest + 1 && rest_of(kind, count, columns) < REST_MIN)
		count--;
	for (size_t i = 0; i < count; i++)
		widths[i] = kind->columns[i].columns;
	if (count > rest && !widths[rest])
		widths[rest] = rest_of(kind, count, columns);
	return count;
}

static void draw_cell(struct canvas *canvas, int row, int column, int width, bool is_number,
		      unsigned int style, const char *text)
{
	int room = is_number ? width - text_width(text) : 0;

	canvas_put(canvas, row, column + (room > 0 ? room : 0), width, style, text);
}

static void draw_heads(const struct table_view *table, struct canvas *canvas, struct area area)
{
	const struct table_kind *kind = table->kind;
	int at = area.column, widths[COLUMNS_MAX];
	size_t count = choose_widths(kind, area.columns, widths);

	canvas_fill(canvas, area.row, area.column, area.columns, STYLE_HEAD, L' ');
	for (size_t i = 0; i < count; i++) {
		bool is_number = kind->columns[i].is_number;
		const char *mark = table->is_reversed != is_number ? "v" : "^";
		char head[64];

		snprintf(head, sizeof(head), "%s%s", kind->columns[i].title,
			 i == table->sorted_by ? mark : "");
		draw_cell(canvas, area.row, at, widths[i], is_number, STYLE_HEAD, head);
		at += widths[i] + GAP;
	}
}

static void draw_row(const struct table_view *table, const struct shown *shown,
		     struct canvas *canvas, struct area area, size_t drawn)
{
	const struct table_kind *kind = table->kind;
	int at = area.column, widths[COLUMNS_MAX];
	size_t count = choose_widths(kind, area.columns, widths);

	for (size_t i = 0; i < count; i++) {
		unsigned int style = STYLE_TEXT;
		char buffer[1024];
		const char *text = kind->cell(table, shown, table->order[drawn], i, buffer,
					      sizeof(buffer), &style);

		draw_cell(canvas, area.row, at, widths[i], kind->columns[i].is_number, style, text);
		at += widths[i] + GAP;
	}
}

void table_view_draw(struct table_view *table, const struct shown *shown, struct canvas *canvas,
		     struct area area)
{
	struct view *view = &table->view;

	table->drawn_columns = area.columns;
	view->list_row = 1;
	view->list_rows = area.rows - 1;
	view_scroll(view);
	draw_heads(table, canvas, area);
	for (int i = 0; i < view->list_rows && view->top + (size_t)i < view->row_count; i++) {
		struct area row = { area.row + 1 + i, area.column, 1, area.columns };

		draw_row(table, shown, canvas, row, view->top + (size_t)i);
		canvas_mark_text(canvas, row.row, row.column, row.columns, view->search);
		if (view->top + (size_t)i == view->cursor)
			canvas_mark(canvas, row.row, row.column, row.columns, STYLE_SELECTED);
	}
}

static bool sort_by(struct table_view *table, size_t column)
{
	size_t made = table->view.row_count ? table->order[table->view.cursor] : 0;

	if (column >= table->kind->column_count)
		return false;
	if (column == table->sorted_by)
		table->is_reversed = !table->is_reversed;
	else
		table->is_reversed = false;
	table->sorted_by = column;
	sort(table);
	table_view_select(table, made);
	return true;
}

bool table_view_act(struct table_view *table, int action)
{
	if (!table->kind)
		return false;
	switch (action) {
	case TABLE_SORT_LEFT:
		return table->sorted_by && sort_by(table, table->sorted_by - 1);
	case TABLE_SORT_RIGHT:
		return sort_by(table, table->sorted_by + 1);
	case TABLE_SORT_REVERSE:
		return sort_by(table, table->sorted_by);
	default:
		return action >= TABLE_SORT_FIRST &&
		       sort_by(table, (size_t)(action - TABLE_SORT_FIRST));
	}
}

bool table_view_click(struct view *view, struct shown *shown, struct explorer *explorer, int row,
		      int column, bool is_double)
{
	struct table_view *table = (struct table_view *)view;
	int at = 0, widths[COLUMNS_MAX];
	size_t count;

	(void)shown;
	(void)explorer;
	(void)is_double;
	/* The heads are above the first row. */
	if (row != view->list_row - 1 || !table->kind)
		return false;
	count = choose_widths(table->kind, table->drawn_columns, widths);
	for (size_t i = 0; i < count; i++) {
		at += widths[i] + GAP;
		if (column < at)
			return sort_by(table, i);
	}
	return false;
}

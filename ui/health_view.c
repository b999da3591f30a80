/* SPDX-License-Identifier: MIT */
/* How good what is shown is: what is missing, why, in which module, and what helps. */
#include "ui/explorer.h"
#include "ui/health_table.h"
#include "ui/table_text.h"
#include "ui/table_view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_ROWS = 3, ROWS_MIN = 8 };

struct health_view {
	struct table_view table;
	struct health_table health;
};

enum { COLUMN_WHAT, COLUMN_COUNT, COLUMN_PERCENT, COLUMN_TEXT, COLUMNS };

static const struct table_column columns[COLUMNS] = {
	[COLUMN_WHAT] = { "what", 30 },
	[COLUMN_COUNT] = { "number", 9, true },
	[COLUMN_PERCENT] = { "%", 6, true },
	[COLUMN_TEXT] = { "what it means, what helps" },
};

static const struct health_row *row_at(const struct table_view *table, size_t row)
{
	return &((const struct health_view *)table)->health.rows[row];
}

static const char *number_text(const struct health_row *row, char *buffer, size_t size)
{
	if (!row->has_count)
		return "";
	if (!row->is_told)
		return "-";
	snprintf(buffer, size, "%" PRIu64, row->count);
	return buffer;
}

static const char *cell(const struct table_view *table, const struct shown *shown, size_t number,
			size_t column, char *buffer, size_t size, unsigned int *style)
{
	const struct health_row *row = row_at(table, number);

	(void)shown;
	switch (column) {
	case COLUMN_WHAT:
		*style = row->is_bad ? STYLE_WARNING : STYLE_TEXT;
		snprintf(buffer, size, "%c %s", row->is_bad ? '!' : ' ', row->what);
		return buffer;
	case COLUMN_COUNT:
		return number_text(row, buffer, size);
	case COLUMN_PERCENT:
		if (!row->is_told || !row->whole)
			return "";
		snprintf(buffer, size, "%.2f", percent_of(row->count, row->whole));
		return buffer;
	default:
		*style = STYLE_DIM;
		return row->text;
	}
}

static int compare_numbers(double first, double second)
{
	return first < second ? -1 : first > second;
}

/* By the first column they are as they are to be read. */
static int compare(const struct table_view *table, size_t first, size_t second, size_t column)
{
	const struct health_row *rows[2] = { row_at(table, first), row_at(table, second) };

	switch (column) {
	case COLUMN_COUNT:
		return compare_numbers((double)rows[0]->count, (double)rows[1]->count);
	case COLUMN_PERCENT:
		return compare_numbers(percent_of(rows[0]->count, rows[0]->whole),
				       percent_of(rows[1]->count, rows[1]->whole));
	case COLUMN_TEXT:
		return strcmp(rows[0]->text, rows[1]->text);
	default:
		return first < second ? -1 : first > second;
	}
}

static const struct table_kind table_kind = {
	.columns = columns,
	.column_count = COLUMNS,
	.sorted_by = COLUMN_WHAT,
	.cell = cell,
	.compare = compare,
};

static const struct health_row *row_at_cursor(const struct view *view)
{
	size_t row = table_view_row_at_cursor(view);

	return row == TABLE_NO_ROW ? NULL : row_at((const struct table_view *)view, row);
}

static void update(struct view *base, struct shown *shown)
{
	struct health_view *view = (struct health_view *)base;

	health_table_build(&view->health, shown);
	table_view_sort(&view->table, &table_kind, view->health.count);
}

/* How many bytes of the text go into a line of this width: whole words, if one fits. */
static size_t line_length(const char *text, int width)
{
	char line[512];
	size_t best = 0;

	for (size_t i = 1; i < sizeof(line); i++) {
		memcpy(line, text, i);
		line[i] = '\0';
		if (text_width(line) > width)
			break;
		if (!text[i] || text[i] == ' ')
			best = i;
		if (!text[i])
			break;
	}
	return best ? best : strnlen(text, (size_t)width);
}

/* The text of the cursor's row, in whole. */
static void draw_text(const struct view *view, struct canvas *canvas, struct area area)
{
	const struct health_row *row = row_at_cursor(view);
	const char *text = row ? row->text : "";

	for (int i = 0; i < area.rows && *text; i++) {
		size_t length = line_length(text, area.columns);

		canvas_printf(canvas, area.row + i, area.column, area.columns, STYLE_TITLE, "%.*s",
			      (int)length, text);
		text += length;
		text += strspn(text, " ");
	}
}

static void draw(struct view *base, const struct shown *shown, struct canvas *canvas,
		 struct area area)
{
	struct area text = area;

	text.rows = area.rows >= ROWS_MIN ? TEXT_ROWS : 0;
	area.rows -= text.rows;
	text.row = area.row + area.rows;
	table_view_draw((struct table_view *)base, shown, canvas, area);
	draw_text(base, canvas, text);
}

enum { FILTER = 1 };

/* Shows stacks with functions of the row's module alone, or all again. */
static bool filter(const struct view *view, struct shown *shown, struct explorer *explorer)
{
	const struct health_row *row = row_at_cursor(view);
	struct text_list *list = &shown->selection.modules;
	size_t at;

	if (!row || !row->module) {
		explorer_say(explorer, "this row is of no module");
		return true;
	}
	at = text_list_find(list, row->module);
	if (at < list->count)
		explorer_unfilter(explorer, list, at);
	else
		explorer_filter(explorer, list, row->module);
	return true;
}

static bool act(struct view *base, struct shown *shown, struct explorer *explorer, int action)
{
	return action == FILTER ? filter(base, shown, explorer)
				: table_view_act((struct table_view *)base, action);
}

static const char *row_text(struct view *base, const struct shown *shown, size_t number,
			    char *buffer, size_t size)
{
	const struct table_view *table = (const struct table_view *)base;
	const struct health_row *row = row_at(table, table_view_row(table, number));

	(void)shown;
	snprintf(buffer, size, "%s %s", row->what, row->text);
	return buffer;
}

static void destroy(struct view *base)
{
	struct health_view *view = (struct health_view *)base;

	health_table_deinit(&view->health);
	table_view_deinit(&view->table);
}

/* clang-format off */
static const struct key_binding bindings[] = {
	{ { TERMINAL_KEY_ENTER }, "module", "only the module of the row; again: all", FILTER },
	TABLE_BINDINGS,
	{ { 0 }, NULL, NULL, 0 },
};
/* clang-format on */

const struct view_kind health_view = {
	.name = "Health",
	.bindings = bindings,
	.size = sizeof(struct health_view),
	.destroy = destroy,
	.update = update,
	.draw = draw,
	.act = act,
	.click = table_view_click,
	.row_text = row_text,
};

/* SPDX-License-Identifier: MIT */
/* The functions: where the time is spent, and what they spend in those they call. */
#include "jitdump/xalloc.h"
#include "ui/explorer.h"
#include "ui/function_table.h"
#include "ui/table_text.h"
#include "ui/table_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column {
	COLUMN_SELF,
	COLUMN_TOTAL,
	COLUMN_SAMPLES,
	COLUMN_FUNCTION,
	COLUMN_MODULE,
	COLUMN_LINE,
};

static const struct table_column columns[] = {
	[COLUMN_SELF] = { "Self%", 7, true },	   [COLUMN_TOTAL] = { "Total%", 7, true },
	[COLUMN_SAMPLES] = { "Samples", 8, true }, [COLUMN_FUNCTION] = { "Function", 0, false },
	[COLUMN_MODULE] = { "Module", 18, false }, [COLUMN_LINE] = { "Source line", 26, false },
};

struct functions {
	struct table_view table;
	struct function_table functions;
	uint64_t whole; /* 100 % */
};

static struct functions *functions_of(const struct table_view *table)
{
	return (struct functions *)table;
}

static double percent(const struct functions *functions, uint64_t weight)
{
	return percent_of(weight, functions->whole);
}

static const char *number_cell(char *buffer, size_t size, double percent, unsigned int *style)
{
	*style = percent_style(percent);
	snprintf(buffer, size, "%.2f", percent);
	return buffer;
}

/* From where it was scrolled to on. */
static const char *function_cell(const struct function_row *row, char *buffer, size_t size,
				 int shift)
{
	size_t length = strlen(row->frame->function), skipped = shift > 0 ? (size_t)shift : 0;

	snprintf(buffer, size, "%s%s", row->frame->function + (skipped < length ? skipped : length),
		 row->frame->is_inlined ? " (inlined)" : "");
	return buffer;
}

static const char *line_cell(const struct function_row *row, char *buffer, size_t size)
{
	if (!row->line_file)
		return "";
	snprintf(buffer, size, "%s:%u", basename(row->line_file), row->line);
	return buffer;
}

static const char *cell(const struct table_view *table, const struct shown *shown, size_t number,
			size_t column, char *buffer, size_t size, unsigned int *style)
{
	const struct functions *functions = functions_of(table);
	const struct function_row *row = &functions->functions.rows[number];

	(void)shown;
	switch (column) {
	case COLUMN_SELF:
		return number_cell(buffer, size, percent(functions, row->self.weight), style);
	case COLUMN_TOTAL:
		return number_cell(buffer, size, percent(functions, row->total.weight), style);
	case COLUMN_SAMPLES:
		snprintf(buffer, size, "%llu", (unsigned long long)row->self.count);
		return buffer;
	case COLUMN_MODULE:
		*style = STYLE_DIM;
		return row->frame->module;
	case COLUMN_LINE:
		*style = STYLE_DIM;
		return line_cell(row, buffer, size);
	default:
		*style = frame_style(row->frame);
		return function_cell(row, buffer, size, table->view.shift);
	}
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare(const struct table_view *table, size_t a, size_t b, size_t column)
{
	const struct function_row *first = &functions_of(table)->functions.rows[a];
	const struct function_row *second = &functions_of(table)->functions.rows[b];

	int order;

	switch (column) {
	case COLUMN_SELF:
		return compare_numbers(first->self.weight, second->self.weight);
	case COLUMN_TOTAL:
		return compare_numbers(first->total.weight, second->total.weight);
	case COLUMN_SAMPLES:
		return compare_numbers(first->self.count, second->self.count);
	case COLUMN_MODULE:
		return strcmp(first->frame->module, second->frame->module);
	case COLUMN_LINE:
		order = strcmp(first->line_file ? first->line_file : "",
			       second->line_file ? second->line_file : "");
		return order ? order : compare_numbers(first->line, second->line);
	default:
		return strcmp(first->frame->function, second->frame->function);
	}
}

static const struct table_kind table_kind = {
	.columns = columns,
	.column_count = sizeof(columns) / sizeof(*columns),
	.sorted_by = COLUMN_SELF,
	.cell = cell,
	.compare = compare,
};

static void destroy(struct view *view)
{
	struct functions *functions = (struct functions *)view;

	function_table_deinit(&functions->functions);
	table_view_deinit(&functions->table);
}

static size_t keep_above(struct functions *functions, double least)
{
	struct function_table *table = &functions->functions;
	size_t kept = 0;

	for (size_t i = 0; i < table->count; i++)
		if (percent(functions, table->rows[i].total.weight) >= least)
			table->rows[kept++] = table->rows[i];
	return table->count = kept;
}

static void update(struct view *view, struct shown *shown)
{
	static const struct sort_order order = { .keys = { SORT_SELF }, .count = 1 };
	struct functions *functions = (struct functions *)view;
	struct function_table *table = &functions->functions;

	function_table_deinit(table);
	function_table_build(table, &order, &shown->selection, shown->profile, shown->naming,
			     &shown->sums);
	functions->whole = shown_whole(shown);
	table_view_sort(&functions->table, &table_kind, keep_above(functions, shown->min_percent));
	for (size_t i = 0; i < table->count; i++)
		if (shown_function_is(shown_function_of(table->rows[i].frame), shown->function))
			table_view_select(&functions->table, i);
}

static void draw(struct view *view, const struct shown *shown, struct canvas *canvas,
		 struct area area)
{
	table_view_draw((struct table_view *)view, shown, canvas, area);
}

static bool act(struct view *view, struct shown *shown, struct explorer *explorer, int action)
{
	(void)shown;
	(void)explorer;
	return table_view_act((struct table_view *)view, action);
}

static bool click(struct view *view, struct shown *shown, struct explorer *explorer, int row,
		  int column, bool is_double)
{
	(void)shown;
	(void)explorer;
	(void)is_double;
	return table_view_click((struct table_view *)view, row, column);
}

static const struct function_row *drawn_row(const struct view *view, size_t row)
{
	const struct functions *functions = (const struct functions *)view;

	return &functions->functions.rows[table_view_row(&functions->table, row)];
}

static const char *row_text(struct view *view, const struct shown *shown, size_t row, char *buffer,
			    size_t size)
{
	const struct named_frame *frame = drawn_row(view, row)->frame;

	(void)shown;
	snprintf(buffer, size, "%s %s", frame->module, frame->function);
	return buffer;
}

static struct shown_function row_function(const struct view *view, size_t row)
{
	return shown_function_of(drawn_row(view, row)->frame);
}

static const struct key_binding bindings[] = {
	TABLE_BINDINGS,
	{ { 0 }, NULL, NULL, 0 },
};

const struct view_kind functions_view = {
	.name = "Functions",
	.bindings = bindings,
	.size = sizeof(struct functions),
	.destroy = destroy,
	.update = update,
	.draw = draw,
	.act = act,
	.click = click,
	.row_text = row_text,
	.row_function = row_function,
};

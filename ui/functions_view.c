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
	COLUMN_TREND, /* of live profiles: what self % gained since the last refresh */
	COLUMN_TOTAL,
	COLUMN_SAMPLES,
	COLUMN_FUNCTION,
	COLUMN_MODULE,
	COLUMN_LINE,
};

enum { ACTION_CALLERS = 1 };

static const struct table_column recorded_columns[] = {
	{ "Self%", 7, true },	  { "Total%", 7, true },   { "Samples", 8, true },
	{ "Function", 0, false }, { "Module", 18, false }, { "Source line", 26, false },
};

static const struct table_column live_columns[] = {
	{ "Self%", 7, true },	      { "Trend", 6, true },	{ "Total%", 7, true },
	{ "Samples", 8, true },	      { "Function", 0, false }, { "Module", 18, false },
	{ "Source line", 26, false },
};

/* A row's share at the last refresh. */
struct past_share {
	struct shown_function function;
	double self;
};

struct functions {
	struct table_view table;
	struct function_table functions;
	uint64_t whole; /* 100 % */
	bool is_live;
	struct past_share *past;
	size_t past_count;
	uint64_t reselected;	      /* as of when the shares were */
	struct hash_index past_index; /* by function */
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

static uint64_t hash_of(struct shown_function function)
{
	return hash_pair((uintptr_t)function.name, (uintptr_t)function.module);
}

/* Shares of another selection are no past. */
static void forget_shares(struct functions *functions)
{
	hash_index_deinit(&functions->past_index);
	functions->past_count = 0;
}

static void remember_shares(struct functions *functions)
{
	const struct function_table *table = &functions->functions;

	forget_shares(functions);
	functions->past = xrealloc(functions->past, (table->count + 1) * sizeof(*functions->past));
	functions->past_count = table->count;
	for (size_t i = 0; i < table->count; i++) {
		struct shown_function function = shown_function_of(table->rows[i].frame);

		functions->past[i] =
			(struct past_share){ function,
					     percent(functions, table->rows[i].self.weight) };
		hash_index_add(&functions->past_index, hash_of(function), (uint32_t)i);
	}
}

/* 0 for what is new, or was the same. */
static double trend(const struct functions *functions, const struct function_row *row)
{
	struct shown_function function = shown_function_of(row->frame);

	for (struct hash_cursor c = hash_index_begin(&functions->past_index, hash_of(function));
	     hash_index_next(&functions->past_index, &c);)
		if (shown_function_is(functions->past[c.number].function, function))
			return percent(functions, row->self.weight) -
			       functions->past[c.number].self;
	return 0;
}

static const char *trend_cell(char *buffer, size_t size, double trend, unsigned int *style)
{
	*style = STYLE_DIM;
	if (trend > -0.005 && trend < 0.005)
		return "";
	snprintf(buffer, size, "%+.2f", trend);
	return buffer;
}

/* The column as the live table has it. */
static enum column column_of(const struct functions *functions, size_t column)
{
	return (enum column)(column + (!functions->is_live && column >= COLUMN_TREND));
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
	switch (column_of(functions, column)) {
	case COLUMN_SELF:
		return number_cell(buffer, size, percent(functions, row->self.weight), style);
	case COLUMN_TREND:
		return trend_cell(buffer, size, trend(functions, row), style);
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

static int compare_trends(const struct functions *functions, const struct function_row *first,
			  const struct function_row *second)
{
	double first_trend = trend(functions, first), second_trend = trend(functions, second);

	return (first_trend > second_trend) - (first_trend < second_trend);
}

static int compare(const struct table_view *table, size_t a, size_t b, size_t column)
{
	const struct functions *functions = functions_of(table);
	const struct function_row *first = &functions->functions.rows[a];
	const struct function_row *second = &functions->functions.rows[b];
	int order;

	switch (column_of(functions, column)) {
	case COLUMN_TREND:
		return compare_trends(functions, first, second);
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

static const struct table_kind recorded_kind = {
	.columns = recorded_columns,
	.column_count = sizeof(recorded_columns) / sizeof(*recorded_columns),
	.cell = cell,
	.compare = compare,
};

static const struct table_kind live_kind = {
	.columns = live_columns,
	.column_count = sizeof(live_columns) / sizeof(*live_columns),
	.cell = cell,
	.compare = compare,
};

static void destroy(struct view *view)
{
	struct functions *functions = (struct functions *)view;

	function_table_deinit(&functions->functions);
	hash_index_deinit(&functions->past_index);
	free(functions->past);
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

	functions->is_live = !shown->recording;
	if (functions->is_live && functions->reselected == shown->reselected)
		remember_shares(functions);
	else
		forget_shares(functions);
	functions->reselected = shown->reselected;
	function_table_deinit(table);
	function_table_build(table, &order, &shown->selection, shown->profile, shown->naming,
			     &shown->sums);
	functions->whole = shown_whole(shown);
	table_view_sort(&functions->table, functions->is_live ? &live_kind : &recorded_kind,
			keep_above(functions, shown->min_percent));
	for (size_t i = 0; i < table->count; i++)
		if (shown_function_is(shown_function_of(table->rows[i].frame), shown->function))
			table_view_select(&functions->table, i);
}

static void draw(struct view *view, const struct shown *shown, struct canvas *canvas,
		 struct area area)
{
	table_view_draw((struct table_view *)view, shown, canvas, area);
	if (view->row_count || area.rows < 3)
		return;
	canvas_put(canvas, area.row + 2, area.column, area.columns, STYLE_DIM,
		   shown->all_sums.count
			   ? "nothing is left: the rest is hidden (K, C, J, I) or filtered out (x)"
			   : "there are no samples");
}

static bool act(struct view *view, struct shown *shown, struct explorer *explorer, int action)
{
	(void)shown;
	if (action != ACTION_CALLERS)
		return table_view_act((struct table_view *)view, action);
	explorer_open(explorer, &callers_view);
	return true;
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
	{ { TERMINAL_KEY_ENTER },
	  "callers",
	  "who calls this function, and whom it calls",
	  ACTION_CALLERS },
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
	.click = table_view_click,
	.row_text = row_text,
	.row_function = row_function,
};

/* SPDX-License-Identifier: MIT */
/* What the code cache did: JIT functions, their versions over time, and what of them ran. */
#include "ui/explorer.h"
#include "ui/jit_columns.h"
#include "ui/jit_sums.h"
#include "ui/table_text.h"

#include "jitdump/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct jit_view {
	struct table_view table;
	struct jit_table jit;
	uint32_t *listed;	   /* the rows of `jit` that are listed */
	struct text_list expanded; /* names of functions whose versions are */
};

static const struct jit_view *jit_view_of(const struct table_view *table)
{
	return (const struct jit_view *)table;
}

static const struct jit_row *row_at(const struct table_view *table, size_t listed)
{
	const struct jit_view *view = jit_view_of(table);

	return &view->jit.rows[view->listed[listed]];
}

static const char *cell(const struct table_view *table, const struct shown *shown, size_t number,
			size_t column, char *buffer, size_t size, unsigned int *style)
{
	return jit_column_text(&jit_view_of(table)->jit, row_at(table, number), shown, column,
			       buffer, size, style);
}

static int compare_numbers(uint64_t first, uint64_t second)
{
	return first < second ? -1 : first > second;
}

/* Versions stay under their function, as they were loaded, however functions are ordered. */
static int compare(const struct table_view *table, size_t first, size_t second, size_t column)
{
	const struct jit_view *view = jit_view_of(table);
	uint32_t numbers[2] = { view->listed[first], view->listed[second] };
	const struct jit_row *rows[2] = { &view->jit.rows[numbers[0]],
					  &view->jit.rows[numbers[1]] };
	bool is_descending = jit_columns[column].is_number != table->is_reversed;
	int order;

	if (rows[0]->function != rows[1]->function) {
		order = jit_column_compare(&view->jit.rows[rows[0]->function],
					   &view->jit.rows[rows[1]->function], column);
		return order ? order : compare_numbers(rows[0]->function, rows[1]->function);
	}
	order = compare_numbers(rows[0]->is_version, rows[1]->is_version);
	if (!order)
		order = compare_numbers(rows[0]->first_ns, rows[1]->first_ns);
	if (!order)
		order = compare_numbers(numbers[0], numbers[1]);
	return is_descending ? -order : order;
}

static const struct table_kind table_kind = {
	.columns = jit_columns,
	.column_count = JIT_COLUMN_COUNT,
	.sorted_by = JIT_COLUMN_SELF,
	.cell = cell,
	.compare = compare,
};

static void list_rows(struct jit_view *view, const struct shown *shown)
{
	const struct jit_table *jit = &view->jit;
	bool *is_expanded = xcalloc(jit->count, sizeof(*is_expanded));
	uint64_t whole = shown_whole(shown);
	size_t count = 0;

	free(view->listed);
	view->listed = xcalloc(jit->count, sizeof(*view->listed));
	/* A function is before its versions. */
	for (size_t i = 0; i < jit->count; i++) {
		const struct jit_row *row = &jit->rows[i];
		bool is_listed = is_expanded[row->function];

		if (!row->is_version) {
			is_listed = percent_of(row->total.weight, whole) >= shown->min_percent;
			is_expanded[i] = is_listed && text_list_find(&view->expanded, row->name) <
							      view->expanded.count;
		}
		if (is_listed)
			view->listed[count++] = (uint32_t)i;
	}
	table_view_sort(&view->table, &table_kind, count);
	free(is_expanded);
}

static const struct jit_row *row_at_cursor(const struct view *view)
{
	size_t row = table_view_row_at_cursor(view);

	return row == TABLE_NO_ROW ? NULL : row_at((const struct table_view *)view, row);
}

/* To the function, or to its version at this address, which may be listed no more. */
static void set_cursor(struct jit_view *view, const char *name, uint64_t address)
{
	bool is_found = false;

	for (size_t i = 0; !is_found && i < view->table.view.row_count; i++) {
		const struct jit_row *row = row_at(&view->table, i);

		if (strcmp(row->name, name) != 0 || (row->is_version && row->address != address))
			continue;
		is_found = row->is_version || !address;
		table_view_select(&view->table, i);
	}
}

/* To the function that another view had its cursor on. */
static void follow(struct jit_view *view, struct shown_function function)
{
	for (size_t i = 0; function.name && i < view->table.view.row_count; i++) {
		if (shown_function_is(row_at(&view->table, i)->shown, function)) {
			table_view_select(&view->table, i);
			return;
		}
	}
}

static void update(struct view *base, struct shown *shown)
{
	struct jit_view *view = (struct jit_view *)base;
	const struct jit_row *at = row_at_cursor(base);
	char *name = at ? xstrdup(at->name) : NULL;
	uint64_t address = at && at->is_version ? at->address : 0;

	jit_table_build(&view->jit, shown);
	list_rows(view, shown);
	follow(view, shown->function);
	if (name && !shown->function.name)
		set_cursor(view, name, address);
	free(name);
}

static void draw(struct view *base, const struct shown *shown, struct canvas *canvas,
		 struct area area)
{
	struct jit_view *view = (struct jit_view *)base;
	int heads = area.rows > JIT_SUMS_ROWS + 1 ? JIT_SUMS_ROWS : 0;

	if (heads) {
		jit_sums_draw(&view->jit, canvas, area);
		area.row += heads;
		area.rows -= heads;
	}
	table_view_draw(&view->table, shown, canvas, area);
	base->list_row += heads;
}

enum { EXPAND = 1, ANNOTATE };

static bool expand(struct jit_view *view, const struct shown *shown)
{
	const struct jit_row *row = row_at_cursor(&view->table.view);
	size_t at;

	if (!row)
		return false;
	at = text_list_find(&view->expanded, row->name);
	if (at < view->expanded.count)
		text_list_remove(&view->expanded, at);
	else
		text_list_add(&view->expanded, row->name);
	list_rows(view, shown);
	set_cursor(view, row->name, 0);
	return true;
}

static bool act(struct view *base, struct shown *shown, struct explorer *explorer, int action)
{
	struct jit_view *view = (struct jit_view *)base;

	(void)explorer;
	if (action == ANNOTATE) {
		const struct jit_row *row = row_at_cursor(base);

		shown->has_body = row && row->is_version;
		if (shown->has_body)
			shown->body = row->start;
		return false; /* what the key does everywhere, with this version */
	}
	return action == EXPAND ? expand(view, shown) : table_view_act(&view->table, action);
}

static const char *row_text(struct view *base, const struct shown *shown, size_t number,
			    char *buffer, size_t size)
{
	const struct table_view *table = (const struct table_view *)base;
	const struct jit_row *row = row_at(table, table_view_row(table, number));

	(void)shown;
	snprintf(buffer, size, "%s %s", row->name, row->tier);
	return buffer;
}

static struct shown_function row_function(const struct view *base, size_t number)
{
	const struct table_view *table = (const struct table_view *)base;

	return row_at(table, table_view_row(table, number))->shown;
}

static void destroy(struct view *base)
{
	struct jit_view *view = (struct jit_view *)base;

	jit_table_deinit(&view->jit);
	table_view_deinit(&view->table);
	free(view->listed);
	while (view->expanded.count)
		text_list_remove(&view->expanded, 0);
	free(view->expanded.texts);
}

/* clang-format off */
static const struct key_binding bindings[] = {
	{ { TERMINAL_KEY_ENTER }, "versions", "show or hide the versions of the function", EXPAND },
	{ { 'a' }, NULL, "source lines and instructions of this function or version", ANNOTATE },
	TABLE_BINDINGS,
	{ { 0 }, NULL, NULL, 0 },
};
/* clang-format on */

const struct view_kind jit_view = {
	.name = "JIT",
	.bindings = bindings,
	.size = sizeof(struct jit_view),
	.destroy = destroy,
	.update = update,
	.draw = draw,
	.act = act,
	.click = table_view_click,
	.row_text = row_text,
	.row_function = row_function,
};

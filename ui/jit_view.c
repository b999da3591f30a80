/* SPDX-License-Identifier: MIT */
/* What the code cache did: JIT functions, their versions over time, and what of them ran. */
#include "ui/explorer.h"
#include "ui/jit_sums.h"
#include "ui/table_text.h"
#include "ui/table_view.h"

#include "jitdump/xalloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct jit_view {
	struct table_view table;
	struct jit_table jit;
	uint32_t *listed;	   /* the rows of `jit` that are listed */
	struct text_list expanded; /* names of functions whose versions are */
};

enum {
	COLUMN_SELF,
	COLUMN_TOTAL,
	COLUMN_LOADED,
	COLUMN_SAMPLED,
	COLUMN_BYTES,
	COLUMN_TIER,
	COLUMN_FIRST,
	COLUMN_LAST,
	COLUMN_NAME,
	COLUMN_COUNT
};

static const struct table_column columns[COLUMN_COUNT] = {
	[COLUMN_SELF] = { "self%", 6, true },	[COLUMN_TOTAL] = { "samples", 7, true },
	[COLUMN_LOADED] = { "loads", 5, true }, [COLUMN_SAMPLED] = { "ran", 4, true },
	[COLUMN_BYTES] = { "bytes", 7, true },	[COLUMN_TIER] = { "tier", 9 },
	[COLUMN_FIRST] = { "from s", 7, true }, [COLUMN_LAST] = { "to s", 7, true },
	[COLUMN_NAME] = { "function" },
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

/* `+`: what never ran was not kept, and may be more. */
static const char *count_text(uint64_t count, bool is_all, char *buffer, size_t size)
{
	snprintf(buffer, size, "%" PRIu64 "%s", count, is_all ? "" : "+");
	return buffer;
}

static const char *name_text(const struct jit_row *row, char *buffer, size_t size)
{
	if (!row->is_version)
		return row->name;
	snprintf(buffer, size, "  %" PRIx64 "%s%s", row->address,
		 row->is_moved ? " moved here" : "", row->was_sampled ? "" : " never sampled");
	return buffer;
}

static const char *cell(const struct table_view *table, const struct shown *shown, size_t number,
			size_t column, char *buffer, size_t size, unsigned int *style)
{
	const struct jit_row *row = row_at(table, number);
	double percent = percent_of(row->self.weight, shown_whole(shown));

	if (row->is_version)
		*style = STYLE_DIM;
	switch (column) {
	case COLUMN_SELF:
		*style = percent_style(percent);
		snprintf(buffer, size, "%.2f", percent);
		return buffer;
	case COLUMN_TOTAL:
		return count_text(row->total.count, true, buffer, size);
	case COLUMN_LOADED:
		return row->is_version
			       ? ""
			       : count_text(row->loaded, row->is_loaded_known, buffer, size);
	case COLUMN_SAMPLED:
		return row->is_version ? "" : count_text(row->sampled, true, buffer, size);
	case COLUMN_BYTES:
		return count_text(row->bytes, row->is_version || row->is_loaded_known, buffer,
				  size);
	case COLUMN_TIER:
		return row->tier;
	case COLUMN_FIRST:
		return jit_seconds_text(&jit_view_of(table)->jit, row->first_ns, buffer, size);
	case COLUMN_LAST:
		return jit_seconds_text(&jit_view_of(table)->jit, row->last_ns, buffer, size);
	default:
		if (!row->is_version)
			*style = STYLE_JIT;
		return name_text(row, buffer, size);
	}
}

static int compare_numbers(uint64_t first, uint64_t second)
{
	return first < second ? -1 : first > second;
}

static int compare_cells(const struct jit_row *first, const struct jit_row *second, size_t column)
{
	switch (column) {
	case COLUMN_SELF:
		return compare_numbers(first->self.weight, second->self.weight);
	case COLUMN_TOTAL:
		return compare_numbers(first->total.count, second->total.count);
	case COLUMN_LOADED:
		return compare_numbers(first->loaded, second->loaded);
	case COLUMN_SAMPLED:
		return compare_numbers(first->sampled, second->sampled);
	case COLUMN_BYTES:
		return compare_numbers(first->bytes, second->bytes);
	case COLUMN_TIER:
		return strcmp(first->tier, second->tier);
	case COLUMN_FIRST:
		return compare_numbers(first->first_ns, second->first_ns);
	case COLUMN_LAST:
		return compare_numbers(first->last_ns, second->last_ns);
	default:
		return strcmp(first->name, second->name);
	}
}

/* Versions stay under their function, as they were loaded, however functions are ordered. */
static int compare(const struct table_view *table, size_t first, size_t second, size_t column)
{
	const struct jit_view *view = jit_view_of(table);
	uint32_t numbers[2] = { view->listed[first], view->listed[second] };
	const struct jit_row *rows[2] = { &view->jit.rows[numbers[0]],
					  &view->jit.rows[numbers[1]] };
	bool is_descending = columns[column].is_number != table->is_reversed;
	int order;

	if (rows[0]->function != rows[1]->function) {
		order = compare_cells(&view->jit.rows[rows[0]->function],
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
	.columns = columns,
	.column_count = COLUMN_COUNT,
	.sorted_by = COLUMN_SELF,
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

enum { EXPAND = 1 };

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

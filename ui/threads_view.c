/* SPDX-License-Identifier: MIT */
/* Processes and their threads: how much each ran, when, and where most. */
#include "ui/explorer.h"
#include "ui/table_text.h"
#include "ui/table_view.h"
#include "ui/task_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct threads_view {
	struct table_view table;
	struct task_table tasks;
	bool is_flat;
};

enum {
	COLUMN_PERCENT,
	COLUMN_SAMPLES,
	COLUMN_FIRST,
	COLUMN_LAST,
	COLUMN_PID,
	COLUMN_TID,
	COLUMN_COMM,
	COLUMN_HOTTEST,
	COLUMN_COUNT
};

static const struct table_column columns[COLUMN_COUNT] = {
	[COLUMN_PERCENT] = { "%", 6, true },	[COLUMN_SAMPLES] = { "samples", 7, true },
	[COLUMN_FIRST] = { "from s", 7, true }, [COLUMN_LAST] = { "to s", 7, true },
	[COLUMN_PID] = { "pid", 7, true },	[COLUMN_TID] = { "tid", 7, true },
	[COLUMN_COMM] = { "thread", 15 },	[COLUMN_HOTTEST] = { "hottest function" },
};

static const struct task_row *row_at(const struct table_view *table, size_t row)
{
	return &((const struct threads_view *)table)->tasks.rows[row];
}

static const char *tid_text(const struct task_row *row, char *buffer, size_t size)
{
	if (row->thread_count)
		snprintf(buffer, size, "all %" PRIu32, row->thread_count);
	else
		snprintf(buffer, size, "%" PRIu32, row->tid);
	return buffer;
}

static const char *seconds_text(const struct table_view *table, uint64_t time_ns, char *buffer,
				size_t size)
{
	uint64_t start_ns = ((const struct threads_view *)table)->tasks.start_ns;

	snprintf(buffer, size, "%.3f", (double)(time_ns - start_ns) / 1e9);
	return buffer;
}

static const char *cell(const struct table_view *table, const struct shown *shown, size_t number,
			size_t column, char *buffer, size_t size, unsigned int *style)
{
	const struct task_row *row = row_at(table, number);
	double percent = percent_of(row->sum.weight, shown_whole(shown));

	switch (column) {
	case COLUMN_PERCENT:
		*style = percent_style(percent);
		snprintf(buffer, size, "%.2f", percent);
		return buffer;
	case COLUMN_SAMPLES:
		snprintf(buffer, size, "%" PRIu64, row->sum.count);
		return buffer;
	case COLUMN_FIRST:
		return seconds_text(table, row->first_ns, buffer, size);
	case COLUMN_LAST:
		return seconds_text(table, row->last_ns, buffer, size);
	case COLUMN_PID:
		snprintf(buffer, size, "%" PRIu32, row->pid);
		return buffer;
	case COLUMN_TID:
		return tid_text(row, buffer, size);
	case COLUMN_COMM:
		snprintf(buffer, size, "%s%s", row->process == TASK_ROW_NONE ? "" : "  ",
			 row->comm);
		return buffer;
	default:
		return row->hottest.name ? row->hottest.name : "";
	}
}

static int compare_numbers(uint64_t first, uint64_t second)
{
	return first < second ? -1 : first > second;
}

static int compare_cells(const struct task_row *first, const struct task_row *second, size_t column)
{
	const char *names[2] = { first->hottest.name, second->hottest.name };

	switch (column) {
	case COLUMN_PERCENT:
		return compare_numbers(first->sum.weight, second->sum.weight);
	case COLUMN_SAMPLES:
		return compare_numbers(first->sum.count, second->sum.count);
	case COLUMN_FIRST:
		return compare_numbers(first->first_ns, second->first_ns);
	case COLUMN_LAST:
		return compare_numbers(first->last_ns, second->last_ns);
	case COLUMN_PID:
		return compare_numbers(first->pid, second->pid);
	case COLUMN_TID:
		return compare_numbers(first->tid, second->tid);
	case COLUMN_COMM:
		return strcmp(first->comm, second->comm);
	default:
		return strcmp(names[0] ? names[0] : "", names[1] ? names[1] : "");
	}
}

/* Threads stay under their process, however they are ordered. */
static int compare(const struct table_view *table, size_t first, size_t second, size_t column)
{
	const struct task_row *rows = ((const struct threads_view *)table)->tasks.rows;
	size_t groups[2] = {
		rows[first].process == TASK_ROW_NONE ? first : rows[first].process,
		rows[second].process == TASK_ROW_NONE ? second : rows[second].process,
	};
	bool is_descending = columns[column].is_number != table->is_reversed;
	int order;

	if (groups[0] != groups[1]) {
		order = compare_cells(&rows[groups[0]], &rows[groups[1]], column);
		return order ? order : compare_numbers(groups[0], groups[1]);
	}
	if (first == groups[0] || second == groups[0])
		return (first == groups[0]) == is_descending ? 1 : -1;
	return compare_cells(&rows[first], &rows[second], column);
}

static const struct table_kind table_kind = {
	.columns = columns,
	.column_count = COLUMN_COUNT,
	.sorted_by = COLUMN_PERCENT,
	.cell = cell,
	.compare = compare,
};

/* The cursor stays on its process or thread. */
static size_t row_like(const struct task_table *tasks, const struct task_row *wanted)
{
	size_t row = 0;

	while (row < tasks->count &&
	       (tasks->rows[row].pid != wanted->pid || tasks->rows[row].tid != wanted->tid ||
		!tasks->rows[row].thread_count != !wanted->thread_count))
		row++;
	return row;
}

static const struct task_row *row_at_cursor(const struct view *view)
{
	size_t row = table_view_row_at_cursor(view);

	return row == TABLE_NO_ROW ? NULL : row_at((const struct table_view *)view, row);
}

static void update(struct view *view, struct shown *shown)
{
	struct threads_view *threads = (struct threads_view *)view;
	const struct task_row *at = row_at_cursor(view);
	struct task_row before = at ? *at : (struct task_row){ 0 };

	task_table_build(&threads->tasks, shown, threads->is_flat);
	table_view_sort(&threads->table, &table_kind, threads->tasks.count);
	if (at)
		table_view_select(&threads->table, row_like(&threads->tasks, &before));
}

static void draw(struct view *view, const struct shown *shown, struct canvas *canvas,
		 struct area area)
{
	table_view_draw((struct table_view *)view, shown, canvas, area);
}

enum { FILTER = 1, GROUP };

/* Shows the samples of this row alone, or, if it does already, those of all again. */
static bool filter(const struct view *view, struct shown *shown, struct explorer *explorer)
{
	const struct task_row *row = row_at_cursor(view);
	char text[16];

	if (!row)
		return false;
	bool is_process = row->thread_count > 0;
	struct text_list *list = is_process ? &shown->selection.pids : &shown->selection.tids;
	size_t at;

	snprintf(text, sizeof(text), "%" PRIu32, is_process ? row->pid : row->tid);
	at = text_list_find(list, text);
	if (at < list->count)
		explorer_unfilter(explorer, list, at);
	else
		explorer_filter(explorer, list, text);
	return true;
}

static bool act(struct view *view, struct shown *shown, struct explorer *explorer, int action)
{
	struct threads_view *threads = (struct threads_view *)view;

	switch (action) {
	case FILTER:
		return filter(view, shown, explorer);
	case GROUP:
		threads->is_flat = !threads->is_flat;
		update(view, shown);
		return true;
	default:
		return table_view_act(&threads->table, action);
	}
}

static const char *row_text(struct view *view, const struct shown *shown, size_t number,
			    char *buffer, size_t size)
{
	const struct table_view *table = (const struct table_view *)view;
	const struct task_row *row = row_at(table, table_view_row(table, number));

	(void)shown;
	snprintf(buffer, size, "%" PRIu32 " %" PRIu32 " %s %s", row->pid, row->tid, row->comm,
		 row->hottest.name ? row->hottest.name : "");
	return buffer;
}

static void destroy(struct view *view)
{
	struct threads_view *threads = (struct threads_view *)view;

	task_table_deinit(&threads->tasks);
	table_view_deinit(&threads->table);
}

/* clang-format off */
static const struct key_binding bindings[] = {
	{ { TERMINAL_KEY_ENTER }, "only it", "show this thread or process alone; again: all", FILTER },
	{ { 'p' }, "processes", "threads under their processes, or all alike", GROUP },
	TABLE_BINDINGS,
	{ { 0 }, NULL, NULL, 0 },
};
/* clang-format on */

const struct view_kind threads_view = {
	.name = "Threads",
	.bindings = bindings,
	.size = sizeof(struct threads_view),
	.destroy = destroy,
	.update = update,
	.draw = draw,
	.act = act,
	.click = table_view_click,
	.row_text = row_text,
};

/* SPDX-License-Identifier: MIT */
#include "ui/table_text.h"

#include "ui/printable.h"

#include <inttypes.h>
#include <string.h>

enum { CELL_MAX = 512, SYMBOL_WIDTH_MAX = 64, OTHER_WIDTH_MAX = 32, COLUMN_GAP = 2 };

/* A column that says what a row is. */
struct column {
	enum sort_key key;
	const char *title;
	int width; /* of the widest cell, bounded: what is wider pushes the rest aside */
};

double percent_of(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

static const char *cell_of(const struct function_row *row, enum sort_key key, char *cell)
{
	char text[CELL_MAX] = "";

	switch (key) {
	case SORT_SYMBOL:
		return copy_printable(cell, CELL_MAX, row->frame->function);
	case SORT_MODULE:
		return copy_printable(cell, CELL_MAX, row->frame->module);
	case SORT_COMM:
		return copy_printable(cell, CELL_MAX, row->thread->comm);
	case SORT_PID:
		snprintf(cell, CELL_MAX, "%" PRIu32, row->thread->pid);
		return cell;
	case SORT_TID:
		snprintf(cell, CELL_MAX, "%" PRIu32, row->thread->tid);
		return cell;
	case SORT_LINE:
		if (row->line_file)
			snprintf(text, sizeof(text), "%s:%" PRIu32, row->line_file, row->line);
		return copy_printable(cell, CELL_MAX, text);
	case SORT_SELF:
	case SORT_TOTAL:
	case SORT_KEY_COUNT:
		break;
	}
	return "";
}

static bool is_shown(const struct function_row *row, struct call_weight all,
		     const struct table_text_options *options)
{
	uint64_t weight = options->no_children ? row->self.weight : row->total.weight;

	return percent_of(weight, all.weight) >= options->min_percent;
}

/* How many characters a UTF-8 text takes: continuation bytes take none. */
static int text_width(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void measure(struct column *column, const struct function_table *table, size_t count)
{
	int limit = column->key == SORT_SYMBOL ? SYMBOL_WIDTH_MAX : OTHER_WIDTH_MAX;
	char cell[CELL_MAX];

	column->width = (int)strlen(column->title);
	for (size_t i = 0; i < count; i++) {
		int width = text_width(cell_of(&table->rows[i], column->key, cell));

		if (width > column->width)
			column->width = width < limit ? width : limit;
	}
}

static size_t choose_columns(const struct function_table *table, struct column *columns)
{
	static const struct column all[] = {
		{ SORT_COMM, "comm", 0 },     { SORT_PID, "pid", 0 },
		{ SORT_TID, "tid", 0 },	      { SORT_SYMBOL, "symbol", 0 },
		{ SORT_MODULE, "module", 0 }, { SORT_LINE, "source line", 0 },
	};
	size_t count = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		bool has_line = all[i].key == SORT_LINE && table->shows[SORT_SYMBOL];

		if (table->shows[all[i].key] || has_line)
			columns[count++] = all[i];
	}
	return count;
}

/* `indent` is the room to leave before it, and becomes that before the next: lines do not end in
 * spaces. */
static void print_cell(FILE *out, const char *text, int width, int *indent)
{
	int used = text_width(text);

	if (used) {
		fprintf(out, "%*s%s", *indent, "", text);
		*indent = 0;
	}
	*indent += (used < width ? width - used : 0) + COLUMN_GAP;
}

static void print_row(FILE *out, const struct function_row *row, struct call_weight all,
		      const struct column *columns, size_t column_count, bool no_children)
{
	int indent = COLUMN_GAP;
	char cell[CELL_MAX];

	fprintf(out, "%7.2f", percent_of(row->self.weight, all.weight));
	if (!no_children)
		fprintf(out, "  %7.2f", percent_of(row->total.weight, all.weight));
	fprintf(out, "  %8" PRIu64, row->self.count);
	for (size_t i = 0; i < column_count; i++)
		print_cell(out, cell_of(row, columns[i].key, cell), columns[i].width, &indent);
	fputc('\n', out);
}

void table_text_print(FILE *out, const struct function_table *table, struct call_weight all,
		      const struct table_text_options *options)
{
	struct column columns[SORT_KEY_COUNT];
	size_t column_count = choose_columns(table, columns), printed = 0, left_out = 0;
	int indent = COLUMN_GAP;
	size_t measured =
		options->limit && options->limit < table->count ? options->limit : table->count;

	fprintf(out, " self %%%s   samples", options->no_children ? "" : "  total %");
	for (size_t i = 0; i < column_count; i++) {
		measure(&columns[i], table, measured);
		print_cell(out, columns[i].title, columns[i].width, &indent);
	}
	fputc('\n', out);
	for (size_t i = 0; i < table->count; i++) {
		const struct function_row *row = &table->rows[i];

		if (options->no_children && !row->self.count)
			continue; /* only its callees ran */
		if (!is_shown(row, all, options) || (options->limit && printed == options->limit)) {
			left_out++;
			continue;
		}
		print_row(out, row, all, columns, column_count, options->no_children);
		printed++;
	}
	if (left_out)
		fprintf(out, "# %zu more row%s\n", left_out, left_out == 1 ? "" : "s");
}

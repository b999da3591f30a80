/* SPDX-License-Identifier: MIT */
#include "ui/jump_arrows.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <string.h>

/* What a cell connects to; a head is the end of an arrow. */
enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8, HEAD = 16 };

enum { CELLS = ARROW_COLUMNS_MAX + 1, ROWS_LONGEST = 4096 };

/* All jumps to one row. */
struct arrow {
	const struct jump *jumps;
	size_t count;
	uint32_t first, last; /* rows */
};

static int compare_jumps(const void *a, const void *b)
{
	const struct jump *first = a, *second = b;

	if (first->to != second->to)
		return first->to < second->to ? -1 : 1;
	return first->from < second->from ? -1 : first->from > second->from;
}

static int compare_arrows(const void *a, const void *b)
{
	const struct arrow *first = a, *second = b;
	uint32_t first_length = first->last - first->first;
	uint32_t second_length = second->last - second->first;

	if (first_length != second_length)
		return first_length < second_length ? -1 : 1;
	return first->first < second->first ? -1 : first->first > second->first;
}

/* `jumps` are sorted by where they go, and then by where they come from. */
static size_t find_arrows(struct arrow *arrows, const struct jump *jumps, size_t jump_count)
{
	size_t count = 0;

	for (size_t i = 0, begin = 0; i < jump_count; i++) {
		const struct jump *first = &jumps[begin], *last = &jumps[i];

		if (i + 1 < jump_count && jumps[i + 1].to == last->to)
			continue;
		arrows[count++] = (struct arrow){
			.jumps = first,
			.count = i + 1 - begin,
			.first = first->from < first->to ? first->from : first->to,
			.last = last->from > last->to ? last->from : last->to,
		};
		begin = i + 1;
	}
	return count;
}

static uint8_t *cell(const struct jump_arrows *arrows, size_t row, size_t column)
{
	return &arrows->cells[row * CELLS + ARROW_COLUMNS_MAX - 1 - column];
}

/* The nearest column that no other arrow runs along, or ARROW_COLUMNS_MAX. */
static size_t find_column(const struct jump_arrows *arrows, const struct arrow *arrow)
{
	size_t column = 0;

	for (uint32_t row = arrow->first; row <= arrow->last && column < ARROW_COLUMNS_MAX;) {
		if (*cell(arrows, row, column) & (UP | DOWN)) {
			column++;
			row = arrow->first;
		} else {
			row++;
		}
	}
	return column;
}

static void draw_across(const struct jump_arrows *arrows, size_t row, size_t column, int end)
{
	*cell(arrows, row, column) |= RIGHT;
	while (column-- > 0)
		*cell(arrows, row, column) |= LEFT | RIGHT;
	arrows->cells[row * CELLS + ARROW_COLUMNS_MAX] |= (uint8_t)end;
}

static void draw(struct jump_arrows *arrows, const struct arrow *arrow)
{
	size_t column;

	if (arrow->first == arrow->last || arrow->last - arrow->first > ROWS_LONGEST)
		return;
	column = find_column(arrows, arrow);
	if (column == ARROW_COLUMNS_MAX)
		return;
	if (column + 1 > arrows->column_count)
		arrows->column_count = column + 1;
	for (uint32_t row = arrow->first; row <= arrow->last; row++)
		*cell(arrows, row, column) |=
			(row > arrow->first ? UP : 0) | (row < arrow->last ? DOWN : 0);
	for (size_t i = 0; i < arrow->count; i++)
		draw_across(arrows, arrow->jumps[i].from, column, LEFT | RIGHT);
	draw_across(arrows, arrow->jumps[0].to, column, HEAD);
}

void jump_arrows_draw(struct jump_arrows *arrows, size_t row_count, struct jump *jumps,
		      size_t jump_count)
{
	struct arrow *found = xcalloc(jump_count + 1, sizeof(*found));
	size_t count;

	*arrows = (struct jump_arrows){ .row_count = row_count };
	arrows->cells = xcalloc(row_count + 1, CELLS);
	if (jump_count)
		qsort(jumps, jump_count, sizeof(*jumps), compare_jumps);
	count = find_arrows(found, jumps, jump_count);
	if (count)
		qsort(found, count, sizeof(*found), compare_arrows);
	for (size_t i = 0; i < count; i++)
		draw(arrows, &found[i]);
	free(found);
}

void jump_arrows_deinit(struct jump_arrows *arrows)
{
	free(arrows->cells);
	*arrows = (struct jump_arrows){ 0 };
}

/* By UP 1, DOWN 2, LEFT 4, RIGHT 8. */
static const char *const ascii[16] = { " ", "|", "|", "|", "-", "'", ".", "+",
				       "-", "`", ",", "+", "-", "+", "+", "+" };
static const char *const boxes[16] = { " ", "│", "│", "│", "─", "╯", "╮", "┤",
				       "─", "╰", "╭", "├", "─", "┴", "┬", "┼" };

const char *jump_arrows_text(const struct jump_arrows *arrows, size_t row, bool is_utf8,
			     char text[ARROW_TEXT_MAX])
{
	const char *const *glyphs = is_utf8 ? boxes : ascii;
	char *end = text;

	*text = '\0';
	for (size_t i = ARROW_COLUMNS_MAX - arrows->column_count;
	     arrows->column_count && i <= ARROW_COLUMNS_MAX; i++) {
		uint8_t bits = arrows->cells[row * CELLS + i];

		end = stpcpy(end, bits & HEAD ? ">" : glyphs[bits & 15]);
	}
	return text;
}

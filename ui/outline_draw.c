/* SPDX-License-Identifier: MIT */
#include "ui/outline.h"
#include "ui/table_text.h"
#include "ui/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	GUIDE_COLUMNS = 2,
	PERCENT_COLUMNS = 7,
	SAMPLES_COLUMNS = 8,
	FUNCTION_COLUMNS = 24, /* what weights leave of a narrow area */
};

/* Where its marker stands. */
static int marker_column(const struct outline_row *row)
{
	return (int)(row->indent + row->has_siblings) * GUIDE_COLUMNS;
}

static int weights_width(struct area area, size_t *count)
{
	static const int widths[] = { 0, PERCENT_COLUMNS + 1, PERCENT_COLUMNS * 2 + 2,
				      PERCENT_COLUMNS * 2 + SAMPLES_COLUMNS + 3 };

	*count = 3;
	while (*count && widths[*count] + FUNCTION_COLUMNS > area.columns)
		--*count;
	return widths[*count];
}

static void draw_weight(struct canvas *canvas, struct area area, size_t number, enum style style,
			const char *text)
{
	int width = number == 2 ? SAMPLES_COLUMNS : PERCENT_COLUMNS;
	int column = area.column + (int)number * (PERCENT_COLUMNS + 1);
	int indent = width - text_width(text);

	canvas_put(canvas, area.row, column + (indent > 0 ? indent : 0), width, style, text);
}

int outline_draw_weights(const struct call_weight *total, const struct call_weight *self,
			 uint64_t whole, struct canvas *canvas, struct area area)
{
	size_t count;
	int columns = weights_width(area, &count);
	const struct call_weight *percents[] = { total, self };
	char text[32];

	canvas_fill(canvas, area.row, area.column, columns, STYLE_TEXT, L' ');
	for (size_t i = 0; i < 2 && i < count; i++) {
		if (!percents[i])
			continue;
		double percent = percent_of(percents[i]->weight, whole);

		draw_weight(canvas, area, i, percent_style(percent), percent_text(text, percent));
	}
	snprintf(text, sizeof(text), "%" PRIu64, total->count);
	if (count > 2)
		draw_weight(canvas, area, 2, STYLE_TEXT, text);
	return columns;
}

int outline_draw_heads(const char *first, const char *last, struct canvas *canvas, struct area area)
{
	const char *const titles[] = { first, "Self%", "Samples" };
	size_t count;
	int columns = weights_width(area, &count);

	canvas_fill(canvas, area.row, area.column, area.columns, STYLE_HEAD, L' ');
	for (size_t i = 0; i < count; i++)
		draw_weight(canvas, area, i, STYLE_HEAD, titles[i]);
	canvas_put(canvas, area.row, area.column + columns, area.columns - columns, STYLE_HEAD,
		   last);
	return columns;
}

int outline_shift(const struct outline *outline, size_t row, struct area area, int shift)
{
	size_t count;
	int columns = area.columns - weights_width(area, &count);
	int needed = row < outline->count ? marker_column(&outline->rows[row]) - columns / 2 : 0;

	return needed > shift ? needed : shift;
}

/* Lines need a character set that has them. */
static const char *guide_text(bool is_own, bool is_last, enum outline_growth growth)
{
	bool has_lines = MB_CUR_MAX > 1;

	if (!is_own)
		return is_last ? "  " : has_lines ? "│ " : "| ";
	if (!is_last)
		return has_lines ? "├─" : "|-";
	if (growth == OUTLINE_UPWARD)
		return has_lines ? "┌─" : ",-";
	return has_lines ? "└─" : "`-";
}

static void draw_guides(const struct outline *outline, uint32_t row, enum outline_growth growth,
			struct canvas *canvas, struct area area, int shift)
{
	for (uint32_t at = row; at != OUTLINE_NO_ROW; at = outline->rows[at].parent) {
		const struct outline_row *above = &outline->rows[at];
		int column = (int)above->indent * GUIDE_COLUMNS - shift;

		if (above->has_siblings && column < area.columns)
			canvas_put(canvas, area.row, area.column + column, area.columns - column,
				   STYLE_DIM, guide_text(at == row, above->is_last, growth));
	}
}

static const char *marker(const struct outline *outline, uint32_t node)
{
	if (!outline_has_children(outline, node))
		return "  ";
	return outline->is_open[node] ? "- " : "+ ";
}

static void draw_text(const struct outline *outline, size_t row, enum outline_growth growth,
		      struct canvas *canvas, struct area area, int shift)
{
	uint32_t node = outline->rows[row].node;
	const struct named_frame *frame = outline->tree.nodes[node].frame;
	int at = area.column + marker_column(&outline->rows[row]) - shift;
	int end = area.column + area.columns;

	draw_guides(outline, (uint32_t)row, growth, canvas, area, shift);
	at += canvas_put(canvas, area.row, at, end - at, STYLE_DIM, marker(outline, node));
	at += canvas_put(canvas, area.row, at, end - at, frame_style(frame), frame->function);
	if (frame->is_inlined)
		canvas_put(canvas, area.row, at, end - at, STYLE_DIM, " (inlined)");
	else if (frame->has_name)
		canvas_printf(canvas, area.row, at, end - at, STYLE_DIM, "  %s", frame->module);
}

void outline_draw(const struct outline *outline, size_t row, enum outline_growth growth,
		  struct canvas *canvas, struct area area, int shift)
{
	const struct sorted_node *node = &outline->tree.nodes[outline->rows[row].node];
	size_t count;
	int columns = weights_width(area, &count);
	struct area text = { area.row, area.column + columns, 1, area.columns - columns };

	/* The weights stand on what is scrolled out to the left. */
	draw_text(outline, row, growth, canvas, text, shift);
	outline_draw_weights(&node->total, growth == OUTLINE_UPWARD ? NULL : &node->self,
			     outline->whole, canvas, area);
}

/* SPDX-License-Identifier: MIT */
#include "ui/annotation_draw.h"

#include "ui/view.h"

#include <langinfo.h>
#include <string.h>

enum { PERCENT_COLUMNS = 8, ADDRESS_COLUMNS = 10 };

static bool is_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

static void draw_instruction(const struct annotation *annotation, const struct annotation_row *row,
			     size_t number, struct canvas *canvas, struct area area)
{
	char arrows[ARROW_TEXT_MAX];
	int at = area.column + PERCENT_COLUMNS, end = area.column + area.columns;

	at += canvas_printf(canvas, area.row, at, end - at, STYLE_DIM, "%*llx ", ADDRESS_COLUMNS,
			    (unsigned long long)row->address);
	at += canvas_put(canvas, area.row, at, end - at, STYLE_DIM,
			 jump_arrows_text(&annotation->arrows, number, is_utf8(), arrows));
	canvas_put(canvas, area.row, at + 1, end - at - 1, STYLE_TEXT, row->text ? row->text : "");
}

static void draw_line(const struct annotation_row *row, struct canvas *canvas, struct area area)
{
	const char *file = row->file ? strrchr(row->file, '/') : NULL;
	int at = area.column + PERCENT_COLUMNS, end = area.column + area.columns;

	at += canvas_printf(canvas, area.row, at, end - at, STYLE_DIM, "%s:%u ",
			    file	? file + 1
			    : row->file ? row->file
					: "?",
			    row->line);
	canvas_put(canvas, area.row, at, end - at, STYLE_SOURCE, row->text ? row->text : "");
}

void annotation_draw_row(const struct annotation *annotation, size_t number, struct canvas *canvas,
			 struct area area)
{
	const struct annotation_row *row = &annotation->rows[number];
	char percent[16];

	if (row->self.count)
		canvas_printf(canvas, area.row, area.column, PERCENT_COLUMNS,
			      percent_style(row->percent), "%7s",
			      percent_text(percent, row->percent));
	if (row->kind == ANNOTATION_LINE)
		draw_line(row, canvas, area);
	else if (row->kind == ANNOTATION_INSTRUCTION)
		draw_instruction(annotation, row, number, canvas, area);
	else
		canvas_put(canvas, area.row, area.column + PERCENT_COLUMNS,
			   area.columns - PERCENT_COLUMNS, STYLE_DIM,
			   row->text && *row->text ? row->text : "...");
}

/* How many bytes of a text go on a line of so many columns: whole words, if there are some. */
static size_t line_length(const char *text, size_t columns)
{
	size_t length = strlen(text), end = columns;

	if (length <= columns)
		return length;
	while (end && text[end] != ' ')
		end--;
	return end ? end : columns;
}

int annotation_draw_remark(const char *remark, struct canvas *canvas, struct area area)
{
	int rows = 0;

	while (*remark && area.columns > 0 && rows + 1 < area.rows) {
		size_t length = line_length(remark, (size_t)area.columns);

		canvas_printf(canvas, area.row + ++rows, area.column, area.columns, STYLE_TITLE,
			      "%.*s", (int)length, remark);
		remark += length + (remark[length] == ' ');
	}
	return rows;
}

/* SPDX-License-Identifier: MIT */
#include "ui/canvas.h"

#include "jitdump/text.h"
#include "jitdump/xalloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <wctype.h>

void canvas_init(struct canvas *canvas, int rows, int columns)
{
	*canvas = (struct canvas){ .rows = rows, .columns = columns };
	canvas->cells = xcalloc((size_t)rows * (size_t)columns + 1, sizeof(*canvas->cells));
	canvas_clear(canvas);
}

void canvas_deinit(struct canvas *canvas)
{
	free(canvas->cells);
	*canvas = (struct canvas){ 0 };
}

void canvas_clear(struct canvas *canvas)
{
	for (int i = 0; i < canvas->rows * canvas->columns; i++)
		canvas->cells[i] = (struct canvas_cell){ .character = L' ' };
}

static struct canvas_cell *cell_at(const struct canvas *canvas, int row, int column)
{
	if (row < 0 || row >= canvas->rows || column < 0 || column >= canvas->columns)
		return NULL;
	return &canvas->cells[(size_t)row * (size_t)canvas->columns + (size_t)column];
}

/* A wide character of which one half is overwritten is no character any more. */
static void break_wide(struct canvas *canvas, int row, int column)
{
	struct canvas_cell *cell = cell_at(canvas, row, column);
	struct canvas_cell *next = cell_at(canvas, row, column + 1);

	if (cell && !cell->character && column > 0)
		cell_at(canvas, row, column - 1)->character = L' ';
	if (next && !next->character)
		next->character = L' ';
}

static void set_cell(struct canvas *canvas, int row, int column, wchar_t character,
		     unsigned int style)
{
	struct canvas_cell *cell = cell_at(canvas, row, column);

	if (!cell)
		return;
	break_wide(canvas, row, column);
	*cell = (struct canvas_cell){ character, (uint16_t)style };
}

/* The next character of UTF-8 that can be shown, and how wide it is. Characters that take no place
 * of their own (combining ones) are left out: width 0. */
static wchar_t next_character(const char **text, int *width)
{
	size_t left = strlen(*text);
	bool is_printable;
	size_t size = text_character(*text, left, &is_printable);
	wchar_t character = L'?';
	mbstate_t state = { 0 };

	if (is_printable && (size == 1 || mbrtowc(&character, *text, size, &state) != size))
		character = size == 1 ? (unsigned char)**text : L'?';
	*text += size;
	*width = wcwidth(character);
	if (*width < 0) {
		character = L'?';
		*width = 1;
	}
	return character;
}

int canvas_put(struct canvas *canvas, int row, int column, int columns, unsigned int style,
	       const char *text)
{
	int used = 0, width;

	while (*text && used < columns) {
		wchar_t character = next_character(&text, &width);

		if (!width)
			continue;
		if (used + width > columns)
			break;
		set_cell(canvas, row, column + used, character, style);
		if (width == 2 && cell_at(canvas, row, column + used + 1))
			*cell_at(canvas, row, column + used + 1) =
				(struct canvas_cell){ 0, (uint16_t)style };
		else if (width == 2)
			set_cell(canvas, row, column + used, L' ', style);
		used += width;
	}
	return used;
}

int canvas_printf(struct canvas *canvas, int row, int column, int columns, unsigned int style,
		  const char *format, ...)
{
	va_list arguments;
	char text[1024];

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return canvas_put(canvas, row, column, columns, style, text);
}

void canvas_fill(struct canvas *canvas, int row, int column, int columns, unsigned int style,
		 wchar_t character)
{
	for (int i = 0; i < columns && column + i < canvas->columns; i++)
		set_cell(canvas, row, column + i, character, style);
}

void canvas_mark(struct canvas *canvas, int row, int column, int columns, unsigned int added)
{
	for (int i = 0; i < columns; i++) {
		struct canvas_cell *cell = cell_at(canvas, row, column + i);

		if (cell)
			cell->style |= (uint16_t)added;
	}
}

static bool is_text_at(const struct canvas *canvas, int row, int column, const wchar_t *text)
{
	for (size_t i = 0; text[i]; i++) {
		const struct canvas_cell *cell = cell_at(canvas, row, column + (int)i);

		if (!cell || towlower((wint_t)cell->character) != towlower((wint_t)text[i]))
			return false;
	}
	return true;
}

void canvas_mark_text(struct canvas *canvas, int row, int column, int columns, const char *text)
{
	wchar_t wide[128];
	size_t length = mbstowcs(wide, text, sizeof(wide) / sizeof(*wide) - 1);

	if (length == (size_t)-1 || !length)
		return;
	wide[length] = 0;
	for (int i = 0; i + (int)length <= columns; i++)
		if (is_text_at(canvas, row, column + i, wide))
			canvas_mark(canvas, row, column + i, (int)length, STYLE_MATCH);
}

int text_width(const char *text)
{
	int all = 0, width;

	while (*text) {
		next_character(&text, &width);
		all += width;
	}
	return all;
}

bool text_contains(const char *text, const char *part)
{
	return strcasestr(text, part) != NULL;
}

/* SPDX-License-Identifier: MIT */
#include "support/canvas_text.h"

#include "support/output_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A character is written once it is clear that not only blanks follow. */
static void write_row(FILE *out, const struct canvas *canvas, int row, unsigned int mark)
{
	const struct canvas_cell *cells = &canvas->cells[row * canvas->columns];
	int blanks = 0;

	for (int i = 0; i < canvas->columns; i++) {
		if (!cells[i].character || (cells[i].style & mark) != mark)
			continue;
		if (cells[i].character == L' ') {
			blanks++;
			continue;
		}
		fprintf(out, "%*s%lc", blanks, "", (wint_t)cells[i].character);
		blanks = 0;
	}
}

static char *write_rows(const struct canvas *canvas, unsigned int mark)
{
	struct text_stream out;
	FILE *file = text_stream_open(&out);

	for (int row = 0; row < canvas->rows; row++) {
		long before = ftell(file);

		write_row(file, canvas, row, mark);
		if (!mark || ftell(file) > before)
			fputc('\n', file);
	}
	text_stream_close(&out);
	return out.text;
}

char *canvas_text(const struct canvas *canvas)
{
	return write_rows(canvas, 0);
}

char *canvas_marked_text(const struct canvas *canvas, unsigned int mark)
{
	return write_rows(canvas, mark);
}

void canvas_expect(const struct canvas *canvas, const char *text)
{
	char *drawn = canvas_text(canvas);

	assert_string_equal(drawn, text);
	free(drawn);
}

/* SPDX-License-Identifier: MIT */
/*
 * What a screen shows: cells of characters with styles.
 *
 * You give texts and where they go; you get cells. It never reaches a terminal: terminal.h draws
 * what differs from what it drew last, tests and `--batch` print it. What does not fit is cut, and
 * control characters (jitdump/text.h) and malformed UTF-8 become '?'.
 */
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>

/* What a text is; the terminal decides how that looks. Never told by colour alone. */
enum style {
	STYLE_TEXT,
	STYLE_DIM,    /* what matters less: addresses, guides of a tree */
	STYLE_TITLE,  /* the header's words */
	STYLE_HEAD,   /* heads of columns */
	STYLE_HOT,    /* a share of 5 % and more, as in perf */
	STYLE_WARM,   /* 0.5 % and more */
	STYLE_KERNEL, /* names by what they are of */
	STYLE_JIT,
	STYLE_INLINED,
	STYLE_SOURCE, /* a line of source */
	STYLE_WARNING,
	STYLE_KEY,   /* of the key bar, */
	STYLE_LABEL, /* and what it does */
	STYLE_TAB,   /* another view's name; the shown one's: */
	STYLE_TAB_SHOWN,
	STYLE_FLAME_FIRST, /* boxes of the flame graph, STYLE_FLAME_COUNT of them */
	STYLE_FLAME_COUNT = 12,
	STYLE_COUNT = STYLE_FLAME_FIRST + STYLE_FLAME_COUNT,
	/* Added to one of these: */
	STYLE_SELECTED = 0x100, /* the cursor's row */
	STYLE_MATCH = 0x200,	/* what was searched for */
};

struct canvas_cell {
	wchar_t character; /* 0: the second half of a wide one */
	uint16_t style;
};

struct canvas {
	int rows, columns;
	struct canvas_cell *cells; /* row by row */
};

/* A part of a canvas. */
struct area {
	int row, column, rows, columns;
};

void canvas_init(struct canvas *canvas, int rows, int columns);
void canvas_deinit(struct canvas *canvas);

/* Blanks. */
void canvas_clear(struct canvas *canvas);

/* Puts UTF-8 at a place, at most `columns` wide; returns how wide it became. Places outside the
 * canvas are cut too. */
int canvas_put(struct canvas *canvas, int row, int column, int columns, unsigned int style,
	       const char *text);
int canvas_printf(struct canvas *canvas, int row, int column, int columns, unsigned int style,
		  const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Repeats a character. */
void canvas_fill(struct canvas *canvas, int row, int column, int columns, unsigned int style,
		 wchar_t character);

/* Adds STYLE_SELECTED or STYLE_MATCH to what is there. */
void canvas_mark(struct canvas *canvas, int row, int column, int columns, unsigned int added);

/* Marks every place in the row where `text` stands, whatever the case of its letters. */
void canvas_mark_text(struct canvas *canvas, int row, int column, int columns, const char *text);

/* How wide the text would become. */
int text_width(const char *text);

/* Whether `text` contains `part`, whatever the case of its (ASCII) letters. */
bool text_contains(const char *text, const char *part);

#endif

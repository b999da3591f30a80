/* SPDX-License-Identifier: MIT */
/*
 * A view: rows to show, made of what is shown, and what its keys do.
 *
 * A view is one file with one `struct view_kind`. The explorer (explorer.h) owns the views that are
 * open, draws the one in front, moves its cursor, searches its rows, and gives it the keys that its
 * table has. A view knows neither the terminal nor other views' insides.
 *
 *     what changed            the explorer calls
 *     samples or selection    update(): makes the rows anew; the cursor stays on its function
 *     the screen              draw()
 *     a key of its table      act()
 */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include "ui/canvas.h"
#include "ui/shown.h"
#include "ui/terminal.h"

struct explorer;
struct view;

/* What keys do in a view, and how it is told; ends with a row without keys. The key bar, `?` and
 * the dispatch are made of it. */
struct key_binding {
	int keys[4];	   /* characters or TERMINAL_KEY_*; 0: no more */
	const char *label; /* for the key bar, a word; NULL: not there */
	const char *help;  /* for `?`, half a sentence */
	int action;	   /* the view's own number, from 1 on */
};

struct view_kind {
	const char *name;		    /* on its tab: "Functions" */
	const struct key_binding *bindings; /* its own; may have the cursor's keys too */

	/* The view is zeroed but for `kind`; `size` bytes, a struct view first. */
	size_t size;
	void (*destroy)(struct view *view); /* what it holds, not the view itself; NULL: nothing */

	/* Makes its rows (view->row_count) and, if it can, sets the cursor to shown->function. */
	void (*update)(struct view *view, struct shown *shown);

	/* Everything below the header and above the key bar is the view's. */
	void (*draw)(struct view *view, const struct shown *shown, struct canvas *canvas,
		     struct area area);

	/* True if something is to be drawn anew. NULL: it has no keys of its own. */
	bool (*act)(struct view *view, struct shown *shown, struct explorer *explorer, int action);

	/* A click into the view's area (relative to it). On a row of its list the explorer has moved
	 * the cursor there, and makes a double click Enter instead. NULL: nothing. */
	bool (*click)(struct view *view, struct shown *shown, struct explorer *explorer, int row,
		      int column, bool is_double);

	/* The text of a row, for searching; NULL: it cannot be searched. */
	const char *(*row_text)(struct view *view, const struct shown *shown, size_t row,
				char *buffer, size_t size);

	/* Moves the cursor to what is next to have view->search, opening what hides it; false: nothing
	 * has it. `stays`: where it is may be it. NULL: rows are searched by row_text. */
	bool (*find)(struct view *view, bool is_backwards, bool stays);

	/* Which function a row is; name NULL: none. The cursor moving there makes it shown's. NULL:
	 * rows are no functions. */
	struct shown_function (*row_function)(const struct view *view, size_t row);
};

struct view {
	const struct view_kind *kind;
	uint64_t generation;		 /* of the shown that it was made of, */
	struct shown_function looked_at; /* and which function was looked at then */

	/* The list: row_count rows, of which those from `top` on are drawn from `list_row` of the area
	 * on, `list_rows` of them. draw() sets the last two; the explorer moves cursor and top. */
	size_t row_count, cursor, top;
	int list_row, list_rows;
	int shift;	 /* columns that the list is scrolled to the right */
	char search[64]; /* marked wherever it is drawn; "": nothing */
};

/* Moves `top` as little as needed for the cursor to be drawn. To be called by draw(), once the view
 * knows list_rows. */
void view_scroll(struct view *view);

/* The same after a leap: a row that is not drawn, or has little below it, comes to the upper third of
 * the list. */
void view_scroll_to(struct view *view);

/* "12.34", and its style. */
const char *percent_text(char buffer[16], double percent);
enum style percent_style(double percent);

/* How a function's name is drawn: kernel, JIT, inlined or plain. */
enum style frame_style(const struct named_frame *frame);

/* One file each. */
extern const struct view_kind functions_view, callers_view, tree_view, flame_view, threads_view,
	timeline_view, jit_view, health_view, source_view;

#endif

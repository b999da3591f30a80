/* SPDX-License-Identifier: MIT */
#include "ui/explorer_state.h"
#include "ui/table_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void add_button(struct explorer *explorer, int row, int column, int columns, int key,
		       const struct view_kind *kind)
{
	if (explorer->button_count < BUTTONS_MAX)
		explorer->buttons[explorer->button_count++] =
			(struct button){ { row, column, 1, columns }, key, kind };
}

static void draw_tabs(struct explorer *explorer, struct canvas *canvas, int row)
{
	const struct view_kind *front = explorer_front(explorer)->kind;
	int at = 0;

	for (size_t i = 0; explorer_kinds[i] && at < canvas->columns; i++) {
		const struct view_kind *kind = explorer_kinds[i];
		int width = canvas_printf(canvas, row, at, canvas->columns - at,
					  kind == front ? STYLE_TAB_SHOWN : STYLE_TAB,
					  kind == front ? "[%s]" : " %s ", kind->name);

		add_button(explorer, row, at, width, 0, kind);
		at += width;
	}
}

/* "Enter", "^F", "F1", "x". */
static const char *key_name(int key, char buffer[16])
{
	static const char *const names[] = {
		"Up",  "Down",	"Left", "Right",     "PgUp", "PgDn", "Home",
		"End", "Enter", "Esc",	"Backspace", "Del",  "Tab",  "Shift-Tab",
	};

	if (key >= TERMINAL_KEY_F1)
		snprintf(buffer, 16, "F%d", key - TERMINAL_KEY_F1 + 1);
	else if (key >= KEY_FIRST_SPECIAL)
		snprintf(buffer, 16, "%s", names[key - KEY_FIRST_SPECIAL]);
	else if (key == ' ')
		snprintf(buffer, 16, "Space");
	else if (key < ' ')
		snprintf(buffer, 16, "^%c", key + '@');
	else
		snprintf(buffer, 16, "%lc", (wint_t)key);
	return buffer;
}

static int draw_key(struct explorer *explorer, struct canvas *canvas, int row, int at,
		    const struct key_binding *binding)
{
	char name[16];
	int begin = at;

	at += canvas_put(canvas, row, at, canvas->columns - at, STYLE_KEY,
			 key_name(binding->keys[0], name));
	at += canvas_put(canvas, row, at, canvas->columns - at, STYLE_LABEL, binding->label);
	add_button(explorer, row, begin, at - begin, binding->keys[0], NULL);
	return at + 1;
}

/* How to go on from anywhere: these stand first, for on a narrow terminal the others are cut. */
static const int ways_out[] = { '?', TERMINAL_KEY_ESCAPE, 'q', TERMINAL_KEY_TAB };

static bool is_way_out(int key)
{
	for (size_t i = 0; i < sizeof(ways_out) / sizeof(*ways_out); i++)
		if (ways_out[i] == key)
			return true;
	return false;
}

static int draw_ways_out(struct explorer *explorer, struct canvas *canvas, int row)
{
	const struct key_binding *binding;
	int at = 0;

	for (size_t i = 0; i < sizeof(ways_out) / sizeof(*ways_out); i++) {
		for (binding = explorer_bindings; binding->keys[0]; binding++)
			if (binding->keys[0] == ways_out[i] && at < canvas->columns)
				at = draw_key(explorer, canvas, row, at, binding);
	}
	return at;
}

static int draw_keys(struct explorer *explorer, struct canvas *canvas, int row, int at,
		     const struct key_binding *bindings)
{
	for (; bindings && bindings->keys[0] && at < canvas->columns; bindings++)
		if (bindings->label && !is_way_out(bindings->keys[0]))
			at = draw_key(explorer, canvas, row, at, bindings);
	return at;
}

/* Where it ends, when there is no room for all of it. */
static const char *end_of_text(const char *text, int columns)
{
	while (*text && text_width(text) > columns) {
		do
			text++;
		while ((*text & 0xc0) == 0x80);
	}
	return text;
}

/* A long name is cut before what the keys do is. */
static void draw_overwrite(struct explorer *explorer, struct canvas *canvas, int row)
{
	const char *question = explorer_question(explorer);
	int at = canvas_put(canvas, row, 0, canvas->columns - text_width(question), STYLE_TITLE,
			    explorer->prompt.text);

	canvas_put(canvas, row, at, canvas->columns - at, STYLE_TITLE, question);
}

static void draw_prompt(struct explorer *explorer, struct canvas *canvas, int row)
{
	const char *text = explorer->prompt.text;
	int columns = canvas->columns, at;

	if (explorer->prompt.use == PROMPT_OVERWRITE) {
		draw_overwrite(explorer, canvas, row);
		return;
	}
	at = canvas_put(canvas, row, 0, columns, STYLE_TITLE, explorer_question(explorer));
	at += canvas_put(canvas, row, at, columns - at, STYLE_TEXT,
			 end_of_text(text, columns - at - 1));
	at += canvas_put(canvas, row, at, columns - at, STYLE_SELECTED, " ");
	if (!*text)
		canvas_put(canvas, row, at + 1, columns - at - 1, STYLE_DIM,
			   explorer_hint(explorer));
}

static void draw_bottom(struct explorer *explorer, struct canvas *canvas)
{
	int row = canvas->rows - 1, at;

	if (explorer->prompt.use) {
		draw_prompt(explorer, canvas, row);
		return;
	}
	if (*explorer->message) {
		canvas_put(canvas, row, 0, canvas->columns, STYLE_TITLE, explorer->message);
		return;
	}
	at = draw_ways_out(explorer, canvas, row);
	at = draw_keys(explorer, canvas, row, at, explorer_front(explorer)->kind->bindings);
	draw_keys(explorer, canvas, row, at, explorer_bindings);
}

static int help_row(struct explorer *explorer, const struct key_binding *binding, int line)
{
	struct area area = explorer->area;
	int row = area.row + line - explorer->help_top, at = area.column + 2;
	char name[16];

	if (row < area.row || row >= area.row + area.rows)
		return line + 1;
	for (size_t i = 0; i < sizeof(binding->keys) / sizeof(*binding->keys); i++)
		if (binding->keys[i])
			at += canvas_printf(&explorer->canvas, row, at, area.columns - at,
					    STYLE_KEY, i ? " %s" : "%s",
					    key_name(binding->keys[i], name));
	canvas_put(&explorer->canvas, row, at < 22 ? 22 : at + 1, area.columns - 22, STYLE_TEXT,
		   binding->help);
	return line + 1;
}

static int help_rows(struct explorer *explorer, const char *title,
		     const struct key_binding *bindings, int line)
{
	int row = explorer->area.row + line - explorer->help_top;

	if (row >= explorer->area.row && row < explorer->area.row + explorer->area.rows)
		canvas_put(&explorer->canvas, row, 0, explorer->area.columns, STYLE_TITLE, title);
	line++;
	for (; bindings && bindings->keys[0]; bindings++)
		if (bindings->help)
			line = help_row(explorer, bindings, line);
	return line + 1;
}

static void draw_help(struct explorer *explorer)
{
	const struct view_kind *kind = explorer_front(explorer)->kind;
	int line = help_rows(explorer, kind->name, kind->bindings, 0);

	help_rows(explorer, "Everywhere", explorer_bindings, line);
}

static void fit_canvas(struct explorer *explorer)
{
	int rows, columns;

	terminal_size(explorer->terminal, &rows, &columns);
	if (rows != explorer->canvas.rows || columns != explorer->canvas.columns) {
		canvas_deinit(&explorer->canvas);
		canvas_init(&explorer->canvas, rows, columns);
	}
	canvas_clear(&explorer->canvas);
	explorer->button_count = 0;
	explorer->area = (struct area){ HEADER_ROWS, 0, rows - HEADER_ROWS - 1, columns };
	if (explorer->area.rows < 0)
		explorer->area.rows = 0;
}

void explorer_draw(struct explorer *explorer)
{
	struct view *view = explorer_front(explorer);
	struct canvas *canvas = &explorer->canvas;

	fit_canvas(explorer);
	if (explorer->shows_help)
		draw_help(explorer);
	else if (explorer->area.rows > 0)
		view->kind->draw(view, explorer->shown, canvas, explorer->area);
	explorer_draw_header(explorer);
	draw_tabs(explorer, canvas, 2);
	draw_bottom(explorer, canvas);
	terminal_draw(explorer->terminal, canvas);
}

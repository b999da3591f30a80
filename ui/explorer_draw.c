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

static bool is_cut(const struct shown *shown)
{
	return shown->recording && *data_reader_damage(shown->recording->reader);
}

/* What the recording does not tell is neither 0 nor 100 %. */
static const char *quality_text(const struct shown *shown, char *buffer, size_t size)
{
	const struct stats *stats = &shown->stats;
	uint64_t stacks = stats->user_stacks;
	char complete[96] = "it is not told how complete stacks are";

	if (stacks)
		snprintf(complete, sizeof(complete),
			 "%.2f%% complete, %.2f%% truncated, %.2f%% guessed",
			 percent_of(stats->ends[STACK_END_COMPLETE], stacks),
			 percent_of(stats->ends[STACK_END_TRUNCATED_COPY], stacks),
			 percent_of(stats->guessed_frames, stats->user_frames));
	snprintf(buffer, size, "%s, %.2f%% unknown JIT, %llu lost%s", complete,
		 percent_of(stats->unknown_jit_samples, stats->samples),
		 (unsigned long long)stats->lost,
		 is_cut(shown) ? "; the file is cut: see Health" : "");
	return buffer;
}

/* How good what is shown is: always there. */
static void draw_quality(struct explorer *explorer, struct canvas *canvas, int row)
{
	const struct stats *stats = &explorer->shown->stats;
	uint64_t stacks = stats->user_stacks;
	const char *status = NULL;
	char text[256];
	bool is_bad;

	if (explorer->live)
		status = explorer->live->status(explorer->live->context, text, sizeof(text));
	if (status) {
		canvas_put(canvas, row, 0, canvas->columns, STYLE_TEXT, status);
		return;
	}
	is_bad = stats->lost || is_cut(explorer->shown) ||
		 (stacks && percent_of(stats->ends[STACK_END_COMPLETE], stacks) < 90);
	canvas_put(canvas, row, 0, canvas->columns, is_bad ? STYLE_WARNING : STYLE_TEXT,
		   quality_text(explorer->shown, text, sizeof(text)));
}

static int put_list(struct canvas *canvas, int row, int at, const char *what,
		    const struct text_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		at += canvas_printf(canvas, row, at, canvas->columns - at, STYLE_WARM, " %s%s",
				    what, list->texts[i]);
	return at;
}

/* With the key that shows them again. */
static int draw_hidden(struct explorer *explorer, struct canvas *canvas, int row, int at)
{
	const struct selection *selection = &explorer->shown->selection;
	const struct {
		bool is_hidden;
		const char *text;
	} kinds[] = {
		{ selection->hides_kernel, " -kernel(K)" },
		{ selection->hides_native, " -native(C)" },
		{ selection->hides_jit, " -JIT(J)" },
		{ selection->hides_inlined, " -inlined(I)" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (kinds[i].is_hidden)
			at += canvas_put(canvas, row, at, canvas->columns - at, STYLE_WARM,
					 kinds[i].text);
	}
	return at;
}

/* What is left out, to be seen at any moment. */
static int draw_filters(struct explorer *explorer, struct canvas *canvas, int row, int at)
{
	const struct selection *selection = &explorer->shown->selection;
	int begin = at;
	bool has_filter;

	at = put_list(canvas, row, at, "symbol=", &selection->symbols);
	at = put_list(canvas, row, at, "symbol!=", &selection->not_symbols);
	at = put_list(canvas, row, at, "module=", &selection->modules);
	at = put_list(canvas, row, at, "module!=", &selection->not_modules);
	at = put_list(canvas, row, at, "comm=", &selection->comms);
	at = put_list(canvas, row, at, "comm!=", &selection->not_comms);
	at = put_list(canvas, row, at, "pid=", &selection->pids);
	at = put_list(canvas, row, at, "tid=", &selection->tids);
	at = put_list(canvas, row, at, "through=", &selection->through);
	at = put_list(canvas, row, at, "through!=", &selection->not_through);
	if (selection->from_ns || selection->until_ns != UINT64_MAX)
		at += canvas_put(canvas, row, at, canvas->columns - at, STYLE_WARM, " time");
	if (explorer->shown->min_percent > 0)
		at += canvas_printf(canvas, row, at, canvas->columns - at, STYLE_WARM, " min=%g%%",
				    explorer->shown->min_percent);
	has_filter = at > begin;
	at = draw_hidden(explorer, canvas, row, at);
	if (has_filter)
		at += canvas_printf(canvas, row, at, canvas->columns - at, STYLE_DIM,
				    " (x: unfilter; %% of %s)",
				    explorer->shown->is_relative ? "these" : "all");
	return at;
}

/* Where there is room for it: filters must be seen. */
static void draw_pace(struct explorer *explorer, struct canvas *canvas, int row, int at)
{
	const struct live_source *live = explorer->live;
	char text[128];

	if (!live || !live->pace)
		return;
	live->pace(live->context, text, sizeof(text));
	if (at + (int)strlen(text) <= canvas->columns)
		canvas_put(canvas, row, at, canvas->columns - at, STYLE_TEXT, text);
}

static void draw_title(struct explorer *explorer, struct canvas *canvas)
{
	const struct shown *shown = explorer->shown;
	uint64_t all = shown->all_sums.all.count, selected = shown_selected(shown).count;
	int at = canvas_put(canvas, 0, 0, canvas->columns, STYLE_TITLE, explorer->title);

	if (selected != all)
		at += canvas_printf(canvas, 0, at, canvas->columns - at, STYLE_TEXT,
				    "  %" PRIu64 " of", selected);
	at += canvas_printf(canvas, 0, at, canvas->columns - at, STYLE_TEXT,
			    "%s %" PRIu64 " samples", selected != all ? "" : " ", all);
	if (explorer->is_frozen)
		at += canvas_put(canvas, 0, at, canvas->columns - at, STYLE_WARM, ", frozen");
	at = draw_filters(explorer, canvas, 0, at + 1);
	draw_pace(explorer, canvas, 0, at);
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

static void draw_prompt(struct explorer *explorer, struct canvas *canvas, int row)
{
	const char *question = explorer_question(explorer), *text = explorer->prompt.text;
	int at, columns = canvas->columns;

	if (explorer->prompt.use == PROMPT_OVERWRITE) {
		/* A long name is cut before what the keys do is. */
		at = canvas_put(canvas, row, 0, columns - text_width(question), STYLE_TITLE, text);
		at += canvas_put(canvas, row, at, columns - at, STYLE_TITLE, question);
	} else {
		at = canvas_put(canvas, row, 0, columns, STYLE_TITLE, question);
		at += canvas_put(canvas, row, at, columns - at, STYLE_TEXT, text);
	}
	canvas_put(canvas, row, at, columns - at, STYLE_SELECTED, " ");
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
	draw_title(explorer, canvas);
	draw_quality(explorer, canvas, 1);
	draw_tabs(explorer, canvas, 2);
	draw_bottom(explorer, canvas);
	terminal_draw(explorer->terminal, canvas);
}

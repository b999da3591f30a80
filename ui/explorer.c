/* SPDX-License-Identifier: MIT */
#include "ui/explorer_state.h"

#include "jitdump/xalloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How often a live profile is drawn anew, at most. */
enum { REFRESH_MS = 1000, WHEEL_ROWS = 3 };

struct explorer *explorer_create(struct shown *shown, struct terminal *terminal, const char *title,
				 const struct live_source *live)
{
	struct explorer *explorer = xcalloc(1, sizeof(*explorer));

	explorer->shown = shown;
	explorer->terminal = terminal;
	explorer->live = live;
	explorer->title = xstrdup(title);
	return explorer;
}

static void close_views(struct explorer *explorer)
{
	for (size_t i = 0; i < VIEWS_MAX; i++) {
		struct view *view = explorer->views[i];

		if (view && view->kind->destroy)
			view->kind->destroy(view);
		free(view);
		explorer->views[i] = NULL;
	}
}

void explorer_destroy(struct explorer *explorer)
{
	if (!explorer)
		return;
	close_views(explorer);
	canvas_deinit(&explorer->canvas);
	free(explorer->title);
	free(explorer);
}

bool explorer_run_command(struct explorer *explorer, char *const *argv)
{
	const struct live_source *live = explorer->live;

	return terminal_run(explorer->terminal, argv, live ? live->collect : NULL,
			    live ? live->context : NULL);
}

void explorer_say(struct explorer *explorer, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(explorer->message, sizeof(explorer->message), format, arguments);
	va_end(arguments);
}

static struct view *view_at(struct explorer *explorer, size_t place)
{
	const struct view_kind *kind = explorer_kinds[place];

	if (!explorer->views[place]) {
		explorer->views[place] = xcalloc(1, kind->size);
		explorer->views[place]->kind = kind;
	}
	return explorer->views[place];
}

struct view *explorer_front(struct explorer *explorer)
{
	return view_at(explorer, explorer->history[explorer->history_count - 1]);
}

static void update(struct view *view, struct shown *shown)
{
	view->generation = shown->generation;
	view->looked_at = shown->function;
	view->kind->update(view, shown);
}

/* Views that are not in front hold frames all the same: they are made anew while these are there. */
static void renew_views(struct explorer *explorer)
{
	struct shown *shown = explorer->shown;

	if (shown->naming != explorer->naming) {
		close_views(explorer);
		shown->function = (struct shown_function){ 0 };
	}
	for (size_t i = 0; shown->renumbered != explorer->renumbered && i < VIEWS_MAX; i++) {
		if (explorer->views[i])
			update(explorer->views[i], shown);
	}
	explorer->naming = shown->naming;
	explorer->renumbered = shown->renumbered;
}

/* The front view is made of what is shown now. */
static void update_front(struct explorer *explorer)
{
	struct view *view;

	renew_views(explorer);
	view = explorer_front(explorer);
	if (view->generation == explorer->shown->generation)
		return;
	if (!explorer->has_moved)
		explorer->shown->function = (struct shown_function){ 0 };
	update(view, explorer->shown);
	if (explorer->has_moved)
		return;
	view->cursor = 0;
	explorer_follow(explorer);
}

static void bring_to_front(struct explorer *explorer, size_t place)
{
	size_t count = explorer->history_count;

	if (count && explorer->history[count - 1] == place)
		return;
	if (count == HISTORY_MAX) {
		memmove(explorer->history, explorer->history + 1,
			(HISTORY_MAX - 1) * sizeof(*explorer->history));
		count--;
	}
	explorer->history[count] = place;
	explorer->history_count = count + 1;
}

void explorer_open(struct explorer *explorer, const struct view_kind *kind)
{
	for (size_t i = 0; explorer_kinds[i]; i++) {
		struct view *view;

		if (explorer_kinds[i] != kind)
			continue;
		view = view_at(explorer, i);
		/* Another function, or body of one, is to be looked at by now. */
		if (explorer->shown->has_body ||
		    !shown_function_is(view->looked_at, explorer->shown->function))
			view->generation = 0;
		bring_to_front(explorer, i);
		update_front(explorer);
	}
}

void explorer_back(struct explorer *explorer)
{
	struct view *view;

	if (explorer->history_count > 1)
		explorer->history_count--;
	/* Another function may have been looked at meanwhile. */
	view = explorer_front(explorer);
	if (view->looked_at.name)
		explorer->shown->function = view->looked_at;
	update_front(explorer);
}

void explorer_next(struct explorer *explorer, int distance)
{
	size_t last = 0, place = explorer->history[explorer->history_count - 1];

	while (explorer_kinds[last + 1])
		last++;
	if (distance > 0)
		place = place == last ? 0 : place + 1;
	else
		place = place ? place - 1 : last;
	explorer_open(explorer, explorer_kinds[place]);
}

void explorer_reselect(struct explorer *explorer)
{
	explorer->shown->reselected++;
	shown_update(explorer->shown);
	update_front(explorer);
}

void explorer_remake(struct explorer *explorer)
{
	explorer->shown->reselected++;
	shown_redraw(explorer->shown);
	update_front(explorer);
}

void explorer_follow(struct explorer *explorer)
{
	struct view *view = explorer_front(explorer);
	struct shown_function function;

	if (!view->kind->row_function || view->cursor >= view->row_count)
		return;
	function = view->kind->row_function(view, view->cursor);
	if (function.name)
		explorer->shown->function = view->looked_at = function;
}

void explorer_move(struct explorer *explorer, long distance)
{
	struct view *view = explorer_front(explorer);
	long cursor = (long)view->cursor + distance;

	if (cursor >= (long)view->row_count)
		cursor = (long)view->row_count - 1;
	view->cursor = cursor > 0 ? (size_t)cursor : 0;
	explorer_follow(explorer);
}

static bool row_matches(struct explorer *explorer, struct view *view, size_t row)
{
	char buffer[1024];

	return text_contains(
		view->kind->row_text(view, explorer->shown, row, buffer, sizeof(buffer)),
		view->search);
}

static bool find_row(struct explorer *explorer, bool is_backwards, bool stays)
{
	struct view *view = explorer_front(explorer);
	size_t count = view->row_count, step = is_backwards ? count - 1 : 1;
	size_t row = view->cursor;

	if (!stays)
		row = (row + step) % count;
	for (size_t i = 0; i < count; i++, row = (row + step) % count) {
		if (!row_matches(explorer, view, row))
			continue;
		view->cursor = row;
		return true;
	}
	return false;
}

void explorer_search(struct explorer *explorer, bool is_backwards, bool stays_if_matching)
{
	struct view *view = explorer_front(explorer);
	size_t before = view->cursor;
	bool is_found;

	if ((!view->kind->row_text && !view->kind->find) || !*view->search || !view->row_count)
		return;
	is_found = view->kind->find ? view->kind->find(view, is_backwards, stays_if_matching)
				    : find_row(explorer, is_backwards, stays_if_matching);
	if (!is_found)
		explorer_say(explorer, "nothing here has '%s'", view->search);
	else if (is_backwards ? view->cursor > before : view->cursor < before)
		explorer_say(explorer, "'%s': gone round, to the %s one", view->search,
			     is_backwards ? "last" : "first");
	explorer_follow(explorer);
}

static const struct button *button_at(const struct explorer *explorer,
				      const struct terminal_event *event)
{
	for (size_t i = 0; i < explorer->button_count; i++) {
		const struct button *button = &explorer->buttons[i];

		if (event->row == button->area.row && event->column >= button->area.column &&
		    event->column < button->area.column + button->area.columns)
			return button;
	}
	return NULL;
}

/* On a row of the list: the cursor goes there, and twice is Enter. The view is asked of all else. */
static void click_view(struct explorer *explorer, const struct terminal_event *event)
{
	struct view *view = explorer_front(explorer);
	int row = event->row - explorer->area.row, column = event->column - explorer->area.column;
	int listed = row - view->list_row;
	bool is_double = event->kind == TERMINAL_DOUBLE_CLICK;
	bool is_listed = listed >= 0 && listed < view->list_rows &&
			 view->top + (size_t)listed < view->row_count;

	if (row < 0 || row >= explorer->area.rows)
		return;
	if (is_listed) {
		view->cursor = view->top + (size_t)listed;
		explorer_follow(explorer);
	}
	if (is_listed && is_double)
		explorer_press(explorer, TERMINAL_KEY_ENTER);
	else if (view->kind->click)
		view->kind->click(view, explorer->shown, explorer, row, column, is_double);
}

static void click(struct explorer *explorer, const struct terminal_event *event)
{
	const struct button *button = button_at(explorer, event);

	if (button && button->kind)
		explorer_open(explorer, button->kind);
	else if (button)
		explorer_press(explorer, button->key);
	else
		click_view(explorer, event);
}

static void take_event(struct explorer *explorer, const struct terminal_event *event)
{
	explorer->has_moved |= event->kind != TERMINAL_NOTHING && event->kind != TERMINAL_RESIZED;
	if (event->kind == TERMINAL_KEY || event->kind == TERMINAL_CLICK)
		*explorer->message = '\0';
	switch (event->kind) {
	case TERMINAL_NOTHING:
	case TERMINAL_RESIZED:
		break;
	case TERMINAL_END:
		explorer->leaves = true;
		break;
	case TERMINAL_KEY:
		if (explorer->prompt.use)
			explorer_type(explorer, event->key);
		else
			explorer_press(explorer, event->key);
		break;
	case TERMINAL_CLICK:
	case TERMINAL_DOUBLE_CLICK:
		click(explorer, event);
		break;
	case TERMINAL_WHEEL_UP:
		explorer_move(explorer, -WHEEL_ROWS);
		break;
	case TERMINAL_WHEEL_DOWN:
		explorer_move(explorer, WHEEL_ROWS);
		break;
	}
}

/* Collects until there is something to draw. */
static void wait_live(struct explorer *explorer)
{
	struct shown *shown = explorer->shown;

	if (explorer->live->step(explorer->live->context, shown, REFRESH_MS) &&
	    !explorer->is_frozen) {
		shown_update(shown);
		update_front(explorer);
	}
}

void explorer_run(struct explorer *explorer)
{
	struct terminal_event event;

	shown_update(explorer->shown);
	explorer_open(explorer, explorer_kinds[0]);
	explorer_follow(explorer);
	while (!explorer->leaves) {
		bool is_live = explorer->live && !explorer->live->is_over(explorer->live->context);

		explorer_draw(explorer);
		if (is_live)
			wait_live(explorer);
		event = terminal_wait(explorer->terminal, is_live ? 0 : -1);
		/* Keys that came meanwhile are drawn once. */
		do
			take_event(explorer, &event);
		while (!explorer->leaves &&
		       (event = terminal_wait(explorer->terminal, 0)).kind != TERMINAL_NOTHING);
	}
}

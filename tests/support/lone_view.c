/* SPDX-License-Identifier: MIT */
#include "support/lone_view.h"

#include "jitdump/xalloc.h"
#include "support/canvas_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct explorer *explorer_of(struct lone_view *stage)
{
	return (struct explorer *)stage;
}

static struct lone_view *stage_of(struct explorer *explorer)
{
	return (struct lone_view *)explorer;
}

void lone_view_init(struct lone_view *stage, const struct view_kind *kind, struct profile *profile,
		    struct naming *naming, struct recording *recording)
{
	*stage = (struct lone_view){ .view = xcalloc(1, kind->size) };
	stage->view->kind = kind;
	shown_init(&stage->shown, profile, naming, recording);
	canvas_init(&stage->canvas, 24, 80);
}

void lone_view_deinit(struct lone_view *stage)
{
	if (stage->view->kind->destroy)
		stage->view->kind->destroy(stage->view);
	free(stage->view);
	canvas_deinit(&stage->canvas);
	shown_deinit(&stage->shown);
}

static void draw(struct lone_view *stage)
{
	struct area all = { 0, 0, stage->canvas.rows, stage->canvas.columns };

	canvas_clear(&stage->canvas);
	stage->view->kind->draw(stage->view, &stage->shown, &stage->canvas, all);
}

void lone_view_update(struct lone_view *stage)
{
	shown_update(&stage->shown);
	stage->view->generation = stage->shown.generation;
	stage->view->kind->update(stage->view, &stage->shown);
	draw(stage);
}

void lone_view_resize(struct lone_view *stage, int rows, int columns)
{
	canvas_deinit(&stage->canvas);
	canvas_init(&stage->canvas, rows, columns);
}

void lone_view_expect(struct lone_view *stage, int rows, int columns, const char *lines)
{
	lone_view_resize(stage, rows, columns);
	draw(stage);
	canvas_expect(&stage->canvas, lines);
}

void lone_view_expect_cursor(struct lone_view *stage, const char *text)
{
	char *marked;

	draw(stage);
	marked = canvas_marked_text(&stage->canvas, STYLE_SELECTED);
	assert_string_equal(marked, text);
	free(marked);
}

void lone_view_draw_in_all_sizes(struct lone_view *stage)
{
	for (int rows = 1; rows < 12; rows++) {
		for (int columns = 1; columns < 100; columns++) {
			lone_view_resize(stage, rows, columns);
			draw(stage);
		}
	}
}

static void follow(struct lone_view *stage)
{
	const struct view *view = stage->view;
	struct shown_function function = { 0 };

	if (view->kind->row_function && view->cursor < view->row_count)
		function = view->kind->row_function(view, view->cursor);
	if (function.name)
		stage->shown.function = function;
}

bool lone_view_press(struct lone_view *stage, int key)
{
	const struct view_kind *kind = stage->view->kind;

	for (const struct key_binding *binding = kind->bindings; binding->keys[0]; binding++) {
		for (size_t i = 0; i < sizeof(binding->keys) / sizeof(*binding->keys); i++) {
			if (binding->keys[i] != key)
				continue;
			bool is_handled = kind->act(stage->view, &stage->shown, explorer_of(stage),
						    binding->action);

			follow(stage);
			return is_handled;
		}
	}
	fail_msg("the view has no such key: %d", key);
	return false;
}

void explorer_reselect(struct explorer *explorer)
{
	lone_view_update(stage_of(explorer));
}

void explorer_say(struct explorer *explorer, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(stage_of(explorer)->said, sizeof(stage_of(explorer)->said), format, arguments);
	va_end(arguments);
}

void explorer_filter(struct explorer *explorer, struct text_list *list, const char *text)
{
	text_list_add(list, text);
	explorer_reselect(explorer);
}

void explorer_unfilter(struct explorer *explorer, struct text_list *list, size_t number)
{
	text_list_remove(list, number);
	explorer_reselect(explorer);
}

/* There is no terminal to give. */
bool explorer_run_command(struct explorer *explorer, char *const *argv)
{
	(void)explorer;
	(void)argv;
	return false;
}

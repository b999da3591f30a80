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
	lone_view_update(stage);
}

void lone_view_deinit(struct lone_view *stage)
{
	if (stage->view->kind->destroy)
		stage->view->kind->destroy(stage->view);
	free(stage->view);
	shown_deinit(&stage->shown);
}

void lone_view_update(struct lone_view *stage)
{
	shown_update(&stage->shown);
	stage->view->kind->update(stage->view, &stage->shown);
}

static void draw(struct lone_view *stage, struct canvas *canvas)
{
	struct area all = { 0, 0, canvas->rows, canvas->columns };

	canvas_clear(canvas);
	stage->view->kind->draw(stage->view, &stage->shown, canvas, all);
}

void lone_view_expect(struct lone_view *stage, int rows, int columns, const char *lines)
{
	struct canvas canvas;

	canvas_init(&canvas, rows, columns);
	draw(stage, &canvas);
	canvas_expect(&canvas, lines);
	canvas_deinit(&canvas);
}

void lone_view_draw_tiny(struct lone_view *stage)
{
	for (int rows = 1; rows < 6; rows++) {
		for (int columns = 1; columns < 14; columns++) {
			struct canvas canvas;

			canvas_init(&canvas, rows, columns);
			draw(stage, &canvas);
			canvas_deinit(&canvas);
		}
	}
}

bool lone_view_press(struct lone_view *stage, int key)
{
	const struct key_binding *binding = stage->view->kind->bindings;

	for (; binding->keys[0]; binding++) {
		for (size_t i = 0; i < 4 && binding->keys[i]; i++) {
			if (binding->keys[i] == key)
				return stage->view->kind->act(stage->view, &stage->shown,
							      explorer_of(stage), binding->action);
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

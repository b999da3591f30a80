/* SPDX-License-Identifier: MIT */
#include "support/view_stage.h"

#include "jitdump/xalloc.h"
#include "support/canvas_text.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

void view_stage_init(struct view_stage *stage, const struct view_kind *kind, int rows, int columns)
{
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	named_profile_init(&stage->named);
	shown_init(&stage->shown, stage->named.profile, stage->named.naming, NULL);
	stage->view = xcalloc(1, kind->size);
	stage->view->kind = kind;
	canvas_init(&stage->canvas, rows, columns);
}

void view_stage_deinit(struct view_stage *stage)
{
	stage->view->kind->destroy(stage->view);
	free(stage->view);
	canvas_deinit(&stage->canvas);
	shown_deinit(&stage->shown);
	named_profile_deinit(&stage->named);
}

static void follow(struct view_stage *stage)
{
	const struct view *view = stage->view;
	struct shown_function function = { 0 };

	if (view->kind->row_function && view->cursor < view->row_count)
		function = view->kind->row_function(view, view->cursor);
	if (function.name)
		stage->shown.function = function;
}

static void draw(struct view_stage *stage)
{
	struct area area = { 0, 0, stage->canvas.rows, stage->canvas.columns };

	canvas_clear(&stage->canvas);
	stage->view->kind->draw(stage->view, &stage->shown, &stage->canvas, area);
}

void view_stage_update(struct view_stage *stage)
{
	shown_update(&stage->shown);
	stage->view->generation = stage->shown.generation;
	stage->view->kind->update(stage->view, &stage->shown);
	draw(stage); /* as it is before any key */
}

bool view_stage_press(struct view_stage *stage, int key)
{
	const struct view_kind *kind = stage->view->kind;

	for (const struct key_binding *binding = kind->bindings; binding->keys[0]; binding++) {
		for (size_t i = 0; i < sizeof(binding->keys) / sizeof(*binding->keys); i++) {
			if (binding->keys[i] != key)
				continue;
			bool is_handled =
				kind->act(stage->view, &stage->shown, NULL, binding->action);

			follow(stage);
			return is_handled;
		}
	}
	fail_msg("no key of this view: %d", key);
	return false;
}

struct shown_function view_stage_function(struct view_stage *stage, const char *name,
					  const char *module)
{
	struct string_pool *strings = stage->named.profile->strings;

	return (struct shown_function){ string_pool_add(strings, name),
					string_pool_add(strings, module) };
}

void view_stage_expect(struct view_stage *stage, const char *text)
{
	draw(stage);
	canvas_expect(&stage->canvas, text);
}

void view_stage_expect_cursor(struct view_stage *stage, const char *text)
{
	draw(stage);
	char *marked = canvas_marked_text(&stage->canvas, STYLE_SELECTED);

	assert_string_equal(marked, text);
	free(marked);
}

void view_stage_draw_in_all_sizes(struct view_stage *stage)
{
	for (int rows = 1; rows < 12; rows++) {
		for (int columns = 1; columns < 100; columns++) {
			canvas_deinit(&stage->canvas);
			canvas_init(&stage->canvas, rows, columns);
			draw(stage);
		}
	}
}

/* SPDX-License-Identifier: MIT */
/*
 * A view on a stage of its own: a profile that a test wrote, a canvas, and keys.
 *
 * You give samples and keys; you get what the view draws. There is no terminal and no explorer: the
 * keys are those of the view's own table, and only the cursor's function is followed.
 */
#ifndef SUPPORT_VIEW_STAGE_H
#define SUPPORT_VIEW_STAGE_H

#include "support/named_profile.h"
#include "ui/view.h"

struct view_stage {
	struct named_profile named;
	struct shown shown;
	struct view *view;
	struct canvas canvas;
};

void view_stage_init(struct view_stage *stage, const struct view_kind *kind, int rows, int columns);
void view_stage_deinit(struct view_stage *stage);

/* After samples were added, or the selection changed. */
void view_stage_update(struct view_stage *stage);

/* False: the view does not handle the key. */
bool view_stage_press(struct view_stage *stage, int key);

/* Interned, as the profile's names are. */
struct shown_function view_stage_function(struct view_stage *stage, const char *name,
					  const char *module);

/* The view fills the canvas, which must then be this text; the cursor's row, or box, this one. */
void view_stage_expect(struct view_stage *stage, const char *text);
void view_stage_expect_cursor(struct view_stage *stage, const char *text);

/* Draws in all sizes from 1x1 on; memory checkers see what is drawn outside. */
void view_stage_draw_in_all_sizes(struct view_stage *stage);

#endif

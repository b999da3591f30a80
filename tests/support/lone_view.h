/* SPDX-License-Identifier: MIT */
/*
 * A view without a terminal: updated, drawn and acted on by a test.
 *
 * You give a profile, a kind and keys; you get screens as text. It is the explorer as far as views
 * call it, so its programs cannot have the real one: keys are those of the view's own table, and of
 * what is shown it follows the function under the cursor alone.
 */
#ifndef SUPPORT_LONE_VIEW_H
#define SUPPORT_LONE_VIEW_H

#include "support/named_profile.h"
#include "ui/explorer.h"

struct lone_view {
	struct shown shown;
	struct view *view;
	struct canvas canvas; /* what was drawn last; 24 x 80 at first */
	char said[256];	      /* the last explorer_say() */
};

/* The view has no rows before it is updated. */
void lone_view_init(struct lone_view *stage, const struct view_kind *kind, struct profile *profile,
		    struct naming *naming, struct recording *recording);
void lone_view_deinit(struct lone_view *stage);

/* After a change of shown's selection or profile. It is drawn too, as it is before any key. */
void lone_view_update(struct lone_view *stage);

void lone_view_resize(struct lone_view *stage, int rows, int columns);

/* Asserts what is drawn on a screen of this size; and as the cursor's row, or box, on one of the
 * last size. */
void lone_view_expect(struct lone_view *stage, int rows, int columns, const char *lines);
void lone_view_expect_cursor(struct lone_view *stage, const char *text);

/* From 1x1 on; memory checkers see what is drawn outside. */
void lone_view_draw_in_all_sizes(struct lone_view *stage);

/* Does what the key stands for among the view's bindings; fails if it is none of its keys. False:
 * the view does not handle it. */
bool lone_view_press(struct lone_view *stage, int key);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A view without a terminal: updated, drawn and acted on by a test.
 *
 * You give a profile and a kind; you get screens as text. It is the explorer as far as views call
 * it, so its programs cannot have the real one.
 */
#ifndef SUPPORT_LONE_VIEW_H
#define SUPPORT_LONE_VIEW_H

#include "support/named_profile.h"
#include "ui/explorer.h"

struct lone_view {
	struct shown shown;
	struct view *view;
	char said[256]; /* the last explorer_say() */
};

/* Sums up, and makes the view's rows. */
void lone_view_init(struct lone_view *stage, const struct view_kind *kind, struct profile *profile,
		    struct naming *naming, struct recording *recording);
void lone_view_deinit(struct lone_view *stage);

/* After a change of shown's selection or profile. */
void lone_view_update(struct lone_view *stage);

/* Asserts what is drawn on a screen of this size. */
void lone_view_expect(struct lone_view *stage, int rows, int columns, const char *lines);

/* Draws on screens of few rows and columns, which must not fail. */
void lone_view_draw_tiny(struct lone_view *stage);

/* Does what the key stands for among the view's bindings; fails if it is none of its keys. */
bool lone_view_press(struct lone_view *stage, int key);

#endif

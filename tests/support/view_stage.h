/* SPDX-License-Identifier: MIT */
/*
 * The one stage of a program that tests one kind of view: a profile that a test writes, and a view.
 *
 * You give samples and keys; you get what the view draws, by lone_view.h. Its programs can use no
 * session, nor the explorer.
 */
#ifndef SUPPORT_VIEW_STAGE_H
#define SUPPORT_VIEW_STAGE_H

#include "support/lone_view.h"

extern struct named_profile named;
extern struct lone_view stage;

/* Before and after each test. The screen has this size at first, and boxes to draw with. */
int view_stage_begin(const struct view_kind *kind, int rows, int columns);
int view_stage_end(void **state);

/* Adds a sample, by the members of struct named_sample. */
#define ADD(...) named_profile_add(&named, &(struct named_sample){ __VA_ARGS__ })

/* Keys that are characters, one after another, handled or not. */
void view_stage_press(const char *keys);

/* Interned, as the profile's names are. */
struct shown_function view_stage_function(const char *name, const char *module);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The terminal UI: views over a profile, their keys, the header and the key bar.
 *
 * You give what is shown and a terminal; you get a user who looks around until he leaves. It
 * decides which view is in front, moves cursors, searches and filters, and never makes a row itself.
 */
#ifndef UI_EXPLORER_H
#define UI_EXPLORER_H

#include "ui/view.h"

struct explorer;

/* Of a profile that grows: what top, and reading a large recording, add. */
struct live_source {
	void *context;
	/* Collects for at most so long, or until a key waits; true: there is something new to show
	 * (shown->profile may be another one). */
	bool (*step)(void *context, struct shown *shown, int milliseconds);
	/* Collects for a moment, and shows nothing of it; NULL: there is no hurry. */
	void (*collect)(void *context);
	/* `z` and Space; NULL: a recording has no such thing. Frozen, what is shown stays, with its
	 * names, while collecting goes on; thawed, it is another at once. */
	void (*zero)(void *context, struct shown *shown);
	void (*freeze)(void *context, struct shown *shown, bool is_frozen);
	/* Behind the title: rate, own CPU ...; NULL: nothing. */
	const char *(*pace)(void *context, char *buffer, size_t size);
	/* The line below: lost, truncated ...; NULL: that of a recording. */
	const char *(*status)(void *context, char *buffer, size_t size);
	bool (*is_over)(void *context); /* the target is gone: nothing new comes */
};

struct explorer *explorer_create(struct shown *shown, struct terminal *terminal, const char *title,
				 const struct live_source *live);
void explorer_destroy(struct explorer *explorer);

/* Until the user leaves, or a signal asks to (ui/stop_signal.h). */
void explorer_run(struct explorer *explorer);

/* For views: */

/* Opens a view (or brings it to the front); Esc goes back. It is updated, with the cursor's function
 * as it is. */
void explorer_open(struct explorer *explorer, const struct view_kind *kind);

/* The selection was changed: everything is summed up again. */
void explorer_reselect(struct explorer *explorer);

/* Adds a text to one of the selection's lists, and remembers it to be taken away (`x`); or takes it
 * away. */
void explorer_filter(struct explorer *explorer, struct text_list *list, const char *text);
void explorer_unfilter(struct explorer *explorer, struct text_list *list, size_t number);

/* Rows below are left out; 0: none. */
void explorer_set_min(struct explorer *explorer, double percent);

/* One line above the key bar, until the next key. */
void explorer_say(struct explorer *explorer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Gives the terminal to a command; what is collected is collected on. False if it could not be run. */
bool explorer_run_command(struct explorer *explorer, char *const *argv);

#endif

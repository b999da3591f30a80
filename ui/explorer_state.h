/* SPDX-License-Identifier: MIT */
/*
 * The inside of an explorer, shared by its parts and by nobody else:
 *
 *     explorer.c         the loop, the views that are open, the cursor
 *     explorer_keys.c    the keys that every view has, and what they do
 *     explorer_filter.c  what was typed for a filter
 *     explorer_write.c   files of what is shown
 *     explorer_header.c  the lines above the tabs
 *     explorer_draw.c    tabs, key bar, help, and the whole
 *     explorer_prompt.c  lines that are typed: search, filter, file
 */
#ifndef UI_EXPLORER_STATE_H
#define UI_EXPLORER_STATE_H

#include "ui/explorer.h"

enum {
	VIEWS_MAX = 16,
	HISTORY_MAX = 32,
	FILTERS_MAX = 32,
	BUTTONS_MAX = 48, /* places that a click presses a key for */
	HEADER_ROWS = 3,
	PROMPT_TEXT_MAX = 256,
};

/* What was typed is for. */
enum prompt_use {
	PROMPT_NONE,
	PROMPT_SEARCH,
	PROMPT_FILTER,
	PROMPT_WRITE,
	PROMPT_OVERWRITE, /* the file in `text`: yes or no */
};

struct prompt {
	enum prompt_use use; /* PROMPT_NONE: nothing is being typed */
	char text[PROMPT_TEXT_MAX];
	size_t size;
};

/* A place on the screen that stands for a key, or for a view's tab. */
struct button {
	struct area area;
	int key;
	const struct view_kind *kind;
};

/* Which list of the selection the last filters went to: they are taken away in turn. */
struct filter_mark {
	struct text_list *list; /* NULL: the least percentage */
};

struct explorer {
	struct shown *shown;
	struct terminal *terminal;
	const struct live_source *live; /* NULL: a recording */
	char *title;
	struct view *views[VIEWS_MAX]; /* by place in explorer_kinds; NULL: not opened yet */
	const struct naming *naming;   /* of the frames that views hold */
	uint64_t renumbered;	       /* as of when all views were made anew */
	size_t history[HISTORY_MAX];   /* places; the last one is in front */
	size_t history_count;
	struct filter_mark filters[FILTERS_MAX];
	size_t filter_count;
	struct canvas canvas;
	struct area area; /* the view's */
	struct button buttons[BUTTONS_MAX];
	size_t button_count;
	struct prompt prompt;
	char message[256];
	bool shows_help, is_frozen, leaves;
	bool has_moved; /* the cursor is where the user put it; until then it is on the first row */
	int help_top;
};

/* All kinds there are, in the order of their tabs; NULL ends them. */
extern const struct view_kind *const explorer_kinds[];
/* What keys do everywhere. */
extern const struct key_binding explorer_bindings[];

struct view *explorer_front(struct explorer *explorer);
void explorer_back(struct explorer *explorer);
/* The tab `distance` to the right of the one in front, round about. */
void explorer_next(struct explorer *explorer, int distance);

/* After a change of what is hidden, or of what percentages are of. */
void explorer_remake(struct explorer *explorer);

/* After the cursor moved: its function becomes the shown one. */
void explorer_follow(struct explorer *explorer);
void explorer_move(struct explorer *explorer, long distance);
/* To the next row (or, backwards, the one before) that has what is searched for. */
void explorer_search(struct explorer *explorer, bool is_backwards, bool stays_if_matching);

/* explorer_keys.c: true if the key means something. */
bool explorer_press(struct explorer *explorer, int key);

/* explorer_prompt.c */
void explorer_ask(struct explorer *explorer, enum prompt_use use, const char *text);
void explorer_type(struct explorer *explorer, int key);
const char *explorer_question(const struct explorer *explorer);
/* What may be typed; "": that is plain. */
const char *explorer_hint(const struct explorer *explorer);

/* explorer_filter.c: what the question for a filter was answered */
void explorer_take_filter(struct explorer *explorer, const char *text);

/* explorer_write.c: asks before it overwrites, unless it was told to */
void explorer_write(struct explorer *explorer, const char *path, bool overwrites);

/* explorer_header.c */
void explorer_draw_header(struct explorer *explorer);

/* explorer_draw.c */
void explorer_draw(struct explorer *explorer);

#endif

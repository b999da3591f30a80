/* SPDX-License-Identifier: MIT */
/*
 * The terminal: the one place that knows ncurses.
 *
 * You give canvases; you get keys, mouse and changes of size. It draws only what changed. It never
 * lets the terminal stay as it made it: however the program ends, by a crash too, the terminal is
 * restored; and Ctrl-Z stops and comes back. One at a time in a process. What keys and mouse send
 * is read here, and told apart in ui/terminal_input.h.
 */
#ifndef UI_TERMINAL_H
#define UI_TERMINAL_H

#include "profiler/error.h"
#include "ui/canvas.h"

/* Keys that are no characters, beyond all of these. */
enum {
	KEY_FIRST_SPECIAL = 0x200000,
	TERMINAL_KEY_UP = KEY_FIRST_SPECIAL,
	TERMINAL_KEY_DOWN,
	TERMINAL_KEY_LEFT,
	TERMINAL_KEY_RIGHT,
	TERMINAL_KEY_PAGE_UP,
	TERMINAL_KEY_PAGE_DOWN,
	TERMINAL_KEY_HOME,
	TERMINAL_KEY_END,
	TERMINAL_KEY_ENTER,
	TERMINAL_KEY_ESCAPE,
	TERMINAL_KEY_BACKSPACE,
	TERMINAL_KEY_DELETE,
	TERMINAL_KEY_TAB,
	TERMINAL_KEY_BACK_TAB,
	TERMINAL_KEY_F1, /* F2 and so on follow */
	TERMINAL_KEY_F12 = TERMINAL_KEY_F1 + 11,
};

/* Ctrl and a letter. */
#define TERMINAL_CONTROL(letter) ((letter)&0x1f)

enum terminal_event_kind {
	TERMINAL_NOTHING, /* the time is over, or the descriptor can be read */
	TERMINAL_KEY,	  /* `key` */
	TERMINAL_CLICK,	  /* `row`, `column` */
	TERMINAL_DOUBLE_CLICK,
	TERMINAL_WHEEL_UP,
	TERMINAL_WHEEL_DOWN,
	TERMINAL_RESIZED,
	TERMINAL_END, /* a signal asks the program to end (ui/stop_signal.h), or nobody is there */
};

struct terminal_event {
	enum terminal_event_kind kind;
	int key; /* a Unicode character or TERMINAL_KEY_* */
	int row, column;
};

struct terminal;

/* Whether stdin and stdout are a terminal that can be drawn on (TERM=dumb cannot). */
bool terminal_is_there(void);

/* NULL: it cannot be used, with a sentence. */
struct terminal *terminal_open(struct error *err);
void terminal_close(struct terminal *terminal);

/* For signal handlers that end the program: what terminal_close() does to the terminal, if there is
 * one open. */
void terminal_restore(void);

/* Its size now. */
void terminal_size(const struct terminal *terminal, int *rows, int *columns);

void terminal_draw(struct terminal *terminal, const struct canvas *canvas);

/* Waits for an event; at most so long, for ever below 0. */
struct terminal_event terminal_wait(struct terminal *terminal, int milliseconds);

/* Gives the terminal to a command ($EDITOR FILE) and takes it back. False if it could not be run.
 * `meanwhile` is called again and again while it runs, and waits a little by itself; NULL: nothing
 * is to be done. */
bool terminal_run(struct terminal *terminal, char *const *argv, void (*meanwhile)(void *context),
		  void *context);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What a terminal sends, byte by byte, and what that means: keys, mouse.
 *
 * You give bytes as they come; you get events. Keys that terminals commonly send are known whatever
 * TERM says, and those of `more` besides. What begins as a control sequence (ECMA-48: CSI, SS3, OSC,
 * DCS ...) and is not known is swallowed whole: no part of it is ever taken for keys. It neither
 * reads nor waits.
 */
#ifndef UI_TERMINAL_INPUT_H
#define UI_TERMINAL_INPUT_H

#include "ui/terminal.h"

#include <wchar.h>

/* A sequence, with its Esc, that stands for a key. */
struct key_text {
	const char *text;
	int key;
};

enum terminal_input_state {
	INPUT_PLAIN,
	INPUT_ESCAPE,
	INPUT_CSI,
	INPUT_SS3,
	INPUT_STRING, /* of OSC, DCS and the like, which ends with BEL or Esc \ */
	INPUT_STRING_ESCAPE,
	INPUT_COUNTED, /* `wanted` bytes more, whatever they are */
};

/* A zeroed one is at the beginning. */
struct terminal_input {
	const struct key_text *more; /* borrowed */
	size_t more_count;
	enum terminal_input_state state;
	char text[64]; /* the sequence so far, with its Esc; longer ones mean nothing */
	size_t length;
	int wanted;
	mbstate_t character;
};

/* Takes bytes until an event is made of them; returns how many. Without one, all are taken, and the
 * event's kind is TERMINAL_NOTHING. */
size_t terminal_input_take(struct terminal_input *input, const char *bytes, size_t size,
			   struct terminal_event *event);

/* For how long what was taken may go on before it is taken for all; -1: nothing is begun. */
int terminal_input_patience_ms(const struct terminal_input *input);

/* Nothing followed in that time: a lone Esc is a key, another beginning is given up. */
struct terminal_event terminal_input_give_up(struct terminal_input *input);

#endif

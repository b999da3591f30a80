/* SPDX-License-Identifier: MIT */
#include "ui/terminal_input.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct key_text more[] = {
	{ "\033[I", TERMINAL_KEY_PAGE_UP }, /* of one test alone */
};

static void add_event(char *text, size_t size, const struct terminal_event *event)
{
	static const char *const kinds[] = {
		[TERMINAL_CLICK] = "click",
		[TERMINAL_WHEEL_UP] = "wheel up",
		[TERMINAL_WHEEL_DOWN] = "wheel down",
	};
	static const char *const names[] = {
		"Up",  "Down",	"Left", "Right",     "PgUp", "PgDn", "Home",
		"End", "Enter", "Esc",	"Backspace", "Del",  "Tab",  "BackTab",
	};
	size_t used = strlen(text);

	if (event->kind == TERMINAL_NOTHING)
		return;
	text += used;
	size -= used;
	if (event->kind != TERMINAL_KEY)
		snprintf(text, size, "%s %d,%d ", kinds[event->kind], event->row, event->column);
	else if (event->key >= TERMINAL_KEY_F1)
		snprintf(text, size, "F%d ", event->key - TERMINAL_KEY_F1 + 1);
	else if (event->key >= KEY_FIRST_SPECIAL)
		snprintf(text, size, "%s ", names[event->key - KEY_FIRST_SPECIAL]);
	else
		snprintf(text, size, "%lc ", (wint_t)event->key);
}

/* What comes of the bytes, at most so many at once, and of the silence behind them. */
static void events_of(struct terminal_input *input, const char *bytes, size_t at_once, char *text,
		      size_t size)
{
	size_t left = strlen(bytes), taken;
	struct terminal_event event;

	for (*text = '\0'; left; bytes += taken, left -= taken) {
		taken = terminal_input_take(input, bytes, left < at_once ? left : at_once, &event);
		add_event(text, size, &event);
	}
	if (terminal_input_patience_ms(input) >= 0) {
		event = terminal_input_give_up(input);
		add_event(text, size, &event);
	}
	assert_int_equal(terminal_input_patience_ms(input), -1);
}

static void expect(const char *bytes, const char *events)
{
	for (size_t at_once = 1; at_once <= 16; at_once += 15) {
		struct terminal_input input = { 0 };
		char text[512];

		events_of(&input, bytes, at_once, text, sizeof(text));
		assert_string_equal(text, events);
	}
}

static void characters_are_keys(void **state)
{
	(void)state;
	expect("jK/\x03", "j K / \x03 ");
	expect("\r\n\t\x7f\b", "Enter Enter Tab Backspace Backspace ");
	expect("né名", "n é 名 ");
	expect("a\xe9\xff"
	       "b\xc3z",
	       "a b z ");	   /* no UTF-8 */
	expect("\xc2\x9bM", "M "); /* CSI as one character */
}

static void keys_are_known_in_every_form(void **state)
{
	(void)state;
	expect("\033[1~\033[7~\033[H\033OH", "Home Home Home Home ");
	expect("\033[4~\033[8~\033[F\033OF", "End End End End ");
	expect("\033[5~\033[6~\033[3~\033[Z", "PgUp PgDn Del BackTab ");
	expect("\033[A\033[B\033[C\033[D", "Up Down Right Left ");
	expect("\033OA\033OB\033OC\033OD\033OM", "Up Down Right Left Enter ");
	expect("\033OP\033OQ\033OR\033OS\033[[A\033[[E", "F1 F2 F3 F4 F1 F5 ");
	expect("\033[11~\033[15~\033[17~\033[21~\033[23~\033[24~", "F1 F5 F6 F10 F11 F12 ");
}

static void modified_keys_move_all_the_same(void **state)
{
	(void)state;
	expect("\033[1;5A\033[1;2D\033O5C\033[5;3~\033[1;5H", "Up Left Right PgUp Home ");
	expect("\033[11;2~\033[1;2P", ""); /* these are other keys */
}

static void what_is_not_known_is_swallowed_whole(void **state)
{
	(void)state;
	expect("\033[I\033[Oj", "j ");			     /* the window has the focus */
	expect("\033[1;3M\033[2~\033[200~q\033[201~", "q "); /* bracketed paste */
	expect("\033[?1;2c\033[>41;354;0c\033[24;80Rj", "j ");
	expect("\033[27;5;9~\033[106;5u\033Oj\033[%Gk", "k ");
	expect("\033]11;rgb:0000/0000/0000\007a\033]0;q\033\\b", "a b ");
	expect("\033P1$r0m\033\\a\033_Gq\033\\b\033^q\033\\\033Xq\033\\c", "a b c ");
	expect("\033[0000000000000000000000000000000000000000000000000000000000000000001Aj", "j ");
}

static void the_mouse_is_told_apart(void **state)
{
	(void)state;
	expect("\033[<0;10;5M\033[<0;10;5m", "click 4,9 ");
	expect("\033[<0;300;70M", "click 69,299 ");
	expect("\033[<64;1;1M\033[<65;2;3M", "wheel up 0,0 wheel down 2,1 ");
	expect("\033[<4;10;5M\033[<2;10;5M\033[<35;10;5M", "click 4,9 "); /* Shift, right, moved */
	expect("\033[M !!\033[M#!!\033[M`&%j", "click 0,0 wheel up 4,5 j ");
	expect("\033[<0;10M\033[<M\033[<0;0;0M\033[<0;99999999999999999999;1Mj", "j ");
}

static void escape_alone_is_a_key(void **state)
{
	(void)state;
	expect("\033", "Esc ");
	expect("\033q", "Esc q ");
	expect("\033\033[A", "Esc Up ");
	expect("\033[", "Esc ");
	expect("\033O", "Esc ");
}

static void what_breaks_off_leaves_nothing_behind(void **state)
{
	(void)state;
	expect("\033[1;", "");
	expect("\033[12\r", "Enter ");
	expect("\033[1\033[B", "Down ");
	expect("\033]0;title", "");
	expect("\033]0;title\033[B", "Down ");
	expect("\033[M!", "");
}

static void other_terminals_have_other_keys(void **state)
{
	struct terminal_input input = { .more = more, .more_count = 1 };
	char text[64];

	(void)state;
	events_of(&input, "\033[I\033[O\033[A", 16, text, sizeof(text));
	assert_string_equal(text, "PgUp Up ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_are_keys),
		cmocka_unit_test(keys_are_known_in_every_form),
		cmocka_unit_test(modified_keys_move_all_the_same),
		cmocka_unit_test(what_is_not_known_is_swallowed_whole),
		cmocka_unit_test(the_mouse_is_told_apart),
		cmocka_unit_test(escape_alone_is_a_key),
		cmocka_unit_test(what_breaks_off_leaves_nothing_behind),
		cmocka_unit_test(other_terminals_have_other_keys),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
#include "ui/editor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Its arguments, with a bar between. */
static void expect(const char *editor, const char *arguments)
{
	struct editor_command command;
	char text[256] = "";

	assert_int_equal(setenv("EDITOR", editor, 1), 0);
	editor_command_init(&command, "/a b.c", 12);
	for (size_t i = 0; command.argv[i]; i++) {
		if (i)
			strcat(text, "|");
		strcat(text, command.argv[i]);
	}
	assert_string_equal(text, arguments);
	editor_command_deinit(&command);
}

static void a_plain_editor_is_run_as_it_is(void **state)
{
	(void)state;
	unsetenv("VISUAL");
	expect("vim", "vim|+12|/a b.c");
	expect("/usr/bin/nano", "/usr/bin/nano|+12|/a b.c");
	expect("", "vi|+12|/a b.c");
}

static void what_has_arguments_goes_through_the_shell(void **state)
{
	(void)state;
	unsetenv("VISUAL");
	expect("emacs -nw", "sh|-c|emacs -nw \"$@\"|emacs -nw|+12|/a b.c");
	expect("~/bin/ed", "sh|-c|~/bin/ed \"$@\"|~/bin/ed|+12|/a b.c");
}

static void some_take_the_line_behind_the_name(void **state)
{
	(void)state;
	unsetenv("VISUAL");
	expect("/opt/code -w", "sh|-c|/opt/code -w \"$@\"|/opt/code -w|--goto|/a b.c:12");
	expect("hx", "hx|/a b.c:12");
	expect("coder", "coder|+12|/a b.c");
}

static void visual_goes_before_editor(void **state)
{
	(void)state;
	setenv("VISUAL", "ed", 1);
	expect("vim", "ed|+12|/a b.c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_editor_is_run_as_it_is),
		cmocka_unit_test(what_has_arguments_goes_through_the_shell),
		cmocka_unit_test(some_take_the_line_behind_the_name),
		cmocka_unit_test(visual_goes_before_editor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

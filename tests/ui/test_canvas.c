/* SPDX-License-Identifier: MIT */
#include "ui/canvas.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { COLUMNS = 12 };

/* A text put at the beginning of a row; in `cells`, `_` is the second half of a wide character. */
static void expect(const char *text, const wchar_t *cells, int width)
{
	struct canvas canvas;

	canvas_init(&canvas, 1, COLUMNS);
	assert_int_equal(canvas_put(&canvas, 0, 0, COLUMNS, STYLE_TEXT, text), width);
	for (int i = 0; i < width; i++)
		assert_int_equal(canvas.cells[i].character, cells[i] == L'_' ? 0 : cells[i]);
	canvas_deinit(&canvas);
}

static void texts_take_the_cells_that_they_are_wide(void **state)
{
	(void)state;
	expect("fib", L"fib", 3);
	expect("größe名n", L"größe名_n", 8);
	expect("eleven....名", L"eleven....名_", 12);
	expect("and more....名", L"and more....", 12);
}

static void what_is_not_seen_has_a_cell(void **state)
{
	(void)state;
	expect("a\033[1mb", L"a?[1mb", 6);
	expect("\u202egnp.c", L"?gnp.c", 6);
	expect("x\u2066\u200e\u061cy", L"x???y", 5);
	expect("\xc2\x85\xff", L"??", 2);
}

static void joiners_take_no_place(void **state)
{
	(void)state;
	expect("a\u200db", L"ab", 2);
	assert_int_equal(text_width("a\u200d\u202eb"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_take_the_cells_that_they_are_wide),
		cmocka_unit_test(what_is_not_seen_has_a_cell),
		cmocka_unit_test(joiners_take_no_place),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

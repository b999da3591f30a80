/* SPDX-License-Identifier: MIT */
#include "ui/printable.h"

#include "support/output_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_shown(const char *text, const char *shown)
{
	struct text_stream out;
	char buffer[256];

	print_printable(text_stream_open(&out), text);
	assert_string_equal(text_stream_close(&out), shown);
	assert_string_equal(copy_printable(buffer, sizeof(buffer), text), shown);
	free(out.text);
}

static void utf8_and_punctuation_pass_as_they_are(void **state)
{
	static const char *const texts[] = {
		"",
		"JS:*größe_λ_名 /tmp/wl.js:32:14",
		"std::vector<int, std::allocator<int>>::operator[](unsigned long)",
		"\xc2\xa0\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xef\xbf\xbf", /* the ends of the ranges */
		"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		expect_shown(texts[i], texts[i]);
}

static void control_characters_never_reach_a_terminal(void **state)
{
	(void)state;
	expect_shown("a\nb\tc\rd", "a?b?c?d");
	expect_shown("\033[31mred\033[0m\007", "?[31mred?[0m?");
	expect_shown("\x01\x1f\x7f~", "???~");
	expect_shown("\xc2\x80\xc2\x9b\xc2\x9f", "???"); /* C1: CSI is U+009B */
}

static void what_is_not_seen_is_told(void **state)
{
	static const char *const texts[] = {
		"\u061c", "\u200b", "\u200e", "\u200f", "\u2028", "\u202a",	"\u202d",
		"\u202e", "\u2060", "\u2066", "\u2069", "\ufeff", "\U000e0041",
	};

	(void)state;
	expect_shown("safe\u202egnp.c", "safe?gnp.c");
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		expect_shown(texts[i], "?");
	/* Joiners, and the neighbours of what is told. */
	expect_shown("\u200c\u200d\u2010\u2027\u202f\u2065\u2070",
		     "\u200c\u200d\u2010\u2027\u202f?\u2070");
}

static void bytes_that_are_no_utf8_are_not_passed_on(void **state)
{
	(void)state;
	expect_shown("\x9b"
		     "31m",
		     "?31m"); /* CSI of 8-bit terminals */
	expect_shown("caf\xe9 noir", "caf? noir");
	expect_shown("\xc0\xaf\xc1\xbf", "????"); /* overlong forms */
	expect_shown("\xe0\x9f\xbf|\xf0\x8f\xbf\xbf", "???|????");
	expect_shown("\xed\xa0\x80", "???");	       /* a surrogate */
	expect_shown("\xf4\x90\x80\x80\xff", "?????"); /* above U+10FFFF */
	expect_shown("end \xe2\x82", "end ??");	       /* cut */
	expect_shown("\xe2\nx", "??x");
}

static void a_copy_is_cut_between_characters(void **state)
{
	char buffer[5];

	(void)state;
	assert_string_equal(copy_printable(buffer, sizeof(buffer), "abcdef"), "abcd");
	assert_string_equal(copy_printable(buffer, sizeof(buffer), "abc名"), "abc");
	assert_string_equal(copy_printable(buffer, sizeof(buffer), "a名"), "a名");
	assert_string_equal(copy_printable(buffer, 1, "a"), "");
	assert_string_equal(copy_printable(buffer, 2, "\n\n"), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_and_punctuation_pass_as_they_are),
		cmocka_unit_test(control_characters_never_reach_a_terminal),
		cmocka_unit_test(what_is_not_seen_is_told),
		cmocka_unit_test(bytes_that_are_no_utf8_are_not_passed_on),
		cmocka_unit_test(a_copy_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

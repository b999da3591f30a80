/* SPDX-License-Identifier: MIT */
#include "jitdump/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void control_characters_are_replaced_and_utf8_is_kept(void **state)
{
	char text[] = "a\033[2J\tb\177 gr\xc3\xb6\xc3\x9f"
		      "e \xc2\x9b"
		      "31m\n";

	(void)state;
	text_replace_controls(text, strlen(text));
	assert_string_equal(text, "a?[2J?b? größe ??31m?");
}

static void a_text_cut_inside_a_character_is_not_read_beyond(void **state)
{
	char text[] = "a\xc2\x9b";

	(void)state;
	text_replace_controls(text, 2);
	assert_memory_equal(text, "a\xc2\x9b", 3);
}

static void well_formed_text_without_controls_is_printable(void **state)
{
	static const struct {
		const char *text;
		bool is_printable;
	} cases[] = {
		{ "", true },
		{ "/tmp/app.js", true },
		{ "größe_λ_名 \xf0\x9f\x98\x80", true },
		{ "a\tb", false },
		{ "\x7f", false },
		{ "\x80", false },	       /* a continuation alone */
		{ "\xc3", false },	       /* cut */
		{ "\xc3(", false },	       /* no continuation */
		{ "\xc0\x80", false },	       /* overlong */
		{ "\xe0\x80\xaf", false },     /* overlong */
		{ "\xed\xa0\x80", false },     /* a surrogate */
		{ "\xf4\x90\x80\x80", false }, /* beyond U+10FFFF */
		{ "\xc2\x9b", false },	       /* U+009B, the other ESC [ */
		{ "\xe2\x80\xae", false },     /* U+202E, from right to left */
		{ "\xff", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(text_is_printable(cases[i].text, strlen(cases[i].text)),
				 cases[i].is_printable);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_characters_are_replaced_and_utf8_is_kept),
		cmocka_unit_test(a_text_cut_inside_a_character_is_not_read_beyond),
		cmocka_unit_test(well_formed_text_without_controls_is_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

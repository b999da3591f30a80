/* SPDX-License-Identifier: MIT */
#include "ui/options.h"

#include "support/golden.h"
#include "support/output_text.h"

#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LONG_ONLY = OPTION_LONG, LONG_WITH_A_NAME_OF_MANY_LETTERS };

static const struct option_row rows[] = {
	{ 'o', "output", "FILE", "where to" },
	{ 'q', "quiet", NULL, "say nothing" },
	{ 'm', "map", "[PID:]FILE", "a value of which only a part may be left out" },
	{ 'l', "level", "[=LEVEL]", "with or without a value" },
	{ 'x', NULL, NULL, "only a letter" },
	{ LONG_ONLY, "long", NULL, "only a name, with help\nof two lines" },
	{ LONG_WITH_A_NAME_OF_MANY_LETTERS, "a-name-of-many-letters", "VALUE", "on its own line" },
	{ 0 },
};

enum { ARGUMENTS_MAX = 8 };

struct parsed {
	int letters[ARGUMENTS_MAX]; /* the last is below 0 */
	const char *arguments[ARGUMENTS_MAX];
	size_t count;
	int first_rest;
	char *out, *err; /* what was printed */
};

/* Reads `command ARGUMENT...` to the end of the options. */
static struct parsed parse(bool permute, char **arguments)
{
	struct captured_output out, err;
	struct parsed parsed = { 0 };
	char *argv[ARGUMENTS_MAX] = { "command" };
	struct options options;
	int argc = 1;

	for (; arguments[argc - 1]; argc++)
		argv[argc] = arguments[argc - 1];
	capture_begin(&out, 1);
	capture_begin(&err, 2);
	options_init(&options, rows, "jprof command [OPTION...]", permute);
	do {
		parsed.letters[parsed.count] = options_next(&options, argc, argv);
		parsed.arguments[parsed.count] = options.argument;
	} while (parsed.letters[parsed.count++] >= 0);
	options_deinit(&options);
	parsed.first_rest = optind;
	parsed.err = capture_end(&err);
	parsed.out = capture_end(&out);
	return parsed;
}

#define PARSE(permute, ...) parse(permute, (char *[]){ __VA_ARGS__, NULL })

static void release(struct parsed *parsed)
{
	free(parsed->out);
	free(parsed->err);
}

static void letters_names_and_values_are_read_in_every_spelling(void **state)
{
	struct parsed parsed = PARSE(false, "-qo", "a", "--output=b", "--output", "c", "--long");

	(void)state;
	assert_int_equal(parsed.count, 6);
	assert_int_equal(parsed.letters[0], 'q');
	assert_null(parsed.arguments[0]);
	assert_int_equal(parsed.letters[1], 'o');
	assert_string_equal(parsed.arguments[1], "a");
	assert_int_equal(parsed.letters[2], 'o');
	assert_string_equal(parsed.arguments[2], "b");
	assert_string_equal(parsed.arguments[3], "c");
	assert_int_equal(parsed.letters[4], LONG_ONLY);
	assert_int_equal(parsed.letters[5], OPTIONS_END);
	assert_string_equal(parsed.out, "");
	assert_string_equal(parsed.err, "");
	release(&parsed);
}

static void a_value_that_may_be_left_out_is_written_without_a_space(void **state)
{
	struct parsed parsed = PARSE(false, "-l", "-l5", "-ql6", "--level=7", "--level", "8");

	(void)state;
	assert_int_equal(parsed.count, 7);
	assert_int_equal(parsed.letters[0], 'l');
	assert_null(parsed.arguments[0]);
	assert_string_equal(parsed.arguments[1], "5");
	assert_string_equal(parsed.arguments[3], "6");
	assert_string_equal(parsed.arguments[4], "7");
	assert_null(parsed.arguments[5]);
	assert_int_equal(parsed.first_rest, 6);
	release(&parsed);
}

static void options_stop_at_the_first_argument_that_is_none(void **state)
{
	struct parsed parsed = PARSE(false, "-q", "node", "-x", "app.js");

	(void)state;
	assert_int_equal(parsed.count, 2);
	assert_int_equal(parsed.letters[0], 'q');
	assert_int_equal(parsed.letters[1], OPTIONS_END);
	assert_int_equal(parsed.first_rest, 2);
	release(&parsed);
}

static void two_dashes_end_the_options(void **state)
{
	struct parsed parsed = PARSE(true, "-q", "--", "-x");

	(void)state;
	assert_int_equal(parsed.count, 2);
	assert_int_equal(parsed.first_rest, 3);
	release(&parsed);
}

static void options_behind_arguments_are_found_where_that_is_wanted(void **state)
{
	struct parsed parsed = PARSE(true, "file", "-q");

	(void)state;
	assert_int_equal(parsed.count, 2);
	assert_int_equal(parsed.letters[0], 'q');
	assert_int_equal(parsed.first_rest, 2);
	release(&parsed);
}

static void expect_refused(struct parsed parsed, const char *sentence)
{
	assert_int_equal(parsed.letters[parsed.count - 1], OPTIONS_BAD);
	assert_string_equal(parsed.err, sentence);
	assert_string_equal(parsed.out, "");
	release(&parsed);
}

#define SEE "; see `jprof command --help`\n"

static void an_unknown_option_is_named(void **state)
{
	(void)state;
	expect_refused(PARSE(false, "--wrong"),
		       "jprof command: there is no option '--wrong', or it takes no value" SEE);
	expect_refused(PARSE(false, "-z"), "jprof command: there is no option '-z'" SEE);
	expect_refused(PARSE(false, "--long", "-qzx"),
		       "jprof command: there is no option '-z'" SEE);
	expect_refused(PARSE(false, "-q", "-z", "--long"),
		       "jprof command: there is no option '-z'" SEE);
}

static void a_value_that_is_missing_or_not_wanted_is_said(void **state)
{
	(void)state;
	expect_refused(PARSE(false, "-o"), "jprof command: option '-o' needs a value" SEE);
	expect_refused(PARSE(false, "-m"), "jprof command: option '-m' needs a value" SEE);
	expect_refused(PARSE(false, "-q", "--output"),
		       "jprof command: option '--output' needs a value" SEE);
	expect_refused(PARSE(false, "--quiet=3"),
		       "jprof command: there is no option '--quiet=3', or it takes no value" SEE);
	expect_refused(PARSE(false, "--help=3"),
		       "jprof command: there is no option '--help=3', or it takes no value" SEE);
}

static void help_is_the_table(void **state)
{
	struct parsed by_letter = PARSE(false, "-h"), by_name = PARSE(false, "--help");

	(void)state;
	assert_int_equal(by_letter.letters[0], OPTIONS_HELP);
	assert_string_equal(by_letter.out, by_name.out);
	golden_expect("options_help.txt", by_letter.out);
	release(&by_letter);
	release(&by_name);
}

static void a_table_can_be_read_again_from_the_start(void **state)
{
	struct parsed first = PARSE(false, "-q", "rest"), second = PARSE(false, "-x");

	(void)state;
	assert_int_equal(second.letters[0], 'x');
	assert_int_equal(second.letters[1], OPTIONS_END);
	release(&first);
	release(&second);
}

static void a_number_is_whole_and_within_its_bounds(void **state)
{
	static const char *const bad[] = { "",	 " 5",	"5 ", "+5", "-5",
					   "5k", "0x5", "2",  "11", "99999999999999999999" };
	uint64_t number;

	(void)state;
	assert_true(option_number("10", 3, 10, &number));
	assert_int_equal(number, 10);
	assert_true(option_number("007", 3, 10, &number));
	assert_int_equal(number, 7);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(option_number(bad[i], 3, 10, &number));
}

static void a_decimal_number_is_finite_and_nothing_else(void **state)
{
	static const char *const bad[] = { "", "0.5%", "nan", "inf", "1e999", "x" };
	double number;

	(void)state;
	assert_true(option_decimal("0.5", &number));
	assert_true(number == 0.5);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(option_decimal(bad[i], &number));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_names_and_values_are_read_in_every_spelling),
		cmocka_unit_test(a_value_that_may_be_left_out_is_written_without_a_space),
		cmocka_unit_test(options_stop_at_the_first_argument_that_is_none),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(options_behind_arguments_are_found_where_that_is_wanted),
		cmocka_unit_test(an_unknown_option_is_named),
		cmocka_unit_test(a_value_that_is_missing_or_not_wanted_is_said),
		cmocka_unit_test(help_is_the_table),
		cmocka_unit_test(a_table_can_be_read_again_from_the_start),
		cmocka_unit_test(a_number_is_whole_and_within_its_bounds),
		cmocka_unit_test(a_decimal_number_is_finite_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

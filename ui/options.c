/* SPDX-License-Identifier: MIT */
#include "ui/options.h"

#include "jitdump/xalloc.h"
#include "ui/command.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The column at which help texts begin. */
enum { HELP_COLUMN = 28 };

/* getopt's words. */
static int has_arg(const struct option_row *row)
{
	if (!row->argument)
		return no_argument;
	return strncmp(row->argument, "[=", 2) ? required_argument : optional_argument;
}

void options_init(struct options *options, const struct option_row *rows, const char *usage,
		  bool permute)
{
	size_t count = 0, long_count = 0, used = 0;

	while (rows[count].letter)
		count++;
	*options = (struct options){ .rows = rows, .usage = usage };
	options->getopt_rows = xcalloc(count + 2, sizeof(*options->getopt_rows));
	options->getopt_letters = xcalloc(3 * count + 5, 1);
	if (!permute)
		options->getopt_letters[used++] = '+';
	options->getopt_letters[used++] = ':'; /* tell a missing value from an unknown option */
	for (size_t i = 0; i < count; i++) {
		if (rows[i].letter < OPTION_LONG) {
			options->getopt_letters[used++] = (char)rows[i].letter;
			/* As many colons as the number says. */
			for (int colons = has_arg(&rows[i]); colons; colons--)
				options->getopt_letters[used++] = ':';
		}
		if (rows[i].name)
			options->getopt_rows[long_count++] = (struct option){
				.name = rows[i].name,
				.has_arg = has_arg(&rows[i]),
				.val = rows[i].letter,
			};
	}
	options->getopt_letters[used] = 'h';
	options->getopt_rows[long_count] = (struct option){ .name = "help", .val = 'h' };
	optind = 0; /* glibc: start anew */
	opterr = 0;
}

void options_deinit(struct options *options)
{
	free(options->getopt_rows);
	free(options->getopt_letters);
	*options = (struct options){ 0 };
}

static void print_row(const struct option_row *row)
{
	char left[64];
	size_t used = 0;

	if (row->letter < OPTION_LONG)
		used = (size_t)snprintf(left, sizeof(left), "  -%c%s", row->letter,
					row->name ? ", " : "");
	else
		used = (size_t)snprintf(left, sizeof(left), "      ");
	if (row->name)
		used += (size_t)snprintf(left + used, sizeof(left) - used, "--%s", row->name);
	if (row->argument)
		snprintf(left + used, sizeof(left) - used, "%s%s",
			 has_arg(row) == optional_argument ? "" : " ", row->argument);
	printf("%-*s", HELP_COLUMN, left);
	if (strlen(left) >= HELP_COLUMN)
		printf("\n%*s", HELP_COLUMN, "");
	for (const char *at = row->help; *at; at++) {
		putchar(*at);
		if (*at == '\n')
			printf("%*s", HELP_COLUMN, "");
	}
	putchar('\n');
}

static void print_help(const struct options *options)
{
	static const struct option_row help = { 'h', "help", NULL, "this text" };

	printf("usage: %s\n\n", options->usage);
	for (const struct option_row *row = options->rows; row->letter; row++)
		print_row(row);
	print_row(&help);
}

static bool has_letter(const struct options *options, int letter)
{
	for (const struct option_row *row = options->rows; row->letter; row++) {
		if (row->letter == letter)
			return true;
	}
	return letter == 'h';
}

int options_next(struct options *options, int argc, char **argv)
{
	int letter = getopt_long(argc, argv, options->getopt_letters, options->getopt_rows, NULL);
	const char *written = optind > 0 && optind <= argc ? argv[optind - 1] : "";

	options->argument = optarg;
	switch (letter) {
	case 'h':
		print_help(options);
		return OPTIONS_HELP;
	case ':':
		command_usage(argv[0], "option '%s' needs a value", written);
		return OPTIONS_BAD;
	case '?':
		/* getopt tells a known letter here when its long form was given a value. */
		if (optopt && !has_letter(options, optopt))
			command_usage(argv[0], "there is no option '-%c'", optopt);
		else
			command_usage(argv[0], "there is no option '%s', or it takes no value",
				      written);
		return OPTIONS_BAD;
	default:
		return letter;
	}
}

int options_refuse(const struct options *options, const char *command, int letter)
{
	const struct option_row *row = options->rows;

	while (row->letter != letter)
		row++;
	return command_usage(command, "--%s takes %s, not '%s'", row->name, row->argument,
			     options->argument);
}

bool option_number(const char *text, uint64_t least, uint64_t most, uint64_t *number)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*number = strtoull(text, &end, 10);
	return !*end && !errno && *number >= least && *number <= most;
}

bool option_decimal(const char *text, double *number)
{
	char *end;

	errno = 0;
	*number = strtod(text, &end);
	return end != text && !*end && !errno && isfinite(*number);
}

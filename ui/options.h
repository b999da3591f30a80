/* SPDX-License-Identifier: MIT */
/*
 * A command's options: one table for parsing, for --help and for its order there.
 *
 * You give rows and argv; you get one option after another, then the rest of argv. It never
 * interprets a value; option_number() and its kin read one, with a sentence when they cannot.
 */
#ifndef UI_OPTIONS_H
#define UI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a row without a one-letter form has as its letter: above all characters. */
enum { OPTION_LONG = 256 };

struct option_row {
	int letter;	      /* 'o', or OPTION_LONG + n; 0 ends the table */
	const char *name;     /* "output"; NULL: only the letter */
	const char *argument; /* "FILE"; "[=LEVEL]": may be left out; NULL: none */
	const char *help;     /* one line, or several with \n between */
};

struct options {
	const struct option_row *rows;
	const char *usage; /* "jprof record [OPTION...] COMMAND [ARGUMENT...]" and what it does */
	const char *argument; /* of the option just returned; NULL: it has none */
	struct option *getopt_rows;
	char *getopt_letters;
};

/* What options_next() returns besides letters. */
enum {
	OPTIONS_END = -1,
	OPTIONS_BAD = -2,  /* a sentence was printed: exit with EXIT_USAGE */
	OPTIONS_HELP = -3, /* the help was printed: exit with EXIT_DONE */
};

/* Options stop at the first argument that is none (it may be a command with options of its own),
 * unless `permute`. */
void options_init(struct options *options, const struct option_row *rows, const char *usage,
		  bool permute);
void options_deinit(struct options *options);

/* The next option's letter, or one of the above. optind (getopt) tells where the rest begins. */
int options_next(struct options *options, int argc, char **argv);

/* Says that the option just read cannot have that value; returns EXIT_USAGE. */
int options_refuse(const struct options *options, const char *command, int letter);

/* Reads a whole decimal number within [least, most]. */
bool option_number(const char *text, uint64_t least, uint64_t most, uint64_t *number);
bool option_decimal(const char *text, double *number);

#endif

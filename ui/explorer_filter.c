/* SPDX-License-Identifier: MIT */
/* Filters that are typed. */
#include "ui/explorer_state.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

enum filter_of { FILTER_SYMBOL, FILTER_MODULE, FILTER_COMM, FILTER_THROUGH, FILTER_COUNT };

static bool is_match(const char *wanted, const char *text, bool is_glob)
{
	return is_glob ? fnmatch(wanted, text, 0) == 0 : !strcmp(wanted, text);
}

static bool has_frame(const struct shown *shown, enum filter_of of, const char *wanted,
		      bool is_glob)
{
	for (size_t i = 0; i < shown->profile->location_count; i++) {
		size_t count;
		const struct named_frame *frames =
			naming_frames(shown->naming, shown->profile->locations[i], &count);

		for (size_t at = 0; at < count; at++) {
			if (is_match(wanted,
				     of == FILTER_MODULE ? frames[at].module : frames[at].function,
				     is_glob))
				return true;
		}
	}
	return false;
}

static bool has_comm(const struct shown *shown, const char *wanted, bool is_glob)
{
	for (size_t i = 0; i < shown->profile->thread_count; i++) {
		if (is_match(wanted, shown->profile->threads[i].comm, is_glob))
			return true;
	}
	return false;
}

static bool has_any(const struct shown *shown, enum filter_of of, const char *wanted, bool is_glob)
{
	return of == FILTER_COMM ? has_comm(shown, wanted, is_glob)
				 : has_frame(shown, of, wanted, is_glob);
}

/* JavaScript's names have stars of their own. */
static void put_escaped(FILE *out, const char *text)
{
	fputc('*', out);
	for (; *text; text++) {
		if (strchr("*?[\\", *text))
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('*', out);
}

/* What is no name as a whole, nor a glob of one, is meant to be a part of one. */
static void complete_name(const struct shown *shown, enum filter_of of, const char *text,
			  char *buffer, size_t size)
{
	bool is_glob = strpbrk(text, "*?[");
	FILE *out;

	snprintf(buffer, size, "%s", text);
	if (has_any(shown, of, text, false) || (is_glob && has_any(shown, of, text, true)))
		return;
	out = fmemopen(buffer, size, "w");
	if (!out)
		return;
	put_escaped(out, text);
	fclose(out);
}

/* "!module libc.so.6", "min 0.5", "sqrt": without a word it is a symbol. */
void explorer_take_filter(struct explorer *explorer, const char *text)
{
	struct selection *selection = &explorer->shown->selection;
	const struct {
		const char *word;
		struct text_list *in, *out;
	} lists[FILTER_COUNT] = {
		{ "symbol ", &selection->symbols, &selection->not_symbols },
		{ "module ", &selection->modules, &selection->not_modules },
		{ "comm ", &selection->comms, &selection->not_comms },
		{ "through ", &selection->through, &selection->not_through },
	};
	bool is_out = *text == '!';
	int of = FILTER_COUNT;
	char name[2 * PROMPT_TEXT_MAX + 4];
	double percent;

	text += is_out;
	if (sscanf(text, "min %lf", &percent) == 1) {
		explorer_set_min(explorer, percent);
		return;
	}
	if (!strcmp(text, "min")) {
		explorer_set_min(explorer, 0);
		return;
	}
	while (of-- && strncmp(text, lists[of].word, strlen(lists[of].word)) != 0) {
		if (strlen(text) + 1 == strlen(lists[of].word) &&
		    !strncmp(text, lists[of].word, strlen(text))) {
			explorer_say(explorer, "%s of which name?", text);
			return;
		}
	}
	if (of >= 0)
		text += strlen(lists[of].word);
	else
		of = FILTER_SYMBOL;
	is_out ^= *text == '!'; /* "symbol !fib" is as good */
	text += *text == '!';
	if (!*text)
		return;
	complete_name(explorer->shown, (enum filter_of)of, text, name, sizeof(name));
	explorer_filter(explorer, is_out ? lists[of].out : lists[of].in, name);
}

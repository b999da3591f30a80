/* SPDX-License-Identifier: MIT */
#include "ui/explorer_state.h"
#include "ui/flame.h"
#include "ui/printable.h"
#include "ui/table_text.h"
#include "ui/tree_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

const char *explorer_question(const struct explorer *explorer)
{
	switch (explorer->prompt.use) {
	case PROMPT_SEARCH:
		return "search: ";
	case PROMPT_FILTER:
		return "filter ([symbol] NAME, module NAME, comm NAME, through NAME, min PERCENT; "
		       "! leaves out): ";
	case PROMPT_WRITE:
		return "write to (NAME.folded, .tree, .callers, .txt): ";
	case PROMPT_OVERWRITE:
		return " exists: Enter overwrites, Esc does not";
	case PROMPT_NONE:
		break;
	}
	return "";
}

void explorer_ask(struct explorer *explorer, enum prompt_use use, const char *text)
{
	struct prompt *prompt = &explorer->prompt;

	prompt->use = use;
	snprintf(prompt->text, sizeof(prompt->text), "%s", text);
	prompt->size = strlen(prompt->text);
}

enum filter_of { FILTER_SYMBOL, FILTER_MODULE, FILTER_COMM, FILTER_THROUGH, FILTER_COUNT };

static bool is_equal_to_a_frames(const struct shown *shown, enum filter_of of, const char *text)
{
	for (size_t i = 0; i < shown->profile->location_count; i++) {
		size_t count;
		const struct named_frame *frames =
			naming_frames(shown->naming, shown->profile->locations[i], &count);

		for (size_t at = 0; at < count; at++) {
			if (!strcmp(text,
				    of == FILTER_MODULE ? frames[at].module : frames[at].function))
				return true;
		}
	}
	return false;
}

static bool is_a_comm(const struct shown *shown, const char *text)
{
	for (size_t i = 0; i < shown->profile->thread_count; i++) {
		if (!strcmp(text, shown->profile->threads[i].comm))
			return true;
	}
	return false;
}

/* What is no name as a whole is meant to be a part of one: a glob then. */
static void complete_name(const struct shown *shown, enum filter_of of, const char *text,
			  char *buffer, size_t size)
{
	bool is_name =
		of == FILTER_COMM ? is_a_comm(shown, text) : is_equal_to_a_frames(shown, of, text);

	snprintf(buffer, size, is_name || strpbrk(text, "*?[") ? "%s" : "*%s*", text);
}

/* "!module libc.so.6", "min 0.5", "sqrt": without a word it is a symbol. */
static void take_filter(struct explorer *explorer, const char *text)
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
	char name[PROMPT_TEXT_MAX + 2];
	double percent;

	text += is_out;
	if (sscanf(text, "min %lf", &percent) == 1) {
		explorer_set_min(explorer, percent);
		return;
	}
	while (of-- && strncmp(text, lists[of].word, strlen(lists[of].word)))
		;
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

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length > end_length && !strcmp(text + length - end_length, end);
}

static void print_table(FILE *out, const struct shown *shown)
{
	const struct sort_order order = { .keys = { SORT_SELF }, .count = 1 };
	const struct table_text_options options = { .min_percent = shown->min_percent };
	struct function_table table;

	function_table_build(&table, &order, &shown->selection, shown->profile, shown->naming,
			     &shown->sums);
	table_text_print(out, &table,
			 (struct call_weight){ shown_whole(shown), shown_selected(shown).count },
			 &options);
	function_table_deinit(&table);
}

static void print_as(FILE *out, const char *path, const struct shown *shown)
{
	const struct tree_text_options tree = {
		.is_bottom_up = ends_with(path, ".callers"),
		.min_percent = shown->min_percent > 0 ? shown->min_percent : 0.5,
	};

	if (ends_with(path, ".folded"))
		flame_print(out, &shown->selection, shown->profile, shown->naming, &shown->sums,
			    false);
	else if (ends_with(path, ".tree") || ends_with(path, ".callers"))
		tree_text_print(out, &tree, &shown->selection, shown->profile, shown->naming,
				&shown->sums);
	else
		print_table(out, shown);
}

static void write_file(struct explorer *explorer, const char *path, bool overwrites)
{
	FILE *out = fopen(path, overwrites ? "we" : "wxe");
	bool is_whole;

	if (!out && errno == EEXIST && !overwrites) {
		explorer->prompt.use = PROMPT_OVERWRITE;
		return;
	}
	if (!out) {
		explorer_say(explorer, "cannot write %s: %s", path, strerror(errno));
		return;
	}
	print_as(out, path, explorer->shown);
	is_whole = !ferror(out);
	if (fclose(out) || !is_whole)
		explorer_say(explorer, "cannot write all of %s: %s", path, strerror(errno));
	else
		explorer_say(explorer, "%s is written", path);
}

static void take_text(struct explorer *explorer)
{
	struct prompt *prompt = &explorer->prompt;
	struct view *view = explorer_front(explorer);
	enum prompt_use use = prompt->use;

	prompt->use = PROMPT_NONE;
	switch (use) {
	case PROMPT_SEARCH:
		copy_printable(view->search, sizeof(view->search), prompt->text);
		explorer_search(explorer, false, true);
		break;
	case PROMPT_FILTER:
		if (prompt->size)
			take_filter(explorer, prompt->text);
		break;
	case PROMPT_WRITE:
	case PROMPT_OVERWRITE:
		if (prompt->size)
			write_file(explorer, prompt->text, use == PROMPT_OVERWRITE);
		break;
	case PROMPT_NONE:
		break;
	}
}

static void erase_character(struct prompt *prompt)
{
	while (prompt->size && (prompt->text[--prompt->size] & 0xc0) == 0x80)
		;
	prompt->text[prompt->size] = '\0';
}

static void add_character(struct prompt *prompt, int key)
{
	mbstate_t state = { 0 };
	char bytes[16];
	size_t size = wcrtomb(bytes, (wchar_t)key, &state);

	if (key < ' ' || size == (size_t)-1 || prompt->size + size >= sizeof(prompt->text))
		return;
	memcpy(prompt->text + prompt->size, bytes, size);
	prompt->size += size;
	prompt->text[prompt->size] = '\0';
}

static void edit_text(struct prompt *prompt, int key)
{
	switch (key) {
	case TERMINAL_KEY_BACKSPACE:
		erase_character(prompt);
		break;
	case TERMINAL_CONTROL('u'):
		prompt->size = 0;
		*prompt->text = '\0';
		break;
	default:
		if (key < KEY_FIRST_SPECIAL)
			add_character(prompt, key);
	}
}

void explorer_type(struct explorer *explorer, int key)
{
	struct prompt *prompt = &explorer->prompt;

	switch (key) {
	case TERMINAL_KEY_ENTER:
		take_text(explorer);
		break;
	case TERMINAL_KEY_ESCAPE:
		prompt->use = PROMPT_NONE;
		break;
	default:
		if (prompt->use != PROMPT_OVERWRITE)
			edit_text(prompt, key);
	}
}

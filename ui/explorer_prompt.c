/* SPDX-License-Identifier: MIT */
#include "ui/explorer_state.h"
#include "ui/printable.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

const char *explorer_question(const struct explorer *explorer)
{
	switch (explorer->prompt.use) {
	case PROMPT_SEARCH:
		return "search: ";
	case PROMPT_FILTER:
		return "filter: ";
	case PROMPT_WRITE:
		return "write to: ";
	case PROMPT_OVERWRITE:
		return " exists: Enter overwrites, any other key does not";
	case PROMPT_NONE:
		break;
	}
	return "";
}

const char *explorer_hint(const struct explorer *explorer)
{
	switch (explorer->prompt.use) {
	case PROMPT_FILTER:
		return "[symbol] NAME, module NAME, comm NAME, through NAME, min PERCENT; ! leaves "
		       "out";
	case PROMPT_WRITE:
		return "NAME.folded, .tree, .callers, .txt";
	case PROMPT_SEARCH:
	case PROMPT_OVERWRITE:
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
			explorer_take_filter(explorer, prompt->text);
		break;
	case PROMPT_WRITE:
	case PROMPT_OVERWRITE:
		if (prompt->size)
			explorer_write(explorer, prompt->text, use == PROMPT_OVERWRITE);
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
		if (prompt->use == PROMPT_OVERWRITE)
			prompt->use = PROMPT_NONE;
		else
			edit_text(prompt, key);
	}
}

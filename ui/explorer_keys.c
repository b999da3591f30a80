/* SPDX-License-Identifier: MIT */
#include "ui/explorer_state.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <string.h>

const struct view_kind *const explorer_kinds[] = {
	&functions_view, &callers_view,	 &tree_view, &flame_view,  &source_view,
	&threads_view,	 &timeline_view, &jit_view,  &health_view, NULL,
};

enum action {
	ACTION_UP = 1,
	ACTION_DOWN,
	ACTION_PAGE_UP,
	ACTION_PAGE_DOWN,
	ACTION_HALF_UP,
	ACTION_HALF_DOWN,
	ACTION_FIRST,
	ACTION_LAST,
	ACTION_LEFT,
	ACTION_RIGHT,
	ACTION_NEXT_VIEW,
	ACTION_PREVIOUS_VIEW,
	ACTION_BACK,
	ACTION_SEARCH,
	ACTION_SEARCH_NEXT,
	ACTION_SEARCH_BEFORE,
	ACTION_ANNOTATE,
	ACTION_FILTER,
	ACTION_MODULE_IN,
	ACTION_MODULE_OUT,
	ACTION_THROUGH,
	ACTION_NOT_THROUGH,
	ACTION_UNFILTER,
	ACTION_UNFILTER_ALL,
	ACTION_KERNEL,
	ACTION_NATIVE,
	ACTION_JIT,
	ACTION_INLINED,
	ACTION_RELATIVE,
	ACTION_EVENT,
	ACTION_FREEZE,
	ACTION_ZERO,
	ACTION_WRITE,
	ACTION_HELP,
	ACTION_QUIT,
};

/* clang-format off */
const struct key_binding explorer_bindings[] = {
	{ { '?', TERMINAL_KEY_F1 }, "help", "this help", ACTION_HELP },
	{ { TERMINAL_KEY_TAB }, "view", "the next view (F2 and on: the first, the second ...)",
	  ACTION_NEXT_VIEW },
	{ { TERMINAL_KEY_BACK_TAB }, NULL, "the view before", ACTION_PREVIOUS_VIEW },
	{ { '/', TERMINAL_CONTROL('f') }, "search", "search the rows; n and N: again, backwards",
	  ACTION_SEARCH },
	{ { 'n' }, NULL, "search again", ACTION_SEARCH_NEXT },
	{ { 'N' }, NULL, "search backwards", ACTION_SEARCH_BEFORE },
	{ { 'a' }, "source", "source lines and instructions of this function", ACTION_ANNOTATE },
	{ { 'f' }, "filter", "filter by what is typed: symbol, module, comm, through, min",
	  ACTION_FILTER },
	{ { 'm', 'd' }, "module", "only this function's module", ACTION_MODULE_IN },
	{ { 'M' }, NULL, "not this function's module", ACTION_MODULE_OUT },
	{ { 's' }, "through", "only stacks through this function", ACTION_THROUGH },
	{ { 'S' }, NULL, "not the stacks through this function", ACTION_NOT_THROUGH },
	{ { 'x' }, "unfilter", "take the last filter away", ACTION_UNFILTER },
	{ { 'X' }, NULL, "take all filters away", ACTION_UNFILTER_ALL },
	{ { 'K' }, "kernel", "hide or show kernel frames", ACTION_KERNEL },
	{ { 'C' }, "native", "hide or show native code: neither JIT's nor the kernel's",
	  ACTION_NATIVE },
	{ { 'J' }, "JIT", "hide or show frames of JIT code", ACTION_JIT },
	{ { 'I' }, "inlined", "hide or show inlined functions", ACTION_INLINED },
	{ { '%' }, "%", "percentages of all, or of what is filtered", ACTION_RELATIVE },
	{ { '@' }, NULL, "the next event of the recording", ACTION_EVENT },
	{ { ' ' }, NULL, "top: freeze what is shown; collecting goes on", ACTION_FREEZE },
	{ { 'z' }, NULL, "top: forget all samples", ACTION_ZERO },
	{ { 'w' }, "write", "write what is selected to a file", ACTION_WRITE },
	{ { TERMINAL_KEY_UP, 'k', TERMINAL_CONTROL('p') }, NULL, "up", ACTION_UP },
	{ { TERMINAL_KEY_DOWN, 'j', TERMINAL_CONTROL('n') }, NULL, "down", ACTION_DOWN },
	{ { TERMINAL_KEY_PAGE_UP, TERMINAL_CONTROL('b') }, NULL, "a page up", ACTION_PAGE_UP },
	{ { TERMINAL_KEY_PAGE_DOWN }, NULL, "a page down", ACTION_PAGE_DOWN },
	{ { TERMINAL_CONTROL('u') }, NULL, "half a page up", ACTION_HALF_UP },
	{ { TERMINAL_CONTROL('d') }, NULL, "half a page down", ACTION_HALF_DOWN },
	{ { TERMINAL_KEY_HOME, 'g' }, NULL, "to the first row", ACTION_FIRST },
	{ { TERMINAL_KEY_END, 'G' }, NULL, "to the last row", ACTION_LAST },
	{ { TERMINAL_KEY_LEFT, 'h' }, NULL, "scroll to the left", ACTION_LEFT },
	{ { TERMINAL_KEY_RIGHT, 'l' }, NULL, "scroll to the right", ACTION_RIGHT },
	{ { TERMINAL_KEY_ESCAPE }, "back", "to the view before", ACTION_BACK },
	{ { 'q', TERMINAL_CONTROL('c'), TERMINAL_KEY_F1 + 9 }, "quit", "leave", ACTION_QUIT },
	{ { 0 }, NULL, NULL, 0 },
};
/* clang-format on */

static int find_action(const struct key_binding *bindings, int key)
{
	for (; bindings && bindings->keys[0]; bindings++)
		for (size_t i = 0; i < sizeof(bindings->keys) / sizeof(*bindings->keys); i++)
			if (bindings->keys[i] == key)
				return bindings->action;
	return 0;
}

static void remove_mark(struct explorer *explorer, size_t mark)
{
	memmove(&explorer->filters[mark], &explorer->filters[mark + 1],
		(--explorer->filter_count - mark) * sizeof(*explorer->filters));
}

/* The last one; a range of time before all others. */
static bool drop_filter(struct explorer *explorer)
{
	struct selection *selection = &explorer->shown->selection;
	struct text_list *list;

	if (selection->from_ns || selection->until_ns != UINT64_MAX) {
		selection->from_ns = 0;
		selection->until_ns = UINT64_MAX;
		return true;
	}
	if (!explorer->filter_count)
		return false;
	list = explorer->filters[--explorer->filter_count].list;
	if (!list)
		explorer->shown->min_percent = 0;
	else if (list->count)
		text_list_remove(list, list->count - 1);
	return true;
}

void explorer_filter(struct explorer *explorer, struct text_list *list, const char *text)
{
	if (explorer->filter_count == FILTERS_MAX) {
		explorer_say(explorer, "there are %d filters: take some away (x)", FILTERS_MAX);
		return;
	}
	if (text_list_find(list, text) < list->count)
		return;
	text_list_add(list, text);
	explorer->filters[explorer->filter_count++].list = list;
	explorer_reselect(explorer);
	if (explorer->shown->sums.count || !explorer->shown->all_sums.count)
		return;
	drop_filter(explorer);
	explorer_reselect(explorer);
	explorer_say(explorer, "nothing would be left");
}

void explorer_set_min(struct explorer *explorer, double percent)
{
	size_t mark = 0;

	while (mark < explorer->filter_count && explorer->filters[mark].list)
		mark++;
	if (mark == FILTERS_MAX) {
		explorer_say(explorer, "there are %d filters: take some away (x)", FILTERS_MAX);
		return;
	}
	if (mark == explorer->filter_count && percent > 0)
		explorer->filters[explorer->filter_count++].list = NULL;
	else if (mark < explorer->filter_count && percent <= 0)
		remove_mark(explorer, mark);
	explorer->shown->min_percent = percent;
	explorer_reselect(explorer);
}

void explorer_unfilter(struct explorer *explorer, struct text_list *list, size_t number)
{
	size_t mark = explorer->filter_count;

	while (mark && explorer->filters[mark - 1].list != list)
		mark--;
	if (mark) /* else an option asked for it */
		remove_mark(explorer, mark - 1);
	text_list_remove(list, number);
	explorer_reselect(explorer);
}

static void filter_module(struct explorer *explorer, struct text_list *list)
{
	if (explorer->shown->function.module)
		explorer_filter(explorer, list, explorer->shown->function.module);
}

static void filter_function(struct explorer *explorer, struct text_list *list)
{
	if (explorer->shown->function.name)
		explorer_filter(explorer, list, explorer->shown->function.name);
}

static void unfilter(struct explorer *explorer, bool all)
{
	if (!drop_filter(explorer)) {
		explorer_say(explorer, "there is no filter");
		return;
	}
	while (all && drop_filter(explorer))
		;
	explorer_reselect(explorer);
}

static void toggle(struct explorer *explorer, bool *is_hidden, const char *what)
{
	*is_hidden = !*is_hidden;
	explorer_say(explorer, "%s %s", what, *is_hidden ? "are hidden" : "are shown");
	explorer_remake(explorer);
}

static void next_event(struct explorer *explorer)
{
	struct shown *shown = explorer->shown;
	const struct data_event *events;
	size_t count;

	if (!shown->recording)
		return;
	events = data_reader_events(shown->recording->reader, &count);
	shown->event = shown->event == SELECTION_ALL_EVENTS ? 0 : shown->event + 1;
	if (shown->event >= count)
		shown->event = SELECTION_ALL_EVENTS;
	explorer_say(explorer, "event: %s",
		     shown->event == SELECTION_ALL_EVENTS ? "all" : events[shown->event].name);
	explorer_reselect(explorer);
}

static void freeze(struct explorer *explorer)
{
	if (!explorer->live || !explorer->live->freeze)
		return;
	explorer->is_frozen = !explorer->is_frozen;
	explorer->live->freeze(explorer->live->context, explorer->shown, explorer->is_frozen);
	if (!explorer->is_frozen)
		explorer_reselect(explorer);
	explorer_say(explorer, explorer->is_frozen ? "frozen: collecting goes on (Space)" : "");
}

static void zero(struct explorer *explorer)
{
	if (!explorer->live || !explorer->live->zero)
		return;
	explorer->live->zero(explorer->live->context, explorer->shown);
	explorer_reselect(explorer);
}

static void shift(struct explorer *explorer, int distance)
{
	struct view *view = explorer_front(explorer);

	view->shift += distance;
	if (view->shift < 0)
		view->shift = 0;
}

static bool act_on_selection(struct explorer *explorer, int action)
{
	struct selection *selection = &explorer->shown->selection;

	switch (action) {
	case ACTION_MODULE_IN:
		filter_module(explorer, &selection->modules);
		break;
	case ACTION_MODULE_OUT:
		filter_module(explorer, &selection->not_modules);
		break;
	case ACTION_THROUGH:
		filter_function(explorer, &selection->through);
		break;
	case ACTION_NOT_THROUGH:
		filter_function(explorer, &selection->not_through);
		break;
	case ACTION_UNFILTER:
	case ACTION_UNFILTER_ALL:
		unfilter(explorer, action == ACTION_UNFILTER_ALL);
		break;
	case ACTION_KERNEL:
		toggle(explorer, &selection->hides_kernel, "kernel frames");
		break;
	case ACTION_NATIVE:
		toggle(explorer, &selection->hides_native, "frames of native code");
		break;
	case ACTION_JIT:
		toggle(explorer, &selection->hides_jit, "frames of JIT code");
		break;
	case ACTION_INLINED:
		toggle(explorer, &selection->hides_inlined, "inlined functions");
		break;
	case ACTION_RELATIVE:
		explorer->shown->is_relative = !explorer->shown->is_relative;
		explorer_say(explorer, "percentages are of %s",
			     explorer->shown->is_relative ? "what is filtered" : "all");
		explorer_remake(explorer);
		break;
	case ACTION_EVENT:
		next_event(explorer);
		break;
	default:
		return false;
	}
	return true;
}

static bool act_on_cursor(struct explorer *explorer, int action)
{
	const struct view *view = explorer_front(explorer);
	long page = view->list_rows > 1 ? view->list_rows - 1 : 1;

	switch (action) {
	case ACTION_UP:
		explorer_move(explorer, -1);
		break;
	case ACTION_DOWN:
		explorer_move(explorer, 1);
		break;
	case ACTION_PAGE_UP:
		explorer_move(explorer, -page);
		break;
	case ACTION_PAGE_DOWN:
		explorer_move(explorer, page);
		break;
	case ACTION_HALF_UP:
		explorer_move(explorer, -(page + 1) / 2);
		break;
	case ACTION_HALF_DOWN:
		explorer_move(explorer, (page + 1) / 2);
		break;
	case ACTION_FIRST:
		explorer_move(explorer, -(long)view->row_count);
		break;
	case ACTION_LAST:
		explorer_move(explorer, (long)view->row_count);
		break;
	case ACTION_LEFT:
	case ACTION_RIGHT:
		shift(explorer, action == ACTION_LEFT ? -8 : 8);
		break;
	default:
		return false;
	}
	return true;
}

static void act(struct explorer *explorer, int action)
{
	switch (action) {
	case ACTION_NEXT_VIEW:
	case ACTION_PREVIOUS_VIEW:
		explorer_next(explorer, action == ACTION_NEXT_VIEW ? 1 : -1);
		break;
	case ACTION_BACK:
		explorer_back(explorer);
		break;
	case ACTION_SEARCH:
		explorer_ask(explorer, PROMPT_SEARCH, "");
		break;
	case ACTION_SEARCH_NEXT:
	case ACTION_SEARCH_BEFORE:
		explorer_search(explorer, action == ACTION_SEARCH_BEFORE, false);
		break;
	case ACTION_ANNOTATE:
		explorer_open(explorer, &source_view);
		break;
	case ACTION_FILTER:
		explorer_ask(explorer, PROMPT_FILTER, "");
		break;
	case ACTION_WRITE:
		explorer_ask(explorer, PROMPT_WRITE, "jprof.folded");
		break;
	case ACTION_FREEZE:
		freeze(explorer);
		break;
	case ACTION_ZERO:
		zero(explorer);
		break;
	case ACTION_HELP:
		explorer->shows_help = true;
		explorer->help_top = 0;
		break;
	case ACTION_QUIT:
		explorer->leaves = true;
		break;
	default:
		break;
	}
}

/* F2 and on: the views in their order. */
static bool open_by_key(struct explorer *explorer, int key)
{
	int place = key - (TERMINAL_KEY_F1 + 1);

	for (int i = 0; place >= 0 && explorer_kinds[i]; i++) {
		if (i != place || key == TERMINAL_KEY_F1 + 9)
			continue;
		explorer_open(explorer, explorer_kinds[i]);
		return true;
	}
	return false;
}

/* In the help, keys that move move it, and all others end it. */
static bool press_in_help(struct explorer *explorer, int key)
{
	switch (find_action(explorer_bindings, key)) {
	case ACTION_DOWN:
		explorer->help_top++;
		return true;
	case ACTION_UP:
		explorer->help_top -= explorer->help_top > 0;
		return true;
	case ACTION_PAGE_DOWN:
		explorer->help_top += explorer->area.rows / 2;
		return true;
	case ACTION_PAGE_UP:
		explorer->help_top -= explorer->area.rows / 2;
		if (explorer->help_top < 0)
			explorer->help_top = 0;
		return true;
	default:
		explorer->shows_help = false;
		return true;
	}
}

bool explorer_press(struct explorer *explorer, int key)
{
	struct view *view = explorer_front(explorer);
	int action;

	if (explorer->shows_help)
		return press_in_help(explorer, key);
	action = find_action(view->kind->bindings, key);
	if (action && view->kind->act(view, explorer->shown, explorer, action)) {
		if (explorer_front(explorer) == view)
			explorer_follow(explorer);
		return true;
	}
	if (open_by_key(explorer, key))
		return true;
	action = find_action(explorer_bindings, key);
	if (!action)
		return false;
	if (!act_on_selection(explorer, action) && !act_on_cursor(explorer, action))
		act(explorer, action);
	return true;
}

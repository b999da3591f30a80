/* SPDX-License-Identifier: MIT */
#include "ui/selection.h"

#include "jitdump/xalloc.h"

#include <ctype.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void selection_init(struct selection *selection)
{
	*selection = (struct selection){ .until_ns = UINT64_MAX };
}

static void text_list_deinit(struct text_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free((void *)list->texts[i]);
	free(list->texts);
}

void selection_deinit(struct selection *selection)
{
	text_list_deinit(&selection->comms);
	text_list_deinit(&selection->modules);
	text_list_deinit(&selection->symbols);
	text_list_deinit(&selection->pids);
	text_list_deinit(&selection->tids);
	text_list_deinit(&selection->not_comms);
	text_list_deinit(&selection->not_modules);
	text_list_deinit(&selection->not_symbols);
	text_list_deinit(&selection->through);
	text_list_deinit(&selection->not_through);
	*selection = (struct selection){ 0 };
}

static void add_text(struct text_list *list, const char *text, size_t length)
{
	list->texts = xgrow(list->texts, list->count, &list->capacity, sizeof(*list->texts));
	list->texts[list->count++] = xstrndup(text, length);
}

void text_list_add(struct text_list *list, const char *text)
{
	add_text(list, text, strlen(text));
}

void text_list_remove(struct text_list *list, size_t number)
{
	free((void *)list->texts[number]);
	list->count--;
	memmove(&list->texts[number], &list->texts[number + 1],
		(list->count - number) * sizeof(*list->texts));
}

size_t text_list_find(const struct text_list *list, const char *text)
{
	size_t number = 0;

	while (number < list->count && strcmp(list->texts[number], text) != 0)
		number++;
	return number;
}

static void add_texts(struct text_list *list, const char *texts)
{
	for (;;) {
		size_t length = strcspn(texts, ",");

		add_text(list, texts, length);
		if (!texts[length])
			return;
		texts += length + 1;
	}
}

static bool add_numbers(struct text_list *list, const char *texts)
{
	uint64_t number;

	add_texts(list, texts);
	for (size_t i = 0; i < list->count; i++) {
		if (!option_number(list->texts[i], 0, UINT32_MAX, &number))
			return false;
	}
	return true;
}

/* Seconds with a fraction, exactly: a double has no room for nanoseconds since boot. */
static bool parse_time(const char **text, uint64_t *time_ns)
{
	uint64_t seconds = 0, fraction = 0, digit_ns = 100000000;
	const char *at = *text;

	for (; isdigit((unsigned char)*at); at++) {
		seconds = seconds * 10 + (uint64_t)(*at - '0');
		if (seconds >= UINT64_MAX / 1000000000)
			return false;
	}
	if (at == *text)
		return false;
	if (*at == '.') {
		for (at++; isdigit((unsigned char)*at); at++, digit_ns /= 10)
			fraction += (uint64_t)(*at - '0') * digit_ns;
	}
	*text = at;
	*time_ns = seconds * 1000000000 + fraction;
	return true;
}

static bool parse_times(struct selection *selection, const char *text)
{
	if (*text != ',' && !parse_time(&text, &selection->from_ns))
		return false;
	if (*text++ != ',')
		return false;
	if (*text && !parse_time(&text, &selection->until_ns))
		return false;
	return !*text && selection->from_ns <= selection->until_ns;
}

bool selection_option(struct selection *selection, int letter, const char *argument, bool *bad)
{
	*bad = false;
	switch (letter) {
	case SELECTION_COMM:
		add_texts(&selection->comms, argument);
		return true;
	case SELECTION_MODULE:
		add_texts(&selection->modules, argument);
		return true;
	case SELECTION_SYMBOL: /* C++ names hold commas */
		add_text(&selection->symbols, argument, strlen(argument));
		return true;
	case SELECTION_PID:
		*bad = !add_numbers(&selection->pids, argument);
		return true;
	case SELECTION_TID:
		*bad = !add_numbers(&selection->tids, argument);
		return true;
	case SELECTION_TIME:
		*bad = !parse_times(selection, argument);
		return true;
	case SELECTION_NO_KERNEL:
		selection->hides_kernel = true;
		return true;
	case SELECTION_NO_NATIVE:
		selection->hides_native = true;
		return true;
	case SELECTION_NO_JIT:
		selection->hides_jit = true;
		return true;
	case SELECTION_NO_INLINE:
		selection->hides_inlined = true;
		return true;
	default:
		return false;
	}
}

/* Equal, before it is taken as a pattern: V8 marks optimised functions with a '*'. */
static bool is_match(const char *wanted, const char *text)
{
	return !strcmp(wanted, text) || (strpbrk(wanted, "*?[\\") && !fnmatch(wanted, text, 0));
}

static bool has_text(const struct text_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++) {
		if (is_match(list->texts[i], text))
			return true;
	}
	return false;
}

static bool allows(const struct text_list *wanted, const struct text_list *unwanted,
		   const char *text)
{
	return (!wanted->count || has_text(wanted, text)) && !has_text(unwanted, text);
}

static bool has_number(const struct text_list *list, uint32_t number)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strtoul(list->texts[i], NULL, 10) == number)
			return true;
	}
	return list->count == 0;
}

bool selection_asks_of_frames(const struct selection *selection)
{
	return selection->modules.count || selection->symbols.count ||
	       selection->not_modules.count || selection->not_symbols.count;
}

bool selection_is_all(const struct selection *selection)
{
	return !selection->comms.count && !selection->pids.count && !selection->tids.count &&
	       !selection->not_comms.count && !selection->through.count &&
	       !selection->not_through.count && !selection->from_ns &&
	       selection->until_ns == UINT64_MAX && !selection_asks_of_frames(selection);
}

bool selection_has_frame(const struct selection *selection, const struct named_frame *frame)
{
	return allows(&selection->modules, &selection->not_modules, frame->module) &&
	       allows(&selection->symbols, &selection->not_symbols, frame->function);
}

bool selection_hides(const struct selection *selection, const struct named_frame *frame)
{
	return (selection->hides_kernel && frame->is_kernel) ||
	       (selection->hides_native && !frame->is_kernel && !frame->is_jit) ||
	       (selection->hides_jit && frame->is_jit) ||
	       (selection->hides_inlined && frame->is_inlined);
}

void selection_set_path(const struct selection *selection, struct stack_path *path,
			const struct profile *profile, struct naming *naming, uint32_t stack)
{
	size_t kept = 0;

	stack_path_set(path, profile, naming, stack);
	for (size_t i = 0; i < path->count; i++)
		if (!selection_hides(selection, path->frames[i]))
			path->frames[kept++] = path->frames[i];
	path->count = kept;
}

bool selection_has_thread(const struct selection *selection, const struct profile_thread *thread)
{
	return has_number(&selection->pids, thread->pid) &&
	       has_number(&selection->tids, thread->tid) &&
	       allows(&selection->comms, &selection->not_comms, thread->comm);
}

static bool has_sample(const struct selection *selection, const struct profile *profile,
		       const struct profile_sample *sample)
{
	return sample->time_ns + profile->step_ns >= selection->from_ns &&
	       sample->time_ns <= selection->until_ns &&
	       selection_has_thread(selection, &profile->threads[sample->thread]);
}

static bool has_function(const struct stack_path *path, const char *function)
{
	for (size_t i = 0; i < path->count; i++)
		if (is_match(function, path->frames[i]->function))
			return true;
	return false;
}

static bool goes_through(const struct selection *selection, const struct stack_path *path)
{
	for (size_t i = 0; i < selection->through.count; i++)
		if (!has_function(path, selection->through.texts[i]))
			return false;
	for (size_t i = 0; i < selection->not_through.count; i++)
		if (has_function(path, selection->not_through.texts[i]))
			return false;
	return true;
}

bool selection_has_stack(const struct selection *selection, const struct profile *profile,
			 struct naming *naming, struct stack_path *path, uint32_t stack)
{
	if (!selection_asks_of_frames(selection) && !selection->through.count &&
	    !selection->not_through.count)
		return true;
	stack_path_set(path, profile, naming, stack);
	if (!goes_through(selection, path))
		return false;
	for (size_t i = 0; i < path->count; i++) {
		if (selection_has_frame(selection, path->frames[i]))
			return true;
	}
	return false;
}

static void add_sample(struct stack_sums *sums, struct hash_index *index,
		       const struct profile_sample *sample)
{
	uint64_t hash = hash_pair(sample->thread, sample->stack);
	struct stack_sum *sum = NULL;

	for (struct hash_cursor c = hash_index_begin(index, hash); hash_index_next(index, &c);) {
		if (sums->items[c.number].thread == sample->thread &&
		    sums->items[c.number].stack == sample->stack)
			sum = &sums->items[c.number];
	}
	if (!sum) {
		sums->items =
			xgrow(sums->items, sums->count, &sums->capacity, sizeof(*sums->items));
		hash_index_add(index, hash, (uint32_t)sums->count);
		sum = &sums->items[sums->count++];
		*sum = (struct stack_sum){ .thread = sample->thread, .stack = sample->stack };
	}
	sum->sum.weight += sample->weight;
	sum->sum.count += sample->count;
}

void selection_sum(const struct selection *selection, const struct profile *profile,
		   struct naming *naming, uint32_t event, struct stack_sums *sums)
{
	struct hash_index index = { 0 };
	struct stack_path path = { 0 };
	size_t kept = 0;

	*sums = (struct stack_sums){ 0 };
	for (size_t i = 0; i < profile->sample_count; i++) {
		const struct profile_sample *sample = &profile->samples[i];

		if (event != SELECTION_ALL_EVENTS && sample->event != event)
			continue;
		if (!has_sample(selection, profile, sample))
			continue;
		sums->all.weight += sample->weight;
		sums->all.count += sample->count;
		add_sample(sums, &index, sample);
	}
	for (size_t i = 0; i < sums->count; i++) {
		if (selection_has_stack(selection, profile, naming, &path, sums->items[i].stack))
			sums->items[kept++] = sums->items[i];
	}
	sums->count = kept;
	stack_path_deinit(&path);
	hash_index_deinit(&index);
}

void stack_sums_deinit(struct stack_sums *sums)
{
	free(sums->items);
	*sums = (struct stack_sums){ 0 };
}

/* SPDX-License-Identifier: MIT */
#include "ui/flame.h"

#include "jitdump/text.h"
#include "jitdump/xalloc.h"
#include "symbolize/string_pool.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct line {
	const char *stack; /* interned: equal stacks are one pointer */
	uint64_t count;
};

struct text {
	char *bytes;
	size_t size, capacity;
};

static void put(struct text *text, char byte)
{
	text->bytes = xgrow(text->bytes, text->size, &text->capacity, 1);
	text->bytes[text->size++] = byte;
}

/* A frame's name without what the format uses itself. */
static void put_name(struct text *text, const char *name)
{
	size_t start = text->size;
	bool is_printable;

	while (isspace((unsigned char)*name))
		name++;
	for (size_t left = strlen(name), size; left > 0; name += size, left -= size) {
		size = text_character(name, left, &is_printable);
		if (!is_printable)
			put(text, '?');
		for (size_t i = 0; is_printable && i < size; i++)
			put(text, (char)(name[i] == ';' ? ':' : name[i]));
	}
	while (text->size > start && text->bytes[text->size - 1] == ' ')
		text->size--;
	if (text->size == start)
		put(text, '?');
}

static void put_suffix(struct text *text, const struct named_frame *frame)
{
	const char *suffix = frame->is_kernel	 ? "_[k]"
			     : frame->is_jit	 ? "_[j]"
			     : frame->is_inlined ? "_[i]"
						 : "";

	while (*suffix)
		put(text, *suffix++);
}

/* "fib 12" as a leaf would read as a stack with two counts: its last space becomes '_'. */
static void mend_leaf(struct text *text)
{
	size_t at = text->size;

	while (at > 0 &&
	       (isdigit((unsigned char)text->bytes[at - 1]) || text->bytes[at - 1] == '.'))
		at--;
	if (at > 0 && at < text->size && text->bytes[at - 1] == ' ')
		text->bytes[at - 1] = '_';
}

static void fold(struct text *text, const char *comm, const struct stack_path *path, bool is_plain)
{
	text->size = 0;
	put_name(text, comm);
	for (size_t i = path->count; i-- > 0;) {
		put(text, ';');
		put_name(text, path->frames[i]->function);
		if (!is_plain)
			put_suffix(text, path->frames[i]);
	}
	mend_leaf(text);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(((const struct line *)a)->stack, ((const struct line *)b)->stack);
}

void flame_print(FILE *out, const struct selection *selection, const struct profile *profile,
		 struct naming *naming, const struct stack_sums *sums, bool is_plain)
{
	struct line *lines = xcalloc(sums->count, sizeof(*lines));
	struct string_pool *stacks = string_pool_create();
	struct stack_path path = { 0 };
	struct text text = { 0 };
	uint64_t count = 0;

	for (size_t i = 0; i < sums->count; i++) {
		const struct stack_sum *sum = &sums->items[i];

		selection_set_path(selection, &path, profile, naming, sum->stack);
		fold(&text, profile->threads[sum->thread].comm, &path, is_plain);
		lines[i] = (struct line){ string_pool_add_bytes(stacks, text.bytes, text.size),
					  sum->sum.count };
	}
	qsort(lines, sums->count, sizeof(*lines), compare_lines);
	for (size_t i = 0; i < sums->count; i++) {
		count += lines[i].count;
		if (i + 1 < sums->count && lines[i + 1].stack == lines[i].stack)
			continue;
		fprintf(out, "%s %" PRIu64 "\n", lines[i].stack, count);
		count = 0;
	}
	free(text.bytes);
	stack_path_deinit(&path);
	string_pool_destroy(stacks);
	free(lines);
}

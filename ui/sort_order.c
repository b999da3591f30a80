/* SPDX-License-Identifier: MIT */
#include "ui/sort_order.h"

#include <string.h>

static const char *const key_names[SORT_KEY_COUNT] = {
	[SORT_SELF] = "self",	  [SORT_TOTAL] = "total", [SORT_SYMBOL] = "symbol",
	[SORT_MODULE] = "module", [SORT_COMM] = "comm",	  [SORT_PID] = "pid",
	[SORT_TID] = "tid",	  [SORT_LINE] = "line",
};

/* perf's, where they are others. */
static const struct {
	const char *name;
	enum sort_key key;
} perf_names[] = { { "sym", SORT_SYMBOL }, { "dso", SORT_MODULE }, { "srcline", SORT_LINE } };

static bool is_name(const char *name, const char *text, size_t length)
{
	return strlen(name) == length && !strncmp(name, text, length);
}

/* SORT_KEY_COUNT: it is none. */
static enum sort_key find_key(const char *text, size_t length)
{
	for (size_t i = 0; i < sizeof(perf_names) / sizeof(*perf_names); i++)
		if (is_name(perf_names[i].name, text, length))
			return perf_names[i].key;
	for (int key = 0; key < SORT_KEY_COUNT; key++)
		if (is_name(key_names[key], text, length))
			return (enum sort_key)key;
	return SORT_KEY_COUNT;
}

bool sort_order_parse(struct sort_order *order, const char *text)
{
	order->count = 0;
	for (;;) {
		size_t length = strcspn(text, ",");
		enum sort_key key = find_key(text, length);

		if (key == SORT_KEY_COUNT || order->count == SORT_KEY_COUNT)
			return false;
		order->keys[order->count++] = key;
		if (!text[length])
			return true;
		text += length + 1;
	}
}

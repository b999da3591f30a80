/* SPDX-License-Identifier: MIT */
#include "ui/sort_order.h"

#include <string.h>

static const char *const key_names[SORT_KEY_COUNT] = {
	[SORT_SELF] = "self",	  [SORT_TOTAL] = "total", [SORT_SYMBOL] = "symbol",
	[SORT_MODULE] = "module", [SORT_COMM] = "comm",	  [SORT_PID] = "pid",
	[SORT_TID] = "tid",	  [SORT_LINE] = "line",
};

bool sort_order_parse(struct sort_order *order, const char *text)
{
	order->count = 0;
	for (;;) {
		size_t length = strcspn(text, ",");
		int key = 0;

		while (key < SORT_KEY_COUNT && (strlen(key_names[key]) != length ||
						strncmp(key_names[key], text, length) != 0))
			key++;
		if (key == SORT_KEY_COUNT || order->count == SORT_KEY_COUNT)
			return false;
		order->keys[order->count++] = (enum sort_key)key;
		if (!text[length])
			return true;
		text += length + 1;
	}
}

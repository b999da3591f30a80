/* SPDX-License-Identifier: MIT */
#include "support/address_list.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>

bool address_list_read(struct address_list *list, FILE *stream)
{
	char line[64], *end;

	while (fgets(line, sizeof(line), stream)) {
		list->items =
			xgrow(list->items, list->count, &list->capacity, sizeof(*list->items));
		list->items[list->count++] = strtoull(line, &end, 16);
		if (end == line || (*end != '\n' && *end != '\0'))
			return false;
	}
	return true;
}

void address_list_deinit(struct address_list *list)
{
	free(list->items);
	*list = (struct address_list){ 0 };
}

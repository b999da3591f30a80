/* SPDX-License-Identifier: MIT */
/*
 * Image addresses, one a line, as the tools that name addresses read them.
 */
#ifndef SUPPORT_ADDRESS_LIST_H
#define SUPPORT_ADDRESS_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct address_list {
	uint64_t *items;
	size_t count, capacity;
};

/* False if a line is no hexadecimal number; what is before it was added. */
bool address_list_read(struct address_list *list, FILE *stream);
void address_list_deinit(struct address_list *list);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * One unit's functions by address, and what was inlined into each.
 *
 * You give the unit; its functions are found at once, and the calls that were inlined into a
 * function when it is first hit. You get the scopes of an address. It never reads a name, a file or
 * a line before they are asked for.
 *
 * What is inlined at an address is a matter of boundaries: sorted offsets in the function, each with
 * the innermost call from there on. Of calls that overlap, the one whose entry comes later wins.
 */
#ifndef SYMBOLIZE_DWARF_FUNCTIONS_H
#define SYMBOLIZE_DWARF_FUNCTIONS_H

#include "symbolize/dwarf_ranges.h"

struct dwarf_functions;

/* A function, or a call that was inlined. */
struct dwarf_scope {
	const char *name;  /* see dwarf_entry_name() */
	const char *shown; /* the caller's, to keep what it makes of the name; NULL at first */
	bool is_inlined;   /* then also where it was called: */
	uint32_t call_file, call_line, call_column;
};

/* `code` and the unit outlive it. */
struct dwarf_functions *dwarf_functions_create(struct dwarf_unit *unit,
					       const struct range_table *code);
void dwarf_functions_destroy(struct dwarf_functions *functions);

/* The scopes of an address as numbers, innermost first; at most `max`. 0: none. */
size_t dwarf_functions_find(struct dwarf_functions *functions, uint64_t address, uint32_t *scopes,
			    size_t max);

/* Borrowed until the next question. */
struct dwarf_scope *dwarf_functions_scope(struct dwarf_functions *functions, uint32_t number);

/* Adds the ranges of all functions with this number. */
void dwarf_functions_add_ranges(const struct dwarf_functions *functions, uint32_t number,
				struct range_table *table);

#endif

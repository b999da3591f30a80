/* SPDX-License-Identifier: MIT */
/*
 * The table of functions as text: columns, widths, percentages.
 */
#ifndef UI_TABLE_TEXT_H
#define UI_TABLE_TEXT_H

#include "ui/function_table.h"

#include <stdio.h>

struct table_text_options {
	size_t limit;	    /* rows; 0: all */
	double min_percent; /* rows whose total (without children: self) is below are left out */
	bool no_children;   /* leave the totals out */
};

void table_text_print(FILE *out, const struct function_table *table, struct call_weight all,
		      const struct table_text_options *options);

/* 100 * part / whole, 0 for nothing of nothing. */
double percent_of(uint64_t part, uint64_t whole);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The table of functions: self and total of each, over selected samples.
 *
 * You give summed stacks; you get rows, sorted. Rows are functions (name and module), or finer:
 * split by comm, pid, tid or source line when those are sort keys; without the symbol key they are
 * coarser. A function counts once in a sample's total, however often it recurs. It knows neither
 * terminal nor file.
 */
#ifndef UI_FUNCTION_TABLE_H
#define UI_FUNCTION_TABLE_H

#include "ui/selection.h"
#include "ui/sort_order.h"

struct function_row {
	const struct named_frame *frame; /* what the row's columns show; one of the row's places */
	const struct profile_thread *thread;
	struct call_weight self, total;
	const char *line_file; /* the row's hottest source line; NULL: none known */
	uint32_t line;
};

struct function_table {
	struct function_row *rows;
	size_t count, capacity;
	bool shows[SORT_KEY_COUNT]; /* which columns say what a row is */
};

/* Rows of frames that the selection does not have are left out. */
void function_table_build(struct function_table *table, const struct sort_order *order,
			  const struct selection *selection, const struct profile *profile,
			  struct naming *naming, const struct stack_sums *sums);
void function_table_deinit(struct function_table *table);

#endif

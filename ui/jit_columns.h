/* SPDX-License-Identifier: MIT */
/*
 * The columns of the table of JIT functions: what stands in each, and how it orders rows.
 *
 * You give rows of jit_table.h; you get texts with a style, and comparisons. It never knows which
 * rows are listed, nor that versions stand under their function.
 */
#ifndef UI_JIT_COLUMNS_H
#define UI_JIT_COLUMNS_H

#include "ui/jit_table.h"
#include "ui/table_view.h"

enum jit_column {
	JIT_COLUMN_SELF,
	JIT_COLUMN_TOTAL,
	JIT_COLUMN_LOADED,
	JIT_COLUMN_SAMPLED,
	JIT_COLUMN_BYTES,
	JIT_COLUMN_TIER,
	JIT_COLUMN_FIRST,
	JIT_COLUMN_LAST,
	JIT_COLUMN_NAME,
	JIT_COLUMN_COUNT
};

extern const struct table_column jit_columns[JIT_COLUMN_COUNT];

/* See struct table_kind. */
const char *jit_column_text(const struct jit_table *jit, const struct jit_row *row,
			    const struct shown *shown, size_t column, char *buffer, size_t size,
			    unsigned int *style);
int jit_column_compare(const struct jit_row *first, const struct jit_row *second, size_t column);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * How much of a table's rows lies at each source line.
 *
 * You give rows by number, the lines met in them and their weights; you get the line where most of
 * a row is spent, which stands for the row. It never knows what a row is.
 */
#ifndef UI_ROW_LINES_H
#define UI_ROW_LINES_H

#include "profiler/naming.h"
#include "symbolize/hash_index.h"

struct row_line {
	uint32_t row;
	const char *file;
	uint32_t line;
	uint64_t self, total;
};

/* A zeroed one is empty. */
struct row_lines {
	struct row_line *items;
	size_t count, capacity;
	struct hash_index index;
};

void row_lines_deinit(struct row_lines *lines);

/* The number of the frame's line in the row; it is added with no weight. The frame has a file. */
uint32_t row_lines_find(struct row_lines *lines, uint32_t row, const struct named_frame *frame);

/* Of each of `row_count` rows the line that has most self weight, of equal ones most in total;
 * NULL: it has none. To be freed; what it points to is borrowed. */
const struct row_line **row_lines_hottest(const struct row_lines *lines, size_t row_count);

#endif

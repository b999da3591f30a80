/* SPDX-License-Identifier: MIT */
#include "ui/row_lines.h"

#include "jitdump/xalloc.h"

#include <assert.h>
#include <stdlib.h>

void row_lines_deinit(struct row_lines *lines)
{
	hash_index_deinit(&lines->index);
	free(lines->items);
	*lines = (struct row_lines){ 0 };
}

uint32_t row_lines_find(struct row_lines *lines, uint32_t row, const struct named_frame *frame)
{
	uint64_t hash = hash_pair(row, (uintptr_t)frame->file + frame->line);

	for (struct hash_cursor c = hash_index_begin(&lines->index, hash);
	     hash_index_next(&lines->index, &c);) {
		const struct row_line *line = &lines->items[c.number];

		assert(c.number < lines->count);
		if (line->row == row && line->file == frame->file && line->line == frame->line)
			return c.number;
	}
	lines->items = xgrow(lines->items, lines->count, &lines->capacity, sizeof(*lines->items));
	hash_index_add(&lines->index, hash, (uint32_t)lines->count);
	lines->items[lines->count] = (struct row_line){ row, frame->file, frame->line, 0, 0 };
	return (uint32_t)lines->count++;
}

const struct row_line **row_lines_hottest(const struct row_lines *lines, size_t row_count)
{
	const struct row_line **best = xcalloc(row_count, sizeof(struct row_line *));

	for (size_t i = 0; i < lines->count; i++) {
		const struct row_line *line = &lines->items[i], *known = best[line->row];

		if (!known || line->self > known->self ||
		    (line->self == known->self && line->total > known->total))
			best[line->row] = line;
	}
	return best;
}

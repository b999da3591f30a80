/* SPDX-License-Identifier: MIT */
/*
 * Arrows beside rows of instructions, from jumps to where they go.
 *
 * You give jumps between rows; you get a few characters for each row. Jumps to the same row share an
 * arrow, and shorter arrows are nearer to the instructions. An arrow for which there is no column
 * left, or which is longer than anybody could follow, is not drawn.
 */
#ifndef UI_JUMP_ARROWS_H
#define UI_JUMP_ARROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARROW_COLUMNS_MAX = 8, ARROW_TEXT_MAX = 4 * (ARROW_COLUMNS_MAX + 2) };

struct jump {
	uint32_t from, to; /* rows */
};

struct jump_arrows {
	uint8_t *cells; /* ARROW_COLUMNS_MAX + 1 for each row, the last next to the instruction */
	size_t row_count;
	size_t column_count; /* in use */
};

/* Sorts the jumps on its way. */
void jump_arrows_draw(struct jump_arrows *arrows, size_t row_count, struct jump *jumps,
		      size_t jump_count);
void jump_arrows_deinit(struct jump_arrows *arrows);

/* What is beside a row, in box characters or in ASCII, always as wide: column_count + 1 characters, 0
 * if no arrow is drawn at all. */
const char *jump_arrows_text(const struct jump_arrows *arrows, size_t row, bool is_utf8,
			     char text[ARROW_TEXT_MAX]);

#endif

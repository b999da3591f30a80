/* SPDX-License-Identifier: MIT */
/*
 * How much is in a cell, as one character: lower eighths of a block, or signs of growing weight
 * where the locale has no blocks.
 */
#ifndef UI_DENSITY_H
#define UI_DENSITY_H

#include <stdint.h>
#include <wchar.h>

/* A blank for nothing; what is anything at all is no blank. */
wchar_t density_character(uint64_t part, uint64_t most);

#endif

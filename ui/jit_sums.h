/* SPDX-License-Identifier: MIT */
/*
 * What stands above the JIT functions: sums of all code, when it was loaded, and what marks mean.
 */
#ifndef UI_JIT_SUMS_H
#define UI_JIT_SUMS_H

#include "ui/canvas.h"
#include "ui/jit_table.h"

enum { JIT_SUMS_ROWS = 3 };

void jit_sums_draw(const struct jit_table *jit, struct canvas *canvas, struct area area);

/* Seconds since the start, below 0 before it; UINT64_MAX is no time: "". */
const char *jit_seconds_text(const struct jit_table *jit, uint64_t time_ns, char *buffer,
			     size_t size);

#endif

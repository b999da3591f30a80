/* SPDX-License-Identifier: MIT */
/*
 * An axis of time: ticks at round seconds.
 */
#ifndef UI_TIME_AXIS_H
#define UI_TIME_AXIS_H

#include "ui/canvas.h"

/* From its first column to its last the area is the time from `from_ns` to `until_ns`. */
void time_axis_draw(struct canvas *canvas, struct area area, uint64_t from_ns, uint64_t until_ns);

#endif

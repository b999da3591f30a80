/* SPDX-License-Identifier: MIT */
/*
 * An annotation on the screen: its rows, and what is to be said of it.
 *
 * You give an annotation and a canvas; you get a row drawn, or a remark. It never knows which rows are
 * to be seen, nor where the cursor is.
 */
#ifndef UI_ANNOTATION_DRAW_H
#define UI_ANNOTATION_DRAW_H

#include "ui/annotation.h"
#include "ui/canvas.h"

void annotation_draw_row(const struct annotation *annotation, size_t number, struct canvas *canvas,
			 struct area area);

/* Below the first row of the area, by whole words; returns how many rows it took. */
int annotation_draw_remark(const char *remark, struct canvas *canvas, struct area area);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What stands on a canvas, to be compared as text.
 *
 * You give a canvas; you get its rows as UTF-8 lines without the blanks at their ends.
 */
#ifndef SUPPORT_CANVAS_TEXT_H
#define SUPPORT_CANVAS_TEXT_H

#include "ui/canvas.h"

/* To be freed. */
char *canvas_text(const struct canvas *canvas);

/* What of it is marked with STYLE_SELECTED or STYLE_MATCH, without the rest. To be freed. */
char *canvas_marked_text(const struct canvas *canvas, unsigned int mark);

/* Fails with both texts where a line differs. */
void canvas_expect(const struct canvas *canvas, const char *text);

#endif

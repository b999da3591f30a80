/* SPDX-License-Identifier: MIT */
#include "ui/view.h"

#include <stdio.h>

void view_scroll(struct view *view)
{
	size_t rows = view->list_rows > 0 ? (size_t)view->list_rows : 1;

	if (view->cursor >= view->row_count)
		view->cursor = view->row_count ? view->row_count - 1 : 0;
	if (view->cursor < view->top)
		view->top = view->cursor;
	if (view->cursor >= view->top + rows)
		view->top = view->cursor - rows + 1;
	if (view->top + rows > view->row_count)
		view->top = view->row_count > rows ? view->row_count - rows : 0;
}

void view_scroll_to(struct view *view)
{
	size_t rows = view->list_rows > 0 ? (size_t)view->list_rows : 1;
	bool is_near = view->cursor >= view->top && view->cursor + rows / 3 < view->top + rows;

	if (!is_near)
		view->top = view->cursor > rows / 3 ? view->cursor - rows / 3 : 0;
	view_scroll(view);
}

const char *percent_text(char buffer[16], double percent)
{
	snprintf(buffer, 16, "%.2f", percent);
	return buffer;
}

enum style percent_style(double percent)
{
	if (percent >= 5)
		return STYLE_HOT;
	return percent >= 0.5 ? STYLE_WARM : STYLE_TEXT;
}

enum style frame_style(const struct named_frame *frame)
{
	if (frame->is_kernel)
		return STYLE_KERNEL;
	if (frame->is_jit)
		return STYLE_JIT;
	return frame->is_inlined ? STYLE_INLINED : STYLE_TEXT;
}

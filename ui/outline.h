/* SPDX-License-Identifier: MIT */
/*
 * A tree as rows, of which branches are opened and closed.
 *
 * You give a sorted tree; you get the rows of what is open, and how each is drawn behind its guides.
 * A branch without siblings stands right below its parent, not further in: a stack of 30 functions
 * that call nothing else is 30 rows that begin in one column. It knows no view.
 */
#ifndef UI_OUTLINE_H
#define UI_OUTLINE_H

#include "ui/canvas.h"
#include "ui/sorted_tree.h"

#define OUTLINE_NO_ROW UINT32_MAX

struct outline_row {
	uint32_t node, parent; /* the parent's row; OUTLINE_NO_ROW: it is outermost */
	uint32_t indent;       /* guides before its own */
	bool has_siblings, is_last;
};

struct outline {
	struct sorted_tree tree;
	bool *is_open; /* by node */
	struct outline_row *rows;
	size_t count, capacity;
	uint64_t whole;	    /* what 100 % is */
	double min_percent; /* lighter branches are left out */
};

/* Takes the tree over. What was open stays open, and rows are made. */
void outline_set(struct outline *outline, struct sorted_tree *tree, uint64_t whole,
		 double min_percent);
void outline_deinit(struct outline *outline);

bool outline_has_children(const struct outline *outline, uint32_t node);

/* These make the rows anew. Opening a branch opens only children below it too. */
void outline_open(struct outline *outline, uint32_t node);
void outline_close(struct outline *outline, uint32_t node);
void outline_open_all(struct outline *outline, uint32_t node);
void outline_close_all(struct outline *outline);

/* Opens what leads to the node. */
void outline_reveal(struct outline *outline, uint32_t node);

/* The end of the hottest path from a node on: where more is spent than in any function that is
 * called from there. */
uint32_t outline_hottest_end(const struct outline *outline, uint32_t node);

/* The next node, behind this one or before it, whose function's name has the text; from the tree's
 * root on, or with `node` its count backwards, all are looked at. CALL_NODE_NONE: none has it. */
uint32_t outline_find(const struct outline *outline, uint32_t node, const char *text,
		      bool is_backwards);

/* The row of a node, or of what is drawn of the way to it. */
size_t outline_row_of(const struct outline *outline, uint32_t node);

/* Upward: rows are drawn from the last to the first, children above their parents. */
enum outline_growth { OUTLINE_DOWNWARD, OUTLINE_UPWARD };

/* A row: its weights, of which upward trees have no self, then guides and the function, scrolled
 * to the right by `shift` columns. */
void outline_draw(const struct outline *outline, size_t row, enum outline_growth growth,
		  struct canvas *canvas, struct area area, int shift);

/* Weights as outline_draw() draws them, and the heads above; return how many columns that took:
 * as many as leave room for a function. `self` NULL: none. */
int outline_draw_weights(const struct call_weight *total, const struct call_weight *self,
			 uint64_t whole, struct canvas *canvas, struct area area);
int outline_draw_heads(const char *first, const char *last, struct canvas *canvas,
		       struct area area);

/* How far to scroll so that the row's function is to be seen: at least by `shift`. */
int outline_shift(const struct outline *outline, size_t row, struct area area, int shift);

#endif

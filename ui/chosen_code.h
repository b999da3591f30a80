/* SPDX-License-Identifier: MIT */
/*
 * The bodies of code that a function of a view has, and which of them are drawn.
 *
 * You give a function and what is shown; you get its sampled bodies: versions of JIT code whatever
 * their tier, the functions that it was inlined into, or those of a module without symbols. One of
 * them is drawn, or all together, and a title says which. It never reads code.
 */
#ifndef UI_CHOSEN_CODE_H
#define UI_CHOSEN_CODE_H

#include "ui/sampled_code.h"
#include "ui/shown.h"

enum { CHOSEN_CODE_MAX = 64, CODE_TITLE_MAX = 1024 };

/* A zeroed one has no function. */
struct chosen_code {
	struct shown_function of;
	struct sampled_codes codes;
	enum code_match match;
	size_t numbers
		[CHOSEN_CODE_MAX]; /* its bodies, of `codes`: versions by number, or by heat */
	size_t count;
	size_t found;		 /* how many it has; `count` of them, the hottest, can be drawn */
	struct call_weight self; /* where it has none: of the function all the same */
	size_t drawn;		 /* which of them; `count`: all together */
};

/* The hottest one of just this name is drawn; of nameless functions, and of versions none of which
 * has half of the weight, all together. */
void chosen_code_find(struct chosen_code *chosen, const struct shown *shown,
		      struct shown_function of);
/* The same function anew; what was drawn is drawn again. */
void chosen_code_renew(struct chosen_code *chosen, const struct shown *shown);
void chosen_code_deinit(struct chosen_code *chosen);

/* Draws the one that begins here, if it has that. */
void chosen_code_draw(struct chosen_code *chosen, struct location start);

/* From one to the next (`step` 1) or to the one before (-1); between the last and the first, all
 * together. */
void chosen_code_next(struct chosen_code *chosen, int step);

/* The numbers of those that are drawn. */
const size_t *chosen_code_drawn(const struct chosen_code *chosen, size_t *count);

/* What is drawn is called this. */
const char *chosen_code_name(const struct chosen_code *chosen, char *buffer, size_t size);

/* What a title says behind its percentage: "", ", version 2 of 4, TurboFan", "; f is inlined into
 * it, 1 of 3 functions". */
const char *chosen_code_text(const struct chosen_code *chosen, char *buffer, size_t size);

#endif

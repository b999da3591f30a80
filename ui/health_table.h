/* SPDX-License-Identifier: MIT */
/*
 * How good what is shown is, as rows: a number each, what it means and what helps.
 *
 * You give what is shown, whose whole profile counts; you get rows in an order to be read in. What
 * cannot be told is marked so, and is not 0.
 */
#ifndef UI_HEALTH_TABLE_H
#define UI_HEALTH_TABLE_H

#include "ui/shown.h"

struct health_row {
	const char *what;	 /* of a part of the row above: after two blanks */
	const char *text;	 /* what it means and what helps */
	bool has_count, is_told; /* else a remark; else there is a number that nobody knows */
	uint64_t count, whole;	 /* of which it is a part; 0: of nothing */
	bool is_bad;		 /* something is amiss */
	const char *module;	 /* interned as in named frames; NULL: it is of none */
};

/* A zeroed one is empty. */
struct health_table {
	struct health_row *rows;
	size_t count, capacity;
	struct string_pool *texts;
};

void health_table_build(struct health_table *table, const struct shown *shown);
void health_table_deinit(struct health_table *table);

#endif

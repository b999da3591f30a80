/* SPDX-License-Identifier: MIT */
/*
 * Sort keys as the user gives them.
 *
 * You give "self,module"; you get keys in this order. It never knows the rows: function_table.h
 * says what a key makes of them.
 */
#ifndef UI_SORT_ORDER_H
#define UI_SORT_ORDER_H

#include <stdbool.h>
#include <stddef.h>

enum sort_key {
	SORT_SELF,
	SORT_TOTAL,
	SORT_SYMBOL,
	SORT_MODULE,
	SORT_COMM,
	SORT_PID,
	SORT_TID,
	SORT_LINE,
	SORT_KEY_COUNT,
};

/* As in perf: symbol, module, comm, pid, tid and line say what a row is (with none of them: a
 * function); self and total order the rows, self if neither is given. */
struct sort_order {
	enum sort_key keys[SORT_KEY_COUNT];
	size_t count;
};

/* perf's sym, dso and srcline are symbol, module and line. False if a key is unknown. */
bool sort_order_parse(struct sort_order *order, const char *text);

#endif

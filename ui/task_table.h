/* SPDX-License-Identifier: MIT */
/*
 * Processes and threads as rows: how much each ran, when, and in which function most.
 *
 * You give what is shown; you get a row for each thread that is selected, and one for each process
 * of several threads. It never sorts.
 */
#ifndef UI_TASK_TABLE_H
#define UI_TASK_TABLE_H

#include "ui/shown.h"

#define TASK_ROW_NONE UINT32_MAX

struct task_row {
	uint32_t pid, tid;
	const char *comm;	    /* of a process: its main thread's */
	uint32_t thread_count;	    /* of a process; 0: a thread */
	uint32_t process;	    /* the row of a thread's process; TASK_ROW_NONE: it has none */
	struct call_weight sum;	    /* of what is selected */
	uint64_t first_ns, last_ns; /* of all its samples */
	struct shown_function hottest; /* by its own time; name NULL: no stack has a function */
	uint64_t hottest_weight;
};

/* A zeroed one is empty. */
struct task_table {
	struct task_row *rows;
	size_t count;
	uint64_t start_ns; /* from which times are told */
};

/* `is_flat`: there are no rows of processes. */
void task_table_build(struct task_table *table, const struct shown *shown, bool is_flat);
void task_table_deinit(struct task_table *table);

#endif

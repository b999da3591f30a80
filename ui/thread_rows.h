/* SPDX-License-Identifier: MIT */
/*
 * The threads of a profile as rows, each once.
 *
 * You give a profile, in which a thread that changes its comm is several entries; you get a row for
 * each (pid, tid), with its last comm, and which row an entry is of.
 */
#ifndef UI_THREAD_ROWS_H
#define UI_THREAD_ROWS_H

#include "profiler/profile.h"
#include "profiler/session.h"

struct thread_row {
	uint32_t pid, tid;
	const char *comm;	  /* interned */
	uint32_t main;		  /* the row of the process's main thread, else of its first */
	const char *process_comm; /* the main thread's, sampled or not; else that of `main` */
};

/* A zeroed one is empty. */
struct thread_rows {
	struct thread_row *items; /* in the order they came */
	size_t count, capacity;
	uint32_t *of_thread; /* by the profile's number of a thread */
};

/* `session` may be NULL: then nothing is known of threads that were not sampled. */
void thread_rows_make(struct thread_rows *rows, const struct profile *profile,
		      const struct session *session);
void thread_rows_deinit(struct thread_rows *rows);

#endif

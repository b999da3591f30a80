/* SPDX-License-Identifier: MIT */
#include "ui/thread_rows.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>

static uint32_t row_of(struct thread_rows *rows, struct hash_index *index,
		       const struct profile_thread *thread)
{
	uint64_t hash = hash_pair(thread->pid, thread->tid);

	for (struct hash_cursor c = hash_index_begin(index, hash); hash_index_next(index, &c);) {
		if (rows->items[c.number].pid == thread->pid &&
		    rows->items[c.number].tid == thread->tid)
			return c.number;
	}
	rows->items = xgrow(rows->items, rows->count, &rows->capacity, sizeof(*rows->items));
	hash_index_add(index, hash, (uint32_t)rows->count);
	rows->items[rows->count] = (struct thread_row){ .pid = thread->pid, .tid = thread->tid };
	return (uint32_t)rows->count++;
}

/* Of rows of one process the first, by an index that has those. */
static uint32_t first_of_process(const struct thread_rows *rows, struct hash_index *firsts,
				 uint32_t row)
{
	uint64_t hash = hash_u64(rows->items[row].pid);

	for (struct hash_cursor c = hash_index_begin(firsts, hash); hash_index_next(firsts, &c);) {
		if (rows->items[c.number].pid == rows->items[row].pid)
			return c.number;
	}
	hash_index_add(firsts, hash, row);
	return row;
}

static void set_main_rows(struct thread_rows *rows)
{
	struct hash_index firsts = { 0 };
	uint32_t *mains = xcalloc(rows->count, sizeof(*mains)); /* by the first row */

	for (uint32_t i = 0; i < rows->count; i++) {
		uint32_t first = first_of_process(rows, &firsts, i);

		if (first == i || rows->items[i].tid == rows->items[i].pid)
			mains[first] = i;
		rows->items[i].main = first;
	}
	for (size_t i = 0; i < rows->count; i++)
		rows->items[i].main = mains[rows->items[i].main];
	free(mains);
	hash_index_deinit(&firsts);
}

static void set_process_comms(struct thread_rows *rows, const struct session *session)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct thread_row *main = &rows->items[rows->items[i].main];
		const char *told = NULL;

		if (session && main->tid != main->pid)
			told = session_comm(session, main->pid);
		rows->items[i].process_comm = told ? told : main->comm;
	}
}

void thread_rows_make(struct thread_rows *rows, const struct profile *profile,
		      const struct session *session)
{
	struct hash_index index = { 0 };

	thread_rows_deinit(rows);
	rows->of_thread = xcalloc(profile->thread_count, sizeof(*rows->of_thread));
	for (size_t i = 0; i < profile->thread_count; i++) {
		rows->of_thread[i] = row_of(rows, &index, &profile->threads[i]);
		rows->items[rows->of_thread[i]].comm = profile->threads[i].comm;
	}
	set_main_rows(rows);
	set_process_comms(rows, session);
	hash_index_deinit(&index);
}

void thread_rows_deinit(struct thread_rows *rows)
{
	free(rows->items);
	free(rows->of_thread);
	*rows = (struct thread_rows){ 0 };
}

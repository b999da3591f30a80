/* SPDX-License-Identifier: MIT */
#include "profiler/process.h"

#include "jitdump/xalloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The tables are made anew. */
#define SWEEP_INTERVAL_NS 1000000000u

void process_table_init(struct process_table *table, struct string_pool *strings,
			struct image *unknown, struct image *unknown_jit, bool is_live)
{
	*table = (struct process_table){ .strings = strings,
					 .unknown = unknown,
					 .unknown_jit = unknown_jit,
					 .is_live = is_live };
}

void process_table_deinit(struct process_table *table)
{
	for (size_t i = 0; i < table->process_count; i++) {
		address_space_release(table->processes[i]->space);
		free(table->processes[i]);
	}
	free(table->processes);
	free(table->threads);
	hash_index_deinit(&table->process_index);
	hash_index_deinit(&table->thread_index);
	*table = (struct process_table){ 0 };
}

static struct process *find_process(const struct process_table *table, uint32_t pid)
{
	for (struct hash_cursor c = hash_index_begin(&table->process_index, hash_u64(pid));
	     hash_index_next(&table->process_index, &c);) {
		if (table->processes[c.number]->pid == pid)
			return table->processes[c.number];
	}
	return NULL;
}

static void set_space(struct process *process, struct address_space *space)
{
	address_space_release(process->space);
	process->space = space;
	process->exited_ns = 0;
}

static struct address_space *new_space(const struct process_table *table, uint32_t pid)
{
	struct address_space *space = address_space_create(pid, table->unknown, table->unknown_jit);

	space->is_live = table->is_live;
	return space;
}

struct process *process_table_get(struct process_table *table, uint32_t pid)
{
	struct process *process = find_process(table, pid);

	if (process)
		return process;
	process = xcalloc(1, sizeof(*process));
	process->pid = pid;
	process->space = new_space(table, pid);
	table->processes = xgrow(table->processes, table->process_count, &table->process_capacity,
				 sizeof(struct process *));
	hash_index_add(&table->process_index, hash_u64(pid), (uint32_t)table->process_count);
	table->processes[table->process_count++] = process;
	return process;
}

bool process_table_has(const struct process_table *table, const struct address_space *space)
{
	const struct process *process = find_process(table, space->pid);

	return process && process->space == space;
}

/* By tid alone: a tid is unique while it lives, and a later owner overwrites. */
static struct thread *find_thread(const struct process_table *table, uint32_t tid)
{
	for (struct hash_cursor c = hash_index_begin(&table->thread_index, hash_u64(tid));
	     hash_index_next(&table->thread_index, &c);) {
		if (table->threads[c.number].tid == tid)
			return &table->threads[c.number];
	}
	return NULL;
}

static void set_thread(struct process_table *table, uint32_t pid, uint32_t tid, const char *comm)
{
	struct thread *thread = find_thread(table, tid);

	if (!thread) {
		table->threads = xgrow(table->threads, table->thread_count, &table->thread_capacity,
				       sizeof(*table->threads));
		hash_index_add(&table->thread_index, hash_u64(tid), (uint32_t)table->thread_count);
		thread = &table->threads[table->thread_count++];
	}
	*thread = (struct thread){ .pid = pid, .tid = tid, .comm = comm };
}

const char *process_table_main_comm(const struct process_table *table, uint32_t pid)
{
	const struct thread *thread = find_thread(table, pid);

	return thread && thread->pid == pid && *thread->comm ? thread->comm : NULL;
}

const char *process_table_comm(struct process_table *table, uint32_t pid, uint32_t tid)
{
	const struct thread *thread = find_thread(table, tid);
	char number[16];

	if (thread && thread->pid == pid)
		return thread->comm;
	if (pid == 0 && tid == 0)
		return string_pool_add(table->strings, "swapper");
	thread = find_thread(table, pid);
	if (thread && thread->pid == pid)
		return thread->comm;
	snprintf(number, sizeof(number), ":%" PRIu32, tid);
	return string_pool_add(table->strings, number);
}

void process_table_set_comm(struct process_table *table, uint32_t pid, uint32_t tid,
			    const char *comm, bool is_exec)
{
	set_thread(table, pid, tid, string_pool_add(table->strings, comm));
	if (is_exec)
		set_space(process_table_get(table, pid), new_space(table, pid));
}

void process_table_fork(struct process_table *table, uint32_t pid, uint32_t tid,
			uint32_t parent_pid, uint32_t parent_tid, uint64_t time_ns,
			bool has_own_maps)
{
	const struct thread *parent_thread = find_thread(table, parent_tid);

	if (parent_thread)
		set_thread(table, pid, tid, parent_thread->comm);
	if (pid == parent_pid)
		return;
	/* The parent first: making the child may move the table. */
	const struct address_space *parent = process_table_get(table, parent_pid)->space;

	struct process *child = process_table_get(table, pid);

	if (!has_own_maps)
		set_space(child, address_space_fork(parent, pid, time_ns));
}

void process_table_exit(struct process_table *table, uint32_t pid, uint32_t tid, uint64_t time_ns)
{
	struct process *process = find_process(table, pid);
	struct thread *thread = find_thread(table, tid);

	if (thread && thread->pid == pid)
		thread->exited_ns = time_ns;
	/* Other threads may outlive the first one, and their last samples come after it. */
	if (process && pid == tid)
		process->exited_ns = time_ns;
	table->has_exited = true;
}

static bool has_gone(uint64_t exited_ns, uint64_t before_ns)
{
	return exited_ns && exited_ns < before_ns;
}

static void sweep_threads(struct process_table *table, uint64_t before_ns)
{
	size_t kept = 0;

	hash_index_deinit(&table->thread_index);
	for (size_t i = 0; i < table->thread_count; i++) {
		const struct thread *thread = &table->threads[i];

		if (has_gone(thread->exited_ns, before_ns))
			continue;
		table->has_exited |= thread->exited_ns != 0;
		hash_index_add(&table->thread_index, hash_u64(thread->tid), (uint32_t)kept);
		table->threads[kept++] = *thread;
	}
	table->thread_count = kept;
}

static void sweep_processes(struct process_table *table, uint64_t before_ns)
{
	size_t kept = 0;

	hash_index_deinit(&table->process_index);
	for (size_t i = 0; i < table->process_count; i++) {
		struct process *process = table->processes[i];

		if (has_gone(process->exited_ns, before_ns)) {
			address_space_release(process->space);
			free(process);
			continue;
		}
		table->has_exited |= process->exited_ns != 0;
		hash_index_add(&table->process_index, hash_u64(process->pid), (uint32_t)kept);
		table->processes[kept++] = process;
	}
	table->process_count = kept;
}

void process_table_sweep(struct process_table *table, uint64_t before_ns)
{
	if (!table->has_exited || before_ns < table->swept_ns + SWEEP_INTERVAL_NS)
		return;
	table->swept_ns = before_ns;
	table->has_exited = false;
	sweep_threads(table, before_ns);
	sweep_processes(table, before_ns);
}

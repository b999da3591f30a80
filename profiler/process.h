/* SPDX-License-Identifier: MIT */
/*
 * The processes and threads of a recording, as fork, exec, comm and exit events make them.
 *
 * You give events in time order; you get the process of a pid and the comm of a thread as of now.
 * A process nobody announced is made when first asked for. It never looks at /proc.
 */
#ifndef PROFILER_PROCESS_H
#define PROFILER_PROCESS_H

#include "profiler/address_space.h"
#include "symbolize/hash_index.h"
#include "symbolize/string_pool.h"

struct process {
	uint32_t pid;
	struct address_space *space; /* one reference; replaced by exec */
	uint64_t exited_ns;	     /* 0: runs */
};

struct thread {
	uint32_t pid, tid;
	const char *comm;   /* interned; "" until told */
	uint64_t exited_ns; /* 0: runs */
};

struct process_table {
	struct string_pool *strings;
	struct image *unknown, *unknown_jit;
	bool is_live;		    /* the processes run now */
	struct process **processes; /* one for each pid that was seen */
	size_t process_count, process_capacity;
	struct thread *threads;
	size_t thread_count, thread_capacity;
	struct hash_index process_index, thread_index;
	bool has_exited; /* some process or thread, that was not swept */
	uint64_t swept_ns;
};

void process_table_init(struct process_table *table, struct string_pool *strings,
			struct image *unknown, struct image *unknown_jit, bool is_live);
void process_table_deinit(struct process_table *table);

/* Never NULL; borrowed from the table. */
struct process *process_table_get(struct process_table *table, uint32_t pid);

/* Whether it is the space of a process of the table. */
bool process_table_has(const struct process_table *table, const struct address_space *space);

/* The comm of a thread, that of its process's first thread if it has none, ":TID" if nothing is
 * known (as perf prints it). Interned. */
const char *process_table_comm(struct process_table *table, uint32_t pid, uint32_t tid);

/* Of its first thread; NULL: nothing was told of it. */
const char *process_table_main_comm(const struct process_table *table, uint32_t pid);

/* `is_exec`: the process starts anew with an empty address space. */
void process_table_set_comm(struct process_table *table, uint32_t pid, uint32_t tid,
			    const char *comm, bool is_exec);

/* A new process (pid differs from parent_pid) begins as a copy of its parent, unless its maps
 * follow as events of their own (`has_own_maps`); a thread takes its parent's comm. */
void process_table_fork(struct process_table *table, uint32_t pid, uint32_t tid,
			uint32_t parent_pid, uint32_t parent_tid, uint64_t time_ns,
			bool has_own_maps);

void process_table_exit(struct process_table *table, uint32_t pid, uint32_t tid, uint64_t time_ns);

/* Forgets processes and threads that exited before `before_ns`, and what they had mapped. */
void process_table_sweep(struct process_table *table, uint64_t before_ns);

#endif

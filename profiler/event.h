/* SPDX-License-Identifier: MIT */
/*
 * One decoded record of the perf ABI.
 *
 * You give a raw record (profiler/event_decode.h); you get its meaning in a tagged union. Every
 * pointer in it is borrowed from the record's bytes and lives as long as they do. It never holds a
 * decision: what a record means for a profile is the session's.
 */
#ifndef PROFILER_EVENT_H
#define PROFILER_EVENT_H

#include "symbolize/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum event_type {
	EVENT_OTHER, /* known to be of no use here, or unknown: counted, kept in the file, ignored */
	EVENT_SAMPLE,
	EVENT_MMAP, /* MMAP and MMAP2 */
	EVENT_COMM,
	EVENT_FORK,
	EVENT_EXIT,
	EVENT_LOST, /* LOST: records of a ring; LOST_SAMPLES: samples */
	EVENT_THROTTLE,
	EVENT_UNTHROTTLE,
	EVENT_SWITCH,
	EVENT_KSYMBOL,
};

struct mmap_event {
	uint64_t start, end; /* process addresses, [start, end) */
	uint64_t file_offset;
	const char *path;   /* "//anon", "[vdso]", "[kernel.kallsyms]_text", "/usr/lib/..." */
	bool is_executable; /* PROT_EXEC; a bare MMAP: not MISC_MMAP_DATA */
	bool is_shared;	    /* MAP_SHARED: a forked child has the same memory, not a copy */
	struct build_id build_id;
	uint32_t major, minor; /* 0 where the record had a build-id, or was a bare MMAP */
	uint64_t inode;
};

/* A chain of code addresses, leaf first, with PERF_CONTEXT_* markers between (values at or above
 * (uint64_t)-4095). Not aligned: read with memcpy. */
struct callchain {
	const uint8_t *bytes; /* count little u64s */
	uint64_t count;
};

/* User registers: one u64 per bit set in `mask`, lowest first; bits are the kernel's PERF_REG_*. */
struct user_registers {
	uint64_t abi; /* 0: none (a kernel thread), 1: 32-bit, 2: 64-bit */
	uint64_t mask;
	const uint8_t *bytes; /* not aligned */
};

struct sample_event {
	uint64_t ip;
	uint64_t address; /* PERF_SAMPLE_ADDR, or 0 */
	uint64_t period;  /* of the record, else the event's fixed one, else 1 */
	struct callchain callchain;
	bool has_callchain;
	const uint8_t *raw; /* PERF_SAMPLE_RAW: a tracepoint's fields, raw_size bytes */
	uint32_t raw_size;
	struct user_registers user;
	bool has_user_stack;
	const uint8_t *stack;	  /* copied from the user stack pointer upwards */
	uint64_t stack_size;	  /* valid bytes (dyn_size, at most what the record holds) */
	uint64_t stack_copy_size; /* what was asked for */
	uint8_t cpu_mode;	  /* PERF_RECORD_MISC_CPUMODE_MASK bits */
};

struct event {
	enum event_type type;
	uint32_t record_type;  /* PERF_RECORD_* */
	uint32_t pid, tid;     /* (uint32_t)-1: not told */
	uint64_t time_ns;      /* 0: not told */
	uint32_t cpu;	       /* (uint32_t)-1: not told */
	uint32_t event_number; /* which of the recording's events, from 0 */
	union {
		struct sample_event sample;
		struct mmap_event mmap;
		struct {
			const char *comm;
			bool is_exec;
		} comm;
		struct {
			uint32_t parent_pid, parent_tid; /* pid == parent_pid: a thread */
			bool is_synthetic; /* MISC_FORK_EXEC: the child's maps follow */
		} fork;
		struct {
			uint64_t count;
			bool is_samples;
		} lost;
		struct {
			bool is_out, is_preempted;
		} context_switch;
		struct {
			uint64_t address;
			uint32_t size;
			const char *name;
			bool is_unregister;
		} ksymbol;
	};
};

#endif

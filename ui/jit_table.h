/* SPDX-License-Identifier: MIT */
/*
 * JIT functions and their versions: what was loaded, how much of it ran.
 *
 * You give what is shown; you get rows of functions and rows of their versions, and sums of all.
 * What a recording does not keep is marked as not known, and never 0. It never sorts.
 */
#ifndef UI_JIT_TABLE_H
#define UI_JIT_TABLE_H

#include "profiler/jit_dumps.h"
#include "ui/shown.h"

struct jit_row {
	const char *name; /* without the mark of its tier */
	const char *tier; /* "": not told. Of a function: the last one's */
	bool is_version;
	uint32_t function;		/* its row, or its own */
	struct call_weight self, total; /* of what is selected; total counts a sample once */
	uint64_t bytes;
	uint64_t first_ns, last_ns; /* loaded; of a version: loaded, and gone (UINT64_MAX: never) */

	/* Of functions. */
	uint64_t loaded, sampled; /* versions */
	bool has_other_tiers;	  /* some of these are of another one than the last */
	bool is_loaded_known;	  /* else there may have been more that never ran */

	/* Of versions. */
	uint64_t address;
	struct location start;
	bool is_moved;	  /* here from where it was loaded */
	bool was_sampled; /* ever, whatever is selected */

	struct shown_function shown; /* as samples have it; name NULL: there are none */
};

enum { JIT_TABLE_STEPS = 40 };

/* A zeroed one is empty. */
struct jit_table {
	struct jit_row *rows; /* functions and versions */
	size_t count, capacity;
	struct string_pool *names;
	size_t dump_count;
	bool has_totals; /* of every dump; else the sums below are of what is kept */
	uint64_t load_count, load_bytes, never_count, never_bytes;
	uint64_t from_ns, until_ns;	 /* of the steps */
	uint64_t steps[JIT_TABLE_STEPS]; /* loads */
	uint64_t start_ns;		 /* from which times are told */
	struct call_weight jit;		 /* samples in JIT code that dumps tell */
	struct call_weight mapped;	 /* in code that perf maps name, which tell no versions */
};

void jit_table_build(struct jit_table *table, const struct shown *shown);
void jit_table_deinit(struct jit_table *table);

#endif

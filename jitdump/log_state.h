/* SPDX-License-Identifier: MIT */
/* The inside of a log, shared by log.c and log_load.c and by nobody else. */
#ifndef JITDUMP_LOG_STATE_H
#define JITDUMP_LOG_STATE_H

#include "jitdump/arena.h"
#include "jitdump/log.h"
#include "jitdump/pairing.h"
#include "jitdump/sparse_array.h"
#include "jitdump/stream.h"

struct kept_entry {
	struct jitdump_entry entry;	  /* the first, so that its address is that of the whole */
	struct arena texts;		  /* its name, rows and table */
	struct arena codes;		  /* its code */
	uint64_t code_bytes, other_bytes; /* of the records it was made of */
	uint64_t offset;		  /* of its own in the file */
	bool is_marked, is_code_marked;
};

struct jitdump_log {
	struct jitdump_stream stream;
	struct pairing pairing;
	struct jitdump_problems problems;
	struct sparse_array entries; /* of struct kept_entry */
	struct jitdump_damage damage;
	uint64_t code_bytes, other_bytes; /* of the records taken, but for those forgotten */
	uint64_t unowned_bytes;		  /* of records since the last entry */
	bool is_ended;			  /* as of the last poll */
	/* How far the first row of a function is from its code, in all records: the least, and how
	 * often it occurred. */
	int64_t least_line_offset;
	size_t least_line_count;
};

struct kept_entry *jitdump_log_add_entry(struct jitdump_log *log);

/* log_load.c: takes a LOAD in, with the lines and the table that came before it. */
void jitdump_log_add_load(struct jitdump_log *log, const struct jitdump_piece *piece);

/* Whether the record is that of the entry. */
bool jitdump_log_is_same_load(const struct jitdump_entry *entry,
			      const struct jitdump_record *record);

#endif

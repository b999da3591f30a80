/* SPDX-License-Identifier: MIT */
/*
 * What one jitdump file has said so far: functions and moves, whole and in file order.
 *
 * You give a descriptor of the file, and call jitdump_log_poll() as often as you like while it
 * grows. You get entries: every CODE_LOAD with the lines and the unwind table that belong to it,
 * and every CODE_MOVE. It never interprets time (profiler/jit_code.h does), never unwinds, never
 * stops for damage: it resynchronises, counts, and keeps everything that is whole.
 *
 * Memory is bounded by the file, and by some 2 GiB whatever the file: names, tables and code bytes
 * are kept, once each, and nothing is allocated by a size that a record merely claims.
 */
#ifndef JITDUMP_LOG_H
#define JITDUMP_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jitdump_log;
struct jitdump_problems;

enum jitdump_entry_kind { JITDUMP_ENTRY_LOAD, JITDUMP_ENTRY_MOVE };

struct jitdump_source_line {
	uint64_t address; /* as in the file, before the 0x40 rule */
	const char *file; /* "" where the file does not know; borrowed from the log. What V8 lost is
			     taken from its symbols: `JS:*fib /path/app.js:1:13` */
	uint32_t line;	  /* 0 ends the row before */
	uint32_t column;  /* the format's discriminator; V8's column */
};

/* An unwind table checked to cover its function: eh_frame as if it lay at eh_frame_address in the
 * process (JITDUMP.md section 8), which is all that pc-relative pointers in it need. */
struct jitdump_unwind_table {
	const uint8_t *eh_frame;
	size_t eh_frame_size;
	uint64_t eh_frame_address;
};

struct jitdump_entry {
	enum jitdump_entry_kind kind;
	uint64_t time_ns;  /* of the record; file order breaks ties */
	uint32_t pid, tid; /* as recorded: may be of an inner namespace, or junk */
	uint64_t code_index;
	uint64_t address;     /* LOAD: code_addr. MOVE: the new address */
	uint64_t size;	      /* of the code, in bytes */
	uint64_t old_address; /* MOVE only */
	const char *name;     /* LOAD: as in the file, control characters replaced. MOVE: "" */
	/* `size` bytes, or NULL: the record held none, the dump more than is kept, or they are
	 * forgotten */
	const uint8_t *code;
	const struct jitdump_source_line *lines; /* ascending by address */
	size_t line_count;
	struct jitdump_unwind_table unwind; /* eh_frame NULL: none */
	bool uses_frame_pointer;	    /* an empty table said so (fde_count 0) */
};

/* What was wrong in the file; all counts are of records unless they say bytes. */
struct jitdump_damage {
	uint64_t skipped_bytes; /* passed over while looking for the next plausible record */
	uint64_t resync_count;
	uint64_t bad_debug_count; /* DEBUG_INFO with unusable rows */
	uint64_t unmatched_debug_count;
	uint64_t unmatched_unwind_count;
	uint64_t unknown_id_count;
	uint64_t repeated_count; /* loads said twice, taken once (CPython after fork) */
	uint64_t tail_bytes;	 /* an unfinished record at the end, as of the last poll */
	uint64_t reopened_count; /* the file shrank: its writer started again */
};

/*
 * Starts a log over an open file; owns `fd` from here on. The file may still be empty.
 */
struct jitdump_log *jitdump_log_create(int fd);
void jitdump_log_destroy(struct jitdump_log *log);

/*
 * Reads what was appended since the last call, up to the last whole record. Returns how many
 * entries are new. `ended` says that nobody writes any more: an unfinished tail is then searched
 * for whole records behind damage. Entries stay where they are until the log is destroyed, or until
 * they are forgotten.
 */
size_t jitdump_log_poll(struct jitdump_log *log, bool ended);

/*
 * The same, of a file of exactly `file_size` bytes, with the `size` bytes that its writer has not
 * handed over yet: these are not looked at if the file has another size by now. What is taken of
 * them is not taken again once they are in the file.
 */
size_t jitdump_log_poll_ahead(struct jitdump_log *log, uint64_t file_size, const uint8_t *bytes,
			      size_t size);

size_t jitdump_log_count(const struct jitdump_log *log);
const struct jitdump_entry *jitdump_log_entry(const struct jitdump_log *log, size_t number);

/*
 * For a dump that is read on for hours: of the first `count` entries, those that were not marked
 * since the last call are forgotten, and those marked without their code keep all else.
 * jitdump_log_entry() gives NULL for what is forgotten.
 */
void jitdump_log_mark(struct jitdump_log *log, const struct jitdump_entry *entry, bool with_code);
void jitdump_log_forget_unmarked(struct jitdump_log *log, size_t count);

/* The code of a LOAD as the file has it still, in memory that is the caller's: for entries that were
 * kept without. NULL: the file has none, or was written anew. */
uint8_t *jitdump_log_read_code(const struct jitdump_log *log, const struct jitdump_entry *entry);

/* The header's pid; 0 before the header was read. */
uint32_t jitdump_log_pid(const struct jitdump_log *log);

/* Record times are TSC ticks, not CLOCK_MONOTONIC ns (the JVMTI agent in that mode). */
bool jitdump_log_is_tsc(const struct jitdump_log *log);

/* False with a sentence in *reason (static text) for a file whose records cannot be read at all:
 * not a jitdump, foreign byte order, a version above 1. True while the header is not there yet. */
bool jitdump_log_is_usable(const struct jitdump_log *log, const char **reason);

const struct jitdump_damage *jitdump_log_damage(const struct jitdump_log *log);

/* The same with their places, as far as they were kept. */
const struct jitdump_problems *jitdump_log_problems(const struct jitdump_log *log);

/*
 * The source row for a code offset of an entry, with the 0x40 rule of this file applied
 * (JITDUMP.md section 9). Returns false where no row covers it. The answer can change while the
 * log still grows: ask late.
 */
bool jitdump_log_line(const struct jitdump_log *log, const struct jitdump_entry *entry,
		      uint64_t code_offset, struct jitdump_source_line *line);

/* What the rows' addresses are too high by: 0x40 in V8's and LLVM's files, else 0. */
uint64_t jitdump_log_line_shift(const struct jitdump_log *log);

#endif

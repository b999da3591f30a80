/* SPDX-License-Identifier: MIT */
/*
 * What a test sees in a dump file: whole records, found by their sizes alone.
 *
 * You give a path, you get the header and every record, or a failed test if anything is left over:
 * a torn file never passes. It knows nothing of the reader that jprof uses.
 */
#ifndef SUPPORT_DUMP_RECORDS_H
#define SUPPORT_DUMP_RECORDS_H

#include <stddef.h>
#include <stdint.h>

#include "jitdump/format.h"

struct dump_record {
	struct jitdump_record_prefix prefix;
	const uint8_t *payload; /* behind the prefix, payload_size bytes */
	size_t payload_size;
};

struct dump_records {
	uint8_t *bytes;
	size_t size;
	struct jitdump_file_header header;
	struct dump_record *records;
	size_t count;
};

void dump_records_read(struct dump_records *dump, const char *path);

/* The same for the file of a process that was killed: the last record may be torn, and is left
 * out; so may the header be, and nothing is found. */
void dump_records_read_whole(struct dump_records *dump, const char *path);
void dump_records_release(struct dump_records *dump);

/* The ids of all records, one letter each: Load, Move, Debug, Close, Unwinding. */
void dump_records_ids(const struct dump_records *dump, char *text, size_t size);

/* The fields of record `index`, which must be of that kind; the name points into the dump. */
struct jitdump_load_fields dump_records_load(const struct dump_records *dump, size_t index,
					     const char **name, const uint8_t **code);
struct jitdump_move_fields dump_records_move(const struct dump_records *dump, size_t index);
struct jitdump_unwinding_fields dump_records_unwinding(const struct dump_records *dump,
						       size_t index, const uint8_t **table);

/* Row `row` of a line table; `file` points into the dump. */
struct jitdump_debug_entry_fields dump_records_line(const struct dump_records *dump, size_t index,
						    size_t row, const char **file);

#endif

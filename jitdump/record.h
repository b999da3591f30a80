/* SPDX-License-Identifier: MIT */
/*
 * One record of a jitdump file, cut out of bytes.
 *
 * You give bytes; you get the fields in this machine's byte order, and where name, code and
 * payload lie in the bytes. It never reads past what it is given, never follows a length that it
 * has not checked, and never decides what a bad record means: jitdump/stream.h does.
 */
#ifndef JITDUMP_RECORD_H
#define JITDUMP_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jitdump/format.h"

enum {
	JITDUMP_HEADER_BYTES = 40,
	JITDUMP_PREFIX_BYTES = 16,
};

/* A record of more bytes than this is taken for damage: no function has so much code. */
#define JITDUMP_RECORD_BYTES_MAX (256u << 20)

struct jitdump_record {
	struct jitdump_record_prefix prefix;
	union {
		struct jitdump_load_fields load;
		struct jitdump_move_fields move;
		struct jitdump_debug_fields debug;
		struct jitdump_unwinding_fields unwinding;
	};
	bool is_swapped;
	/* All borrowed from the bytes that were cut. */
	const char *name;	/* LOAD: ends with a NUL */
	const uint8_t *code;	/* LOAD: code_size bytes, or NULL if the record holds none */
	const uint8_t *payload; /* DEBUG_INFO: the entries. UNWINDING_INFO: the table */
	size_t payload_size;
};

enum jitdump_cut {
	JITDUMP_CUT_WHOLE,
	JITDUMP_CUT_UNFINISHED, /* the prefix is possible; there are not enough bytes */
	JITDUMP_CUT_IMPOSSIBLE, /* no record starts here */
};

/* False if the bytes are no header of either byte order. */
bool jitdump_header_read(const uint8_t bytes[JITDUMP_HEADER_BYTES],
			 struct jitdump_file_header *header, bool *is_swapped);

/* Of an unfinished record only the prefix is filled in. */
enum jitdump_cut jitdump_record_cut(const uint8_t *bytes, size_t available, bool is_swapped,
				    struct jitdump_record *record);

/*
 * True if the fields of a whole record agree with each other so exactly that chance cannot have
 * written them: a record to restart at behind damage. False says nothing against a record that
 * stands where one is expected.
 */
bool jitdump_record_is_convincing(const struct jitdump_record *record);

/* The numbers of the entry at `offset` of a DEBUG_INFO's payload, which must have 16 bytes there. */
struct jitdump_debug_entry_fields jitdump_record_entry(const struct jitdump_record *record,
						       size_t offset);

#endif

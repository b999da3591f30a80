/* SPDX-License-Identifier: MIT */
/*
 * One jitdump record, cut out of bytes.
 *
 * You give bytes that begin where a record may begin; you get its fields, copied out and in this
 * machine's byte order, with pointers to its variable parts. Everything is checked against the
 * record's own size, nothing against the rest of the file. It never allocates.
 */
#ifndef JITDUMP_RECORD_H
#define JITDUMP_RECORD_H

#include "jitdump/format.h"

#include <stdbool.h>
#include <stddef.h>

/* Larger than any code blob; a claimed size above it is damage, not a reason to wait. */
#define JITDUMP_RECORD_SIZE_MAX (256u << 20)

struct jitdump_record {
	uint32_t id;
	uint32_t total_size;
	uint64_t timestamp;
	uint32_t pid, tid;	/* LOAD, MOVE */
	uint64_t code_addr;	/* LOAD, DEBUG_INFO; MOVE: the new one */
	uint64_t old_code_addr; /* MOVE */
	uint64_t code_size;	/* LOAD, MOVE */
	uint64_t code_index;	/* LOAD, MOVE */
	const char *name;	/* LOAD: NUL-terminated within the record */
	const uint8_t *code;	/* LOAD: code_size bytes, or NULL */
	uint64_t entry_count;	/* DEBUG_INFO: as claimed */
	uint64_t unwinding_size, eh_frame_hdr_size, mapped_size; /* UNWINDING_INFO */
	const uint8_t *payload; /* DEBUG_INFO: entries. UNWINDING_INFO: tables */
	size_t payload_size;
};

enum jitdump_cut {
	JITDUMP_CUT_WHOLE,
	JITDUMP_CUT_UNFINISHED, /* more bytes are needed: total_size of them once 16 are there */
	JITDUMP_CUT_IMPOSSIBLE, /* no record begins here */
};

/* `is_swapped`: the file has the other byte order. *record is filled as far as it could be read. */
enum jitdump_cut jitdump_record_cut(const uint8_t *bytes, size_t size, bool is_swapped,
				    struct jitdump_record *record);

/* "CODE_LOAD", ...; "unknown" from 5 on. */
const char *jitdump_record_name(uint32_t id);

/* Fields of a file: not aligned, possibly of the other byte order. */
uint32_t jitdump_u32(const uint8_t *bytes, bool is_swapped);
uint64_t jitdump_u64(const uint8_t *bytes, bool is_swapped);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A jitdump file written record by record, so that a test shows what it feeds to the reader.
 *
 *     struct dump_builder dump = { 0 };
 *     dump_header(&dump, 42);
 *     dump_load(&dump, 1000, 0x7f0000, 1, "f", CODE(0xc3));
 *
 * It never checks what it is told: records may contradict themselves.
 */
#ifndef SUPPORT_DUMP_BUILDER_H
#define SUPPORT_DUMP_BUILDER_H

#include "jitdump/format.h"
#include "support/byte_builder.h"

#include <stdbool.h>

/* Zeroed is an empty file of this machine's byte order. */
struct dump_builder {
	struct byte_builder file;
	bool is_swapped;
};

/* Code as bytes: CODE(0x90, 0xc3). */
struct dump_code {
	const uint8_t *bytes;
	size_t size;
};
#define CODE(...)                                                                                  \
	((struct dump_code){ (const uint8_t[]){ __VA_ARGS__ },                                     \
			     sizeof((const uint8_t[]){ __VA_ARGS__ }) })

struct dump_row {
	uint64_t address;
	uint32_t line, column;
	const char *file;
};

void dump_free(struct dump_builder *dump);

void dump_u32(struct dump_builder *dump, uint32_t value);
void dump_u64(struct dump_builder *dump, uint64_t value);
void dump_text(struct dump_builder *dump, const char *text); /* with its NUL */

/* Version 1, 40 bytes, machine 62, no flags. */
void dump_header(struct dump_builder *dump, uint32_t pid);

/* A record around what is written between the two. Returns what the end needs. */
size_t dump_begin(struct dump_builder *dump, uint32_t id, uint64_t time_ns);
void dump_end(struct dump_builder *dump, size_t start);

/* The pid and the tid are 42. */
void dump_load(struct dump_builder *dump, uint64_t time_ns, uint64_t address, uint64_t index,
	       const char *name, struct dump_code code);
void dump_move(struct dump_builder *dump, uint64_t time_ns, uint64_t from, uint64_t to,
	       uint64_t size, uint64_t index);
void dump_debug(struct dump_builder *dump, uint64_t time_ns, uint64_t address,
		const struct dump_row *rows, size_t count);
void dump_close(struct dump_builder *dump, uint64_t time_ns);

/* `table` is what lies in the file, the header wherever the caller put it. */
void dump_unwinding(struct dump_builder *dump, uint64_t time_ns, const void *table, size_t size,
		    size_t header_size);

/* What V8 writes for code that keeps its frame pointer. */
void dump_empty_table(struct dump_builder *dump, uint64_t time_ns);

/* What V8 and CPython write: .eh_frame with one FDE for [address, address + size), then a header
 * of 20 bytes. */
void dump_table(struct dump_builder *dump, uint64_t time_ns, uint64_t address, uint64_t size);

#endif

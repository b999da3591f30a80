/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a jitdump file, shared by the writer and the reader.
 *
 * Layouts and ids are those of Documentation/jitdump-specification.txt in Linux tools/perf and of
 * its util/jitdump.h (6.1). Nothing in a file is aligned: readers copy fields out, never cast.
 *
 *     header (40)  record  record  record ...
 *     record: id (4) total_size (4) timestamp (8) | fields | name, code or table
 */
#ifndef JITDUMP_FORMAT_H
#define JITDUMP_FORMAT_H

#include <stdint.h>

#define JITDUMP_MAGIC	      0x4a695444u /* "JiTD" as a native u32 */
#define JITDUMP_MAGIC_SWAPPED 0x4454694au
#define JITDUMP_VERSION	      1u

/* Header flag bit 0: record times are the architecture's counter (TSC), not CLOCK_MONOTONIC ns. */
#define JITDUMP_FLAG_ARCH_TIMESTAMP 1u

struct jitdump_file_header {
	uint32_t magic;
	uint32_t version;
	uint32_t total_size; /* of this header; records start there */
	uint32_t elf_mach;
	uint32_t pad1;
	uint32_t pid;
	uint64_t timestamp;
	uint64_t flags;
};

enum jitdump_record_id {
	JITDUMP_CODE_LOAD = 0,
	JITDUMP_CODE_MOVE = 1,
	JITDUMP_DEBUG_INFO = 2,
	JITDUMP_CODE_CLOSE = 3,
	JITDUMP_UNWINDING_INFO = 4,
};

struct jitdump_record_prefix {
	uint32_t id;
	uint32_t total_size; /* prefix included */
	uint64_t timestamp;
};

/* After the prefix; then the NUL-terminated name, then code_size bytes of code. */
struct jitdump_load_fields {
	uint32_t pid;
	uint32_t tid;
	uint64_t vma;
	uint64_t code_addr;
	uint64_t code_size;
	uint64_t code_index;
};

struct jitdump_move_fields {
	uint32_t pid;
	uint32_t tid;
	uint64_t vma;
	uint64_t old_code_addr;
	uint64_t new_code_addr;
	uint64_t code_size;
	uint64_t code_index;
};

/* Then nr_entry entries. */
struct jitdump_debug_fields {
	uint64_t code_addr;
	uint64_t nr_entry;
};

/* Then the NUL-terminated file name, or the two bytes FF 00: the same name as the entry before. */
struct jitdump_debug_entry_fields {
	uint64_t code_addr;
	uint32_t line;
	uint32_t discrim; /* V8 puts the column here */
};

/* Then .eh_frame and .eh_frame_hdr, unwinding_size bytes together; the header is the last
 * eh_frame_hdr_size of them (perf, V8, CPython) or the first (the specification, LLVM ORC). */
struct jitdump_unwinding_fields {
	uint64_t unwinding_size;
	uint64_t eh_frame_hdr_size;
	uint64_t mapped_size;
};

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The bytes of jprof's own section, shared by its writer and its reader.
 *
 *     chunk: tag (4) version (4) size (8) | size bytes | zeros up to a multiple of 8
 *
 * A chunk stands alone: it refers to no other, and the items in it follow each other up to its
 * end. Numbers of the chunk's header are little-endian; in the items they are
 *
 *     varint   7 bits a byte, lowest first, the top bit set in all bytes but the last
 *     delta    the signed distance from the same field of the item before (from 0 in the first),
 *              as a varint 2n, or -2n-1 where it is negative
 *     text     varint 0: NULL; 1: a text follows as varint length | bytes | NUL;
 *              2 + n: the n-th text that was stored in this chunk
 *
 * QUAL, one item for each sample, in the order of the samples in the file:
 *
 *     head (1)            bits 0-3 stack end | 4 joined | 5 same tid | 6 same cpu
 *                         | 7 guesses follow
 *     delta time_ns | [delta tid] | [delta cpu]
 *     [varint guessed_count | varint bytes | bitmap]
 *
 * In its version 1 bit 4 is 0 and tells nothing.
 *
 * DUMP, which process sees which dump:
 *
 *     varint dump | varint pid | varint from_ns | varint until_ns | text path
 *
 * VERS, JIT code versions in the order of their dump:
 *
 *     varint dump
 *     flags (1)           bit 0 a move | 1 has code | 2 uses frame pointer | 3 has an unwind table
 *     delta time_ns | varint pid | varint tid | varint code_index | delta address | varint size
 *     [move: the old address, as a delta from the address]
 *     text name
 *     [code: size bytes]
 *     varint line_count | line_count rows of: delta address (the first from the code's)
 *                         | text file | delta line | varint column
 *     [unwind: its address as a delta from the code's | varint bytes | .eh_frame]
 *
 * JITT, what each dump's code was in all, as in struct jit_totals:
 *
 *     varint dump | varint load_count | varint load_bytes | varint sampled_count
 *     varint sampled_bytes | varint move_count | varint from_ns | varint until_ns
 *     varint JIT_TOTALS_STEPS | a varint for each step
 *
 * KSYM, names of sampled kernel code:  delta address | varint size | text name | text module
 * MSYM, sampled lines of perf maps:    varint pid | delta address | varint size | text name
 * HLTH, one item, the last one counts: the fields of struct stored_health in its order. Those behind
 *       `remarks` may be missing.
 * EXCR, what is kept of ELF files and the vDSO, one item for each:
 *
 *     text path | varint build-id size | build-id | varint major | varint minor | varint inode
 *     text status | enum image_lack (1)
 *     varint count of: executable (1) | varint file_offset | varint size | varint image_address
 *     varint count of symbols: delta start | varint size | text name
 *     varint count of places: distance image_address | varint symbol's number + 1, 0: none
 *                         | varint 2 * frame_count + is_trampoline | frame_count frames of:
 *                           inlined (1) | text function | text file | delta line | varint column
 *     varint count of pieces of code: distance from the end of the last | varint size | bytes
 *     varint count of rows: distance image_address | text file | delta line | varint column
 *
 *     where a distance is a varint, as these ascend, and a place's first line is a delta from 0.
 *
 * CHNS, the chains of samples whose stack copies are kept:
 *
 *     varint count of frames: flags (1) bit 0 is_return | 1 is_guessed
 *                         | varint distance back to its caller, 0: none | delta pc
 *     then one item for each sample: delta time_ns | delta tid | delta cpu
 *                         | stack end, with bit 7 for joined (1) | varint leaf's number + 1, 0: none
 *
 * PACK, jprof pack put all that the samples refer to into a recording that its recorder did not
 *       close, or that is not jprof's; its remarks, each: text
 * FEAT, a feature section of perf's, for a file that is never closed: varint feature | the bytes
 * ZSTD, other chunks, compressed: varint size of the chunks | a zstd frame. There is none in it.
 */
#ifndef PROFILER_JPROF_SECTION_FORMAT_H
#define PROFILER_JPROF_SECTION_FORMAT_H

#include "profiler/jprof_section.h"
#include "profiler/section_cursor.h"

struct section_chunk_header {
	uint32_t tag;
	uint32_t version;
	uint64_t size; /* of what follows, without the padding */
};

#define SECTION_TAG(a, b, c, d)                                                                    \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)
#define SECTION_QUALITIES      SECTION_TAG('Q', 'U', 'A', 'L')
#define SECTION_DUMP_USES      SECTION_TAG('D', 'U', 'M', 'P')
#define SECTION_VERSIONS       SECTION_TAG('V', 'E', 'R', 'S')
#define SECTION_TOTALS	       SECTION_TAG('J', 'I', 'T', 'T')
#define SECTION_KERNEL_SYMBOLS SECTION_TAG('K', 'S', 'Y', 'M')
#define SECTION_MAP_SYMBOLS    SECTION_TAG('M', 'S', 'Y', 'M')
#define SECTION_HEALTH	       SECTION_TAG('H', 'L', 'T', 'H')
#define SECTION_FEATURE	       SECTION_TAG('F', 'E', 'A', 'T')
#define SECTION_PACKED	       SECTION_TAG('Z', 'S', 'T', 'D')
#define SECTION_EXCERPTS       SECTION_TAG('E', 'X', 'C', 'R')
#define SECTION_CHAINS	       SECTION_TAG('C', 'H', 'N', 'S')
#define SECTION_IS_PACKED      SECTION_TAG('P', 'A', 'C', 'K')

enum {
	SECTION_VERSION = 1, /* of every chunk but QUAL */
	SECTION_QUALITIES_VERSION = 2,
	SECTION_CHUNK_ALIGN = 8,
	SECTION_VARINT_MAX = 10,
};

enum { SECTION_TEXT_NONE = 0, SECTION_TEXT_NEW = 1, SECTION_TEXT_FIRST = 2 };

enum {
	SECTION_QUALITY_END_MASK = 0x0f,
	SECTION_QUALITY_JOINED = 0x10,
	SECTION_QUALITY_SAME_TID = 0x20,
	SECTION_QUALITY_SAME_CPU = 0x40,
	SECTION_QUALITY_GUESSED = 0x80,
};

enum {
	SECTION_VERSION_IS_MOVE = 1,
	SECTION_VERSION_HAS_CODE = 2,
	SECTION_VERSION_USES_FRAME_POINTER = 4,
	SECTION_VERSION_HAS_UNWIND = 8,
};

/* Texts, code, tables and bitmaps are not copied out: they point into the blocks. */
struct jprof_section {
	struct sample_quality *qualities;
	size_t quality_count, quality_capacity;
	bool has_unjoined_qualities;	 /* of version 1 */
	struct stored_version *versions; /* `lines` is allocated */
	size_t version_count, version_capacity;
	struct stored_dump_use *dump_uses;
	size_t dump_use_count, dump_use_capacity;
	struct stored_totals *totals;
	size_t totals_count, totals_capacity;
	struct stored_symbol *kernel_symbols;
	size_t kernel_symbol_count, kernel_symbol_capacity;
	struct stored_map_symbol *map_symbols;
	size_t map_symbol_count, map_symbol_capacity;
	struct stored_feature *features;
	size_t feature_count, feature_capacity;
	struct stored_health health;
	bool has_health;
	struct image_excerpt *excerpts; /* `code_bytes` is NULL */
	size_t excerpt_count, excerpt_capacity;
	struct stored_frame *frames;
	size_t frame_count, frame_capacity;
	struct stored_chain *chains;
	size_t chain_count, chain_capacity;
	bool is_packed;
	const char **remarks;
	size_t remark_count, remark_capacity;

	bool is_unpacking;		 /* chunks of a packed one are being read */
	struct section_bytes unfinished; /* of a chunk whose end has not come yet */
	uint8_t **blocks;		 /* everything that was parsed, as it came */
	size_t block_count, block_capacity;
};

/* Each reads the items of one chunk into the section, up to the first that is damaged: the cursor
 * has then failed. */
void section_read_qualities(struct jprof_section *section, struct section_cursor *cursor);
void section_read_unjoined_qualities(struct jprof_section *section, struct section_cursor *cursor);
void section_read_versions(struct jprof_section *section, struct section_cursor *cursor);
void section_read_dump_uses(struct jprof_section *section, struct section_cursor *cursor);
void section_read_totals(struct jprof_section *section, struct section_cursor *cursor);
void section_read_kernel_symbols(struct jprof_section *section, struct section_cursor *cursor);
void section_read_map_symbols(struct jprof_section *section, struct section_cursor *cursor);
void section_read_health(struct jprof_section *section, struct section_cursor *cursor);
void section_read_excerpts(struct jprof_section *section, struct section_cursor *cursor);
void section_read_chains(struct jprof_section *section, struct section_cursor *cursor);
void section_read_packed_mark(struct jprof_section *section, struct section_cursor *cursor);
void section_read_feature(struct jprof_section *section, struct section_cursor *cursor);

#endif

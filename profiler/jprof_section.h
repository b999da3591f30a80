/* SPDX-License-Identifier: MIT */
/*
 * What a jprof.data says beyond perf's format: stack ends, guesses, JIT code, kernel names, health,
 * and of files that may be gone what was sampled in them.
 *
 * One feature section (bit JPROF_FEATURE_BIT) of versioned chunks; a reader skips chunks it does
 * not know. While recording, the same chunks are appended to FILE.part; a closed file holds them
 * all. You give the parts, you get bytes, and the other way round; it never decides what is
 * sampled.
 *
 * The bytes are described in profiler/jprof_section_format.h.
 */
#ifndef PROFILER_JPROF_SECTION_H
#define PROFILER_JPROF_SECTION_H

#include "jitdump/log.h"
#include "profiler/jit_totals.h"
#include "profiler/section_bytes.h"
#include "profiler/stack_end.h"
#include "symbolize/image_excerpt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* perf 6.1 ignores feature bits that it does not know (tried: 60 and 200). */
enum { JPROF_FEATURE_BIT = 200 };

/*
 * In a pipe perf 6.1 stops at a HEADER_FEATURE record whose feature it does not know, but passes
 * over one that has no contents for it. So the section goes through pipes in pieces, each a
 * HEADER_FEATURE record of BRANCH_STACK (15) whose contents begin with this number.
 */
#define JPROF_PIPE_FEATURE 15
#define JPROF_PIPE_MAGIC   0x010a0d464f52504aULL /* "JPROF\r\n\1" */

/* How one sample's stack was found: that of the sample with this time, tid and cpu. Among equal
 * ones the order is that of the file. */
struct sample_quality {
	uint64_t time_ns;
	uint32_t tid;
	uint32_t cpu;
	uint8_t end; /* enum stack_end */
	bool is_joined;
	uint16_t guessed_count;
	uint16_t guessed_bytes; /* of `guessed`; what lies behind them is 0 */
	const uint8_t *guessed; /* bitmap over the user frames, leaf first, lowest bit first; NULL
				   if guessed_count is 0 */
};

/* One JIT code version of a recorded process family. lines and code are kept for versions that
 * were sampled, eh_frame only with --keep-stacks. */
struct stored_version {
	uint32_t dump; /* number of the dump: versions of one dump share it */
	struct jitdump_entry entry;
};

/* Which process sees which dump, from and until when. */
struct stored_dump_use {
	uint32_t dump;
	uint32_t pid;
	uint64_t from_ns, until_ns;
	const char *path;
};

/* What a dump's code was in all. */
struct stored_totals {
	uint32_t dump;
	struct jit_totals totals;
};

/* One frame of stored chains, with all that called it: chains share what is equal. */
struct stored_frame {
	uint64_t pc;	 /* as in struct chain_frame */
	uint32_t caller; /* the number of an earlier frame, or STORED_FRAME_NONE */
	bool is_return, is_guessed;
};

#define STORED_FRAME_NONE UINT32_MAX

/* How the user's part of one sample's stack copy was unwound: that of the sample with this time, tid
 * and cpu. */
struct stored_chain {
	uint64_t time_ns;
	uint32_t tid, cpu;
	uint32_t leaf; /* the number of a frame, or STORED_FRAME_NONE */
	uint8_t end;   /* enum stack_end */
	bool is_joined;
};

struct stored_symbol {
	uint64_t address, size;
	const char *name, *module; /* module NULL: the kernel itself */
};

/* A perf map's line that was sampled. */
struct stored_map_symbol {
	uint32_t pid;
	uint64_t address, size;
	const char *name;
};

struct stored_health {
	uint64_t rate_asked_hz; /* 0: a period was asked for */
	uint64_t lost_records, lost_samples, throttled, undecodable;
	uint64_t jit_late, parked, parked_expired, behind_horizon;
	uint64_t start_ns, end_ns; /* of the recording, CLOCK_MONOTONIC */
	uint64_t online_cpus;
	uint32_t stack_copy_size;
	uint32_t method;     /* enum unwind_method, or UINT32_MAX: no call graph */
	const char *remarks; /* sentences, newline between */
	uint64_t unwind_skipped, unwound_frames, fallback_frames; /* as in struct session_counts */
};

/* A feature section of perf's as it would lie in the closed file: only in FILE.part. */
struct stored_feature {
	uint32_t number; /* the bit in perf's header */
	const uint8_t *bytes;
	size_t size;
};

struct data_file_header;
struct jprof_section; /* everything above, as read */

struct jprof_section *jprof_section_create(void);
void jprof_section_destroy(struct jprof_section *section);

/*
 * Appends what the chunks in `bytes` hold (copied). Pieces may be cut anywhere: a chunk without its
 * end waits for the next call. False if a chunk is damaged: what was whole before the damage, and
 * the chunks behind it, are kept. Memory is bounded by a multiple of what was given.
 */
bool jprof_section_parse(struct jprof_section *section, const uint8_t *bytes, size_t size);

/* Appends the chunks in `bytes` as they are, but for excerpts, chains and features; packed ones
 * unpacked. */
void jprof_section_copy(struct section_bytes *out, const uint8_t *bytes, size_t size);

/* After the last piece: how many bytes belong to a chunk that was cut; 0 in a whole section. */
size_t jprof_section_unfinished_bytes(const struct jprof_section *section);

/* Whether what came from a FILE.part belongs to the FILE with this header: the features it stores
 * are then exactly what lies between FILE's attributes and its records. */
bool jprof_section_is_of_file(const struct jprof_section *section,
			      const struct data_file_header *header);

/* All that was said, in the order it was stored. Borrowed from the section; addresses change with
 * the next piece. */
const struct sample_quality *jprof_section_qualities(const struct jprof_section *section,
						     size_t *count);
/* False if some qualities are of a recorder that joined no stacks or did not tell. */
bool jprof_section_tells_joined(const struct jprof_section *section);
const struct stored_version *jprof_section_versions(const struct jprof_section *section,
						    size_t *count);
const struct stored_dump_use *jprof_section_dump_uses(const struct jprof_section *section,
						      size_t *count);
const struct stored_totals *jprof_section_totals(const struct jprof_section *section,
						 size_t *count);
const struct stored_symbol *jprof_section_kernel_symbols(const struct jprof_section *section,
							 size_t *count);
const struct stored_map_symbol *jprof_section_map_symbols(const struct jprof_section *section,
							  size_t *count);
const struct stored_feature *jprof_section_features(const struct jprof_section *section,
						    size_t *count);
const struct stored_health *jprof_section_health(const struct jprof_section *section); /* or NULL */
const struct image_excerpt *jprof_section_excerpts(const struct jprof_section *section,
						   size_t *count);

const struct stored_chain *jprof_section_chains(const struct jprof_section *section, size_t *count);
const struct stored_frame *jprof_section_frames(const struct jprof_section *section);
const char *const *jprof_section_remarks(const struct jprof_section *section, size_t *count);

/* Dumps, maps and kallsyms need not be asked: all that the samples refer to is in the section, as a
 * recorder that closed it, or `jprof pack`, had seen to. */
bool jprof_section_is_self_contained(const struct jprof_section *section);

/* Building: chunks collect in memory, to be given to data_writer_put_section(). Without items
 * nothing is put. */
void jprof_section_put_qualities(struct section_bytes *out, const struct sample_quality *qualities,
				 size_t count);
void jprof_section_put_versions(struct section_bytes *out, const struct stored_version *versions,
				size_t count);
void jprof_section_put_dump_uses(struct section_bytes *out, const struct stored_dump_use *uses,
				 size_t count);
void jprof_section_put_totals(struct section_bytes *out, const struct stored_totals *totals,
			      size_t count);
void jprof_section_put_kernel_symbols(struct section_bytes *out,
				      const struct stored_symbol *symbols, size_t count);
void jprof_section_put_map_symbols(struct section_bytes *out,
				   const struct stored_map_symbol *symbols, size_t count);
void jprof_section_put_feature(struct section_bytes *out, const struct stored_feature *feature);
void jprof_section_put_excerpts(struct section_bytes *out, const struct image_excerpt *excerpts,
				size_t count);
void jprof_section_put_chains(struct section_bytes *out, const struct stored_frame *frames,
			      size_t frame_count, const struct stored_chain *chains, size_t count);
/* `remarks` are sentences about what is not in it. */
void jprof_section_put_packed_mark(struct section_bytes *out, const char *const *remarks,
				   size_t count);
void jprof_section_put_health(struct section_bytes *out, const struct stored_health *health);

#endif

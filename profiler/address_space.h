/* SPDX-License-Identifier: MIT */
/*
 * What is mapped where in one process, over time.
 *
 * You give mappings as the kernel reported them; you get the one that covered an address at a
 * time. The JIT code and the perf map that the process runs hang here too, for code_find(). It
 * never hears of munmap(2), which the kernel does not report: a mapping lasts until another covers
 * it, or until exec.
 *
 * A space is shared by its process and by the samples that wait for JIT code: reference-counted.
 */
#ifndef PROFILER_ADDRESS_SPACE_H
#define PROFILER_ADDRESS_SPACE_H

#include "symbolize/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct code_ranges;
struct jit_code;

enum mapping_kind {
	MAPPING_FILE,	   /* code with an identity: an ELF file, or the vDSO */
	MAPPING_ANONYMOUS, /* anonymous, memfd, /dev/zero, shared memory: where JITs put code */
	MAPPING_MARKER,	   /* the page of a jitdump: nothing runs there */
};

struct mapping {
	uint64_t start, end;	    /* process addresses */
	uint64_t file_offset;	    /* of start */
	uint64_t from_ns, until_ns; /* UINT64_MAX: still there */
	enum mapping_kind kind;
	bool is_executable;
	bool is_shared;	     /* a forked child has the same memory, not a copy of it */
	struct image *image; /* NULL unless MAPPING_FILE */
};

/* A dump that this space's code is announced in. */
struct jit_use {
	struct jit_code *code;
	uint64_t forked_ns; /* when it was inherited from the parent; UINT64_MAX: it was not */
};

struct address_space {
	struct mapping *mappings; /* now, ascending, not overlapping */
	size_t mapping_count, mapping_capacity;
	struct mapping *past; /* ended ones, in the order they ended */
	size_t past_count, past_capacity;
	struct jit_use *jits;
	size_t jit_count, jit_capacity;
	struct image *perf_map;	       /* IMAGE_PERF_MAP, or NULL */
	struct image *parent_perf_map; /* of the process it was forked from */
	bool map_was_tried;	       /* and there was none */
	struct image *unknown, *unknown_jit;
	uint64_t last_end_ns;	    /* when the last of the past mappings ended */
	uint64_t change_count;	    /* of mappings and dumps, so far */
	struct code_ranges *ranges; /* profiler/code_range.h; NULL: not asked for yet */
	uint32_t pid;		    /* for messages and for finding files */
	bool is_live;		    /* the process runs now: its memory can be read */
	unsigned references;
};

/* `unknown` and `unknown_jit` stand for addresses of which nothing is known. One reference. */
struct address_space *address_space_create(uint32_t pid, struct image *unknown,
					   struct image *unknown_jit);
/* What a fork at `time_ns` gives the child: the parent's mappings and JIT code as of then. */
struct address_space *address_space_fork(const struct address_space *parent, uint32_t pid,
					 uint64_t time_ns);
struct address_space *address_space_hold(struct address_space *space);
void address_space_release(struct address_space *space); /* NULL is allowed */

/*
 * From mapping->from_ns on, this is what lies there (until_ns is ignored). A mapping equal to the
 * one that is there already changes nothing: attaching reports many twice.
 */
void address_space_map(struct address_space *space, const struct mapping *mapping);

/*
 * The mapping that covered `address` at `time_ns`; where none did, the earliest one that did later
 * (maps of what already ran are read after the first samples). NULL if there never was one.
 */
const struct mapping *address_space_find(const struct address_space *space, uint64_t address,
					 uint64_t time_ns);

/* Forgets mappings that had ended by then. */
void address_space_forget_past(struct address_space *space, uint64_t before_ns);

/* When the first file was mapped, after after_ns, over a byte of [start, end), of those that are
 * mapped now. UINT64_MAX: none was. */
uint64_t address_space_next_file(const struct address_space *space, uint64_t start, uint64_t end,
				 uint64_t after_ns);

/* The space's code is announced in `code` as well. */
void address_space_add_jit(struct address_space *space, struct jit_code *code);

/*
 * Until when code that was announced in the dump is this space's, where `mapping` (NULL: nobody
 * knows) is: for ever, or until the fork if the code was written to a copy of the memory. What the
 * parent announces then is in its own copy alone, even while the child has no other dump yet.
 */
static inline uint64_t jit_use_until(const struct jit_use *use, const struct mapping *mapping)
{
	return mapping && mapping->is_shared ? UINT64_MAX : use->forked_ns;
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The JIT code of one dump, in versions over time.
 *
 * You give a jitdump log (or versions that a recording kept); you get the version that was valid
 * at an address and a time. Time and address alone decide (JITDUMP.md section 5): of all versions
 * that cover the address and are not newer than the time, the newest, and of equal times the last
 * in the file. So a newer version ends the older ones where it covers them, and only there. It
 * never knows a process: a dump shared by fork serves the whole family.
 *
 * A version's number is its place in this dump, never used again: locations of JIT code are
 * (the dump's image, number << 32 | offset).
 */
#ifndef PROFILER_JIT_CODE_H
#define PROFILER_JIT_CODE_H

#include "jitdump/log.h"
#include "symbolize/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jit_code;

/* One CODE_LOAD, or one CODE_MOVE of it. */
struct jit_version {
	const struct jitdump_entry *load; /* what is there: name, lines, unwind table; NULL: nothing
					     runs here from then on (the old place of a move) */
	uint64_t address, size;
	uint64_t time_ns;
	uint32_t number;
	uint32_t origin; /* the number of the LOAD that this is, or was moved from */
	bool was_sampled;
	bool is_provisional; /* a copy of `load` that has not been announced: it has no name yet */
	bool is_dead;	     /* not found any more, at any time; see jit_code_forget() */
	uint32_t covered_pages;
};

/* A version loaded up to this much after a sample names it when nothing else does: the JVM
 * announces code up to 17 ms after it first ran. */
#define JIT_LATE_LIMIT_NS 50000000u

/* Some 8 MB. */
enum { JIT_LISTED_MAX = 1 << 14 };

/* For how long code may wait for its first sample wherever there is room. */
#define JIT_SETTLED_NS UINT64_C(60000000000)

/* Owns `log`; `image` (IMAGE_JIT) is the symbolizer's. `log` may be NULL: versions are added by
 * jit_code_add(). */
struct jit_code *jit_code_create(struct jitdump_log *log, struct image *image);
void jit_code_destroy(struct jit_code *code);

/*
 * A forked child that opened a dump of its own may move code that its parent announced: moves of
 * what this dump does not know are looked up in the parent's, as of the fork.
 */
void jit_code_set_parent(struct jit_code *code, struct jit_code *parent, uint64_t fork_ns);

/*
 * Takes in what the dump has gained; returns how many versions are new. `ended`: nobody writes any
 * more. Record times in TSC ticks are placed while `is_live`; in a recording that is over nobody
 * can place them: all versions count from the beginning then, and the last at an address names it.
 */
size_t jit_code_poll(struct jit_code *code, bool ended, bool is_live);

/* The same, with what a live writer has not handed over to its file (jitdump_log_poll_ahead()). */
size_t jit_code_poll_ahead(struct jit_code *code, uint64_t file_size, const uint8_t *bytes,
			   size_t size);

/* A LOAD or a MOVE from elsewhere than a log. The entry must live as long as the code. */
void jit_code_add(struct jit_code *code, const struct jitdump_entry *entry);

/* From time_ns on a copy of `like` runs at this address, until the dump says what it is: a version
 * that was announced always goes before a provisional one. */
void jit_code_add_provisional(struct jit_code *code, const struct jitdump_entry *like,
			      uint64_t address, uint64_t time_ns);

/* The version valid at (address, time), or NULL. */
struct jit_version *jit_code_find(const struct jit_code *code, uint64_t address, uint64_t time_ns);

/* Where nothing is valid: the earliest version up to JIT_LATE_LIMIT_NS later, or NULL. */
struct jit_version *jit_code_find_later(const struct jit_code *code, uint64_t address,
					uint64_t time_ns);

/* The time of the first version, from from_ns on, that has a byte of [start, end): announced or
 * not, there or moved away, but not `except`. UINT64_MAX: there is none. */
uint64_t jit_code_next(const struct jit_code *code, uint64_t start, uint64_t end, uint64_t from_ns,
		       const struct jit_version *except);

/* Sets was_sampled of the LOADs of all versions that ever lay at the address. */
void jit_code_mark_at(struct jit_code *code, uint64_t address);

/*
 * For samples that come for hours: versions that lay wholly under code that was announced before
 * `before_ns`, or all if nobody runs the code any more (not `is_used`), are not found from then on;
 * nor are, where there are more than JIT_LISTED_MAX, the oldest that do not have was_sampled and
 * have been known for JIT_SETTLED_NS. What was known from the beginning waits that long; the oldest
 * of what came since do not where there is as much of it. Of all those, the ones with was_sampled
 * keep their name and lines, the others are forgotten. The code bytes are kept of the newest alone;
 * jit_code_unmark() clears was_sampled of all, for the caller to set anew. A sample that still
 * comes must not be older. True if nothing is left to be named or found.
 */
void jit_code_unmark(struct jit_code *code);
bool jit_code_forget(struct jit_code *code, uint64_t before_ns, bool is_used);

size_t jit_code_count(const struct jit_code *code);

/* Grows whenever jit_code_find() and jit_code_next() may answer otherwise than before. */
uint64_t jit_code_change_count(const struct jit_code *code);

/* NULL: there is none of that number, or it is forgotten. */
struct jit_version *jit_code_version(const struct jit_code *code, uint32_t number);
struct image *jit_code_image(const struct jit_code *code);
struct jitdump_log *jit_code_log(const struct jit_code *code); /* NULL: from a recording */

/* The source row for an offset in a version, by the file's own rules; false where there is none. */
bool jit_code_line(const struct jit_code *code, const struct jit_version *version,
		   uint64_t code_offset, struct jitdump_source_line *line);

/* Where row `number` of the version's lines begins, as an offset in its code. Rows that begin
 * before the code (Erlang's) hold from its start. */
uint64_t jit_code_line_offset(const struct jit_code *code, const struct jit_version *version,
			      size_t number);

/* The image address of an offset in a version, and back. */
static inline uint64_t jit_image_address(const struct jit_version *version, uint64_t address)
{
	return (uint64_t)version->number << 32 | (uint32_t)(address - version->address);
}

static inline uint32_t jit_version_number(uint64_t image_address)
{
	return (uint32_t)(image_address >> 32);
}

static inline uint32_t jit_version_offset(uint64_t image_address)
{
	return (uint32_t)image_address;
}

#endif

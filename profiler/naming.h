/* SPDX-License-Identifier: MIT */
/*
 * What a location is called.
 *
 * You give a location; you get its frames, innermost inlined function first, whichever source
 * knows them: ELF and DWARF, the kernel's symbols, a JIT version's name and lines, a perf map. Each
 * distinct location is asked once and remembered. Names never change, but those of JIT code are
 * complete only after session_finish(), and while names are put off a location may be called by its
 * module first.
 */
#ifndef PROFILER_NAMING_H
#define PROFILER_NAMING_H

#include "profiler/profile.h"
#include "symbolize/symbolizer.h"

struct naming;
struct session;

struct named_frame {
	const char *function;  /* never NULL: "[libfoo.so]", "[unknown]" or "[jit?]" where no name
				   is known. Interned: equal names are equal pointers */
	const char *module;    /* "libc.so.6", "[kernel]", "[jit]", "[vdso]"; interned */
	const char *file;      /* NULL: no line information */
	uint32_t line, column; /* 0: not known */
	bool is_inlined;       /* into the frame after it */
	bool is_kernel, is_jit;
	bool has_name; /* false: `function` stands for the module */
};

/* Borrows the session (for its symbolizer and JIT code) for its whole life. */
struct naming *naming_create(struct session *session);
void naming_destroy(struct naming *naming);

/*
 * Whether names that files must be read for are put off from now on: naming_frames() gives the
 * module in their place, and naming_work() looks them up, in the order in which they were asked for,
 * until they are all known (true) or the time is over, a place at a time.
 */
void naming_put_off(struct naming *naming, bool is_put_off);
bool naming_work(struct naming *naming, uint64_t until_ns);

/* Reads what naming these locations needs, on all CPUs. Best in the order of images and addresses:
 * then few files and units are read at a time. */
void naming_prepare(struct naming *naming, const struct location *locations, size_t count);

/* Asks anew for every location from now on: names of JIT code were asked for before they were
 * complete. Frames that were given out stay. */
void naming_renew(struct naming *naming);

/* Forgets what locations of none of these profiles are called; frames of theirs that were given out
 * are gone, while texts stay. naming_text_bytes() tells what these take. */
void naming_forget(struct naming *naming, const struct profile *const *kept, size_t count);
size_t naming_text_bytes(const struct naming *naming);

/* At least one frame; borrowed from the naming, for its whole life or until it is forgotten. */
const struct named_frame *naming_frames(struct naming *naming, struct location location,
					size_t *count);

/* The symbol itself (not inlined functions) and how far into it the location is: what `perf
 * script` prints as symbol+0xoff. False if there is none. */
bool naming_symbol(struct naming *naming, struct location location, const char **name,
		   uint64_t *offset);

/* Where there is none: the same of the nameless function that the location is in
 * (nameless_code.h). */
bool naming_nameless(struct naming *naming, struct location location, const char **name,
		     uint64_t *offset);

#endif

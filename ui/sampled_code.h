/* SPDX-License-Identifier: MIT */
/*
 * The functions that stacks are in, as bodies of code: where in them the samples are.
 *
 * You give summed stacks; you get each ELF symbol and each JIT code version in them, the hottest
 * first, with its self weight place by place; and code that no symbol covers, by the functions that
 * unwind tables tell of. Inlined functions have no body: they count where
 * they were inlined. It reads no code (profiler/function_code.h does).
 */
#ifndef UI_SAMPLED_CODE_H
#define UI_SAMPLED_CODE_H

#include "ui/selection.h"

struct sampled_place {
	uint64_t offset; /* from the function's start */
	struct call_weight self;
	bool is_marked; /* see sampled_codes_mark() */
};

struct sampled_code {
	const char *name;  /* of a nameless one "[libfoo.so+0x1234]" */
	const char *plain; /* without the mark of a JIT compiler's tier: what versions share */
	const char *tier;  /* as the runtime calls it; "": none is told */
	const struct named_frame *frame; /* the function's own at one of its places: its module */
	struct location start;
	bool is_nameless; /* no symbol covers it: `frame` is called as its module */
	struct call_weight self;
	uint32_t version;	      /* JIT code: 1 for the first of this plain name; else 0 */
	struct sampled_place *places; /* by offset; functions that only call have them as well */
	size_t place_count, place_capacity;
};

struct sampled_codes {
	struct sampled_code *items;
	size_t count, capacity;
	struct string_pool *texts;
};

/* Of the same JIT function, whatever their tiers. */
bool sampled_code_is_version_of(const struct sampled_code *code, const struct sampled_code *other);

void sampled_codes_collect(struct sampled_codes *codes, const struct profile *profile,
			   struct naming *naming, const struct stack_sums *sums);
void sampled_codes_deinit(struct sampled_codes *codes);

/* How a name was found: the first of these by which any code is. */
enum code_match {
	CODE_MATCH_NAME,
	CODE_MATCH_PLAIN,    /* of JIT code, whatever its tier */
	CODE_MATCH_NAMELESS, /* "[libfoo.so]": its functions without a name */
	CODE_MATCH_GLOB,
	CODE_MATCH_INLINED, /* into this code */
	CODE_MATCH_BARE,    /* "fib" of "JS:*fib /app.js:1:1", "py::fib:/app.py", "app::fib<int>" */
	CODE_MATCH_NONE,
};

struct code_search {
	const char *name;		   /* NULL: any */
	const char *module;		   /* interned as names are; NULL: any */
	const struct selection *selection; /* whose frames alone it has; NULL: all */
	bool has_all_tiers;		   /* a name finds what shares its plain name */
};

/* The numbers of up to `max`, the hottest first; returns how many there are. */
size_t sampled_codes_find(const struct sampled_codes *codes, struct naming *naming,
			  const struct code_search *search, size_t *numbers, size_t max,
			  enum code_match *match);

/* Marks the places in an inlined function: those where it is innermost, or if there are none those
 * in what is inlined into it. */
void sampled_codes_mark(struct sampled_codes *codes, struct naming *naming, const char *name);

/* What a caller calls by this name or at this image address: a name of the PLT's or of a slot means
 * what is called by way of it. NULL: it was not sampled. `name` may be NULL. */
const struct sampled_code *sampled_codes_callee(const struct sampled_codes *codes,
						const struct sampled_code *caller, const char *name,
						uint64_t image_address);

#endif

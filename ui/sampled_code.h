/* SPDX-License-Identifier: MIT */
/*
 * The functions that stacks are in, as bodies of code: where in them the samples are.
 *
 * You give summed stacks; you get each ELF symbol and each JIT code version in them, the hottest
 * first, with its self weight place by place. Inlined functions have no body: they count where
 * they were inlined. It reads no code (profiler/function_code.h does).
 */
#ifndef UI_SAMPLED_CODE_H
#define UI_SAMPLED_CODE_H

#include "ui/selection.h"

struct sampled_place {
	uint64_t offset; /* from the function's start */
	struct call_weight self;
};

struct sampled_code {
	const char *name;
	const struct named_frame *frame; /* the function's own at one of its places: its module */
	struct location start;
	struct call_weight self;
	uint32_t version;	      /* JIT code: 1 for the first of this name; else 0 */
	struct sampled_place *places; /* by offset; functions that only call have them as well */
	size_t place_count, place_capacity;
};

struct sampled_codes {
	struct sampled_code *items;
	size_t count, capacity;
};

void sampled_codes_collect(struct sampled_codes *codes, const struct profile *profile,
			   struct naming *naming, const struct stack_sums *sums);
void sampled_codes_deinit(struct sampled_codes *codes);

/* What the name finds: functions of this name; if there are none, those that it fits as a glob; and
 * then those that a function of this name was inlined into (*is_inlined). `name` NULL: all that the
 * selection has. The numbers of up to `max`, the hottest first; returns how many there are. */
size_t sampled_codes_find(const struct sampled_codes *codes, struct naming *naming,
			  const struct selection *selection, const char *name, size_t *numbers,
			  size_t max, bool *is_inlined);

#endif

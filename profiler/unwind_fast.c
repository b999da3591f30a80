/* SPDX-License-Identifier: MIT */
#include "profiler/unwind_fast.h"

#include "jitdump/xalloc.h"
#include "profiler/code_range.h"
#include "profiler/row_cache.h"

#include <stdlib.h>
#include <string.h>

struct fast_unwinder {
	enum unwind_method method;
	struct unwind_choices *choices;
	struct cfi_index *cfi;
	struct row_cache rows;
};

/* One walk: the frame that was reached, where its code is, and the copied stack. */
struct fast_walk {
	struct fast_unwinder *fast;
	struct code_ranges *ranges;
	const struct code_range *range; /* of the frame; NULL: not known, or it may change */
	const uint8_t *bytes;		/* the copy, from `start` up */
	uint64_t start;
	uint64_t last_word; /* the highest offset in the copy that a word can be read from */
	struct address_space *space;
	uint64_t time_ns;
	struct fast_frame frame;
};

struct fast_unwinder *fast_unwinder_create(enum unwind_method method,
					   struct unwind_choices *choices, struct cfi_index *cfi)
{
	struct fast_unwinder *fast = xcalloc(1, sizeof(*fast));

	fast->method = method;
	fast->choices = choices;
	fast->cfi = cfi;
	return fast;
}

void fast_unwinder_destroy(struct fast_unwinder *fast)
{
	free(fast);
}

static struct cfi_row choose_row(struct fast_unwinder *fast, const struct code *code,
				 uint64_t address, bool is_return)
{
	struct unwind_step step = unwind_choose(fast->choices, code, address, is_return);
	struct cfi_row row = { .kind = ROW_UNFIT };
	struct cfi_function function;

	if (step.kind == STEP_CFI && cfi_index_find(fast->cfi, code, address, &function))
		row = cfi_row_find(&function, address);
	else if (step.kind == STEP_GUESS && step.rule.place == RETURN_BY_FRAME_POINTER &&
		 fast->method != UNWIND_DWARF)
		row.kind = ROW_FRAME_POINTER;
	/* What lies behind where a stack begins is not for rows to say. */
	if (step.is_entry && row.kind != ROW_OUTERMOST)
		row.kind = ROW_UNFIT;
	return row;
}

__attribute__((noinline)) static const struct cfi_row *
add_row(struct fast_walk *walk, uint64_t address, bool is_return, uint64_t key)
{
	struct code code;

	code_find(walk->space, address, walk->time_ns, &code);
	return row_cache_add(&walk->fast->rows, key,
			     choose_row(walk->fast, &code, address, is_return));
}

/* False if there is no code at all. */
__attribute__((noinline)) static bool find_range(struct fast_walk *walk, uint64_t address)
{
	struct code code;

	walk->range = code_ranges_find(walk->ranges, address, walk->time_ns);
	if (walk->range)
		return true;
	code_find(walk->space, address, walk->time_ns, &code);
	walk->range = code_ranges_add(walk->ranges, address, walk->time_ns, &code);
	return code.kind != CODE_UNMAPPED;
}

__always_inline static bool is_code(struct fast_walk *walk, uint64_t address)
{
	return (walk->range && code_range_covers(walk->range, address, walk->time_ns)) ||
	       find_range(walk, address);
}

__always_inline static bool read_word(const struct fast_walk *walk, uint64_t address,
				      uint64_t *value)
{
	uint64_t offset = address - walk->start;

	if (offset > walk->last_word)
		return false;
	memcpy(value, walk->bytes + offset, sizeof(*value));
	return true;
}

/* A slot below the sampled stack pointer means that the register was restored already: compilers
 * do not say so in epilogues. */
__always_inline static void restore_frame_pointer(const struct fast_walk *walk,
						  const struct cfi_row *row, uint64_t cfa,
						  struct fast_frame *frame)
{
	uint64_t slot = cfa + (uint64_t)(int64_t)row->fp_offset;

	if (row->fp == ROW_FP_SAME)
		return;
	if (row->fp == ROW_FP_UNDEFINED)
		frame->is_fp_known = false;
	else if (read_word(walk, slot, &frame->fp))
		frame->is_fp_known = true;
	else
		frame->is_fp_known &= slot < walk->start;
}

/* Each step turns the frame into its caller, or returns false. */
__always_inline static bool step_by_cfa(const struct fast_walk *walk, const struct cfi_row *row,
					uint64_t base, struct fast_frame *frame)
{
	uint64_t cfa = base + (uint64_t)(int64_t)row->cfa_offset;

	if (cfa <= frame->sp || !read_word(walk, cfa + ARCH_RETURN_OFFSET, &frame->ip))
		return false;
	restore_frame_pointer(walk, row, cfa, frame);
	frame->sp = cfa;
	frame->is_guessed = false;
	return true;
}

/* As in profiler/frame_pointer.h. */
__always_inline static bool step_by_frame_pointer(const struct fast_walk *walk,
						  struct fast_frame *frame)
{
	uint64_t fp = frame->fp;

	if (!frame->is_fp_known || fp % sizeof(fp) != 0 || fp < frame->sp ||
	    !read_word(walk, fp, &frame->fp) || !read_word(walk, fp + 8, &frame->ip))
		return false;
	frame->sp = fp + 16;
	frame->is_guessed = true;
	return true;
}

__always_inline static bool step(const struct fast_walk *walk, const struct cfi_row *row,
				 struct fast_frame *frame)
{
	frame->is_return = true;
	if (row->kind == ROW_CFA_SP)
		return step_by_cfa(walk, row, frame->sp, frame);
	if (row->kind == ROW_CFA_FP)
		return frame->is_fp_known && step_by_cfa(walk, row, frame->fp, frame);
	return row->kind == ROW_FRAME_POINTER && step_by_frame_pointer(walk, frame);
}

__always_inline static const struct cfi_row *find_row(struct fast_walk *walk,
						      const struct fast_frame *frame)
{
	uint64_t address = frame->ip - frame->is_return;
	uint64_t key = code_range_key(walk->range, address, frame->is_return);
	const struct cfi_row *row = row_cache_find(&walk->fast->rows, key);

	return row ? row : add_row(walk, address, frame->is_return, key);
}

__always_inline static void append(struct chain *chain, const struct fast_frame *frame)
{
	chain->frames[chain->count++] = (struct chain_frame){
		.pc = frame->ip,
		.sp_low = (uint32_t)frame->sp,
		.is_return = frame->is_return,
		.is_guessed = frame->is_guessed,
	};
}

/* A step counts once its caller is known to be in code: only then is its frame appended. */
static bool walk_rows(struct fast_walk *walk, struct chain *chain)
{
	struct fast_frame frame = walk->frame;
	bool is_outermost = false;

	while (walk->range && chain->count < STACK_DEPTH_LIMIT) {
		const struct cfi_row *row = find_row(walk, &frame);
		struct fast_frame caller = frame;

		is_outermost = row->kind == ROW_OUTERMOST;
		if (!is_outermost &&
		    (!step(walk, row, &caller) || caller.ip == 0 || !is_code(walk, caller.ip - 1)))
			break;
		append(chain, &frame);
		if (is_outermost)
			break;
		frame = caller;
	}
	walk->frame = frame;
	return is_outermost;
}

bool fast_unwinder_walk(struct fast_unwinder *fast, const struct stack_memory *memory,
			struct fast_frame *frame, struct chain *chain)
{
	uint64_t size = memory->end - memory->start;
	struct fast_walk walk = {
		.fast = fast,
		.ranges = code_ranges_of(memory->space),
		.bytes = memory->bytes,
		.start = memory->start,
		.last_word = size - sizeof(uint64_t),
		.space = memory->space,
		.time_ns = memory->time_ns,
		.frame = *frame,
	};
	bool is_outermost;

	if (size < sizeof(uint64_t))
		return false;
	find_range(&walk, frame->ip - frame->is_return);
	is_outermost = walk_rows(&walk, chain);
	*frame = walk.frame;
	return is_outermost;
}

/* SPDX-License-Identifier: MIT */
#include "profiler/unwind.h"

#include "jitdump/xalloc.h"
#include "profiler/frame_pointer.h"
#include "profiler/unwind_choice.h"
#include "profiler/unwind_fast.h"
#include "profiler/unwind_libunwind.h"

#include <stdlib.h>

/* Of a stack most words that are read lie near its top; what is asked for and not read costs more than
 * it saves. */
enum { CACHE_LINE_BYTES = 64, PREFETCHED_BYTES = 16 << 10 };

struct unwinder {
	enum unwind_method method;
	struct cfi_index *cfi;
	struct libunwind_stepper *stepper;
	struct unwind_choices *choices;
	struct fast_unwinder *fast; /* NULL: UNWIND_LIBUNWIND */
	struct unwind_counts counts;
};

/* One stack being unwound: the frame that was reached. */
struct walk {
	struct unwinder *unwinder;
	const struct unwind_request *request;
	struct stack_memory memory;
	struct registers registers;
	bool is_return; /* the pc is a return address */
	bool is_guessed;
	bool has_lost;	 /* registers that the fast engine does not track */
	bool lacks_lost; /* and one of them is needed */
	uint64_t lookup; /* the address in the instruction that ran */
	struct code code;
	struct unwind_step step;
};

struct unwinder *unwinder_create(enum unwind_method method, enum unwind_engine engine)
{
	struct unwinder *unwinder = xcalloc(1, sizeof(*unwinder));

	unwinder->method = method;
	unwinder->cfi = cfi_index_create();
	unwinder->stepper = libunwind_stepper_create(unwinder->cfi);
	unwinder->choices = unwind_choices_create(method, unwinder->cfi);
	if (engine == UNWIND_FAST)
		unwinder->fast = fast_unwinder_create(method, unwinder->choices, unwinder->cfi);
	return unwinder;
}

void unwinder_destroy(struct unwinder *unwinder)
{
	if (!unwinder)
		return;
	fast_unwinder_destroy(unwinder->fast);
	unwind_choices_destroy(unwinder->choices);
	libunwind_stepper_destroy(unwinder->stepper);
	cfi_index_destroy(unwinder->cfi);
	free(unwinder);
}

void unwinder_prefetch(const void *stack, uint64_t size)
{
	if (size > PREFETCHED_BYTES)
		size = PREFETCHED_BYTES;
	for (uint64_t offset = 0; offset < size; offset += CACHE_LINE_BYTES)
		__builtin_prefetch((const uint8_t *)stack + offset);
}

struct unwind_counts unwinder_counts(const struct unwinder *unwinder)
{
	return unwinder->counts;
}

uint64_t unwinder_register_mask(void)
{
	return arch_register_mask();
}

static void locate(struct walk *walk)
{
	walk->lookup = walk->registers.value[REGISTER_IP] - walk->is_return;
	code_find(walk->request->space, walk->lookup, walk->request->time_ns, &walk->code);
	walk->step =
		unwind_choose(walk->unwinder->choices, &walk->code, walk->lookup, walk->is_return);
}

static bool is_code(const struct walk *walk, uint64_t return_address, struct code *code)
{
	if (return_address == 0)
		return false;
	code_find(walk->request->space, return_address - 1, walk->request->time_ns, code);
	return code->kind != CODE_UNMAPPED;
}

static bool is_return_address(const struct walk *walk, uint64_t address)
{
	struct code code;

	return is_code(walk, address, &code) && unwind_may_be_call(&code);
}

/* Takes a word near the stack pointer for the return address, if it is one. */
static bool step_to_word(struct walk *walk, const struct return_rule *rule)
{
	uint64_t sp = walk->registers.value[REGISTER_SP];
	uint64_t return_address, fp;

	if (!stack_memory_read_stack(&walk->memory, sp + rule->sp_offset, &return_address) ||
	    !is_return_address(walk, return_address))
		return false;
	walk->registers.known &= ~rule->saved;
	if (rule->saved >> REGISTER_FP & 1 &&
	    stack_memory_read_stack(&walk->memory, sp + rule->fp_offset, &fp))
		register_set(&walk->registers, REGISTER_FP, fp);
	register_set(&walk->registers, REGISTER_SP, sp + rule->sp_offset + sizeof(fp));
	register_set(&walk->registers, REGISTER_IP, return_address);
	return true;
}

static bool step_to_register(struct walk *walk, unsigned number)
{
	uint64_t return_address = walk->registers.value[number];

	walk->lacks_lost |= walk->has_lost && !register_is_known(&walk->registers, number);
	if (!register_is_known(&walk->registers, number) ||
	    !is_return_address(walk, return_address))
		return false;
	register_set(&walk->registers, REGISTER_IP, return_address);
	return true;
}

static bool step_by_rule(struct walk *walk, const struct return_rule *rule)
{
	switch (rule->place) {
	case RETURN_AT_SP:
	case RETURN_MAYBE_AT_SP:
		return step_to_word(walk, rule);
	case RETURN_IN_REGISTER:
		return step_to_register(walk, rule->number);
	case RETURN_BY_FRAME_POINTER:
		break;
	}
	return false;
}

static bool step_by_frame_pointer(struct walk *walk)
{
	struct registers caller = walk->registers;
	struct code code;

	if (!frame_pointer_step(&walk->memory, &caller) ||
	    !is_code(walk, caller.value[REGISTER_IP], &code))
		return false;
	walk->registers = caller;
	return true;
}

static enum stack_end end_of_guesses(const struct walk *walk)
{
	uint64_t fp = walk->registers.value[REGISTER_FP];

	if (walk->step.is_entry)
		return STACK_END_COMPLETE;
	if (register_is_known(&walk->registers, REGISTER_FP) && fp % sizeof(fp) == 0 &&
	    walk->memory.has_failed &&
	    stack_memory_end(&walk->memory, walk->memory.failed_address) ==
		    STACK_END_TRUNCATED_COPY)
		return STACK_END_TRUNCATED_COPY;
	return walk->code.kind == CODE_JIT_UNKNOWN ? STACK_END_JIT_UNKNOWN
						   : STACK_END_NO_UNWIND_INFO;
}

/* Each step returns true if it reached a caller, else false with the reason in *end. */
static bool step_by_guess(struct walk *walk, enum stack_end *end)
{
	const struct unwind_step *step = &walk->step;
	static const struct return_rule top_of_stack = { .place = RETURN_MAYBE_AT_SP };
	bool is_interrupted = !walk->is_return;

	walk->memory.has_failed = false;
	walk->is_return = true;
	walk->is_guessed = true;
	if (walk->unwinder->method == UNWIND_DWARF || (step->is_entry && !is_interrupted)) {
		*end = step->is_entry ? STACK_END_COMPLETE : STACK_END_NO_UNWIND_INFO;
		return false;
	}
	if (step_by_rule(walk, &step->rule))
		return true;
	if (step->kind != STEP_OUT_OF_CODE && !step->is_entry && step_by_frame_pointer(walk))
		return true;
	if (is_interrupted && step_to_word(walk, &top_of_stack))
		return true;
	*end = end_of_guesses(walk);
	return false;
}

/* The stack only grows downwards, so callers are above; only that of an interrupted function may have
 * the same stack pointer, while the return address is in a register (glibc's vfork). An interrupted
 * caller may be on another stack, but then its words are not in the copy. */
static bool is_above(const struct walk *walk, const struct registers *caller)
{
	uint64_t sp = caller->value[REGISTER_SP];

	return sp > walk->registers.value[REGISTER_SP] - !walk->is_return ||
	       (walk->step.is_signal && !stack_memory_holds(&walk->memory, sp));
}

static void take_caller(struct walk *walk, const struct registers *caller)
{
	walk->registers = *caller;
	walk->is_return = !walk->step.is_signal;
	walk->is_guessed = false;
}

/* What a row leads to that is no code is told as it is, for mappings can be lost; but not where a
 * stack begins, nor for a JIT's row: it may be for another instruction, or for what lay there before
 * the version that is yet to be announced. */
static bool take_cfi_caller(struct walk *walk, const struct registers *caller, enum stack_end *end)
{
	uint64_t pc = caller->value[REGISTER_IP];
	struct code code;

	if (walk->step.is_signal || is_code(walk, pc, &code)) {
		take_caller(walk, caller);
		return true;
	}
	if (walk->step.is_entry) {
		*end = STACK_END_COMPLETE;
		return false;
	}
	if (walk->code.version)
		return step_by_guess(walk, end);
	*end = STACK_END_NO_UNWIND_INFO;
	if (pc == 0)
		return false;
	take_caller(walk, caller);
	return true;
}

static bool step_by_cfi(struct walk *walk, enum stack_end *end)
{
	const struct cfi_place place = { walk->step.row, walk->lookup, &walk->code };
	struct registers caller = walk->registers;
	enum stack_end end_of_guess;

	walk->unwinder->counts.fallback_frames++;
	switch (libunwind_step(walk->unwinder->stepper, &place, &walk->memory, &caller)) {
	case CFI_STEP_OUTERMOST:
		*end = STACK_END_COMPLETE;
		return false;
	case CFI_STEP_NO_MEMORY:
		*end = stack_memory_end(&walk->memory, walk->memory.failed_address);
		return *end == STACK_END_BAD_MEMORY && walk->code.version &&
		       step_by_guess(walk, &end_of_guess);
	case CFI_STEP_DONE:
		if (is_above(walk, &caller))
			return take_cfi_caller(walk, &caller, end);
		break;
	case CFI_STEP_UNUSABLE:
		walk->lacks_lost = walk->has_lost;
		break;
	}
	return step_by_guess(walk, end);
}

static bool step_over_signal_frame(struct walk *walk, enum stack_end *end)
{
	struct registers caller = walk->registers;

	walk->memory.has_failed = false;
	if (!arch_read_signal_frame(&walk->memory, &caller)) {
		*end = stack_memory_end(&walk->memory, walk->memory.failed_address);
		return false;
	}
	if (!is_above(walk, &caller)) {
		*end = STACK_END_BAD_MEMORY;
		return false;
	}
	take_caller(walk, &caller);
	return true;
}

static bool step(struct walk *walk, enum stack_end *end)
{
	if (walk->code.kind == CODE_JIT_UNKNOWN && !walk->code.is_provisional &&
	    walk->request->unknown == UNWIND_UNKNOWN_STOPS) {
		*end = STACK_END_JIT_UNKNOWN;
		return false;
	}
	switch (walk->step.kind) {
	case STEP_CFI:
		return step_by_cfi(walk, end);
	case STEP_SIGNAL_FRAME:
		return step_over_signal_frame(walk, end);
	case STEP_GUESS:
	case STEP_OUT_OF_CODE:
		break;
	}
	return step_by_guess(walk, end);
}

/* A trampoline was never called: its pc is where it begins, although the handler returns to it. */
static void append_frame(struct chain *chain, const struct walk *walk)
{
	chain->frames[chain->count++] = (struct chain_frame){
		.pc = walk->registers.value[REGISTER_IP],
		.sp_low = (uint32_t)walk->registers.value[REGISTER_SP],
		.is_return = walk->is_return && !walk->step.is_signal,
		.is_guessed = walk->is_guessed,
	};
}

/* False if the registers are not such that they can be unwound. */
static bool start_walk(struct walk *walk, struct unwinder *unwinder,
		       const struct unwind_request *request)
{
	uint64_t sp, size = request->stack_size;
	bool is_unwindable;

	*walk = (struct walk){ .unwinder = unwinder, .request = request };
	is_unwindable = arch_read_registers(request->registers, &walk->registers);
	sp = walk->registers.value[REGISTER_SP];
	if (size > UINT64_MAX - sp)
		size = UINT64_MAX - sp;
	walk->memory = (struct stack_memory){
		.bytes = request->stack,
		.start = sp,
		.end = sp + size,
		.is_full = request->stack_size >= request->stack_copy_size,
		.space = request->space,
		.time_ns = request->time_ns,
	};
	return is_unwindable;
}

/*
 * Inside exec(2) and exit(2) the registers are those of the program that was, of which nothing is there
 * any more. A stack that could not be copied is no proof of that: while the page at its end is being
 * copied for a forked child it cannot be read either. But that is no system call.
 */
static bool has_left_its_memory(const struct walk *walk, const struct chain *chain)
{
	const struct unwind_request *request = walk->request;
	uint64_t ip = walk->registers.value[REGISTER_IP];
	struct code code;

	if (!chain->count || request->stack_size || !request->stack_copy_size)
		return false;
	code_find(request->space, ip, request->time_ns, &code);
	if (code.kind == CODE_UNMAPPED)
		return true;
	code_find(request->space, ip - 1, request->time_ns, &code);
	return unwind_is_system_call(&code);
}

/* As far as the fast engine gets; true: to the outermost frame. */
static bool walk_fast(struct walk *walk, struct chain *chain)
{
	struct registers *registers = &walk->registers;
	struct fast_frame frame = {
		.ip = registers->value[REGISTER_IP],
		.sp = registers->value[REGISTER_SP],
		.fp = registers->value[REGISTER_FP],
		.is_fp_known = register_is_known(registers, REGISTER_FP),
		.is_return = walk->is_return,
		.is_guessed = walk->is_guessed,
	};
	size_t count = chain->count;
	bool is_outermost = fast_unwinder_walk(walk->unwinder->fast, &walk->memory, &frame, chain);

	if (chain->count == count)
		return false;
	*registers = (struct registers){ 0 };
	register_set(registers, REGISTER_IP, frame.ip);
	register_set(registers, REGISTER_SP, frame.sp);
	if (frame.is_fp_known)
		register_set(registers, REGISTER_FP, frame.fp);
	walk->is_return = frame.is_return;
	walk->is_guessed = frame.is_guessed;
	walk->has_lost = true;
	return is_outermost;
}

/* Appends the frames and sets chain->end, unless a register is missing that an engine that tracks
 * them all would have. */
static void unwind(struct walk *walk, bool is_fast, struct chain *chain)
{
	do {
		if (is_fast && walk_fast(walk, chain)) {
			chain->end = STACK_END_COMPLETE;
			return;
		}
		if (chain->count == STACK_DEPTH_LIMIT) {
			chain->end = STACK_END_DEPTH_LIMIT;
			return;
		}
		locate(walk);
		append_frame(chain, walk);
	} while (step(walk, &chain->end) && !walk->lacks_lost);
}

void unwinder_skip(const struct unwind_request *request, struct chain *chain)
{
	struct registers registers;

	chain->end = STACK_END_NONE;
	if (!request->registers->abi)
		return;
	chain->end = STACK_END_SKIPPED;
	arch_read_registers(request->registers, &registers);
	if (chain->count < STACK_DEPTH_LIMIT)
		chain->frames[chain->count++] =
			(struct chain_frame){ .pc = registers.value[REGISTER_IP] };
}

void unwinder_unwind(struct unwinder *unwinder, const struct unwind_request *request,
		     struct chain *chain)
{
	size_t kernel_count = chain->count;
	bool is_unwindable;
	struct walk walk;

	chain->end = STACK_END_NONE;
	chain->is_joined = false;
	if (!request->registers->abi)
		return;
	is_unwindable = start_walk(&walk, unwinder, request);
	if (has_left_its_memory(&walk, chain))
		return;
	if (!is_unwindable) {
		chain->end = STACK_END_NO_UNWIND_INFO;
		if (chain->count < STACK_DEPTH_LIMIT)
			append_frame(chain, &walk);
		return;
	}
	unwind(&walk, unwinder->fast != NULL, chain);
	if (walk.lacks_lost) {
		unwinder->counts.restarts++;
		chain->count = kernel_count;
		start_walk(&walk, unwinder, request);
		unwind(&walk, false, chain);
	}
	unwinder->counts.frames += chain->count - kernel_count;
}

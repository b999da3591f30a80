/* SPDX-License-Identifier: MIT */
#include "profiler/unwind_choice.h"

#include "jitdump/xalloc.h"
#include "profiler/jit_code.h"
#include "profiler/process_memory.h"
#include "symbolize/hash_index.h"

#include <stdlib.h>
#include <string.h>

/* A newer location takes the slot of an older one. */
#define REMEMBERED_COUNT 8192

struct remembered {
	uint64_t image_address;
	uint32_t image_id;
	bool is_return;
	bool is_set;
	struct unwind_step step;
};

struct unwind_choices {
	enum unwind_method method;
	struct cfi_index *cfi;
	uint64_t row_count;
	struct remembered remembered[REMEMBERED_COUNT];
};

struct unwind_choices *unwind_choices_create(enum unwind_method method, struct cfi_index *cfi)
{
	struct unwind_choices *choices = xcalloc(1, sizeof(*choices));

	choices->method = method;
	choices->cfi = cfi;
	return choices;
}

void unwind_choices_destroy(struct unwind_choices *choices)
{
	free(choices);
}

static size_t read_version(const struct code *code, uint64_t offset, uint8_t *bytes, size_t size)
{
	const struct jit_version *version = code->version;

	if (!version->load || offset >= version->load->size)
		return 0;
	if (size > version->load->size - offset)
		size = version->load->size - offset;
	if (!version->load->code)
		return code->live_pid ? process_memory_read(code->live_pid,
							    version->address + offset, bytes, size)
				      : 0;
	memcpy(bytes, version->load->code + offset, size);
	return size;
}

/* Up to `size` bytes of code from `distance` off the looked-up address on; returns how many. */
static size_t read_code(const struct code *code, int64_t distance, uint8_t *bytes, size_t size)
{
	uint64_t image_address = code->image_address + (uint64_t)distance;

	if (code->kind == CODE_FILE)
		return image_read(code->image, image_address, bytes, size);
	if (code->version)
		return read_version(code,
				    jit_version_offset(code->image_address) + (uint64_t)distance,
				    bytes, size);
	return code->live_pid ? process_memory_read(code->live_pid, image_address, bytes, size) : 0;
}

/* How far the looked-up address is into its function; false if nobody knows. */
static bool function_offset(const struct code *code, uint64_t *offset)
{
	struct symbol symbol;

	if (code->version) {
		*offset = jit_version_offset(code->image_address);
		return true;
	}
	if (code->kind != CODE_FILE && !code->live_pid)
		return false;
	if (!image_symbol(code->image, code->image_address, &symbol) ||
	    code->image_address < symbol.start)
		return false;
	*offset = code->image_address - symbol.start;
	return true;
}

static size_t smaller(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

bool unwind_may_be_call(const struct code *code)
{
	uint8_t bytes[7]; /* the longest call without a prefix */
	size_t size = sizeof(bytes);
	uint64_t offset;

	if (function_offset(code, &offset))
		size = smaller(offset + 1, size);
	return read_code(code, 1 - (int64_t)size, bytes, size) < size ||
	       arch_ends_with_call(bytes, size);
}

bool unwind_is_system_call(const struct code *code)
{
	uint8_t bytes[2];

	return read_code(code, 1 - (int64_t)sizeof(bytes), bytes, sizeof(bytes)) == sizeof(bytes) &&
	       arch_is_system_call(bytes);
}

static struct return_rule find_return(const struct code *code, bool is_return)
{
	struct code_bytes bytes = { .is_return = is_return, .before_size = sizeof(bytes.before) };
	uint64_t offset = 0;

	bytes.has_head = function_offset(code, &offset);
	if (bytes.has_head) {
		bytes.head_size = smaller(offset + is_return, sizeof(bytes.head));
		bytes.before_size = smaller(offset, sizeof(bytes.before));
	}
	bytes.head_size = read_code(code, -(int64_t)offset, bytes.head, bytes.head_size);
	bytes.before_size =
		read_code(code, -(int64_t)bytes.before_size, bytes.before, bytes.before_size);
	bytes.at_size = read_code(code, is_return, bytes.at, sizeof(bytes.at));
	if (bytes.at_size == 0)
		return (struct return_rule){ .place = RETURN_BY_FRAME_POINTER };
	return arch_find_return(&bytes);
}

static struct unwind_step choose(struct unwind_choices *choices, const struct code *code,
				 uint64_t address, bool is_return)
{
	struct unwind_step step = { .kind = STEP_GUESS };
	struct cfi_function function;
	bool has_cfi = choices->method != UNWIND_FRAME_POINTER &&
		       cfi_index_find(choices->cfi, code, address, &function);

	if (code->kind == CODE_FILE) {
		step.is_entry = image_is_entry(code->image, code->image_address);
		/* A handler returns to where the trampoline begins, not to behind a call in it. */
		step.is_signal =
			image_is_signal_trampoline(code->image, code->image_address + is_return);
	}
	if (has_cfi && (!step.is_signal || function.is_signal_frame)) {
		step.kind = STEP_CFI;
		step.is_signal = function.is_signal_frame;
		step.row = choices->row_count++;
	} else if (step.is_signal) {
		step.kind = STEP_SIGNAL_FRAME;
	}
	/* A JIT's CFI may be wrong for an instruction or two of a prologue or an epilogue. */
	if (step.kind == STEP_GUESS || (code->version && !is_return))
		step.rule = find_return(code, is_return);
	return step;
}

struct unwind_step unwind_choose(struct unwind_choices *choices, const struct code *code,
				 uint64_t address, bool is_return)
{
	struct remembered *slot;
	uint64_t hash;

	if (code->kind == CODE_JIT_UNKNOWN && !code->is_provisional)
		return (struct unwind_step){ .kind = STEP_GUESS };
	if (code->kind == CODE_UNMAPPED)
		return (struct unwind_step){ .kind = STEP_OUT_OF_CODE };
	hash = hash_pair(code->image_address, (uint64_t)code->image->id << 1 | is_return);
	slot = &choices->remembered[hash % REMEMBERED_COUNT];
	if (!slot->is_set || slot->image_address != code->image_address ||
	    slot->image_id != code->image->id || slot->is_return != is_return)
		*slot = (struct remembered){
			.image_address = code->image_address,
			.image_id = code->image->id,
			.is_return = is_return,
			.is_set = true,
			.step = choose(choices, code, address, is_return),
		};
	return slot->step;
}

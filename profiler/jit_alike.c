/* SPDX-License-Identifier: MIT */
#include "profiler/jit_alike.h"

#include "profiler/jit_code.h"
#include "profiler/process_memory.h"

#include <string.h>

/* Trampolines are short; what is longer is not copied from function to function. */
enum { COPY_MAX = 128 };

/* The newest function of a dump that may have copies: short, and with an unwind table, without
 * which a copy would be no help. */
static const struct jitdump_entry *newest_model(const struct jit_code *code)
{
	for (size_t number = jit_code_count(code); number-- > 0;) {
		const struct jit_version *version = jit_code_version(code, (uint32_t)number);

		if (!version)
			continue;
		if (version->is_provisional || !version->load)
			continue;
		bool is_model = version->load->code && version->load->unwind.eh_frame &&
				version->load->size > 0 && version->load->size <= COPY_MAX;

		return is_model ? version->load : NULL;
	}
	return NULL;
}

/* Where a copy of the model that holds the address begins; false if there is none. */
static bool find_copy(uint32_t pid, const struct jitdump_entry *model, uint64_t address,
		      uint64_t *start)
{
	uint8_t bytes[2 * COPY_MAX];
	uint64_t first = address < model->size ? 0 : address + 1 - model->size;
	size_t size = process_memory_read(pid, first, bytes, 2 * model->size - 1);
	const uint8_t *copy =
		size < model->size ? NULL : memmem(bytes, size, model->code, model->size);

	if (!copy)
		return false;
	*start = first + (uint64_t)(copy - bytes);
	return true;
}

/* Where the space's own code is announced now: the dump it opened last. */
static struct jit_code *own_code(const struct address_space *space)
{
	return space->jit_count ? space->jits[space->jit_count - 1].code : NULL;
}

bool jit_alike_find(const struct address_space *space, uint64_t address, uint64_t time_ns)
{
	/* A forked child makes copies of what its parent announced. */
	for (size_t i = space->jit_count; i-- > 0;) {
		const struct jitdump_entry *model = newest_model(space->jits[i].code);
		uint64_t start;

		if (!model || !find_copy(space->pid, model, address, &start))
			continue;
		jit_code_add_provisional(own_code(space), model, start, time_ns);
		return true;
	}
	return false;
}

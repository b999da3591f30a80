/* SPDX-License-Identifier: MIT */
#include "bench/walks.h"

#include "profiler/address_space.h"
#include "profiler/arch.h"
#include "profiler/code.h"

#include <elfutils/libdwfl.h>
#include <stdlib.h>
#include <string.h>

struct libdw_walk {
	Dwfl *dwfl;
	const struct unwind_request *request;
	struct registers registers;
	size_t count;
};

/* Looking for separate debug files is not what is measured. */
static int find_debuginfo(Dwfl_Module *module, void **user, const char *name, Dwarf_Addr base,
			  const char *file, const char *link, GElf_Word crc, char **found)
{
	(void)module;
	(void)user;
	(void)name;
	(void)base;
	(void)file;
	(void)link;
	(void)crc;
	(void)found;
	return -1;
}

static pid_t next_thread(Dwfl *dwfl, void *arg, void **thread_arg)
{
	(void)dwfl;
	if (*thread_arg)
		return 0;
	*thread_arg = arg;
	return 1;
}

static bool get_thread(Dwfl *dwfl, pid_t tid, void *arg, void **thread_arg)
{
	(void)dwfl;
	(void)tid;
	*thread_arg = arg;
	return true;
}

static bool memory_read(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *value, void *arg)
{
	const struct libdw_walk *walk = arg;
	uint64_t offset = address - walk->registers.value[REGISTER_SP];
	uint64_t size = walk->request->stack_size;

	(void)dwfl;
	if (offset >= size || size - offset < sizeof(*value))
		return false;
	memcpy(value, walk->request->stack + offset, sizeof(*value));
	return true;
}

static bool set_initial_registers(Dwfl_Thread *thread, void *arg)
{
	const struct libdw_walk *walk = arg;

	return dwfl_thread_state_registers(thread, 0, REGISTER_COUNT, walk->registers.value);
}

static void report_modules(struct libdw_walk *walk, const struct unwind_request *request)
{
	const struct address_space *space = request->space;

	dwfl_report_begin(walk->dwfl);
	for (size_t i = 0; i < space->mapping_count; i++) {
		const struct mapping *mapping = &space->mappings[i];
		struct code code;

		if (mapping->kind != MAPPING_FILE || !mapping->is_executable)
			continue;
		code_find(request->space, mapping->start, UINT64_MAX, &code);
		dwfl_report_elf(walk->dwfl, mapping->image->name, mapping->image->path, -1,
				code.bias, true);
	}
	dwfl_report_end(walk->dwfl, NULL, NULL);
}

struct libdw_walk *libdw_walk_create(const struct unwind_request *request)
{
	static const Dwfl_Callbacks callbacks = { .find_elf = dwfl_build_id_find_elf,
						  .find_debuginfo = find_debuginfo };
	static const Dwfl_Thread_Callbacks thread_callbacks = {
		.next_thread = next_thread,
		.get_thread = get_thread,
		.memory_read = memory_read,
		.set_initial_registers = set_initial_registers,
	};
	struct libdw_walk *walk = calloc(1, sizeof(*walk));

	walk->dwfl = dwfl_begin(&callbacks);
	report_modules(walk, request);
	dwfl_attach_state(walk->dwfl, NULL, 1, &thread_callbacks, walk);
	return walk;
}

void libdw_walk_destroy(struct libdw_walk *walk)
{
	if (!walk)
		return;
	dwfl_end(walk->dwfl);
	free(walk);
}

static int take_frame(Dwfl_Frame *frame, void *arg)
{
	struct libdw_walk *walk = arg;
	Dwarf_Addr pc;
	bool is_activation;

	if (!dwfl_frame_pc(frame, &pc, &is_activation) || pc == 0 ||
	    walk->count == STACK_DEPTH_LIMIT)
		return DWARF_CB_ABORT;
	walk->count++;
	return DWARF_CB_OK;
}

size_t libdw_walk_unwind(struct libdw_walk *walk, const struct unwind_request *request)
{
	walk->request = request;
	walk->count = 0;
	if (arch_read_registers(request->registers, &walk->registers))
		dwfl_getthread_frames(walk->dwfl, 1, take_frame, walk);
	return walk->count;
}

/* SPDX-License-Identifier: MIT */
#include "profiler/unwind_libunwind.h"

#include "jitdump/xalloc.h"
#include "profiler/cfi_program.h"

#include <libunwind.h>
#include <stdlib.h>
#include <string.h>

/* Exported by libunwind for its ptrace and coredump libraries, but declared only in its private
 * include/dwarf.h (1.6.2). */
int _Ux86_64_dwarf_search_unwind_table(unw_addr_space_t space, unw_word_t ip, unw_dyn_info_t *table,
				       unw_proc_info_t *found, int need_unwind_info, void *arg);

/*
 * libunwind keeps rows in a cache by ip alone, and finds CFI by address. So it is given neither of
 * the process: the ip it sees is the row's number, and the CFI it sees is one CIE and one FDE that
 * covers just this ip, in a window of addresses that no process has. Both are above 2^63. The low
 * bits are the pc's, for the CFI of linkage tables asks how far into its entry it is.
 */
#define ROW_IP		UINT64_C(0x8000000000000000)
#define ROW_SHIFT	12
#define WINDOW_DISTANCE 0x10000000u
#define ROW_CACHE_COUNT 4096

struct libunwind_stepper {
	unw_addr_space_t space;
	struct cfi_index *index;

	const struct cfi_place *place; /* of the step being made */
	struct stack_memory *memory;
	const struct registers *registers;
	bool is_starting; /* the ip asked for is the row's, not the frame's */

	struct cfi_buffer window; /* table row, CIE, FDE of window_row */
	uint64_t window_row;
	bool has_window; /* false: the place has no usable CFI */
};

static uint64_t row_ip(const struct cfi_place *place)
{
	uint64_t low_bits = place->address & ((UINT64_C(1) << ROW_SHIFT) - 1);

	return ROW_IP + (place->row << ROW_SHIFT) + low_bits;
}

static uint64_t window_address(const struct cfi_place *place)
{
	return (row_ip(place) + WINDOW_DISTANCE) & ~UINT64_C(7);
}

static void append_u8(struct cfi_buffer *buffer, uint8_t value)
{
	cfi_buffer_append(buffer, &value, sizeof(value));
}

static void append_u32(struct cfi_buffer *buffer, uint32_t value)
{
	cfi_buffer_append(buffer, &value, sizeof(value));
}

static void append_u64(struct cfi_buffer *buffer, uint64_t value)
{
	cfi_buffer_append(buffer, &value, sizeof(value));
}

static void append_leb(struct cfi_buffer *buffer, uint64_t value)
{
	for (int byte = 0; byte < 9; byte++, value = (uint64_t)((int64_t)value >> 7))
		append_u8(buffer, 0x80 | (value & 0x7f));
	append_u8(buffer, value & 0x7f);
}

static void set_length(struct cfi_buffer *buffer, size_t record)
{
	uint32_t length = (uint32_t)(buffer->size - record - 4);

	memcpy(buffer->bytes + record, &length, sizeof(length));
}

/* A version 1 CIE "zR" with plain 8-byte pointers. The CFA is defined first of all, as the stack
 * pointer: a CIE that never does so makes libunwind read an expression at address 0. */
static bool append_cie(struct cfi_buffer *window, const struct cfi_function *function)
{
	static const uint8_t head[] = { 1, 'z', 'R', 0 };
	static const uint8_t tail[] = { REGISTER_IP, 1, 0x04, 0x0c, REGISTER_SP, 0 };
	size_t record = window->size;

	append_u32(window, 0);
	append_u32(window, 0);
	cfi_buffer_append(window, head, sizeof(head));
	append_leb(window, function->code_alignment);
	append_leb(window, (uint64_t)function->data_alignment);
	cfi_buffer_append(window, tail, sizeof(tail));
	if (!cfi_program_copy_initial(function, window))
		return false;
	set_length(window, record);
	return true;
}

static bool append_fde(struct cfi_buffer *window, size_t cie, const struct cfi_function *function,
		       const struct cfi_place *place)
{
	size_t record = window->size;

	append_u32(window, 0);
	append_u32(window, (uint32_t)(window->size - cie));
	append_u64(window, row_ip(place));
	append_u64(window, 1);
	append_u8(window, 0);
	if (!cfi_program_copy(function, place->address, window))
		return false;
	set_length(window, record);
	return true;
}

static bool build_window(struct libunwind_stepper *stepper)
{
	struct cfi_buffer *window = &stepper->window;
	const struct cfi_place *place = stepper->place;
	struct cfi_function function;
	int32_t fde_offset;
	size_t cie = 2 * sizeof(int32_t);

	window->size = 0;
	if (!cfi_index_find(stepper->index, place->code, place->address, &function) ||
	    function.return_register != REGISTER_IP)
		return false;
	append_u64(window, 0);
	if (!append_cie(window, &function))
		return false;
	fde_offset = (int32_t)window->size;
	if (!append_fde(window, cie, &function, place))
		return false;
	/* The table's one row: the function at the ip, the FDE; both relative to the window. */
	int32_t row[2] = { (int32_t)(row_ip(place) - window_address(place)), fde_offset };

	memcpy(window->bytes, row, sizeof(row));
	append_u64(window, 0); /* libunwind reads whole aligned words */
	return window->size < WINDOW_DISTANCE;
}

/* A cached row with an expression is evaluated from the window again, long after it was built. */
static bool has_window(struct libunwind_stepper *stepper)
{
	if (stepper->window_row != stepper->place->row) {
		stepper->window_row = stepper->place->row;
		stepper->has_window = build_window(stepper);
	}
	return stepper->has_window;
}

/* Never -UNW_ENOINFO: with that libunwind 1.6.2 follows rbp by itself, unchecked. */
static int find_proc_info(unw_addr_space_t space, unw_word_t ip, unw_proc_info_t *info,
			  int need_unwind_info, void *arg)
{
	struct libunwind_stepper *stepper = arg;
	uint64_t address = window_address(stepper->place);
	unw_dyn_info_t table = {
		.start_ip = ip,
		.end_ip = ip + 1,
		.format = UNW_INFO_FORMAT_REMOTE_TABLE,
		.u.rti = { .segbase = address, .table_len = 1, .table_data = address },
	};

	if (!has_window(stepper) ||
	    _Ux86_64_dwarf_search_unwind_table(space, ip, &table, info, need_unwind_info, arg) < 0)
		return -UNW_ESTOPUNWIND;
	return 0;
}

static void put_unwind_info(unw_addr_space_t space, unw_proc_info_t *info, void *arg)
{
	(void)space;
	(void)info;
	(void)arg;
}

static int get_dyn_info_list_addr(unw_addr_space_t space,
				  unw_word_t *address, /* NOLINT(readability-non-const-parameter) */
				  void *arg)
{
	(void)space;
	(void)address;
	(void)arg;
	return -UNW_ENOINFO;
}

static int read_window(struct libunwind_stepper *stepper, uint64_t address, unw_word_t *value)
{
	uint64_t offset = address - window_address(stepper->place);

	if (!has_window(stepper) || offset > stepper->window.size ||
	    stepper->window.size - offset < sizeof(*value))
		return -UNW_EINVAL;
	memcpy(value, stepper->window.bytes + offset, sizeof(*value));
	return 0;
}

static int access_memory(unw_addr_space_t space, unw_word_t address, unw_word_t *value,
			 int is_write, void *arg)
{
	struct libunwind_stepper *stepper = arg;

	(void)space;
	if (is_write)
		return -UNW_EINVAL;
	if (address >= ROW_IP)
		return read_window(stepper, address, value);
	return stack_memory_read(stepper->memory, address, value) ? 0 : -UNW_EINVAL;
}

/* libunwind's numbers for x86-64 (libunwind-x86_64.h) are DWARF's. */
static int access_register(unw_addr_space_t space, unw_regnum_t number, unw_word_t *value,
			   int is_write, void *arg)
{
	struct libunwind_stepper *stepper = arg;

	(void)space;
	if (is_write || number < 0 || number >= REGISTER_COUNT ||
	    !register_is_known(stepper->registers, (unsigned)number))
		return -UNW_EBADREG;
	if (number == REGISTER_IP && stepper->is_starting)
		*value = row_ip(stepper->place);
	else
		*value = stepper->registers->value[number];
	return 0;
}

/* Stepping and reading integer registers need no more accessors than these. */
struct libunwind_stepper *libunwind_stepper_create(struct cfi_index *index)
{
	unw_accessors_t accessors = {
		.find_proc_info = find_proc_info,
		.put_unwind_info = put_unwind_info,
		.get_dyn_info_list_addr = get_dyn_info_list_addr,
		.access_mem = access_memory,
		.access_reg = access_register,
	};
	struct libunwind_stepper *stepper = xcalloc(1, sizeof(*stepper));

	stepper->index = index;
	stepper->window_row = UINT64_MAX;
	stepper->space = unw_create_addr_space(&accessors, 0);
	if (stepper->space) {
		unw_set_caching_policy(stepper->space, UNW_CACHE_GLOBAL);
		unw_set_cache_size(stepper->space, ROW_CACHE_COUNT, 0);
	}
	return stepper;
}

void libunwind_stepper_destroy(struct libunwind_stepper *stepper)
{
	if (!stepper)
		return;
	if (stepper->space)
		unw_destroy_addr_space(stepper->space);
	cfi_buffer_deinit(&stepper->window);
	free(stepper);
}

/* A register that cannot be read because its slot lies below the stack pointer has been popped
 * already: compilers do not say so in epilogues. */
static void take_register(struct libunwind_stepper *stepper, unw_cursor_t *cursor, unsigned number,
			  struct registers *caller)
{
	const struct registers *registers = stepper->registers;
	struct stack_memory *memory = stepper->memory;
	unw_word_t value;

	memory->has_failed = false;
	if (unw_get_reg(cursor, (unw_regnum_t)number, &value) == 0)
		register_set(caller, number, value);
	else if (memory->has_failed && memory->failed_address < registers->value[REGISTER_SP] &&
		 register_is_known(registers, number))
		register_set(caller, number, registers->value[number]);
}

/*
 * unw_step() says 0 both for an undefined return address and for one that is 0, and sets the pc to
 * 0 also where the caller's rbp is undefined. Where the return address was saved tells them apart.
 */
static enum cfi_step take_return_address(struct libunwind_stepper *stepper, unw_cursor_t *cursor,
					 bool is_known, uint64_t *value)
{
	unw_save_loc_t saved;
	unw_word_t pc;

	if (unw_get_save_loc(cursor, UNW_X86_64_RIP, &saved) < 0 || saved.type == UNW_SLT_NONE)
		return CFI_STEP_OUTERMOST;
	if (saved.type == UNW_SLT_REG && saved.u.regnum == UNW_X86_64_RIP)
		return CFI_STEP_UNUSABLE; /* the row has no rule for it */
	if (is_known && unw_get_reg(cursor, UNW_REG_IP, &pc) == 0)
		*value = pc;
	else if (saved.type == UNW_SLT_REG)
		*value = 0;
	else if (!stack_memory_read(stepper->memory, saved.u.addr, value))
		return CFI_STEP_NO_MEMORY;
	return CFI_STEP_DONE;
}

static void take_registers(struct libunwind_stepper *stepper, unw_cursor_t *cursor,
			   uint64_t return_address, struct registers *caller)
{
	*caller = (struct registers){ 0 };
	for (unsigned number = 0; number < REGISTER_IP; number++)
		take_register(stepper, cursor, number, caller);
	register_set(caller, REGISTER_IP, return_address);
}

enum cfi_step libunwind_step(struct libunwind_stepper *stepper, const struct cfi_place *place,
			     struct stack_memory *memory, struct registers *registers)
{
	unw_cursor_t cursor;
	struct registers caller;
	uint64_t return_address;
	enum cfi_step step;
	int result;

	if (!stepper->space)
		return CFI_STEP_UNUSABLE;
	stepper->place = place;
	stepper->memory = memory;
	stepper->registers = registers;
	memory->has_failed = false;
	stepper->is_starting = true;
	result = unw_init_remote(&cursor, stepper->space, stepper);
	stepper->is_starting = false;
	if (result == 0)
		result = unw_step(&cursor);
	if (result < 0)
		return memory->has_failed ? CFI_STEP_NO_MEMORY : CFI_STEP_UNUSABLE;
	step = take_return_address(stepper, &cursor, result > 0, &return_address);
	if (step != CFI_STEP_DONE)
		return step;
	take_registers(stepper, &cursor, return_address, &caller);
	if (!register_is_known(&caller, REGISTER_SP))
		return CFI_STEP_UNUSABLE;
	*registers = caller;
	return CFI_STEP_DONE;
}

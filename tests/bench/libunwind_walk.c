/* SPDX-License-Identifier: MIT */
#include "bench/walks.h"

#include "profiler/arch.h"
#include "profiler/code.h"

#include <libunwind.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* See profiler/unwind_libunwind.c. */
int _Ux86_64_dwarf_search_unwind_table(unw_addr_space_t space, unw_word_t ip, unw_dyn_info_t *table,
				       unw_proc_info_t *found, int need_unwind_info, void *arg);

/* Behind the version and the encodings of an .eh_frame_hdr, where linkers put them. */
enum { HEADER_COUNT = 8, HEADER_ROWS = 12, ROW_SIZE = 8 };

/* What libunwind's calls find: it masks all signals around each look into its cache. */
static bool masks_signals = true;

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
__attribute__((visibility("default"))) int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	return masks_signals ? (int)syscall(SYS_rt_sigprocmask, how, set, old, _NSIG / 8) : 0;
}

struct libunwind_walk {
	unw_addr_space_t space;
	bool masks_signals;
	const struct unwind_request *request;
	struct registers registers;
	/* The image found last is the one whose tables are read. Recordings know where code is
	 * mapped, not where tables are: bias + image address. */
	struct image *image;
	uint64_t bias;
};

static int find_proc_info(unw_addr_space_t space, unw_word_t ip, unw_proc_info_t *info,
			  int need_unwind_info, void *arg)
{
	struct libunwind_walk *walk = arg;
	struct image_unwind_sections sections;
	uint32_t row_count;
	struct code code;

	code_find(walk->request->space, ip, walk->request->time_ns, &code);
	if (code.kind != CODE_FILE || !image_unwind_sections(code.image, &sections) ||
	    sections.eh_frame_hdr.size < HEADER_ROWS)
		return -UNW_ESTOPUNWIND;
	walk->image = code.image;
	walk->bias = code.bias;
	memcpy(&row_count, sections.eh_frame_hdr.bytes + HEADER_COUNT, sizeof(row_count));
	uint64_t header = code.bias + sections.eh_frame_hdr.image_address;
	unw_dyn_info_t table = {
		.start_ip = 0,
		.end_ip = UINT64_MAX,
		.format = UNW_INFO_FORMAT_REMOTE_TABLE,
		.u.rti = { .segbase = header,
			   .table_len = row_count * ROW_SIZE / sizeof(unw_word_t),
			   .table_data = header + HEADER_ROWS },
	};

	return _Ux86_64_dwarf_search_unwind_table(space, ip, &table, info, need_unwind_info, arg);
}

static int access_memory(unw_addr_space_t space, unw_word_t address, unw_word_t *value,
			 int is_write, void *arg)
{
	const struct libunwind_walk *walk = arg;
	const struct unwind_request *request = walk->request;
	uint64_t offset = address - walk->registers.value[REGISTER_SP];

	(void)space;
	if (is_write)
		return -UNW_EINVAL;
	if (offset < request->stack_size && request->stack_size - offset >= sizeof(*value)) {
		memcpy(value, request->stack + offset, sizeof(*value));
		return 0;
	}
	if (!walk->image ||
	    image_read(walk->image, address - walk->bias, value, sizeof(*value)) < sizeof(*value))
		return -UNW_EINVAL;
	return 0;
}

static int access_register(unw_addr_space_t space, unw_regnum_t number, unw_word_t *value,
			   int is_write, void *arg)
{
	const struct libunwind_walk *walk = arg;

	(void)space;
	if (is_write || number < 0 || number >= REGISTER_COUNT)
		return -UNW_EBADREG;
	*value = walk->registers.value[number];
	return 0;
}

static void put_unwind_info(unw_addr_space_t space, unw_proc_info_t *info, void *arg)
{
	(void)space;
	(void)info;
	(void)arg;
}

static int get_dyn_info_list_addr(unw_addr_space_t space, unw_word_t *address, void *arg)
{
	(void)space;
	(void)address;
	(void)arg;
	return -UNW_ENOINFO;
}

struct libunwind_walk *libunwind_walk_create(bool masks)
{
	unw_accessors_t accessors = {
		.find_proc_info = find_proc_info,
		.put_unwind_info = put_unwind_info,
		.get_dyn_info_list_addr = get_dyn_info_list_addr,
		.access_mem = access_memory,
		.access_reg = access_register,
	};
	struct libunwind_walk *walk = calloc(1, sizeof(*walk));

	walk->masks_signals = masks;
	walk->space = unw_create_addr_space(&accessors, 0);
	unw_set_caching_policy(walk->space, UNW_CACHE_GLOBAL);
	unw_set_cache_size(walk->space, 4096, 0);
	return walk;
}

void libunwind_walk_destroy(struct libunwind_walk *walk)
{
	if (!walk)
		return;
	unw_destroy_addr_space(walk->space);
	free(walk);
}

size_t libunwind_walk_unwind(struct libunwind_walk *walk, const struct unwind_request *request)
{
	unw_cursor_t cursor;
	size_t count = 0;

	walk->request = request;
	masks_signals = walk->masks_signals;
	if (!arch_read_registers(request->registers, &walk->registers) ||
	    unw_init_remote(&cursor, walk->space, walk) < 0)
		return 0;
	do {
		unw_word_t ip;

		if (unw_get_reg(&cursor, UNW_REG_IP, &ip) < 0 || ip == 0)
			break;
		count++;
	} while (count < STACK_DEPTH_LIMIT && unw_step(&cursor) > 0);
	return count;
}

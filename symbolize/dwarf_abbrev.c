/* SPDX-License-Identifier: MIT */
#include "symbolize/dwarf_abbrev.h"

#include "jitdump/xalloc.h"

#include <assert.h>
#include <dwarf.h>
#include <stdlib.h>

enum {
	/* Compilers number from 1 on, without gaps; codes beyond are damage. */
	CODE_MAX = 1 << 20,
	/* DW_FORM_indirect may name itself. */
	INDIRECT_MAX = 8,
	SIZE_UNKNOWN = -1,
};

/* Bytes of a value, SIZE_UNKNOWN where the value says itself. */
static int form_size(uint64_t form, struct dwarf_sizes sizes)
{
	switch (form) {
	case DW_FORM_flag_present:
	case DW_FORM_implicit_const:
		return 0;
	case DW_FORM_data1:
	case DW_FORM_ref1:
	case DW_FORM_flag:
	case DW_FORM_strx1:
	case DW_FORM_addrx1:
		return 1;
	case DW_FORM_data2:
	case DW_FORM_ref2:
	case DW_FORM_strx2:
	case DW_FORM_addrx2:
		return 2;
	case DW_FORM_strx3:
	case DW_FORM_addrx3:
		return 3;
	case DW_FORM_data4:
	case DW_FORM_ref4:
	case DW_FORM_ref_sup4:
	case DW_FORM_strx4:
	case DW_FORM_addrx4:
		return 4;
	case DW_FORM_data8:
	case DW_FORM_ref8:
	case DW_FORM_ref_sig8:
	case DW_FORM_ref_sup8:
		return 8;
	case DW_FORM_data16:
		return 16;
	case DW_FORM_addr:
		return sizes.address_size;
	case DW_FORM_ref_addr:
		return sizes.version <= 2 ? sizes.address_size : sizes.offset_size;
	case DW_FORM_strp:
	case DW_FORM_line_strp:
	case DW_FORM_strp_sup:
	case DW_FORM_sec_offset:
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_GNU_strp_alt:
		return sizes.offset_size;
	default:
		return SIZE_UNKNOWN;
	}
}

static bool skip_indirect(struct dwarf_sizes sizes, struct dwarf_cursor *cursor)
{
	uint64_t form = DW_FORM_indirect;

	for (int i = 0; i < INDIRECT_MAX && form == DW_FORM_indirect; i++)
		form = dwarf_cursor_uleb(cursor);
	return form != DW_FORM_indirect && dwarf_form_skip(form, sizes, cursor);
}

bool dwarf_form_skip(uint64_t form, struct dwarf_sizes sizes, struct dwarf_cursor *cursor)
{
	int size = form_size(form, sizes);

	if (size >= 0) {
		dwarf_cursor_skip(cursor, (uint64_t)size);
		return true;
	}
	switch (form) {
	case DW_FORM_sdata:
	case DW_FORM_udata:
	case DW_FORM_ref_udata:
	case DW_FORM_strx:
	case DW_FORM_addrx:
	case DW_FORM_loclistx:
	case DW_FORM_rnglistx:
	case DW_FORM_GNU_addr_index:
	case DW_FORM_GNU_str_index:
		dwarf_cursor_uleb(cursor);
		return true;
	case DW_FORM_string:
		return dwarf_cursor_string(cursor) != NULL;
	case DW_FORM_block1:
		dwarf_cursor_skip(cursor, dwarf_cursor_u8(cursor));
		return true;
	case DW_FORM_block2:
		dwarf_cursor_skip(cursor, dwarf_cursor_u16(cursor));
		return true;
	case DW_FORM_block4:
		dwarf_cursor_skip(cursor, dwarf_cursor_u32(cursor));
		return true;
	case DW_FORM_block:
	case DW_FORM_exprloc:
		dwarf_cursor_skip(cursor, dwarf_cursor_uleb(cursor));
		return true;
	case DW_FORM_indirect:
		return skip_indirect(sizes, cursor);
	default:
		return dwarf_cursor_fail(cursor);
	}
}

struct dwarf_cursor dwarf_abbrevs_skip(const struct dwarf_abbrevs *abbrevs,
				       const struct dwarf_abbrev *abbrev,
				       struct dwarf_cursor cursor)
{
	const struct dwarf_step *step = &abbrevs->steps[abbrev->first_step];

	for (;; step++) {
		dwarf_cursor_skip(&cursor, step->size);
		if (!step->form)
			return cursor;
		dwarf_form_skip(step->form, abbrevs->sizes, &cursor);
		step += step->form == DW_FORM_implicit_const;
	}
}

static enum dwarf_attribute attribute_of(uint64_t name)
{
	static const uint8_t standard[] = {
		[DW_AT_name] = DWARF_NAME,
		[DW_AT_linkage_name] = DWARF_LINKAGE_NAME,
		[DW_AT_low_pc] = DWARF_LOW_PC,
		[DW_AT_high_pc] = DWARF_HIGH_PC,
		[DW_AT_ranges] = DWARF_AT_RANGES,
		[DW_AT_abstract_origin] = DWARF_ABSTRACT_ORIGIN,
		[DW_AT_specification] = DWARF_SPECIFICATION,
		[DW_AT_call_file] = DWARF_CALL_FILE,
		[DW_AT_call_line] = DWARF_CALL_LINE,
		[DW_AT_call_column] = DWARF_CALL_COLUMN,
		[DW_AT_stmt_list] = DWARF_STMT_LIST,
		[DW_AT_comp_dir] = DWARF_COMP_DIR,
		[DW_AT_addr_base] = DWARF_ADDR_BASE,
		[DW_AT_str_offsets_base] = DWARF_STR_OFFSETS_BASE,
		[DW_AT_rnglists_base] = DWARF_RNGLISTS_BASE,
		[DW_AT_dwo_name] = DWARF_DWO_NAME,
	};

	if (name < sizeof(standard))
		return standard[name];
	switch (name) {
	case DW_AT_MIPS_linkage_name:
		return DWARF_LINKAGE_NAME;
	case DW_AT_GNU_addr_base:
		return DWARF_ADDR_BASE;
	case DW_AT_GNU_ranges_base:
		return DWARF_RANGES_BASE;
	case DW_AT_GNU_dwo_name:
		return DWARF_DWO_NAME;
	case DW_AT_GNU_dwo_id:
		return DWARF_DWO_ID;
	default:
		return DWARF_NO_ATTRIBUTE;
	}
}

/* Of other entries nobody asks for anything. */
static bool has_attributes(uint16_t tag)
{
	switch (tag) {
	case DW_TAG_compile_unit:
	case DW_TAG_partial_unit:
	case DW_TAG_skeleton_unit:
	case DW_TAG_subprogram:
	case DW_TAG_inlined_subroutine:
		return true;
	default:
		return false;
	}
}

static void add_step(struct dwarf_abbrevs *abbrevs, struct dwarf_step step)
{
	abbrevs->steps = xgrow(abbrevs->steps, abbrevs->step_count, &abbrevs->step_capacity,
			       sizeof(*abbrevs->steps));
	abbrevs->steps[abbrevs->step_count++] = step;
}

/* A step that skips `size` bytes. */
static void add_value(struct dwarf_abbrevs *abbrevs, unsigned int size,
		      enum dwarf_attribute attribute, uint16_t form)
{
	/* What skips bytes and nothing else has a value without size behind them. */
	for (; size > UINT8_MAX; size -= UINT8_MAX)
		add_step(abbrevs, (struct dwarf_step){ UINT8_MAX, DWARF_NO_ATTRIBUTE,
						       DW_FORM_flag_present });
	add_step(abbrevs, (struct dwarf_step){ (uint8_t)size, (uint8_t)attribute, form });
}

static void add_constant(struct dwarf_abbrevs *abbrevs, int64_t constant)
{
	uint32_t value = constant >= 0 && constant <= UINT32_MAX ? (uint32_t)constant : 0;
	struct dwarf_step step;

	static_assert(sizeof(step) == sizeof(value), "a constant takes a step's place");
	memcpy(&step, &value, sizeof(step));
	add_step(abbrevs, step);
}

/* Reads the attributes' declarations, up to the pair of zeros that ends them. */
static void read_steps(struct dwarf_abbrevs *abbrevs, struct dwarf_abbrev *abbrev,
		       struct dwarf_cursor *cursor)
{
	unsigned int size = 0, all = 0; /* since the last step; of all values */
	bool is_of_one_size = true;

	abbrev->first_step = (uint32_t)abbrevs->step_count;
	for (;;) {
		uint64_t name = dwarf_cursor_uleb(cursor), form = dwarf_cursor_uleb(cursor);
		int64_t constant = form == DW_FORM_implicit_const ? dwarf_cursor_sleb(cursor) : 0;
		enum dwarf_attribute attribute =
			has_attributes(abbrev->tag) ? attribute_of(name) : DWARF_NO_ATTRIBUTE;
		int bytes = form_size(form, abbrevs->sizes);

		if ((!name && !form) || form > UINT16_MAX)
			break;
		abbrev->has_code |= name == DW_AT_low_pc || name == DW_AT_ranges;
		is_of_one_size &= bytes >= 0;
		all += bytes >= 0 ? (unsigned int)bytes : 0;
		if (bytes >= 0 && attribute == DWARF_NO_ATTRIBUTE) {
			size += (unsigned int)bytes;
			continue;
		}
		add_value(abbrevs, size, attribute, (uint16_t)form);
		if (form == DW_FORM_implicit_const)
			add_constant(abbrevs, constant);
		size = 0;
	}
	add_value(abbrevs, size, DWARF_NO_ATTRIBUTE, 0);
	abbrev->size = is_of_one_size && all <= UINT16_MAX ? (uint16_t)all : 0;
}

static bool read_abbrev(struct dwarf_abbrevs *abbrevs, struct dwarf_cursor *cursor,
			size_t *capacity)
{
	uint64_t code = dwarf_cursor_uleb(cursor), tag;
	struct dwarf_abbrev abbrev = { 0 };

	if (!code || code > CODE_MAX)
		return false;
	tag = dwarf_cursor_uleb(cursor);
	abbrev.tag = tag <= UINT16_MAX ? (uint16_t)tag : UINT16_MAX;
	abbrev.has_children = dwarf_cursor_u8(cursor) == DW_CHILDREN_yes;
	read_steps(abbrevs, &abbrev, cursor);
	if (cursor->has_failed)
		return false;
	while (abbrevs->count < code) {
		abbrevs->by_code = xgrow(abbrevs->by_code, abbrevs->count, capacity,
					 sizeof(*abbrevs->by_code));
		abbrevs->by_code[abbrevs->count++] = (struct dwarf_abbrev){ 0 };
	}
	/* Of equal codes the first one counts. */
	if (!abbrevs->by_code[code - 1].tag)
		abbrevs->by_code[code - 1] = abbrev;
	return true;
}

struct dwarf_abbrevs *dwarf_abbrevs_create(struct dwarf_cursor section, uint64_t offset,
					   struct dwarf_sizes sizes)
{
	struct dwarf_abbrevs *abbrevs = xcalloc(1, sizeof(*abbrevs));
	const uint8_t *begin = section.next;
	size_t capacity = 0;

	abbrevs->offset = offset;
	abbrevs->sizes = sizes;
	dwarf_cursor_skip(&section, offset);
	while (read_abbrev(abbrevs, &section, &capacity))
		;
	abbrevs->end = (uint64_t)(section.next - begin);
	abbrevs->by_code =
		xrealloc(abbrevs->by_code, (abbrevs->count + 1) * sizeof(*abbrevs->by_code));
	abbrevs->steps =
		xrealloc(abbrevs->steps, (abbrevs->step_count + 1) * sizeof(*abbrevs->steps));
	return abbrevs;
}

void dwarf_abbrevs_destroy(struct dwarf_abbrevs *abbrevs)
{
	if (!abbrevs)
		return;
	free(abbrevs->by_code);
	free(abbrevs->steps);
	free(abbrevs);
}

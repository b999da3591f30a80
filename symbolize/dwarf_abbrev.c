/* SPDX-License-Identifier: MIT */
#include "symbolize/dwarf_abbrev.h"

#include "jitdump/xalloc.h"

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

/* DWARF_STEP_END: the form is not known. */
static enum dwarf_step_kind form_kind(uint64_t form)
{
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
		return DWARF_STEP_LEB;
	case DW_FORM_string:
		return DWARF_STEP_STRING;
	case DW_FORM_block1:
		return DWARF_STEP_BLOCK1;
	case DW_FORM_block2:
		return DWARF_STEP_BLOCK2;
	case DW_FORM_block4:
		return DWARF_STEP_BLOCK4;
	case DW_FORM_block:
	case DW_FORM_exprloc:
		return DWARF_STEP_BLOCK;
	case DW_FORM_indirect:
		return DWARF_STEP_INDIRECT;
	default:
		return DWARF_STEP_END;
	}
}

static void skip_indirect(struct dwarf_sizes sizes, struct dwarf_cursor *cursor)
{
	uint64_t form = DW_FORM_indirect;

	for (int i = 0; i < INDIRECT_MAX && form == DW_FORM_indirect; i++)
		form = dwarf_cursor_uleb(cursor);
	if (form == DW_FORM_indirect || !dwarf_form_skip(form, sizes, cursor))
		dwarf_cursor_fail(cursor);
}

static void skip_kind(enum dwarf_step_kind kind, struct dwarf_sizes sizes,
		      struct dwarf_cursor *cursor)
{
	switch (kind) {
	case DWARF_STEP_END:
	case DWARF_STEP_MORE:
		break;
	case DWARF_STEP_LEB:
		while (dwarf_cursor_u8(cursor) & 0x80)
			;
		break;
	case DWARF_STEP_STRING:
		dwarf_cursor_string(cursor);
		break;
	case DWARF_STEP_BLOCK1:
		dwarf_cursor_skip(cursor, dwarf_cursor_u8(cursor));
		break;
	case DWARF_STEP_BLOCK2:
		dwarf_cursor_skip(cursor, dwarf_cursor_u16(cursor));
		break;
	case DWARF_STEP_BLOCK4:
		dwarf_cursor_skip(cursor, dwarf_cursor_u32(cursor));
		break;
	case DWARF_STEP_BLOCK:
		dwarf_cursor_skip(cursor, dwarf_cursor_uleb(cursor));
		break;
	case DWARF_STEP_INDIRECT:
		skip_indirect(sizes, cursor);
		break;
	}
}

bool dwarf_form_skip(uint64_t form, struct dwarf_sizes sizes, struct dwarf_cursor *cursor)
{
	int size = form_size(form, sizes);
	enum dwarf_step_kind kind = form_kind(form);

	if (size >= 0)
		dwarf_cursor_skip(cursor, (uint64_t)size);
	else if (kind != DWARF_STEP_END)
		skip_kind(kind, sizes, cursor);
	else
		return dwarf_cursor_fail(cursor);
	return true;
}

void dwarf_abbrevs_take_steps(const struct dwarf_abbrevs *abbrevs,
			      const struct dwarf_abbrev *abbrev, struct dwarf_cursor *cursor)
{
	const struct dwarf_step *step = &abbrevs->steps[abbrev->first_step];

	for (;; step++) {
		dwarf_cursor_skip(cursor, step->size);
		if (step->kind == DWARF_STEP_END)
			return;
		skip_kind(step->kind, abbrevs->sizes, cursor);
	}
}

static void add_step(struct dwarf_abbrevs *abbrevs, unsigned int size, enum dwarf_step_kind kind)
{
	while (size > UINT8_MAX) {
		add_step(abbrevs, UINT8_MAX, DWARF_STEP_MORE);
		size -= UINT8_MAX;
	}
	abbrevs->steps = xgrow(abbrevs->steps, abbrevs->step_count, &abbrevs->step_capacity,
			       sizeof(*abbrevs->steps));
	abbrevs->steps[abbrevs->step_count++] =
		(struct dwarf_step){ .size = (uint8_t)size, .kind = (uint8_t)kind };
}

/* Reads the attributes' declarations, up to the pair of zeros that ends them. */
static void read_steps(struct dwarf_abbrevs *abbrevs, struct dwarf_abbrev *abbrev,
		       struct dwarf_cursor *cursor)
{
	bool is_of_one_size = true;
	unsigned int size = 0;

	abbrev->first_step = (uint32_t)abbrevs->step_count;
	abbrev->has_code = false;
	for (;;) {
		uint64_t name = dwarf_cursor_uleb(cursor), form = dwarf_cursor_uleb(cursor);
		int bytes = form_size(form, abbrevs->sizes);

		if (!name && !form)
			break;
		if (form == DW_FORM_implicit_const)
			dwarf_cursor_sleb(cursor);
		if (name == DW_AT_low_pc || name == DW_AT_ranges)
			abbrev->has_code = true;
		if (bytes >= 0) {
			size += (unsigned int)bytes;
			continue;
		}
		if (form_kind(form) == DWARF_STEP_END)
			dwarf_cursor_fail(cursor);
		add_step(abbrevs, size, form_kind(form));
		is_of_one_size = false;
		size = 0;
	}
	abbrev->size = is_of_one_size && size <= UINT16_MAX ? (uint16_t)size : 0;
	add_step(abbrevs, size, DWARF_STEP_END);
}

static bool read_abbrev(struct dwarf_abbrevs *abbrevs, struct dwarf_cursor *cursor,
			const uint8_t *section, size_t *capacity)
{
	uint64_t code = dwarf_cursor_uleb(cursor), tag;
	struct dwarf_abbrev abbrev;

	if (!code || code > CODE_MAX)
		return false;
	tag = dwarf_cursor_uleb(cursor);
	abbrev.tag = tag <= UINT16_MAX ? (uint16_t)tag : UINT16_MAX;
	abbrev.has_children = dwarf_cursor_u8(cursor) == DW_CHILDREN_yes;
	abbrev.attributes = (uint32_t)(cursor->next - section);
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
	if (dwarf_cursor_left(&section) > UINT32_MAX)
		return abbrevs;
	dwarf_cursor_skip(&section, offset);
	while (read_abbrev(abbrevs, &section, begin, &capacity))
		;
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

/* SPDX-License-Identifier: MIT */
#include "symbolize/dwarf_entry.h"

#include <dwarf.h>

/* Hops from an inlined call to the function's declaration: compilers need three. */
enum { REFERENCES_MAX = 16, INDIRECT_MAX = 8 };

/* A value that is a number, or that a number stands for. False: it is none of these. */
static bool read_number(const struct dwarf_unit *unit, uint64_t form, struct dwarf_cursor *cursor,
			uint64_t *value)
{
	const struct dwarf_sizes *sizes = &unit->sizes;

	switch (form) {
	case DW_FORM_flag_present:
		*value = 1;
		return true;
	case DW_FORM_data1:
	case DW_FORM_ref1:
	case DW_FORM_flag:
	case DW_FORM_strx1:
	case DW_FORM_addrx1:
		*value = dwarf_cursor_u8(cursor);
		return true;
	case DW_FORM_data2:
	case DW_FORM_ref2:
	case DW_FORM_strx2:
	case DW_FORM_addrx2:
		*value = dwarf_cursor_u16(cursor);
		return true;
	case DW_FORM_strx3:
	case DW_FORM_addrx3:
		*value = dwarf_cursor_unsigned(cursor, 3);
		return true;
	case DW_FORM_data4:
	case DW_FORM_ref4:
	case DW_FORM_ref_sup4:
	case DW_FORM_strx4:
	case DW_FORM_addrx4:
		*value = dwarf_cursor_u32(cursor);
		return true;
	case DW_FORM_data8:
	case DW_FORM_ref8:
	case DW_FORM_ref_sup8:
		*value = dwarf_cursor_u64(cursor);
		return true;
	case DW_FORM_sdata:
		*value = (uint64_t)dwarf_cursor_sleb(cursor);
		return true;
	case DW_FORM_udata:
	case DW_FORM_ref_udata:
	case DW_FORM_strx:
	case DW_FORM_addrx:
	case DW_FORM_rnglistx:
	case DW_FORM_GNU_addr_index:
	case DW_FORM_GNU_str_index:
		*value = dwarf_cursor_uleb(cursor);
		return true;
	case DW_FORM_addr:
		*value = dwarf_cursor_unsigned(cursor, sizes->address_size);
		return true;
	case DW_FORM_ref_addr:
		*value = dwarf_cursor_unsigned(cursor, sizes->version <= 2 ? sizes->address_size
									   : sizes->offset_size);
		return true;
	case DW_FORM_strp:
	case DW_FORM_line_strp:
	case DW_FORM_strp_sup:
	case DW_FORM_sec_offset:
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_GNU_strp_alt:
		*value = dwarf_cursor_unsigned(cursor, sizes->offset_size);
		return true;
	default:
		return false;
	}
}

static void keep_value(struct dwarf_entry *entry, const struct dwarf_step *step,
		       struct dwarf_cursor *cursor)
{
	const uint8_t *section = entry->unit->file->sections[DWARF_INFO].next;
	uint64_t form = step->form, value;

	for (int i = 0; i < INDIRECT_MAX && form == DW_FORM_indirect; i++)
		form = dwarf_cursor_uleb(cursor);
	if (form == DW_FORM_implicit_const && step->form == form) {
		value = dwarf_step_constant(step);
	} else if (form == DW_FORM_string) {
		value = (uint64_t)(cursor->next - section);
		dwarf_cursor_string(cursor);
	} else if (!read_number(entry->unit, form, cursor, &value)) {
		dwarf_form_skip(form, entry->unit->sizes, cursor);
		return;
	}
	entry->forms[step->attribute] = (uint16_t)form;
	entry->values[step->attribute] = value;
}

bool dwarf_entry_read_values(struct dwarf_unit *unit, const struct dwarf_abbrev *abbrev,
			     struct dwarf_cursor *cursor, struct dwarf_entry *entry)
{
	const struct dwarf_step *step = &unit->abbrevs->steps[abbrev->first_step];

	entry->unit = unit;
	entry->tag = abbrev->tag;
	memset(entry->forms, 0, sizeof(entry->forms));
	for (;; step++) {
		dwarf_cursor_skip(cursor, step->size);
		if (!step->form)
			break;
		if (step->attribute != DWARF_NO_ATTRIBUTE)
			keep_value(entry, step, cursor);
		else
			dwarf_form_skip(step->form, unit->sizes, cursor);
		step += step->form == DW_FORM_implicit_const;
	}
	return !cursor->has_failed;
}

bool dwarf_entry_read(struct dwarf_unit *unit, uint64_t offset, struct dwarf_entry *entry)
{
	struct dwarf_cursor cursor = dwarf_unit_at(unit, offset);
	const struct dwarf_abbrev *abbrev =
		dwarf_abbrevs_find(dwarf_unit_abbrevs(unit), dwarf_cursor_uleb(&cursor));

	return abbrev && dwarf_entry_read_values(unit, abbrev, &cursor, entry);
}

uint64_t dwarf_entry_number(const struct dwarf_entry *entry, enum dwarf_attribute attribute)
{
	switch (entry->forms[attribute]) {
	case DW_FORM_data1:
	case DW_FORM_data2:
	case DW_FORM_data4:
	case DW_FORM_data8:
	case DW_FORM_sdata:
	case DW_FORM_udata:
	case DW_FORM_implicit_const:
	case DW_FORM_sec_offset:
		return entry->values[attribute];
	default:
		return 0;
	}
}

bool dwarf_unit_address(const struct dwarf_unit *unit, uint64_t number, uint64_t *address)
{
	const struct dwarf_unit *owner = unit->skeleton ? unit->skeleton : unit;
	uint8_t size = unit->sizes.address_size;
	struct dwarf_cursor cursor;

	if (number > UINT32_MAX)
		return false;
	cursor = dwarf_file_at(owner->file, DWARF_ADDR, owner->addr_base + number * size);
	*address = dwarf_cursor_unsigned(&cursor, size);
	return !cursor.has_failed;
}

bool dwarf_entry_address(const struct dwarf_entry *entry, enum dwarf_attribute attribute,
			 uint64_t *address)
{
	switch (entry->forms[attribute]) {
	case DW_FORM_addr:
		*address = entry->values[attribute];
		return true;
	case DW_FORM_addrx:
	case DW_FORM_addrx1:
	case DW_FORM_addrx2:
	case DW_FORM_addrx3:
	case DW_FORM_addrx4:
	case DW_FORM_GNU_addr_index:
		return dwarf_unit_address(entry->unit, entry->values[attribute], address);
	default:
		return false;
	}
}

/* The string with this number in the unit's part of .debug_str_offsets. The unit may be one that
 * another's entry led to, of which nothing was read yet. */
static const char *numbered_string(struct dwarf_unit *unit, uint64_t number)
{
	struct dwarf_entry first;
	struct dwarf_cursor cursor;
	uint64_t offset;

	if (number > UINT32_MAX || (!unit->has_bases && !dwarf_unit_read(unit, &first)))
		return NULL;
	cursor = dwarf_file_at(unit->file, DWARF_STR_OFFSETS,
			       unit->str_offsets_base + number * unit->sizes.offset_size);
	offset = dwarf_cursor_unsigned(&cursor, unit->sizes.offset_size);
	return cursor.has_failed ? NULL : dwarf_file_string(unit->file, DWARF_STR, offset);
}

const char *dwarf_entry_string(const struct dwarf_entry *entry, enum dwarf_attribute attribute)
{
	const struct dwarf_file *file = entry->unit->file;
	uint64_t value = entry->values[attribute];

	switch (entry->forms[attribute]) {
	case DW_FORM_string:
		return dwarf_file_string(file, DWARF_INFO, value);
	case DW_FORM_strp:
		return dwarf_file_string(file, DWARF_STR, value);
	case DW_FORM_line_strp:
		return dwarf_file_string(file, DWARF_LINE_STR, value);
	case DW_FORM_strp_sup:
	case DW_FORM_GNU_strp_alt:
		return file->supplement ? dwarf_file_string(file->supplement, DWARF_STR, value)
					: NULL;
	case DW_FORM_strx:
	case DW_FORM_strx1:
	case DW_FORM_strx2:
	case DW_FORM_strx3:
	case DW_FORM_strx4:
	case DW_FORM_GNU_str_index:
		return numbered_string(entry->unit, value);
	default:
		return NULL;
	}
}

bool dwarf_entry_reference(const struct dwarf_entry *entry, enum dwarf_attribute attribute,
			   struct dwarf_unit **unit, uint64_t *offset)
{
	const struct dwarf_file *file = entry->unit->file;

	*unit = entry->unit;
	*offset = entry->values[attribute];
	switch (entry->forms[attribute]) {
	case DW_FORM_ref1:
	case DW_FORM_ref2:
	case DW_FORM_ref4:
	case DW_FORM_ref8:
	case DW_FORM_ref_udata:
		*offset += entry->unit->offset;
		return true;
	case DW_FORM_ref_addr:
		*unit = dwarf_file_unit(file, *offset);
		return *unit != NULL;
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_ref_sup4:
	case DW_FORM_ref_sup8:
		*unit = file->supplement ? dwarf_file_unit(file->supplement, *offset) : NULL;
		return *unit != NULL;
	default:
		return false;
	}
}

const char *dwarf_entry_name(const struct dwarf_entry *entry)
{
	struct dwarf_entry other = *entry;
	const char *written = NULL, *name;

	for (int i = 0; i < REFERENCES_MAX; i++) {
		enum dwarf_attribute next = dwarf_entry_has(&other, DWARF_ABSTRACT_ORIGIN)
						    ? DWARF_ABSTRACT_ORIGIN
						    : DWARF_SPECIFICATION;
		struct dwarf_unit *unit;
		uint64_t offset;

		name = dwarf_entry_string(&other, DWARF_LINKAGE_NAME);
		if (name && *name)
			return name;
		if (!written)
			written = dwarf_entry_string(&other, DWARF_NAME);
		if (!dwarf_entry_reference(&other, next, &unit, &offset) ||
		    !dwarf_entry_read(unit, offset, &other))
			break;
	}
	return written && *written ? written : NULL;
}

/* Where .debug_str_offsets begins for units that do not say: behind its header, which is there from
 * DWARF 5 on (7.26). */
static uint64_t default_str_offsets_base(const struct dwarf_unit *unit)
{
	if (unit->sizes.version < 5)
		return 0;
	return unit->sizes.offset_size == 8 ? 16 : 8;
}

/*
 * The bases first: they may follow attributes that need them. Those of split units are set by
 * whoever found them, and are added to: they are where a .dwp file has the unit's part of a section.
 */
bool dwarf_unit_read(struct dwarf_unit *unit, struct dwarf_entry *entry)
{
	if (!dwarf_entry_read(unit, unit->entries, entry))
		return false;
	if (unit->has_bases)
		return true;
	unit->has_bases = true;
	unit->addr_base = dwarf_entry_number(entry, DWARF_ADDR_BASE);
	unit->ranges_base = dwarf_entry_number(entry, DWARF_RANGES_BASE);
	unit->str_offsets_base += dwarf_entry_has(entry, DWARF_STR_OFFSETS_BASE)
					  ? dwarf_entry_number(entry, DWARF_STR_OFFSETS_BASE)
					  : default_str_offsets_base(unit);
	unit->rnglists_base += dwarf_entry_number(entry, DWARF_RNGLISTS_BASE);
	if (unit->sizes.version < 5 && dwarf_entry_has(entry, DWARF_DWO_ID))
		unit->split_id = dwarf_entry_number(entry, DWARF_DWO_ID);
	if (unit->skeleton)
		unit->low_pc = unit->skeleton->low_pc;
	else if (!dwarf_entry_address(entry, DWARF_LOW_PC, &unit->low_pc))
		unit->low_pc = 0;
	return true;
}

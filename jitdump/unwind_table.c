/* SPDX-License-Identifier: MIT */
#include "jitdump/unwind_table.h"

#include "jitdump/cfi_bytes.h"

/* Where a payload's two parts lie. */
struct layout {
	const uint8_t *frame, *header;
	size_t frame_size, header_size;
};

/* What an .eh_frame_hdr says (LSB Core 5.0 section 10.6.2). */
struct frame_header {
	bool is_valid;
	bool is_absolute; /* the address of .eh_frame is a run-time address */
	uint64_t frame_address;
	bool has_count;
	uint64_t count;
};

/* False if the record's sizes contradict each other. */
static bool lay_out(const struct jitdump_record *record, bool header_first, struct layout *layout)
{
	uint64_t size = record->unwinding.unwinding_size;
	uint64_t header_size = record->unwinding.eh_frame_hdr_size;

	if (size > record->payload_size || header_size > size)
		return false;
	layout->header_size = header_size;
	layout->frame_size = size - header_size;
	layout->header = record->payload + (header_first ? 0 : layout->frame_size);
	layout->frame = record->payload + (header_first ? header_size : 0);
	return true;
}

static struct frame_header read_header(const struct layout *layout, uint64_t header_address)
{
	struct cfi_bytes bytes = { layout->header, layout->header + layout->header_size };
	struct pointer_bases bases = { .pc = header_address + 4, .data = header_address };
	uint8_t version = (uint8_t)cfi_read_unsigned(&bytes, 1);
	uint8_t frame_encoding = (uint8_t)cfi_read_unsigned(&bytes, 1);
	uint8_t count_encoding = (uint8_t)cfi_read_unsigned(&bytes, 1);
	struct frame_header header = { 0 };

	cfi_skip(&bytes, 1); /* the table's encoding */
	if (bytes.failed || version != 1)
		return header;
	header.is_valid = true;
	if (frame_encoding != POINTER_OMITTED)
		header.frame_address = cfi_read_pointer(&bytes, frame_encoding, &bases);
	header.is_absolute = !bytes.failed && frame_encoding != POINTER_OMITTED &&
			     (frame_encoding & POINTER_BASE) == POINTER_ABSOLUTE &&
			     header.frame_address != 0;
	if (count_encoding != POINTER_OMITTED)
		header.count = cfi_read_pointer(&bytes, count_encoding, &bases);
	header.has_count = !bytes.failed && count_encoding != POINTER_OMITTED;
	return header;
}

bool unwind_table_is_empty(const struct jitdump_record *record)
{
	struct layout layout;

	if (record->is_swapped)
		return record->unwinding.unwinding_size <= record->unwinding.eh_frame_hdr_size;
	for (int header_first = 0; header_first < 2; header_first++) {
		if (!lay_out(record, header_first, &layout))
			return false;
		if (layout.frame_size == 0)
			return true;
		struct frame_header header = read_header(&layout, 0);

		if (header.is_valid && header.has_count && header.count == 0)
			return true;
	}
	return false;
}

struct cfi_sections unwind_table_sections(const struct jitdump_unwind_table *table)
{
	return (struct cfi_sections){
		.format = CFI_EH_FRAME,
		.bytes = table->eh_frame,
		.size = table->eh_frame_size,
		.address = table->eh_frame_address,
	};
}

static bool is_for_code(const struct jitdump_unwind_table *table, uint64_t address)
{
	struct cfi_sections sections = unwind_table_sections(table);
	struct cfi_function function;

	return cfi_sections_find(&sections, address, &function) && function.start == address;
}

bool unwind_table_for_code(const struct jitdump_record *record, uint64_t address, uint64_t size,
			   struct jitdump_unwind_table *table)
{
	uint64_t behind_code = address + ((size + 7) & ~UINT64_C(7));
	struct layout last, first;

	if (record->is_swapped || !lay_out(record, false, &last) || !lay_out(record, true, &first))
		return false;
	const struct jitdump_unwind_table layouts[] = {
		{ last.frame, last.frame_size, behind_code },
		{ first.frame, first.frame_size, behind_code + first.header_size },
		{ first.frame, first.frame_size, behind_code },
	};

	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++) {
		*table = layouts[i];
		if (is_for_code(table, address))
			return true;
	}
	return false;
}

bool unwind_table_in_memory(const struct jitdump_record *record, struct jitdump_unwind_table *table)
{
	struct layout layout;

	for (int header_first = 1; header_first >= 0 && !record->is_swapped; header_first--) {
		if (!lay_out(record, header_first, &layout) || layout.frame_size == 0)
			return false;
		struct frame_header header = read_header(&layout, 0);

		if (!header.is_valid || !header.is_absolute)
			continue;
		*table = (struct jitdump_unwind_table){
			.eh_frame = layout.frame,
			.eh_frame_size = layout.frame_size,
			.eh_frame_address = header.frame_address,
		};
		return true;
	}
	return false;
}

/* SPDX-License-Identifier: MIT */
#include "jitdump/unwind_table.h"

#include <string.h>

/* DW_EH_PE_* (LSB, "DWARF Exception Header Encoding"): the value in the low, its base in the high
 * half. */
enum {
	PE_ABSPTR = 0x00,
	PE_UDATA2 = 0x02,
	PE_UDATA4 = 0x03,
	PE_UDATA8 = 0x04,
	PE_SDATA2 = 0x0a,
	PE_SDATA4 = 0x0b,
	PE_SDATA8 = 0x0c,
	PE_FORMAT = 0x0f,
	PE_PCREL = 0x10,
	PE_BASE = 0x70,
	PE_OMIT = 0xff,
};

/* ORC's header: version, encodings, then the run-time address of .eh_frame. */
enum { ORC_HEADER_SIZE = 12, HDR_FIXED_SIZE = 4 };

struct bytes {
	const uint8_t *at, *end;
};

static bool read_encoded(struct bytes *in, uint8_t encoding, uint64_t address_of_at,
			 uint64_t *value)
{
	size_t room = (size_t)(in->end - in->at), size;
	int16_t two;
	int32_t four;

	switch (encoding & PE_FORMAT) {
	case PE_SDATA4:
	case PE_UDATA4:
		size = 4;
		break;
	case PE_SDATA2:
	case PE_UDATA2:
		size = 2;
		break;
	case PE_ABSPTR:
	case PE_SDATA8:
	case PE_UDATA8:
		size = 8;
		break;
	default:
		return false;
	}
	if (room < size)
		return false;
	if (size == 2) {
		memcpy(&two, in->at, size);
		*value = encoding & 8 ? (uint64_t)(int64_t)two : (uint16_t)two;
	} else if (size == 4) {
		memcpy(&four, in->at, size);
		*value = encoding & 8 ? (uint64_t)(int64_t)four : (uint32_t)four;
	} else {
		memcpy(value, in->at, size);
	}
	if ((encoding & PE_BASE) == PE_PCREL)
		*value += address_of_at;
	in->at += size;
	return true;
}

static bool skip_leb128(struct bytes *in)
{
	while (in->at < in->end) {
		if (!(*in->at++ & 0x80))
			return true;
	}
	return false;
}

/* The encoding of FDE addresses by their CIE: 'R' of its augmentation, else absolute. */
static bool cie_encoding(const struct jitdump_unwind_table *table, size_t offset, uint8_t *encoding)
{
	struct bytes in = { table->eh_frame + offset, table->eh_frame + table->eh_frame_size };
	const char *augmentation = (const char *)in.at + 9;

	*encoding = PE_ABSPTR;
	if (in.end - in.at < 10 || !memchr(in.at + 9, 0, (size_t)(in.end - in.at) - 9))
		return false;
	uint8_t version = in.at[8];

	in.at += 9 + strlen(augmentation) + 1;
	if (*augmentation != 'z')
		return !*augmentation;
	if (!skip_leb128(&in) || !skip_leb128(&in))
		return false; /* code and data alignment */
	if (version == 1 ? in.at++ >= in.end : !skip_leb128(&in))
		return false; /* return address register */
	if (!skip_leb128(&in))
		return false; /* augmentation length */
	for (const char *letter = augmentation + 1; *letter; letter++) {
		uint64_t personality;

		if (in.at >= in.end)
			return false;
		if (*letter == 'R') {
			*encoding = *in.at;
			return true;
		}
		if (*letter == 'L')
			in.at++;
		else if (*letter == 'P') {
			uint8_t format = *in.at++;

			if (!read_encoded(&in, format, 0, &personality))
				return false;
		} else if (*letter != 'S' && *letter != 'B') {
			return false;
		}
	}
	return true;
}

static bool fde_covers(const struct jitdump_unwind_table *table, size_t offset, size_t end,
		       uint32_t cie_distance, uint64_t code_address)
{
	struct bytes in = { table->eh_frame + offset + 8, table->eh_frame + end };
	uint64_t start, size;
	uint8_t encoding;

	if (cie_distance > offset + 4 || !cie_encoding(table, offset + 4 - cie_distance, &encoding))
		return false;
	if (!read_encoded(&in, encoding, table->eh_frame_address + offset + 8, &start) ||
	    !read_encoded(&in, encoding & PE_FORMAT, 0, &size))
		return false;
	return code_address >= start && code_address - start < size;
}

bool unwind_table_covers(const struct jitdump_unwind_table *table, uint64_t code_address)
{
	for (size_t offset = 0; table->eh_frame_size - offset >= 8;) {
		uint32_t length = jitdump_u32(table->eh_frame + offset, false);
		uint32_t id = jitdump_u32(table->eh_frame + offset + 4, false);

		/* 0 ends the section; a 64-bit length (0xffffffff) no JIT writes. */
		if (length < 4 || length > table->eh_frame_size - offset - 4)
			return false;
		if (id && fde_covers(table, offset, offset + 4 + length, id, code_address))
			return true;
		offset += 4 + (size_t)length;
		if (offset > table->eh_frame_size)
			return false;
	}
	return false;
}

bool unwind_table_is_absolute(const struct jitdump_record *record)
{
	const uint8_t *header = record->payload;

	return record->eh_frame_hdr_size == ORC_HEADER_SIZE && header[0] == 1 &&
	       (header[1] & PE_BASE) == 0 && header[2] == PE_OMIT && header[3] == PE_OMIT;
}

bool unwind_table_is_empty(const struct jitdump_record *record)
{
	const uint8_t *header = record->payload;
	struct bytes in = { header + HDR_FIXED_SIZE, header + record->eh_frame_hdr_size };
	uint64_t pointer, count;

	if (record->unwinding_size == 0)
		return true;
	if (record->unwinding_size != record->eh_frame_hdr_size ||
	    record->unwinding_size < HDR_FIXED_SIZE || header[0] != 1)
		return false;
	if (header[1] != PE_OMIT && !read_encoded(&in, header[1] & PE_FORMAT, 0, &pointer))
		return false;
	return header[2] == PE_OMIT ||
	       (read_encoded(&in, header[2] & PE_FORMAT, 0, &count) && count == 0);
}

bool unwind_table_find(const struct jitdump_record *record, uint64_t code_address,
		       uint64_t code_size, struct jitdump_unwind_table *table)
{
	size_t hdr_size = record->eh_frame_hdr_size;
	size_t size = record->unwinding_size - hdr_size;
	uint64_t behind_code = code_address + (code_size + 7) / 8 * 8;
	const struct jitdump_unwind_table layouts[] = {
		{ record->payload, size, behind_code },
		{ record->payload + hdr_size, size, behind_code + hdr_size },
		{ record->payload + hdr_size, size, behind_code },
	};

	if (unwind_table_is_absolute(record)) {
		*table =
			(struct jitdump_unwind_table){ record->payload + hdr_size, size,
						       jitdump_u64(record->payload + HDR_FIXED_SIZE,
								   false) };
		return unwind_table_covers(table, code_address);
	}
	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++) {
		*table = layouts[i];
		if (unwind_table_covers(table, code_address))
			return true;
	}
	return false;
}

/* SPDX-License-Identifier: MIT */
#include "jitdump/record.h"

#include <byteswap.h>
#include <string.h>

/* A DEBUG_INFO entry: its fields and at least the NUL of the file name. */
enum { ENTRY_BYTES_MIN = 17 };

/* V8 and CPython pad records to a multiple of 8. */
enum { PADDING_MAX = 7 };

/* Reads fields front to back; the caller has checked that they are all there. */
struct field_reader {
	const uint8_t *at;
	bool is_swapped;
};

static uint32_t take_u32(struct field_reader *reader)
{
	uint32_t value;

	memcpy(&value, reader->at, sizeof(value));
	reader->at += sizeof(value);
	return reader->is_swapped ? bswap_32(value) : value;
}

static uint64_t take_u64(struct field_reader *reader)
{
	uint64_t value;

	memcpy(&value, reader->at, sizeof(value));
	reader->at += sizeof(value);
	return reader->is_swapped ? bswap_64(value) : value;
}

bool jitdump_header_read(const uint8_t bytes[JITDUMP_HEADER_BYTES],
			 struct jitdump_file_header *header, bool *is_swapped)
{
	struct field_reader reader = { .at = bytes };

	header->magic = take_u32(&reader);
	reader.is_swapped = header->magic == JITDUMP_MAGIC_SWAPPED;
	if (header->magic != JITDUMP_MAGIC && !reader.is_swapped)
		return false;
	header->version = take_u32(&reader);
	header->total_size = take_u32(&reader);
	header->elf_mach = take_u32(&reader);
	header->pad1 = take_u32(&reader);
	header->pid = take_u32(&reader);
	header->timestamp = take_u64(&reader);
	header->flags = take_u64(&reader);
	*is_swapped = reader.is_swapped;
	return true;
}

/* The bytes that a record of this kind has before its name or payload. */
static size_t fixed_size(uint32_t id)
{
	switch (id) {
	case JITDUMP_CODE_LOAD:
		return JITDUMP_PREFIX_BYTES + sizeof(struct jitdump_load_fields);
	case JITDUMP_CODE_MOVE:
		return JITDUMP_PREFIX_BYTES + sizeof(struct jitdump_move_fields);
	case JITDUMP_DEBUG_INFO:
		return JITDUMP_PREFIX_BYTES + sizeof(struct jitdump_debug_fields);
	case JITDUMP_UNWINDING_INFO:
		return JITDUMP_PREFIX_BYTES + sizeof(struct jitdump_unwinding_fields);
	default:
		return JITDUMP_PREFIX_BYTES;
	}
}

static bool is_address_range(uint64_t address, uint64_t size)
{
	return size <= UINT64_MAX - address;
}

/* The code is the last code_size bytes, as perf takes it: a writer that pads does so before it. */
static bool cut_load(struct field_reader *reader, size_t rest, struct jitdump_record *record)
{
	struct jitdump_load_fields *load = &record->load;

	load->pid = take_u32(reader);
	load->tid = take_u32(reader);
	load->vma = take_u64(reader);
	load->code_addr = take_u64(reader);
	load->code_size = take_u64(reader);
	load->code_index = take_u64(reader);
	record->name = (const char *)reader->at;
	size_t name_size = strnlen(record->name, rest) + 1;

	if (name_size > rest || !is_address_range(load->code_addr, load->code_size))
		return false;
	if (load->code_size > 0 && load->code_size <= rest - name_size)
		record->code = reader->at + rest - load->code_size;
	return true;
}

static bool cut_move(struct field_reader *reader, struct jitdump_record *record)
{
	struct jitdump_move_fields *move = &record->move;

	move->pid = take_u32(reader);
	move->tid = take_u32(reader);
	move->vma = take_u64(reader);
	move->old_code_addr = take_u64(reader);
	move->new_code_addr = take_u64(reader);
	move->code_size = take_u64(reader);
	move->code_index = take_u64(reader);
	return is_address_range(move->old_code_addr, move->code_size) &&
	       is_address_range(move->new_code_addr, move->code_size);
}

static bool cut_debug(struct field_reader *reader, size_t rest, struct jitdump_record *record)
{
	record->debug.code_addr = take_u64(reader);
	record->debug.nr_entry = take_u64(reader);
	record->payload = reader->at;
	record->payload_size = rest;
	return true;
}

static bool cut_unwinding(struct field_reader *reader, size_t rest, struct jitdump_record *record)
{
	record->unwinding.unwinding_size = take_u64(reader);
	record->unwinding.eh_frame_hdr_size = take_u64(reader);
	record->unwinding.mapped_size = take_u64(reader);
	record->payload = reader->at;
	record->payload_size = rest;
	if (record->unwinding.unwinding_size < rest)
		record->payload_size = record->unwinding.unwinding_size;
	return true;
}

static bool cut_fields(struct field_reader *reader, size_t rest, struct jitdump_record *record)
{
	switch (record->prefix.id) {
	case JITDUMP_CODE_LOAD:
		return cut_load(reader, rest, record);
	case JITDUMP_CODE_MOVE:
		return cut_move(reader, record);
	case JITDUMP_DEBUG_INFO:
		return cut_debug(reader, rest, record);
	case JITDUMP_UNWINDING_INFO:
		return cut_unwinding(reader, rest, record);
	default:
		return true;
	}
}

enum jitdump_cut jitdump_record_cut(const uint8_t *bytes, size_t available, bool is_swapped,
				    struct jitdump_record *record)
{
	struct field_reader reader = { bytes, is_swapped };
	struct jitdump_record_prefix *prefix = &record->prefix;

	*record = (struct jitdump_record){ .is_swapped = is_swapped };
	if (available < JITDUMP_PREFIX_BYTES)
		return JITDUMP_CUT_UNFINISHED;
	prefix->id = take_u32(&reader);
	prefix->total_size = take_u32(&reader);
	prefix->timestamp = take_u64(&reader);
	if (prefix->total_size < fixed_size(prefix->id) ||
	    prefix->total_size > JITDUMP_RECORD_BYTES_MAX)
		return JITDUMP_CUT_IMPOSSIBLE;
	if (prefix->total_size > available)
		return JITDUMP_CUT_UNFINISHED;
	if (!cut_fields(&reader, prefix->total_size - fixed_size(prefix->id), record))
		return JITDUMP_CUT_IMPOSSIBLE;
	return JITDUMP_CUT_WHOLE;
}

/* Where a process can have code: 57 bits of addresses at most, the first page never. */
static bool is_code(uint64_t address, uint64_t size)
{
	return address >= 0x1000 && address < UINT64_C(1) << 57 && size > 0 &&
	       size <= JITDUMP_RECORD_BYTES_MAX;
}

static bool load_is_convincing(const struct jitdump_record *record)
{
	const struct jitdump_load_fields *load = &record->load;
	uint64_t size = fixed_size(JITDUMP_CODE_LOAD) + strlen(record->name) + 1 + load->code_size;

	return record->code && is_code(load->code_addr, load->code_size) &&
	       record->prefix.total_size - size <= PADDING_MAX;
}

static bool move_is_convincing(const struct jitdump_record *record)
{
	const struct jitdump_move_fields *move = &record->move;

	return record->prefix.total_size == fixed_size(JITDUMP_CODE_MOVE) &&
	       is_code(move->old_code_addr, move->code_size) &&
	       is_code(move->new_code_addr, move->code_size);
}

/* Rows begin near the code, also by the 0x40 bytes of V8 and LLVM or Erlang's 55 before it. */
static bool debug_is_convincing(const struct jitdump_record *record)
{
	const struct jitdump_debug_fields *debug = &record->debug;

	if (!is_code(debug->code_addr, 1) || debug->nr_entry == 0 ||
	    debug->nr_entry > record->payload_size / ENTRY_BYTES_MIN)
		return false;
	uint64_t first = jitdump_record_entry(record, 0).code_addr;

	return first + 0x100 - debug->code_addr <= JITDUMP_RECORD_BYTES_MAX;
}

static bool unwinding_is_convincing(const struct jitdump_record *record)
{
	const struct jitdump_unwinding_fields *unwinding = &record->unwinding;
	uint64_t size = fixed_size(JITDUMP_UNWINDING_INFO) + unwinding->unwinding_size;

	return unwinding->unwinding_size > 0 &&
	       unwinding->eh_frame_hdr_size <= unwinding->unwinding_size &&
	       record->prefix.total_size - size <= PADDING_MAX;
}

bool jitdump_record_is_convincing(const struct jitdump_record *record)
{
	switch (record->prefix.id) {
	case JITDUMP_CODE_LOAD:
		return load_is_convincing(record);
	case JITDUMP_CODE_MOVE:
		return move_is_convincing(record);
	case JITDUMP_DEBUG_INFO:
		return debug_is_convincing(record);
	case JITDUMP_UNWINDING_INFO:
		return unwinding_is_convincing(record);
	default:
		return false;
	}
}

struct jitdump_debug_entry_fields jitdump_record_entry(const struct jitdump_record *record,
						       size_t offset)
{
	struct field_reader reader = { record->payload + offset, record->is_swapped };
	struct jitdump_debug_entry_fields entry;

	entry.code_addr = take_u64(&reader);
	entry.line = take_u32(&reader);
	entry.discrim = take_u32(&reader);
	return entry;
}

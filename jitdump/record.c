/* SPDX-License-Identifier: MIT */
#include "jitdump/record.h"

#include <string.h>

uint32_t jitdump_u32(const uint8_t *bytes, bool is_swapped)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return is_swapped ? __builtin_bswap32(value) : value;
}

uint64_t jitdump_u64(const uint8_t *bytes, bool is_swapped)
{
	uint64_t value;

	memcpy(&value, bytes, sizeof(value));
	return is_swapped ? __builtin_bswap64(value) : value;
}

const char *jitdump_record_name(uint32_t id)
{
	static const char *const names[] = {
		[JITDUMP_CODE_LOAD] = "CODE_LOAD",	     [JITDUMP_CODE_MOVE] = "CODE_MOVE",
		[JITDUMP_DEBUG_INFO] = "DEBUG_INFO",	     [JITDUMP_CODE_CLOSE] = "CODE_CLOSE",
		[JITDUMP_UNWINDING_INFO] = "UNWINDING_INFO",
	};

	return id < sizeof(names) / sizeof(*names) ? names[id] : "unknown";
}

/* Where the fields of a record begin. */
enum { BODY = sizeof(struct jitdump_record_prefix) };

#define FIELD(type, member) (bytes + BODY + offsetof(struct type, member))

/*
 * Of a record longer than its parts the code is the last code_size bytes, as perf takes it: a
 * writer that pads must pad between name and code.
 */
static bool read_load(const uint8_t *bytes, bool swap, struct jitdump_record *record)
{
	size_t fixed = BODY + sizeof(struct jitdump_load_fields);

	if (record->total_size <= fixed)
		return false;
	const uint8_t *end = memchr(bytes + fixed, 0, record->total_size - fixed);

	if (!end)
		return false;
	size_t room = record->total_size - (size_t)(end + 1 - bytes);

	record->pid = jitdump_u32(FIELD(jitdump_load_fields, pid), swap);
	record->tid = jitdump_u32(FIELD(jitdump_load_fields, tid), swap);
	record->code_addr = jitdump_u64(FIELD(jitdump_load_fields, code_addr), swap);
	record->code_size = jitdump_u64(FIELD(jitdump_load_fields, code_size), swap);
	record->code_index = jitdump_u64(FIELD(jitdump_load_fields, code_index), swap);
	record->name = (const char *)bytes + fixed;
	if (record->code_size && record->code_size <= room)
		record->code = bytes + record->total_size - record->code_size;
	/* The JVMTI agent announces code without its bytes: then nothing at all follows the name. */
	return record->code_size <= room || room == 0;
}

static bool read_move(const uint8_t *bytes, bool swap, struct jitdump_record *record)
{
	if (record->total_size < BODY + sizeof(struct jitdump_move_fields))
		return false;
	record->pid = jitdump_u32(FIELD(jitdump_move_fields, pid), swap);
	record->tid = jitdump_u32(FIELD(jitdump_move_fields, tid), swap);
	record->old_code_addr = jitdump_u64(FIELD(jitdump_move_fields, old_code_addr), swap);
	record->code_addr = jitdump_u64(FIELD(jitdump_move_fields, new_code_addr), swap);
	record->code_size = jitdump_u64(FIELD(jitdump_move_fields, code_size), swap);
	record->code_index = jitdump_u64(FIELD(jitdump_move_fields, code_index), swap);
	return true;
}

static bool read_debug(const uint8_t *bytes, bool swap, struct jitdump_record *record)
{
	size_t fixed = BODY + sizeof(struct jitdump_debug_fields);

	if (record->total_size < fixed)
		return false;
	record->code_addr = jitdump_u64(FIELD(jitdump_debug_fields, code_addr), swap);
	record->entry_count = jitdump_u64(FIELD(jitdump_debug_fields, nr_entry), swap);
	record->payload = bytes + fixed;
	record->payload_size = record->total_size - fixed;
	/* An entry takes 17 bytes at least. */
	return record->entry_count <= record->payload_size;
}

static bool read_unwinding(const uint8_t *bytes, bool swap, struct jitdump_record *record)
{
	size_t fixed = BODY + sizeof(struct jitdump_unwinding_fields);

	if (record->total_size < fixed)
		return false;
	record->unwinding_size = jitdump_u64(FIELD(jitdump_unwinding_fields, unwinding_size), swap);
	record->eh_frame_hdr_size =
		jitdump_u64(FIELD(jitdump_unwinding_fields, eh_frame_hdr_size), swap);
	record->mapped_size = jitdump_u64(FIELD(jitdump_unwinding_fields, mapped_size), swap);
	record->payload = bytes + fixed;
	record->payload_size = record->total_size - fixed;
	return record->unwinding_size <= record->payload_size &&
	       record->eh_frame_hdr_size <= record->unwinding_size;
}

static bool read_body(const uint8_t *bytes, bool swap, struct jitdump_record *record)
{
	switch (record->id) {
	case JITDUMP_CODE_LOAD:
		return read_load(bytes, swap, record);
	case JITDUMP_CODE_MOVE:
		return read_move(bytes, swap, record);
	case JITDUMP_DEBUG_INFO:
		return read_debug(bytes, swap, record);
	case JITDUMP_UNWINDING_INFO:
		return read_unwinding(bytes, swap, record);
	default:
		return true; /* CLOSE, and what is not known: skipped by its size */
	}
}

enum jitdump_cut jitdump_record_cut(const uint8_t *bytes, size_t size, bool is_swapped,
				    struct jitdump_record *record)
{
	*record = (struct jitdump_record){ 0 };
	if (size < BODY)
		return JITDUMP_CUT_UNFINISHED;
	record->id = jitdump_u32(bytes, is_swapped);
	record->total_size = jitdump_u32(bytes + 4, is_swapped);
	record->timestamp = jitdump_u64(bytes + 8, is_swapped);
	if (record->total_size < BODY || record->total_size > JITDUMP_RECORD_SIZE_MAX)
		return JITDUMP_CUT_IMPOSSIBLE;
	if (record->total_size > size)
		return JITDUMP_CUT_UNFINISHED;
	return read_body(bytes, is_swapped, record) ? JITDUMP_CUT_WHOLE : JITDUMP_CUT_IMPOSSIBLE;
}

/* SPDX-License-Identifier: MIT */
#include "jitdump/source_lines.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRY_BYTES = sizeof(struct jitdump_debug_entry_fields) };

/* How far rows may lie outside the code: Erlang's begin 55 bytes before it, V8's and LLVM's end
 * 0x40 behind. */
enum { SLACK_BEFORE = 0x100, SLACK_AFTER = 0x80 };

static bool is_near(const struct jitdump_record *record, uint64_t code_size, uint64_t address)
{
	return address + SLACK_BEFORE >= record->code_addr &&
	       address <= record->code_addr + code_size + SLACK_AFTER;
}

static void read_entry(const uint8_t *bytes, bool is_swapped, struct jitdump_source_line *line)
{
	*line = (struct jitdump_source_line){
		.address = jitdump_u64(bytes, is_swapped),
		.file = "",
		.line = jitdump_u32(bytes + 8, is_swapped),
		.column = jitdump_u32(bytes + 12, is_swapped),
	};
}

static bool is_printable(const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)name[i];

		if (byte < 0x20 || byte == 0x7f)
			return false;
	}
	return true;
}

/* The format's shorthand FF 00: the file of the row before. */
static bool is_same_as_before(const char *name, size_t length)
{
	return length == 1 && (unsigned char)name[0] == 0xff;
}

/* Names repeat from row to row: one copy of each run. */
static const char *keep_name(struct arena *arena, const char *before, const char *name,
			     size_t length, bool *is_bad)
{
	if (is_same_as_before(name, length))
		return before;
	if (strlen(before) == length && !memcmp(before, name, length))
		return before;
	if (!is_printable(name, length)) {
		*is_bad = true;
		return "";
	}
	char *copy = arena_reserve(arena, length + 1);

	memcpy(copy, name, length);
	copy[length] = '\0';
	return copy;
}

/* Row by row, each behind the NUL of the one before. False when the addresses leave the code. */
static bool read_by_names(struct arena *arena, const struct jitdump_record *record,
			  uint64_t code_size, bool is_swapped, struct jitdump_source_line *lines,
			  size_t *count, bool *is_bad)
{
	const uint8_t *at = record->payload, *end = at + record->payload_size;
	const char *before = "";

	for (*count = 0; *count < record->entry_count; ++*count) {
		if (end - at <= ENTRY_BYTES)
			return false;
		const char *name = (const char *)at + ENTRY_BYTES;
		const char *name_end = memchr(name, 0, (size_t)(end - at) - ENTRY_BYTES);
		struct jitdump_source_line *line = &lines[*count];

		if (!name_end)
			return false;
		read_entry(at, is_swapped, line);
		if (!is_near(record, code_size, line->address))
			return false;
		line->file = before =
			keep_name(arena, before, name, (size_t)(name_end - name), is_bad);
		at = (const uint8_t *)name_end + 1;
	}
	return true;
}

/* All names of a damaged record seen so far had one length. Returns the rows that are plausible. */
static size_t read_by_stride(const struct jitdump_record *record, uint64_t code_size,
			     bool is_swapped, struct jitdump_source_line *lines)
{
	size_t stride = record->payload_size / record->entry_count;
	size_t count = 0;

	if (stride <= ENTRY_BYTES)
		return 0;
	for (; count < record->entry_count; count++) {
		read_entry(record->payload + count * stride, is_swapped, &lines[count]);
		if (!is_near(record, code_size, lines[count].address))
			break;
	}
	return count;
}

static bool is_sorted(const struct jitdump_source_line *lines, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (lines[i].address < lines[i - 1].address)
			return false;
	}
	return true;
}

static int compare_rows(const void *a, const void *b)
{
	const struct jitdump_source_line *first = a, *second = b;

	return first->address < second->address ? -1 : first->address > second->address;
}

const struct jitdump_source_line *source_lines_read(struct arena *arena,
						    const struct jitdump_record *record,
						    uint64_t code_size, bool is_swapped,
						    size_t *count, bool *is_bad)
{
	size_t most = record->payload_size / (ENTRY_BYTES + 1);

	*count = 0;
	*is_bad = record->entry_count > most;
	if (record->entry_count == 0 || record->entry_count > most)
		return NULL;
	struct jitdump_source_line *lines =
		arena_reserve(arena, record->entry_count * sizeof(*lines));

	if (!read_by_names(arena, record, code_size, is_swapped, lines, count, is_bad)) {
		size_t by_names = *count;
		size_t by_stride = read_by_stride(record, code_size, is_swapped, lines);

		*is_bad = true;
		/* The stride overwrote the rows: read those that are good again. */
		*count = by_stride;
		if (by_stride < by_names)
			read_by_names(arena, record, code_size, is_swapped, lines, count, is_bad);
	}
	if (!is_sorted(lines, *count))
		qsort(lines, *count, sizeof(*lines), compare_rows);
	return lines;
}

int64_t source_lines_least_offset(const struct jitdump_source_line *lines, size_t count,
				  uint64_t code_address)
{
	return count ? (int64_t)(lines[0].address - code_address) : INT64_MAX;
}

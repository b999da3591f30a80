/* SPDX-License-Identifier: MIT */
#include "jitdump/debug_lines.h"

#include "jitdump/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* An entry's numbers, before its name. */
enum { FIELDS_BYTES = 16 };

/* How far rows are from the code they belong to: Erlang's begin 55 bytes before it, V8's and
 * LLVM's end 0x40 behind it. */
enum { BEFORE_CODE_MAX = 0x100, BEHIND_CODE_MAX = 0x80 };

/* What may be left behind the last entry. */
enum { PADDING_MAX = 7 };

struct row_reader {
	const struct jitdump_record *record;
	uint64_t code_address, code_size;
	struct arena *arena;
	struct debug_lines *lines;
};

static bool is_near_code(const struct row_reader *reader, uint64_t address)
{
	return address - reader->code_address + BEFORE_CODE_MAX <=
	       reader->code_size + BEFORE_CODE_MAX + BEHIND_CODE_MAX;
}

static void add_row(struct row_reader *reader, size_t offset, const char *file)
{
	struct jitdump_debug_entry_fields entry = jitdump_record_entry(reader->record, offset);

	reader->lines->rows[reader->lines->count++] = (struct jitdump_source_line){
		.address = entry.code_addr,
		.file = file,
		.line = entry.line,
		.column = entry.discrim,
	};
}

/* FF 00: the same name as in the entry before. Rows of one file share one copy of its name. */
static const char *file_of(struct row_reader *reader, const char *name, size_t length)
{
	const struct debug_lines *lines = reader->lines;
	const char *last = lines->count ? lines->rows[lines->count - 1].file : "";

	if (length == 1 && (uint8_t)name[0] == 0xff)
		return last;
	if (strcmp(name, last) == 0)
		return last;
	if (!text_is_printable(name, length)) {
		reader->lines->is_damaged = true;
		return "";
	}
	return length ? arena_copy(reader->arena, name, length + 1) : "";
}

/* By the names' own ends. False if that leads away from the code or out of the record. */
static bool read_by_names(struct row_reader *reader)
{
	const struct jitdump_record *record = reader->record;
	size_t at = 0;

	for (uint64_t i = 0; i < record->debug.nr_entry; i++) {
		if (record->payload_size - at <= FIELDS_BYTES ||
		    !is_near_code(reader, jitdump_record_entry(record, at).code_addr))
			return false;
		const char *name = (const char *)record->payload + at + FIELDS_BYTES;
		size_t left = record->payload_size - at - FIELDS_BYTES;
		size_t length = strnlen(name, left);

		if (length == left)
			return false;
		add_row(reader, at, file_of(reader, name, length));
		at += FIELDS_BYTES + length + 1;
	}
	return record->payload_size - at <= PADDING_MAX;
}

static bool distance_leads_along_code(const struct row_reader *reader, size_t distance)
{
	const struct jitdump_record *record = reader->record;
	uint64_t last = 0;

	for (uint64_t i = 0; i < record->debug.nr_entry; i++) {
		uint64_t address = jitdump_record_entry(record, i * distance).code_addr;

		if (!is_near_code(reader, address) || (i > 0 && address < last))
			return false;
		last = address;
	}
	return true;
}

/* The distance of entries whose names all have one length, or 0. The padding behind the last one
 * leaves a few to choose from. */
static size_t find_distance(const struct row_reader *reader)
{
	uint64_t count = reader->record->debug.nr_entry, size = reader->record->payload_size;

	if (count > size)
		return 0;
	uint64_t least = (size - PADDING_MAX + count - 1) / count;

	for (uint64_t distance = size / count; distance >= least && distance > FIELDS_BYTES;
	     distance--) {
		if (distance_leads_along_code(reader, distance))
			return distance;
	}
	return 0;
}

/* Rows that were read by names stay where no distance fits. */
static void read_by_distance(struct row_reader *reader)
{
	size_t distance = find_distance(reader);

	reader->lines->is_damaged = true;
	if (distance == 0)
		return;
	reader->lines->count = 0;
	for (uint64_t i = 0; i < reader->record->debug.nr_entry; i++)
		add_row(reader, i * distance, "");
}

static int compare_rows(const void *left, const void *right)
{
	const struct jitdump_source_line *a = left, *b = right;

	return a->address < b->address ? -1 : a->address > b->address;
}

/* Rows ascend in every known file. Where they do not, equal addresses lose their order. */
static void sort_rows(struct debug_lines *lines)
{
	for (size_t i = 1; i < lines->count; i++) {
		if (lines->rows[i].address >= lines->rows[i - 1].address)
			continue;
		qsort(lines->rows, lines->count, sizeof(*lines->rows), compare_rows);
		return;
	}
}

struct debug_lines debug_lines_read(const struct jitdump_record *record, uint64_t code_address,
				    uint64_t code_size, struct arena *arena)
{
	struct debug_lines lines = { 0 };
	struct row_reader reader = { record, code_address, code_size, arena, &lines };

	uint64_t room = record->payload_size / (FIELDS_BYTES + 1);
	uint64_t count = record->debug.nr_entry;

	if (count == 0 || room == 0) {
		lines.is_damaged = count > 0;
		return lines;
	}
	lines.rows = arena_alloc(arena, (count < room ? count : room) * sizeof(*lines.rows));
	if (!read_by_names(&reader))
		read_by_distance(&reader);
	sort_rows(&lines);
	return lines;
}

bool debug_lines_find(const struct jitdump_source_line *rows, size_t count, uint64_t address,
		      struct jitdump_source_line *row)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rows[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || rows[low - 1].line == 0)
		return false;
	*row = rows[low - 1];
	return true;
}

/* Cuts `:NUMBER` off the end of [text, *end). */
static bool cut_number(const char *text, const char **end, uint32_t *number)
{
	const char *at = *end;
	uint64_t value = 0, weight = 1;

	while (at > text && isdigit((unsigned char)at[-1]) && *end - at < 9) {
		value += weight * (uint64_t)(*--at - '0');
		weight *= 10;
	}
	if (at == *end || at == text || at[-1] != ':')
		return false;
	*end = at - 1;
	*number = (uint32_t)value;
	return true;
}

bool debug_lines_from_symbol(const char *symbol, struct arena *arena,
			     struct jitdump_source_line *row)
{
	static const char *const starts[] = { " /", " file:", " node:" };
	const char *end = symbol + strlen(symbol), *start = NULL;

	if (strncmp(symbol, "JS:", 3) != 0 || !cut_number(symbol, &end, &row->column) ||
	    !cut_number(symbol, &end, &row->line))
		return false;
	/* Names and paths may hold spaces: the path begins like one, or behind the last space. */
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts) && !start; i++)
		start = strstr(symbol, starts[i]);
	if (!start || start >= end)
		start = memrchr(symbol, ' ', (size_t)(end - symbol));
	if (!start || start + 1 >= end)
		return false;
	size_t length = (size_t)(end - start) - 1;
	char *file = arena_alloc(arena, length + 1);

	memcpy(file, start + 1, length);
	row->file = file;
	return true;
}

/* SPDX-License-Identifier: MIT */
#include "jitdump/xalloc.h"
#include "profiler/jprof_section_format.h"

#include <stdlib.h>

/* A row has four fields of at least one byte. */
enum { LINE_BYTES_MIN = 4 };

/* The fields that the next item's are relative to. */
struct last_version {
	uint64_t time_ns, address;
};

static void put_lines(struct section_bytes *out, struct section_texts *texts,
		      const struct jitdump_entry *entry)
{
	uint64_t address = entry->address;
	uint64_t line = 0;

	section_put_varint(out, entry->line_count);
	for (size_t i = 0; i < entry->line_count; i++) {
		section_put_delta(out, entry->lines[i].address, &address);
		section_put_text(out, texts, entry->lines[i].file);
		section_put_delta(out, entry->lines[i].line, &line);
		section_put_varint(out, entry->lines[i].column);
	}
}

static void put_unwind(struct section_bytes *out, const struct jitdump_entry *entry)
{
	uint64_t address = entry->address;

	section_put_delta(out, entry->unwind.eh_frame_address, &address);
	section_put_varint(out, entry->unwind.eh_frame_size);
	section_put_bytes(out, entry->unwind.eh_frame, entry->unwind.eh_frame_size);
}

static uint8_t version_flags(const struct jitdump_entry *entry)
{
	return (entry->kind == JITDUMP_ENTRY_MOVE ? SECTION_VERSION_IS_MOVE : 0) |
	       (entry->code ? SECTION_VERSION_HAS_CODE : 0) |
	       (entry->uses_frame_pointer ? SECTION_VERSION_USES_FRAME_POINTER : 0) |
	       (entry->unwind.eh_frame ? SECTION_VERSION_HAS_UNWIND : 0);
}

static void put_version(struct section_bytes *out, struct section_texts *texts,
			const struct stored_version *version, struct last_version *last)
{
	const struct jitdump_entry *entry = &version->entry;
	uint8_t flags = version_flags(entry);

	section_put_varint(out, version->dump);
	section_put_u8(out, flags);
	section_put_delta(out, entry->time_ns, &last->time_ns);
	section_put_varint(out, entry->pid);
	section_put_varint(out, entry->tid);
	section_put_varint(out, entry->code_index);
	section_put_delta(out, entry->address, &last->address);
	section_put_varint(out, entry->size);
	if (flags & SECTION_VERSION_IS_MOVE) {
		uint64_t address = entry->address;

		section_put_delta(out, entry->old_address, &address);
	}
	section_put_text(out, texts, entry->name);
	if (flags & SECTION_VERSION_HAS_CODE)
		section_put_bytes(out, entry->code, entry->size);
	put_lines(out, texts, entry);
	if (flags & SECTION_VERSION_HAS_UNWIND)
		put_unwind(out, entry);
}

void jprof_section_put_versions(struct section_bytes *out, const struct stored_version *versions,
				size_t count)
{
	struct section_texts texts = { 0 };
	struct last_version last = { 0 };

	if (!count)
		return;
	size_t start = section_begin_chunk(out, SECTION_VERSIONS, SECTION_VERSION);

	for (size_t i = 0; i < count; i++)
		put_version(out, &texts, &versions[i], &last);
	section_end_chunk(out, start);
	section_texts_deinit(&texts);
}

static const char *present_text(const char *text)
{
	return text ? text : "";
}

/* NULL where there are none; to be freed. */
static struct jitdump_source_line *take_lines(struct section_cursor *cursor,
					      const struct jitdump_entry *entry, size_t *count)
{
	uint64_t wanted = section_take_varint(cursor);
	uint64_t address = entry->address;
	uint64_t line = 0;

	*count = 0;
	if (wanted > byte_cursor_left(&cursor->bytes) / LINE_BYTES_MIN)
		cursor->bytes.has_failed = true;
	if (!wanted || cursor->bytes.has_failed)
		return NULL;
	struct jitdump_source_line *lines = xcalloc(wanted, sizeof(*lines));

	for (size_t i = 0; i < wanted; i++) {
		lines[i].address = section_take_delta(cursor, &address);
		lines[i].file = present_text(section_take_text(cursor));
		lines[i].line = (uint32_t)section_take_delta(cursor, &line);
		lines[i].column = section_take_u32(cursor);
	}
	*count = wanted;
	return lines;
}

static void take_unwind(struct section_cursor *cursor, struct jitdump_entry *entry)
{
	uint64_t address = entry->address;

	entry->unwind.eh_frame_address = section_take_delta(cursor, &address);
	uint64_t size = section_take_varint(cursor);

	entry->unwind.eh_frame = byte_cursor_bytes(&cursor->bytes, size);
	entry->unwind.eh_frame_size = entry->unwind.eh_frame ? size : 0;
}

static struct stored_version take_version(struct section_cursor *cursor, struct last_version *last)
{
	struct stored_version version = { .dump = section_take_u32(cursor) };
	struct jitdump_entry *entry = &version.entry;
	uint8_t flags = byte_cursor_u8(&cursor->bytes);

	entry->kind = flags & SECTION_VERSION_IS_MOVE ? JITDUMP_ENTRY_MOVE : JITDUMP_ENTRY_LOAD;
	entry->uses_frame_pointer = flags & SECTION_VERSION_USES_FRAME_POINTER;
	entry->time_ns = section_take_delta(cursor, &last->time_ns);
	entry->pid = section_take_u32(cursor);
	entry->tid = section_take_u32(cursor);
	entry->code_index = section_take_varint(cursor);
	entry->address = section_take_delta(cursor, &last->address);
	entry->size = section_take_varint(cursor);
	if (flags & SECTION_VERSION_IS_MOVE) {
		uint64_t address = entry->address;

		entry->old_address = section_take_delta(cursor, &address);
	}
	entry->name = present_text(section_take_text(cursor));
	if (flags & SECTION_VERSION_HAS_CODE)
		entry->code = byte_cursor_bytes(&cursor->bytes, entry->size);
	entry->lines = take_lines(cursor, entry, &entry->line_count);
	if (flags & SECTION_VERSION_HAS_UNWIND)
		take_unwind(cursor, entry);
	return version;
}

void section_read_versions(struct jprof_section *section, struct section_cursor *cursor)
{
	struct last_version last = { 0 };

	while (byte_cursor_left(&cursor->bytes)) {
		struct stored_version version = take_version(cursor, &last);

		if (cursor->bytes.has_failed) {
			free((void *)version.entry.lines);
			return;
		}
		section->versions = xgrow(section->versions, section->version_count,
					  &section->version_capacity, sizeof(version));
		section->versions[section->version_count++] = version;
	}
}

void jprof_section_put_dump_uses(struct section_bytes *out, const struct stored_dump_use *uses,
				 size_t count)
{
	struct section_texts texts = { 0 };

	if (!count)
		return;
	size_t start = section_begin_chunk(out, SECTION_DUMP_USES, SECTION_VERSION);

	for (size_t i = 0; i < count; i++) {
		section_put_varint(out, uses[i].dump);
		section_put_varint(out, uses[i].pid);
		section_put_varint(out, uses[i].from_ns);
		section_put_varint(out, uses[i].until_ns);
		section_put_text(out, &texts, uses[i].path);
	}
	section_end_chunk(out, start);
	section_texts_deinit(&texts);
}

void section_read_dump_uses(struct jprof_section *section, struct section_cursor *cursor)
{
	while (byte_cursor_left(&cursor->bytes)) {
		struct stored_dump_use use;

		use.dump = section_take_u32(cursor);
		use.pid = section_take_u32(cursor);
		use.from_ns = section_take_varint(cursor);
		use.until_ns = section_take_varint(cursor);
		use.path = present_text(section_take_text(cursor));
		if (cursor->bytes.has_failed)
			return;
		section->dump_uses = xgrow(section->dump_uses, section->dump_use_count,
					   &section->dump_use_capacity, sizeof(use));
		section->dump_uses[section->dump_use_count++] = use;
	}
}

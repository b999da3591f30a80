/* SPDX-License-Identifier: MIT */
#include "jitdump/announcement.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Static_assert(sizeof(struct jitdump_load_record) == 56, "no padding");
_Static_assert(sizeof(struct jitdump_move_record) == 64, "no padding");
_Static_assert(sizeof(struct jitdump_debug_record) == 32, "no padding");
_Static_assert(sizeof(struct jitdump_unwinding_record) == 40, "no padding");
_Static_assert(sizeof(struct jitdump_debug_entry_fields) == 16, "no padding");

/* An .eh_frame_hdr that finds nothing, as V8 12 writes it: version 1, a pc-relative pointer to an
 * .eh_frame that is not there, no entries (fde_count 0), one unused entry. */
static const uint8_t empty_table[20] = { 1, 0x1b, 0x03, 0x3b };

/* Copies a text with its NUL; what would break a line or a terminal becomes '?'. */
static char *append_text(char *to, const char *text)
{
	for (; *text != '\0'; text++, to++) {
		*to = *text;
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*to = '?';
	}
	*to++ = '\0';
	return to;
}

static bool table_is_valid(const struct jitdump_function *function)
{
	if (function->eh_frame == NULL)
		return function->eh_frame_size == 0 && function->eh_frame_hdr_size == 0;
	return function->eh_frame_hdr_size != 0 &&
	       function->eh_frame_hdr_size <= function->eh_frame_size;
}

static bool lines_are_valid(const struct jitdump_function *function)
{
	uint64_t offset = 0;

	if (function->line_count == 0)
		return true;
	if (function->lines == NULL || function->lines[0].file == NULL)
		return false;
	for (size_t i = 0; i < function->line_count; i++) {
		if (function->lines[i].code_offset < offset ||
		    function->lines[i].code_offset >= function->code_size)
			return false;
		offset = function->lines[i].code_offset;
	}
	return true;
}

static bool function_is_valid(const struct jitdump_function *function)
{
	return function->name != NULL && function->name[0] != '\0' && function->code_size != 0 &&
	       function->code_size - 1 <= UINT64_MAX - function->code_address &&
	       (function->code != NULL || function->code_address != 0) &&
	       table_is_valid(function) && lines_are_valid(function);
}

static void add_piece(struct jitdump_announcement *announcement, const void *bytes, size_t size)
{
	announcement->pieces[announcement->piece_count++] =
		(struct iovec){ .iov_base = (void *)bytes, .iov_len = size };
}

/* A record's size field has 32 bits. */
static int set_prefix(struct jitdump_record_prefix *prefix, enum jitdump_record_id id,
		      uint64_t total_size)
{
	if (total_size > UINT32_MAX)
		return -EMSGSIZE;
	prefix->id = id;
	prefix->total_size = (uint32_t)total_size;
	return 0;
}

/* Every entry names its file in full: perf 6.1 does not know the format's "same as before". */
static uint64_t entries_size(const struct jitdump_function *function)
{
	uint64_t size = 0;
	size_t file_size = 0;

	for (size_t i = 0; i < function->line_count && size <= UINT32_MAX; i++) {
		if (function->lines[i].file != NULL)
			file_size = strlen(function->lines[i].file) + 1;
		size += sizeof(struct jitdump_debug_entry_fields) + file_size;
	}
	return size;
}

static void fill_entries(uint8_t *at, const struct jitdump_function *function)
{
	const char *file = NULL;

	for (size_t i = 0; i < function->line_count; i++) {
		const struct jitdump_line *line = &function->lines[i];
		struct jitdump_debug_entry_fields fields = {
			.code_addr = function->code_address + line->code_offset,
			.line = line->line,
			.discrim = line->column,
		};

		if (line->file != NULL)
			file = line->file;
		memcpy(at, &fields, sizeof(fields));
		at = (uint8_t *)append_text((char *)at + sizeof(fields), file);
	}
}

static int add_debug(struct jitdump_announcement *announcement,
		     const struct jitdump_function *function)
{
	struct jitdump_debug_record *record = &announcement->debug;
	uint64_t size = entries_size(function);
	int status = set_prefix(&record->prefix, JITDUMP_DEBUG_INFO, sizeof(*record) + size);

	if (status != 0 || function->line_count == 0)
		return status;
	announcement->entries = malloc(size);
	if (announcement->entries == NULL)
		return -ENOMEM;
	fill_entries(announcement->entries, function);
	record->fields.code_addr = function->code_address;
	record->fields.nr_entry = function->line_count;
	add_piece(announcement, record, sizeof(*record));
	add_piece(announcement, announcement->entries, size);
	return 0;
}

static int add_unwinding(struct jitdump_announcement *announcement,
			 const struct jitdump_function *function)
{
	struct jitdump_unwinding_record *record = &announcement->unwinding;
	const void *table = function->eh_frame;
	uint64_t size = function->eh_frame_size;
	uint64_t hdr_size = function->eh_frame_hdr_size;
	int status;

	if (table == NULL) {
		table = empty_table;
		size = hdr_size = sizeof(empty_table);
	} else if (function->reserved_after >= jitdump_reserve_size(function->code_size, size)) {
		record->fields.mapped_size = size;
	}
	status = set_prefix(&record->prefix, JITDUMP_UNWINDING_INFO, sizeof(*record) + size);
	if (status != 0)
		return status;
	record->fields.unwinding_size = size;
	record->fields.eh_frame_hdr_size = hdr_size;
	add_piece(announcement, record, sizeof(*record));
	add_piece(announcement, table, size);
	return 0;
}

static int add_load(struct jitdump_announcement *announcement,
		    const struct jitdump_function *function)
{
	struct jitdump_load_record *record = &announcement->load;
	size_t name_size = strlen(function->name) + 1;
	const void *code = function->code;
	int status = -EMSGSIZE;

	if (function->code_size <= UINT32_MAX && name_size <= UINT32_MAX)
		status = set_prefix(&record->prefix, JITDUMP_CODE_LOAD,
				    sizeof(*record) + name_size + function->code_size);
	if (status != 0)
		return status;
	announcement->name = malloc(name_size);
	if (announcement->name == NULL)
		return -ENOMEM;
	append_text(announcement->name, function->name);
	if (code == NULL) /* NOLINTNEXTLINE(performance-no-int-to-ptr): it is where the code is */
		code = (const void *)(uintptr_t)function->code_address;
	record->fields.pid = (uint32_t)getpid();
	record->fields.tid = (uint32_t)gettid();
	record->fields.vma = function->code_address;
	record->fields.code_addr = function->code_address;
	record->fields.code_size = function->code_size;
	add_piece(announcement, record, sizeof(*record));
	add_piece(announcement, announcement->name, name_size);
	add_piece(announcement, code, function->code_size);
	return 0;
}

int jitdump_announcement_init(struct jitdump_announcement *announcement,
			      const struct jitdump_function *function)
{
	int status;

	*announcement = (struct jitdump_announcement){ 0 };
	if (!function_is_valid(function))
		return -EINVAL;
	status = add_debug(announcement, function);
	if (status == 0)
		status = add_unwinding(announcement, function);
	if (status == 0)
		status = add_load(announcement, function);
	if (status != 0)
		jitdump_announcement_deinit(announcement);
	return status;
}

void jitdump_announcement_deinit(struct jitdump_announcement *announcement)
{
	free(announcement->entries);
	free(announcement->name);
	announcement->entries = NULL;
	announcement->name = NULL;
}

void jitdump_announcement_stamp(struct jitdump_announcement *announcement, uint64_t code_index,
				uint64_t now_ns)
{
	announcement->debug.prefix.timestamp = now_ns;
	announcement->unwinding.prefix.timestamp = now_ns;
	announcement->load.prefix.timestamp = now_ns;
	announcement->load.fields.code_index = code_index;
}

/* SPDX-License-Identifier: MIT */
#include "support/dump_records.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void read_file(struct dump_records *dump, const char *path)
{
	struct stat file;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fail_msg("no dump at %s", path);
	assert_int_equal(fstat(fd, &file), 0);
	dump->size = (size_t)file.st_size;
	dump->bytes = malloc(dump->size + 1);
	assert_non_null(dump->bytes);
	assert_int_equal(read(fd, dump->bytes, dump->size), dump->size);
	close(fd);
}

/* Returns how many bytes the whole records and the header take up. */
static size_t find_records(struct dump_records *dump)
{
	size_t at = sizeof(dump->header);

	dump->records = calloc(dump->size / sizeof(struct jitdump_record_prefix) + 1,
			       sizeof(*dump->records));
	assert_non_null(dump->records);
	if (dump->size < at)
		return 0;
	memcpy(&dump->header, dump->bytes, sizeof(dump->header));
	while (dump->size - at >= sizeof(struct jitdump_record_prefix)) {
		struct dump_record *record = &dump->records[dump->count];

		memcpy(&record->prefix, dump->bytes + at, sizeof(record->prefix));
		assert_true(record->prefix.id <= JITDUMP_UNWINDING_INFO);
		assert_true(record->prefix.total_size >= sizeof(record->prefix));
		if (record->prefix.total_size > dump->size - at)
			break;
		record->payload = dump->bytes + at + sizeof(record->prefix);
		record->payload_size = record->prefix.total_size - sizeof(record->prefix);
		at += record->prefix.total_size;
		dump->count++;
	}
	return at;
}

void dump_records_read_whole(struct dump_records *dump, const char *path)
{
	*dump = (struct dump_records){ 0 };
	read_file(dump, path);
	find_records(dump);
}

void dump_records_read(struct dump_records *dump, const char *path)
{
	*dump = (struct dump_records){ 0 };
	read_file(dump, path);
	assert_true(dump->size >= sizeof(dump->header));
	assert_int_equal(find_records(dump), dump->size);
}

void dump_records_release(struct dump_records *dump)
{
	free(dump->bytes);
	free(dump->records);
	*dump = (struct dump_records){ 0 };
}

void dump_records_ids(const struct dump_records *dump, char *text, size_t size)
{
	size_t length = 0;

	for (size_t i = 0; i < dump->count && length + 1 < size; i++)
		text[length++] = "LMDCU"[dump->records[i].prefix.id];
	text[length] = '\0';
}

static const struct dump_record *record_of(const struct dump_records *dump, size_t index,
					   enum jitdump_record_id id, size_t least_size)
{
	assert_true(index < dump->count);
	assert_int_equal(dump->records[index].prefix.id, id);
	assert_true(dump->records[index].payload_size >= least_size);
	return &dump->records[index];
}

/* A text that must end inside the record. */
static const char *text_in(const struct dump_record *record, size_t offset)
{
	assert_true(offset < record->payload_size);
	assert_non_null(memchr(record->payload + offset, 0, record->payload_size - offset));
	return (const char *)record->payload + offset;
}

struct jitdump_load_fields dump_records_load(const struct dump_records *dump, size_t index,
					     const char **name, const uint8_t **code)
{
	struct jitdump_load_fields fields;
	const struct dump_record *record =
		record_of(dump, index, JITDUMP_CODE_LOAD, sizeof(fields));
	size_t code_offset;

	memcpy(&fields, record->payload, sizeof(fields));
	*name = text_in(record, sizeof(fields));
	code_offset = sizeof(fields) + strlen(*name) + 1;
	assert_int_equal(record->payload_size - code_offset, fields.code_size);
	*code = record->payload + code_offset;
	return fields;
}

struct jitdump_move_fields dump_records_move(const struct dump_records *dump, size_t index)
{
	struct jitdump_move_fields fields;
	const struct dump_record *record =
		record_of(dump, index, JITDUMP_CODE_MOVE, sizeof(fields));

	assert_int_equal(record->payload_size, sizeof(fields));
	memcpy(&fields, record->payload, sizeof(fields));
	return fields;
}

struct jitdump_unwinding_fields dump_records_unwinding(const struct dump_records *dump,
						       size_t index, const uint8_t **table)
{
	struct jitdump_unwinding_fields fields;
	const struct dump_record *record =
		record_of(dump, index, JITDUMP_UNWINDING_INFO, sizeof(fields));

	memcpy(&fields, record->payload, sizeof(fields));
	assert_int_equal(record->payload_size - sizeof(fields), fields.unwinding_size);
	*table = record->payload + sizeof(fields);
	return fields;
}

struct jitdump_debug_entry_fields dump_records_line(const struct dump_records *dump, size_t index,
						    size_t row, const char **file)
{
	struct jitdump_debug_entry_fields entry;
	struct jitdump_debug_fields fields;
	const struct dump_record *record =
		record_of(dump, index, JITDUMP_DEBUG_INFO, sizeof(fields));
	size_t at = sizeof(fields);

	memcpy(&fields, record->payload, sizeof(fields));
	assert_true(row < fields.nr_entry);
	for (size_t i = 0;; i++) {
		assert_true(record->payload_size - at > sizeof(entry));
		memcpy(&entry, record->payload + at, sizeof(entry));
		*file = text_in(record, at + sizeof(entry));
		at += sizeof(entry) + strlen(*file) + 1;
		if (i + 1 == fields.nr_entry)
			assert_int_equal(at, record->payload_size);
		if (i == row)
			return entry;
	}
}

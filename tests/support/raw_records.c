/* SPDX-License-Identifier: MIT */
#include "support/raw_records.h"

#include "jitdump/xalloc.h"

#include <linux/perf_event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A sample: header, id, ip, pid and tid, time. A trailer: pid and tid, time, cpu, id. */
enum { SAMPLE_IP_OFFSET = 16, SAMPLE_TIME_OFFSET = 32, TRAILER_TIME_FROM_END = 24 };

static uint8_t *read_all(const char *path, uint64_t *size)
{
	FILE *file = fopen(path, "re");

	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	*size = (uint64_t)ftell(file);
	rewind(file);
	uint8_t *bytes = xmalloc(*size);

	assert_int_equal(fread(bytes, 1, *size, file), *size);
	fclose(file);
	return bytes;
}

static void add_record(struct raw_records *raw, const uint8_t *bytes,
		       const struct perf_event_header *header)
{
	struct raw_record record = { .type = header->type };

	if (header->type == PERF_RECORD_SAMPLE) {
		memcpy(&record.ip, bytes + SAMPLE_IP_OFFSET, sizeof(record.ip));
		memcpy(&record.time_ns, bytes + SAMPLE_TIME_OFFSET, sizeof(record.time_ns));
	} else if (header->type < RECORD_USER_TYPE_START) {
		memcpy(&record.time_ns, bytes + header->size - TRAILER_TIME_FROM_END,
		       sizeof(record.time_ns));
	}
	raw->records = xgrow(raw->records, raw->count, &raw->capacity, sizeof(record));
	raw->records[raw->count++] = record;
}

struct raw_records raw_records_read(const char *path)
{
	struct raw_records raw = { 0 };
	uint8_t *bytes = read_all(path, &raw.file_bytes);
	struct perf_event_header header;

	memcpy(&raw.header, bytes, sizeof(raw.header));
	uint64_t end = raw.header.data.size ? raw.header.data.offset + raw.header.data.size
					    : raw.file_bytes;

	assert_true(end <= raw.file_bytes);
	for (raw.end = raw.header.data.offset; raw.end < end; raw.end += header.size) {
		assert_true(end - raw.end >= sizeof(header));
		memcpy(&header, bytes + raw.end, sizeof(header));
		assert_true(header.size >= sizeof(header) && header.size <= end - raw.end);
		add_record(&raw, bytes + raw.end, &header);
	}
	free(bytes);
	return raw;
}

void raw_records_free(struct raw_records *raw)
{
	free(raw->records);
	*raw = (struct raw_records){ 0 };
}

size_t raw_records_count(const struct raw_records *raw, uint32_t type)
{
	size_t count = 0;

	for (size_t i = 0; i < raw->count; i++)
		count += raw->records[i].type == type;
	return count;
}

/* SPDX-License-Identifier: MIT */
#include "profiler/data_features.h"

#include "jitdump/xalloc.h"
#include "profiler/byte_cursor.h"
#include "profiler/data_format.h"
#include "profiler/data_text.h"
#include "profiler/event_layout.h"

#include <stdlib.h>

void data_features_init(struct data_feature_set *set, struct string_pool *strings)
{
	*set = (struct data_feature_set){
		.told = { .hostname = "",
			  .os_release = "",
			  .version = "",
			  .arch = "",
			  .cpu_description = "",
			  .command_line = "",
			  .clockid = -1 },
		.strings = strings,
	};
}

void data_features_deinit(struct data_feature_set *set)
{
	free(set->build_ids);
	section_bytes_deinit(&set->section);
	*set = (struct data_feature_set){ 0 };
}

/* u32 size, then so many bytes with at least one NUL. Borrowed and unterminated: NULL if cut. */
static const char *read_text(struct byte_cursor *body, size_t *length)
{
	uint32_t size = byte_cursor_u32(body);
	const char *text = (const char *)byte_cursor_bytes(body, size);

	*length = text ? strnlen(text, size) : 0;
	return text;
}

static void add_text(struct data_feature_set *set, const char **told, struct byte_cursor body)
{
	size_t length;
	const char *text = read_text(&body, &length);

	if (text)
		*told = data_text_add(set->strings, text, length);
}

/* u32 count, texts. */
static void add_command_line(struct data_feature_set *set, struct byte_cursor body)
{
	uint32_t count = byte_cursor_u32(&body);
	char *text = NULL;
	size_t size;
	FILE *line = open_memstream(&text, &size);

	for (uint32_t number = 0; line && number < count; number++) {
		size_t length;
		const char *bytes = read_text(&body, &length);

		if (!bytes)
			break;
		char *word = xstrndup(bytes, length);

		data_text_put_word(line, word);
		free(word);
	}
	if (!line || fclose(line) != 0)
		return;
	set->told.command_line = data_text_add(set->strings, text, size);
	free(text);
}

/* u64 first, u64 last. */
static void add_sample_time(struct data_feature_set *set, struct byte_cursor body)
{
	uint64_t first = byte_cursor_u64(&body), last = byte_cursor_u64(&body);

	if (body.has_failed)
		return;
	set->told.first_sample_ns = first;
	set->told.last_sample_ns = last;
}

/* u32 version, u32 clockid, u64 wall clock, u64 the clock at the same moment. FEATURE_CLOCKID, for
 * all its name, holds the clock's resolution. */
static void add_clock_data(struct data_feature_set *set, struct byte_cursor body)
{
	byte_cursor_u32(&body);
	uint32_t clockid = byte_cursor_u32(&body);

	if (!body.has_failed)
		set->told.clockid = (int32_t)clockid;
}

static void add_build_ids(struct data_feature_set *set, struct byte_cursor body)
{
	while (byte_cursor_left(&body) >= RECORD_HEADER_BYTES) {
		struct perf_event_header header;

		memcpy(&header, body.next, sizeof(header));
		if (header.size < RECORD_HEADER_BYTES)
			break;
		const uint8_t *record = byte_cursor_bytes(&body, header.size);

		if (record)
			data_features_add_build_id(set, record, header.size);
	}
}

void data_features_add_build_id(struct data_feature_set *set, const uint8_t *record, size_t size)
{
	struct byte_cursor body =
		byte_cursor(record + RECORD_HEADER_BYTES, size - RECORD_HEADER_BYTES);
	struct perf_event_header header;
	struct data_build_id told = { .pid = byte_cursor_u32(&body) };
	/* 20 bytes of build-id, its size, three reserved bytes. */
	const uint8_t *build_id = byte_cursor_bytes(&body, 24);
	const char *path = byte_cursor_text(&body);
	uint8_t length = IMAGE_BUILD_ID_MAX;

	memcpy(&header, record, sizeof(header));
	if (!build_id || !path)
		return;
	if (header.misc & RECORD_MISC_BUILD_ID_SIZE && build_id[IMAGE_BUILD_ID_MAX] < length)
		length = build_id[IMAGE_BUILD_ID_MAX];
	told.build_id.size = length;
	memcpy(told.build_id.bytes, build_id, length);
	told.path = data_text_add(set->strings, path, strlen(path));
	told.is_kernel = (header.misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_KERNEL;
	set->build_ids = xgrow(set->build_ids, set->build_id_count, &set->build_id_capacity,
			       sizeof(*set->build_ids));
	set->build_ids[set->build_id_count++] = told;
}

/* A piece of jprof's section, as it goes through pipes. */
static void add_piece(struct data_feature_set *set, struct byte_cursor body)
{
	if (byte_cursor_u64(&body) == JPROF_PIPE_MAGIC)
		section_put_bytes(&set->section, body.next, byte_cursor_left(&body));
}

void data_features_add(struct data_feature_set *set, struct data_events *events, uint64_t feature,
		       const uint8_t *bytes, size_t size)
{
	struct byte_cursor body = byte_cursor(bytes, size);
	struct data_features *told = &set->told;

	switch (feature) {
	case FEATURE_BUILD_ID:
		add_build_ids(set, body);
		break;
	case FEATURE_HOSTNAME:
		add_text(set, &told->hostname, body);
		break;
	case FEATURE_OSRELEASE:
		add_text(set, &told->os_release, body);
		break;
	case FEATURE_VERSION:
		add_text(set, &told->version, body);
		break;
	case FEATURE_ARCH:
		add_text(set, &told->arch, body);
		break;
	case FEATURE_CPUDESC:
		add_text(set, &told->cpu_description, body);
		break;
	case FEATURE_CMDLINE:
		add_command_line(set, body);
		break;
	case FEATURE_NRCPUS:
		/* Available, then online: perf's format text has them the other way round, its
		 * code (util/header.c) does not. */
		byte_cursor_u32(&body);
		told->cpus_online = byte_cursor_u32(&body);
		break;
	case FEATURE_EVENT_DESC:
		data_events_describe(events, bytes, size);
		break;
	case FEATURE_SAMPLE_TIME:
		add_sample_time(set, body);
		break;
	case FEATURE_CLOCK_DATA:
		add_clock_data(set, body);
		break;
	case FEATURE_COMPRESSED:
		told->is_compressed = true;
		break;
	case JPROF_PIPE_FEATURE:
		add_piece(set, body);
		break;
	case JPROF_FEATURE_BIT:
		section_put_bytes(&set->section, bytes, size);
		break;
	}
}

void data_features_add_record(struct data_feature_set *set, struct data_events *events,
			      const uint8_t *record, size_t size)
{
	struct byte_cursor body =
		byte_cursor(record + RECORD_HEADER_BYTES, size - RECORD_HEADER_BYTES);
	uint64_t feature = byte_cursor_u64(&body);

	if (!body.has_failed)
		data_features_add(set, events, feature, body.next, byte_cursor_left(&body));
}

/* SPDX-License-Identifier: MIT */
#include "support/recording.h"

#include "profiler/data_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

void recording_free(struct recording *recording)
{
	bytes_free(&recording->data);
	for (size_t number = 0; number < recording->feature_count; number++)
		bytes_free(&recording->features[number].bytes);
	*recording = (struct recording){ 0 };
}

struct perf_event_attr recording_attr(uint64_t more_sample_type)
{
	return (struct perf_event_attr){
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.size = PERF_ATTR_SIZE_VER5,
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |
			       PERF_SAMPLE_PERIOD | more_sample_type,
		.sample_id_all = 1,
		.freq = 1,
		.sample_freq = 999,
	};
}

void recording_add_event(struct recording *recording, const struct perf_event_attr *attr,
			 uint64_t id)
{
	size_t number = recording->event_count++;

	recording->events[number].attr = *attr;
	recording->events[number].attr_size = attr->size;
	recording->events[number].ids[0] = id;
	recording->events[number].id_count = id ? 1 : 0;
}

void recording_add_sample(struct recording *recording, uint64_t time_ns, uint64_t ip)
{
	struct byte_builder *data = &recording->data;
	size_t record = bytes_begin_record(data, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER);

	bytes_u64(data, ip);
	bytes_u32(data, 41); /* pid */
	bytes_u32(data, 42); /* tid */
	bytes_u64(data, time_ns);
	bytes_u64(data, 1001001); /* period */
	bytes_end_record(data, record);
}

void recording_add_comm(struct recording *recording, uint64_t time_ns, const char *comm)
{
	struct byte_builder *data = &recording->data;
	size_t record = bytes_begin_record(data, PERF_RECORD_COMM, 0);

	bytes_u32(data, 41);
	bytes_u32(data, 42);
	bytes_text(data, comm);
	bytes_u32(data, 41); /* the trailer: pid, tid, time */
	bytes_u32(data, 42);
	bytes_u64(data, time_ns);
	bytes_end_record(data, record);
}

void recording_add_round(struct recording *recording)
{
	bytes_end_record(&recording->data,
			 bytes_begin_record(&recording->data, RECORD_FINISHED_ROUND, 0));
}

struct byte_builder *recording_add_feature(struct recording *recording, unsigned int bit)
{
	size_t number = recording->feature_count++;

	recording->features[number].bit = bit;
	return &recording->features[number].bytes;
}

static void add_attrs(const struct recording *recording, struct byte_builder *file,
		      const uint64_t *ids_offsets)
{
	for (size_t number = 0; number < recording->event_count; number++) {
		bytes_add(file, &recording->events[number].attr,
			  recording->events[number].attr_size);
		bytes_u64(file, ids_offsets[number]);
		bytes_u64(file, 8 * recording->events[number].id_count);
	}
}

static void add_features(const struct recording *recording, struct byte_builder *file)
{
	uint64_t offset = file->size + recording->feature_count * sizeof(struct data_section);

	for (size_t number = 0; number < recording->feature_count; number++) {
		bytes_u64(file, offset);
		bytes_u64(file, recording->features[number].bytes.size);
		offset += recording->features[number].bytes.size;
	}
	for (size_t number = 0; number < recording->feature_count; number++)
		bytes_add(file, recording->features[number].bytes.bytes,
			  recording->features[number].bytes.size);
}

struct byte_builder recording_file(const struct recording *recording, bool is_closed)
{
	struct byte_builder file = { 0 };
	struct data_file_header header = { .magic = DATA_MAGIC, .size = sizeof(header) };
	uint64_t ids_offsets[RECORDING_PARTS_MAX];

	bytes_add(&file, &header, sizeof(header));
	for (size_t number = 0; number < recording->event_count; number++) {
		ids_offsets[number] = file.size;
		bytes_add(&file, recording->events[number].ids,
			  8 * recording->events[number].id_count);
	}
	header.attrs.offset = file.size;
	add_attrs(recording, &file, ids_offsets);
	header.attrs.size = file.size - header.attrs.offset;
	header.attr_size = recording->event_count ? header.attrs.size / recording->event_count : 0;
	header.data.offset = file.size;
	bytes_add(&file, recording->data.bytes, recording->data.size);
	for (size_t number = 0; number < recording->feature_count; number++)
		header.features[recording->features[number].bit / 64] |=
			1ULL << recording->features[number].bit % 64;
	if (is_closed) {
		header.data.size = recording->data.size;
		add_features(recording, &file);
	}
	memcpy(file.bytes, &header, sizeof(header));
	return file;
}

struct byte_builder recording_pipe(const struct recording *recording)
{
	struct byte_builder pipe = { 0 };
	size_t record;

	bytes_u64(&pipe, DATA_MAGIC);
	bytes_u64(&pipe, sizeof(struct data_pipe_header));
	for (size_t number = 0; number < recording->event_count; number++) {
		record = bytes_begin_record(&pipe, RECORD_HEADER_ATTR, 0);
		bytes_add(&pipe, &recording->events[number].attr,
			  recording->events[number].attr_size);
		bytes_add(&pipe, recording->events[number].ids,
			  8 * recording->events[number].id_count);
		bytes_end_record(&pipe, record);
	}
	bytes_add(&pipe, recording->data.bytes, recording->data.size);
	for (size_t number = 0; number < recording->feature_count; number++) {
		record = bytes_begin_record(&pipe, RECORD_HEADER_FEATURE, 0);
		bytes_u64(&pipe, recording->features[number].bit);
		bytes_add(&pipe, recording->features[number].bytes.bytes,
			  recording->features[number].bytes.size);
		bytes_end_record(&pipe, record);
	}
	return pipe;
}

void recording_write(const void *bytes, size_t size, char path[64])
{
	snprintf(path, 64, "/tmp/jprof-recording-XXXXXX");
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

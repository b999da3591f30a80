/* SPDX-License-Identifier: MIT */
#include "support/read_back.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void keep(struct read_back *back, const struct perf_event_header *record)
{
	struct perf_event_header header;
	struct event event;

	memcpy(&header, record, sizeof(header));
	if (!event_decode(data_reader_layout(back->reader), record, &event)) {
		back->undecodable_count++;
		return;
	}
	back->records = xgrow(back->records, back->count, &back->capacity, sizeof(*back->records));
	back->records[back->count++] = (struct read_record){
		.type = header.type,
		.time_ns = event.time_ns,
		.ip = event.type == EVENT_SAMPLE ? event.sample.ip : 0,
		.pid = event.pid,
		.tid = event.tid,
		.event_number = event.event_number,
		.size = header.size,
	};
}

struct read_back read_back_path(const char *path)
{
	struct read_back back = { 0 };
	const struct perf_event_header *record;

	back.reader = data_reader_open(path, false, &back.err);
	while (back.reader && (record = data_reader_next(back.reader)))
		keep(&back, record);
	return back;
}

struct read_back read_back_bytes(const void *bytes, size_t size)
{
	struct read_back back;
	char path[64];

	recording_write(bytes, size, path);
	back = read_back_path(path);
	unlink(path);
	return back;
}

struct read_back read_back_recording(struct recording *recording)
{
	struct byte_builder file = recording_file(recording, true);
	struct read_back back = read_back_bytes(file.bytes, file.size);

	bytes_free(&file);
	recording_free(recording);
	return back;
}

void read_back_close(struct read_back *back)
{
	data_reader_close(back->reader);
	free(back->records);
	*back = (struct read_back){ 0 };
}

size_t read_back_sample_count(const struct read_back *back)
{
	size_t count = 0;

	for (size_t number = 0; number < back->count; number++)
		count += back->records[number].type == PERF_RECORD_SAMPLE;
	return count;
}

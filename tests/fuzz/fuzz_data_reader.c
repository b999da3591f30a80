/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a recording: opened, read to the end, every record decoded and what it points to
 * touched. The sanitizers are the judges.
 */
#include "profiler/data_reader.h"

#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static volatile uint8_t sink;

static void touch(const void *bytes, size_t size)
{
	for (size_t number = 0; bytes && number < size; number++)
		sink ^= ((const uint8_t *)bytes)[number];
}

static void touch_text(const char *text)
{
	touch(text, strlen(text));
}

static void touch_sample(const struct sample_event *sample)
{
	touch(sample->callchain.bytes, 8 * sample->callchain.count);
	touch(sample->user.bytes, 8 * (size_t)__builtin_popcountll(sample->user.mask));
	touch(sample->stack, sample->stack_size);
}

static void touch_event(const struct event *event)
{
	if (event->type == EVENT_SAMPLE)
		touch_sample(&event->sample);
	else if (event->type == EVENT_MMAP)
		touch_text(event->mmap.path);
	else if (event->type == EVENT_COMM)
		touch_text(event->comm.comm);
	else if (event->type == EVENT_KSYMBOL)
		touch_text(event->ksymbol.name);
}

static void read_all(struct data_reader *reader)
{
	const struct perf_event_header *record;
	const struct data_build_id *build_ids;
	const struct data_event *events;
	size_t count;

	while ((record = data_reader_next(reader))) {
		struct event event;

		if (event_decode(data_reader_layout(reader), record, &event))
			touch_event(&event);
	}
	events = data_reader_events(reader, &count);
	for (size_t number = 0; number < count; number++)
		touch_text(events[number].name);
	build_ids = data_reader_build_ids(reader, &count);
	for (size_t number = 0; number < count; number++)
		touch_text(build_ids[number].path);
	touch_text(data_reader_features(reader)->command_line);
	touch_text(data_reader_damage(reader));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	int fd = memfd_create("recording", MFD_CLOEXEC);
	struct data_reader *reader;
	struct error err;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, bytes, size) == (ssize_t)size) {
		reader = data_reader_open(path, true, &err);
		if (reader)
			read_all(reader);
		data_reader_close(reader);
	}
	close(fd);
	return 0;
}

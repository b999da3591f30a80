/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a jitdump: read while it grows, then as `jprof jitdump` lists and checks it, and
 * everything that entries point to touched. The sanitizers are the judges.
 */
#include "jitdump/log.h"
#include "ui/dump_check.h"
#include "ui/dump_listing.h"

#include <stdlib.h>
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

static void touch_entry(const struct jitdump_log *log, const struct jitdump_entry *entry)
{
	struct jitdump_source_line line;

	touch(entry->name, strlen(entry->name));
	touch(entry->code, entry->code ? entry->size : 0);
	touch(entry->unwind.eh_frame, entry->unwind.eh_frame_size);
	for (size_t i = 0; i < entry->line_count; i++)
		touch(entry->lines[i].file, strlen(entry->lines[i].file));
	for (uint64_t offset = 0; offset < 4; offset++) {
		if (jitdump_log_line(log, entry, offset, &line))
			touch(line.file, strlen(line.file));
	}
}

/* Grows in steps whose sizes the input itself decides. */
static void read_growing(int fd, const uint8_t *bytes, size_t size)
{
	struct jitdump_log *log = jitdump_log_create(dup(fd));

	for (size_t at = 0; at < size;) {
		size_t step = 40 + (size_t)bytes[at] * 8;

		step = step < size - at ? step : size - at;
		if (write(fd, bytes + at, step) != (ssize_t)step)
			abort();
		at += step;
		jitdump_log_poll(log, false);
	}
	jitdump_log_poll(log, true);
	for (size_t i = 0; i < jitdump_log_count(log); i++)
		touch_entry(log, jitdump_log_entry(log, i));
	jitdump_log_destroy(log);
}

static void print(int fd)
{
	struct jitdump_stream stream;
	char *text = NULL;
	size_t text_size;
	FILE *out = open_memstream(&text, &text_size);

	jitdump_stream_init(&stream, fd);
	jitdump_stream_refresh(&stream);
	if (stream.has_header) {
		dump_listing_print(&stream, out);
		dump_check_print(fd, out);
	}
	jitdump_stream_deinit(&stream);
	fclose(out);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	int fd = memfd_create("fuzz_jitdump", MFD_CLOEXEC);

	if (fd < 0)
		abort();
	read_growing(fd, bytes, size);
	print(fd);
	close(fd);
	return 0;
}

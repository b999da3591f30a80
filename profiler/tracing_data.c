/* SPDX-License-Identifier: MIT */
/*
 *     17 08 44 "tracing" | "0.6" NUL | endian (1) | bytes of a long (1) | page size (4)
 *     "header_page" NUL | size (8) | text
 *     "header_event" NUL | size (8) | text
 *     count of ftrace's own formats (4) = 0
 *     count of systems (4), and of each: name NUL | count (4), and of each: size (8) | format
 *     size of kallsyms (4) = 0 | size of printk formats (4) = 0 | size of command lines (8) = 0
 *
 * Each tracepoint is written as a system of one.
 */
#include "profiler/tracing_data.h"

#include "profiler/written_events.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct tracefs_path {
	char text[512];
};

/* Of a file in the directory of events, in whichever place tracefs is mounted. */
static struct tracefs_path tracefs_path(const char *file)
{
	static const char *const roots[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	struct tracefs_path path;

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		snprintf(path.text, sizeof(path.text), "%s/events/%s", roots[i], file);
		if (access(path.text, R_OK) == 0)
			break;
	}
	return path;
}

static void put_u32(struct section_bytes *out, uint32_t value)
{
	section_put_bytes(out, &value, sizeof(value));
}

static void put_u64(struct section_bytes *out, uint64_t value)
{
	section_put_bytes(out, &value, sizeof(value));
}

/* u64 size and the text of a file; size 0 where it cannot be read. */
static bool put_file(struct section_bytes *out, const char *path)
{
	FILE *file = fopen(path, "re");
	size_t place = out->size;
	char bytes[4096];
	size_t got;

	put_u64(out, 0);
	while (file && (got = fread(bytes, 1, sizeof(bytes), file)) > 0)
		section_put_bytes(out, bytes, got);
	if (file)
		fclose(file);
	uint64_t size = out->size - place - sizeof(size);

	memcpy(out->bytes + place, &size, sizeof(size));
	return size > 0;
}

/* "sys:name" or "sys:name:modifiers"; false for what is no tracepoint's name. */
static bool split_name(const char *text, char system[128], char name[128])
{
	return sscanf(text, "%127[^:]:%127[^:]", system, name) == 2;
}

static bool put_tracepoint(struct section_bytes *out, const struct written_event *event)
{
	char system[128], name[128], format[300];

	if (event->attr.type != PERF_TYPE_TRACEPOINT || !split_name(event->name, system, name))
		return false;
	section_put_bytes(out, system, strlen(system) + 1);
	put_u32(out, 1);
	snprintf(format, sizeof(format), "%s/%s/format", system, name);
	return put_file(out, tracefs_path(format).text);
}

static uint32_t put_tracepoints(struct section_bytes *out, const struct written_events *events)
{
	uint32_t count = 0;

	for (size_t i = 0; i < events->count; i++) {
		size_t start = out->size;

		if (put_tracepoint(out, &events->events[i]))
			count++;
		else
			out->size = start;
	}
	return count;
}

bool tracing_data_put(struct section_bytes *out, const struct written_events *events)
{
	static const char start[] = "\x17\x08\x44tracing0.6";
	const uint8_t longs[] = { __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, sizeof(long) };
	size_t place = out->size;

	section_put_bytes(out, start, sizeof(start));
	section_put_bytes(out, longs, sizeof(longs));
	put_u32(out, (uint32_t)sysconf(_SC_PAGESIZE));
	section_put_bytes(out, "header_page", sizeof("header_page"));
	put_file(out, tracefs_path("header_page").text);
	section_put_bytes(out, "header_event", sizeof("header_event"));
	put_file(out, tracefs_path("header_event").text);
	put_u32(out, 0);
	size_t count_place = out->size;

	put_u32(out, 0);
	uint32_t count = put_tracepoints(out, events);

	memcpy(out->bytes + count_place, &count, sizeof(count));
	put_u32(out, 0);
	put_u32(out, 0);
	put_u64(out, 0);
	if (!count)
		out->size = place;
	return count > 0;
}

/* SPDX-License-Identifier: MIT */
#include "profiler/feature_sections.h"

#include "profiler/tracing_data.h"
#include "profiler/written_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* perf pads its texts to this (util/header.c). */
enum { TEXT_ALIGN = 64 };

void feature_sections_deinit(struct feature_sections *sections)
{
	if (!sections)
		return;
	section_bytes_deinit(&sections->bytes);
	sections->count = 0;
}

static void begin(struct feature_sections *sections, enum data_feature number)
{
	sections->items[sections->count] =
		(struct feature_section){ .number = number, .offset = sections->bytes.size };
}

/* Sections start at multiples of 8 so that whoever maps a file can read them in place. */
static void end(struct feature_sections *sections)
{
	static const uint8_t zeros[8];
	struct feature_section *section = &sections->items[sections->count++];

	section->size = sections->bytes.size - section->offset;
	section_put_bytes(&sections->bytes, zeros, -section->size % sizeof(zeros));
}

void feature_sections_add(struct feature_sections *sections, uint32_t number, const void *bytes,
			  size_t size)
{
	if (sections->count == FEATURE_SECTIONS_MAX || number >= DATA_FEATURE_BITS)
		return;
	begin(sections, number);
	section_put_bytes(&sections->bytes, bytes, size);
	end(sections);
}

static void put_u32(struct feature_sections *sections, uint32_t value)
{
	section_put_bytes(&sections->bytes, &value, sizeof(value));
}

static void put_u64(struct feature_sections *sections, uint64_t value)
{
	section_put_bytes(&sections->bytes, &value, sizeof(value));
}

static void put_text(struct feature_sections *sections, const char *text)
{
	static const uint8_t zeros[TEXT_ALIGN];
	size_t size = strlen(text) + 1;
	size_t padding = -size % TEXT_ALIGN;

	put_u32(sections, (uint32_t)(size + padding));
	section_put_bytes(&sections->bytes, text, size);
	section_put_bytes(&sections->bytes, zeros, padding);
}

static void add_text(struct feature_sections *sections, enum data_feature number, const char *text)
{
	begin(sections, number);
	put_text(sections, text);
	end(sections);
}

/* The rest of the first line of a /proc file that starts with `key` and a colon. False if there is
 * none. */
static bool proc_value(const char *path, const char *key, char *value, size_t size)
{
	FILE *file = fopen(path, "re");
	char line[512];
	bool is_found = false;

	while (file && !is_found && fgets(line, sizeof(line), file)) {
		char *colon = strchr(line, ':');

		if (!colon || strncmp(line, key, strlen(key)) != 0)
			continue;
		colon += 1 + strspn(colon + 1, " \t");
		colon[strcspn(colon, "\n")] = '\0';
		snprintf(value, size, "%s", colon);
		is_found = true;
	}
	if (file)
		fclose(file);
	return is_found;
}

static void add_machine(struct feature_sections *sections)
{
	struct utsname machine;

	if (uname(&machine) != 0)
		return;
	add_text(sections, FEATURE_HOSTNAME, machine.nodename);
	add_text(sections, FEATURE_OSRELEASE, machine.release);
	add_text(sections, FEATURE_VERSION, "jprof " JPROF_VERSION);
	add_text(sections, FEATURE_ARCH, machine.machine);
}

static void add_cpus(struct feature_sections *sections)
{
	char model[256];

	begin(sections, FEATURE_NRCPUS);
	put_u32(sections, (uint32_t)sysconf(_SC_NPROCESSORS_CONF));
	put_u32(sections, (uint32_t)sysconf(_SC_NPROCESSORS_ONLN));
	end(sections);
	if (proc_value("/proc/cpuinfo", "model name", model, sizeof(model)))
		add_text(sections, FEATURE_CPUDESC, model);
}

static void add_memory(struct feature_sections *sections)
{
	char kib[64];

	if (!proc_value("/proc/meminfo", "MemTotal", kib, sizeof(kib)))
		return;
	begin(sections, FEATURE_TOTAL_MEM);
	put_u64(sections, strtoull(kib, NULL, 10));
	end(sections);
}

static void add_command(struct feature_sections *sections, char *const *command)
{
	uint32_t count = 0;

	while (command && command[count])
		count++;
	if (!count)
		return;
	begin(sections, FEATURE_CMDLINE);
	put_u32(sections, count);
	for (uint32_t i = 0; i < count; i++)
		put_text(sections, command[i]);
	end(sections);
}

static void add_events(struct feature_sections *sections, const struct written_events *events)
{
	begin(sections, FEATURE_EVENT_DESC);
	put_u32(sections, (uint32_t)events->count);
	put_u32(sections, WRITTEN_ATTR_BYTES);
	for (size_t i = 0; i < events->count; i++) {
		const struct written_event *event = &events->events[i];

		section_put_bytes(&sections->bytes, &event->attr, WRITTEN_ATTR_BYTES);
		put_u32(sections, (uint32_t)event->id_count);
		put_text(sections, event->name);
		section_put_bytes(&sections->bytes, event->ids,
				  event->id_count * sizeof(*event->ids));
	}
	end(sections);
}

static uint64_t nanoseconds(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec;
}

/* The clock of the records: its resolution, and one moment told by it and by the wall clock. */
static void add_clock(struct feature_sections *sections, clockid_t clock)
{
	struct timespec resolution, wall, now;

	if (clock_getres(clock, &resolution) != 0 || clock_gettime(clock, &now) != 0 ||
	    clock_gettime(CLOCK_REALTIME, &wall) != 0)
		return;
	begin(sections, FEATURE_CLOCKID);
	put_u64(sections, nanoseconds(&resolution));
	end(sections);
	begin(sections, FEATURE_CLOCK_DATA);
	put_u32(sections, 1); /* of this section's layout */
	put_u32(sections, (uint32_t)clock);
	put_u64(sections, nanoseconds(&wall));
	put_u64(sections, nanoseconds(&now));
	end(sections);
}

/* perf opens no file with a tracepoint that does not tell what its fields are. */
static void add_tracepoints(struct feature_sections *sections, const struct written_events *events)
{
	begin(sections, FEATURE_TRACING_DATA);
	if (tracing_data_put(&sections->bytes, events))
		end(sections);
}

void feature_sections_describe(struct feature_sections *sections,
			       const struct written_events *events, char *const *command)
{
	add_tracepoints(sections, events);
	add_machine(sections);
	add_cpus(sections);
	add_memory(sections);
	add_command(sections, command);
	add_events(sections, events);
	begin(sections, FEATURE_SAMPLE_TIME);
	put_u64(sections, 0);
	put_u64(sections, 0);
	end(sections);
	if (events->count && events->events[0].attr.use_clockid)
		add_clock(sections, events->events[0].attr.clockid);
}

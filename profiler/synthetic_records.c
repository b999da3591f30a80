/* SPDX-License-Identifier: MIT */
#include "profiler/synthetic_records.h"

#include "jitdump/xalloc.h"
#include "profiler/kernel_boot.h"
#include "profiler/proc_maps.h"
#include "profiler/thread_list.h"

#include <inttypes.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* What follows the names in the records, for TID | TIME | CPU | IDENTIFIER. */
struct record_trailer {
	uint32_t pid, tid;
	uint64_t time_ns;
	uint32_t cpu, reserved;
	uint64_t identifier;
};

/* PERF_RECORD_MMAP2 up to the path (linux/perf_event.h). */
struct mmap2_fields {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t address, size, file_offset;
	uint32_t major, minor;
	uint64_t inode, inode_generation;
	uint32_t protection, flags;
};

struct mmap_fields {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t address, size, file_offset;
};

struct comm_fields {
	struct perf_event_header header;
	uint32_t pid, tid;
};

struct lost_fields {
	struct perf_event_header header;
	uint64_t id, count;
};

void record_buffer_deinit(struct record_buffer *buffer)
{
	free(buffer->bytes);
	*buffer = (struct record_buffer){ 0 };
}

/* Appends `size` fixed bytes (header first), the name padded to 8 bytes (NULL: none), and the
 * trailer. */
static void append(struct record_buffer *buffer, void *fields, size_t size, const char *name,
		   const struct record_trailer *trailer)
{
	struct perf_event_header *header = fields;
	size_t length = name ? strnlen(name, PATH_MAX - 1) : 0;
	size_t padded = name ? (length + 8) & ~(size_t)7 : 0;
	size_t total = size + padded + sizeof(*trailer);

	while (buffer->capacity < buffer->size + total)
		buffer->bytes = xgrow(buffer->bytes, buffer->capacity, &buffer->capacity, 1);
	uint8_t *at = buffer->bytes + buffer->size;

	header->size = (uint16_t)total;
	memset(at, 0, total);
	memcpy(at, fields, size);
	if (name)
		memcpy(at + size, name, length);
	memcpy(at + size + padded, trailer, sizeof(*trailer));
	buffer->size += total;
}

static struct record_trailer trailer_of(uint32_t pid, uint32_t tid, uint64_t time_ns)
{
	return (struct record_trailer){ .pid = pid, .tid = tid, .time_ns = time_ns };
}

void synthetic_records_add_thread(struct record_buffer *buffer, uint32_t pid, uint32_t tid,
				  uint64_t time_ns)
{
	const struct record_trailer trailer = trailer_of(pid, tid, time_ns);
	struct comm_fields fields = {
		.header = { .type = PERF_RECORD_COMM },
		.pid = pid,
		.tid = tid,
	};
	char path[64], comm[32] = "";

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/task/%" PRIu32 "/comm", pid, tid);
	FILE *file = fopen(path, "re");

	if (!file)
		return;
	size_t length = fread(comm, 1, sizeof(comm) - 1, file);

	fclose(file);
	/* A comm may itself hold newlines: only the last one is the file's. */
	if (length && comm[length - 1] == '\n')
		comm[length - 1] = '\0';
	append(buffer, &fields, sizeof(fields), comm, &trailer);
}

static void add_mapping(struct record_buffer *buffer, uint32_t pid,
			const struct proc_mapping *mapping, const struct record_trailer *trailer)
{
	struct mmap2_fields fields = {
		.header = { .type = PERF_RECORD_MMAP2, .misc = PERF_RECORD_MISC_USER },
		.pid = pid,
		.tid = pid,
		.address = mapping->start,
		.size = mapping->end - mapping->start,
		.file_offset = mapping->file_offset,
		.major = mapping->major,
		.minor = mapping->minor,
		.inode = mapping->inode,
		.protection = (mapping->is_readable ? PROT_READ : 0) |
			      (mapping->is_writable ? PROT_WRITE : 0) |
			      (mapping->is_executable ? PROT_EXEC : 0),
		.flags = mapping->is_shared ? MAP_SHARED : MAP_PRIVATE,
	};

	append(buffer, &fields, sizeof(fields), mapping->path, trailer);
}

/* Only what can be executed, as the kernel's records for attr.mmap do; the vsyscall page is not in
 * any process. */
static void add_mappings(struct record_buffer *buffer, uint32_t pid, uint64_t time_ns)
{
	const struct record_trailer trailer = trailer_of(pid, pid, time_ns);
	struct proc_mapping mapping;
	char path[64], *line = NULL;
	size_t capacity = 0;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/maps", pid);
	FILE *file = fopen(path, "re");

	if (!file)
		return;
	while (getline(&line, &capacity, file) > 0) {
		if (proc_maps_parse(line, &mapping) && mapping.is_executable &&
		    strcmp(mapping.path, "[vsyscall]") != 0)
			add_mapping(buffer, pid, &mapping, &trailer);
	}
	free(line);
	fclose(file);
}

void synthetic_records_add_process(struct record_buffer *buffer, uint32_t pid, uint64_t time_ns)
{
	struct thread_list threads = { 0 };

	thread_list_add_process(&threads, pid, false);
	for (size_t i = 0; i < threads.count; i++)
		synthetic_records_add_thread(buffer, pid, threads.items[i].tid, time_ns);
	thread_list_deinit(&threads);
	add_mappings(buffer, pid, time_ns);
}

/* The address of "_text", 0 where it is not told. It stands near the start of a long file that the
 * kernel makes up as it is read. */
static uint64_t kernel_text(void)
{
	FILE *file = fopen(KALLSYMS_PATH, "re");
	char line[512], name[128];
	uint64_t address = 0;
	bool is_found = false;

	while (file && !is_found && fgets(line, sizeof(line), file))
		is_found = sscanf(line, "%" SCNx64 " %*c %127s", &address, name) == 2 &&
			   !strcmp(name, "_text");
	if (file)
		fclose(file);
	return is_found ? address : 0;
}

void synthetic_records_add_kernel(struct record_buffer *buffer, uint64_t time_ns)
{
	const struct record_trailer trailer = trailer_of(UINT32_MAX, 0, time_ns);
	uint64_t start = kernel_text();

	if (!start)
		return;
	struct mmap_fields fields = {
		.header = { .type = PERF_RECORD_MMAP, .misc = PERF_RECORD_MISC_KERNEL },
		.pid = UINT32_MAX,
		.address = start,
		.size = UINT64_MAX - start,
		.file_offset = start,
	};

	append(buffer, &fields, sizeof(fields), "[kernel.kallsyms]_text", &trailer);
}

void synthetic_records_add_lost(struct record_buffer *buffer, uint64_t count, uint64_t time_ns)
{
	const struct record_trailer trailer = trailer_of(0, 0, time_ns);
	struct lost_fields fields = { .header = { .type = PERF_RECORD_LOST }, .count = count };

	append(buffer, &fields, sizeof(fields), NULL, &trailer);
}

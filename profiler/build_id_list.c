/* SPDX-License-Identifier: MIT */
#include "profiler/build_id_list.h"

#include "jitdump/xalloc.h"
#include "profiler/data_format.h"

#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

/* PERF_RECORD_MMAP2 with PERF_RECORD_MISC_MMAP_BUILD_ID (linux/perf_event.h). */
struct mmap2_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t address, length, file_offset;
	uint8_t build_id_size;
	uint8_t reserved_1;
	uint16_t reserved_2;
	uint8_t build_id[20];
	uint32_t protection, flags;
	char path[];
};

/* An entry of the section (perf's util/build-id.c); the path follows, padded to 64 bytes. */
struct build_id_entry {
	struct perf_event_header header;
	uint32_t pid;
	uint8_t build_id[20];
	uint8_t build_id_size;
	uint8_t reserved[3];
};

enum { PATH_ALIGN = 64 };

void build_id_list_deinit(struct build_id_list *list)
{
	if (!list)
		return;
	section_bytes_deinit(&list->section);
	hash_index_deinit(&list->index);
	free(list->offsets);
	*list = (struct build_id_list){ 0 };
}

static bool has_entry(const struct build_id_list *list, uint64_t hash,
		      const struct build_id_entry *wanted, const char *path)
{
	for (struct hash_cursor c = hash_index_begin(&list->index, hash);
	     hash_index_next(&list->index, &c);) {
		const uint8_t *entry = list->section.bytes + list->offsets[c.number];

		if (memcmp(entry, wanted, sizeof(*wanted)) == 0 &&
		    strcmp((const char *)entry + sizeof(*wanted), path) == 0)
			return true;
	}
	return false;
}

static void add_entry(struct build_id_list *list, const struct build_id_entry *entry,
		      const char *path)
{
	static const uint8_t zeros[PATH_ALIGN];
	size_t path_size = strlen(path) + 1;
	uint64_t hash = hash_pair(hash_bytes(entry, sizeof(*entry)), hash_bytes(path, path_size));

	if (has_entry(list, hash, entry, path))
		return;
	list->offsets = xgrow(list->offsets, list->count, &list->capacity, sizeof(*list->offsets));
	list->offsets[list->count] = list->section.size;
	hash_index_add(&list->index, hash, (uint32_t)list->count++);
	section_put_bytes(&list->section, entry, sizeof(*entry));
	section_put_bytes(&list->section, path, path_size);
	section_put_bytes(&list->section, zeros, -path_size % PATH_ALIGN);
}

void build_id_list_add(struct build_id_list *list, const struct perf_event_header *record)
{
	struct mmap2_record mmap;
	const char *path = (const char *)record + sizeof(mmap);

	if (record->type != PERF_RECORD_MMAP2 || !(record->misc & PERF_RECORD_MISC_MMAP_BUILD_ID) ||
	    record->size <= sizeof(mmap) || !memchr(path, '\0', record->size - sizeof(mmap)))
		return;
	memcpy(&mmap, record, sizeof(mmap));
	if (!mmap.build_id_size || mmap.build_id_size > sizeof(mmap.build_id))
		return;
	size_t path_size = strlen(path) + 1;
	struct build_id_entry entry = {
		.header = { .type = RECORD_HEADER_BUILD_ID,
			    .misc = (record->misc & PERF_RECORD_MISC_CPUMODE_MASK) |
				    RECORD_MISC_BUILD_ID_SIZE,
			    .size = (uint16_t)(sizeof(entry) + path_size +
					       -path_size % PATH_ALIGN) },
		.pid = UINT32_MAX,
		.build_id_size = mmap.build_id_size,
	};

	memcpy(entry.build_id, mmap.build_id, mmap.build_id_size);
	add_entry(list, &entry, path);
}

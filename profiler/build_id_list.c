/* SPDX-License-Identifier: MIT */
#include "profiler/build_id_list.h"

#include "jitdump/xalloc.h"
#include "profiler/data_format.h"

#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

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

void build_id_list_add(struct build_id_list *list, const char *path,
		       const struct build_id *build_id)
{
	size_t path_size = strlen(path) + 1;
	size_t size = sizeof(struct build_id_entry) + path_size + -path_size % PATH_ALIGN;
	struct build_id_entry entry = {
		.header = { .type = RECORD_HEADER_BUILD_ID,
			    .misc = PERF_RECORD_MISC_USER | RECORD_MISC_BUILD_ID_SIZE,
			    .size = (uint16_t)size },
		.pid = UINT32_MAX,
		.build_id_size = build_id->size,
	};

	if (!build_id->size || size > UINT16_MAX)
		return;
	memcpy(entry.build_id, build_id->bytes, build_id->size);
	add_entry(list, &entry, path);
}

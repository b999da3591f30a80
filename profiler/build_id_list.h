/* SPDX-License-Identifier: MIT */
/*
 * The build-ids of the files of a recording, each once: perf's BUILD_ID feature.
 *
 * You give paths and build-ids; you get the bytes of the section. It never opens a file.
 */
#ifndef PROFILER_BUILD_ID_LIST_H
#define PROFILER_BUILD_ID_LIST_H

#include "profiler/section_bytes.h"
#include "symbolize/image.h"

/* A zeroed one is empty. */
struct build_id_list {
	struct section_bytes section; /* as it is written */
	struct hash_index index;      /* of the entries by (build-id, path) */
	size_t *offsets;	      /* of the entries in `section` */
	size_t count, capacity;
};
void build_id_list_deinit(struct build_id_list *list);

/* `path` as in the mmap records. What does not fit a record of the section is left out. */
void build_id_list_add(struct build_id_list *list, const char *path,
		       const struct build_id *build_id);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The build-ids that mmap records told, once per file: perf's BUILD_ID feature.
 *
 * You give records; you get the bytes of the section. It never opens a file.
 */
#ifndef PROFILER_BUILD_ID_LIST_H
#define PROFILER_BUILD_ID_LIST_H

#include "profiler/section_bytes.h"

struct perf_event_header;

/* A zeroed one is empty. */
struct build_id_list {
	struct section_bytes section; /* as it is written */
	struct hash_index index;      /* of the entries by (build-id, path) */
	size_t *offsets;	      /* of the entries in `section` */
	size_t count, capacity;
};
void build_id_list_deinit(struct build_id_list *list);

/* Any record; only those with a build-id matter. */
void build_id_list_add(struct build_id_list *list, const struct perf_event_header *record);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What a recording says about itself in perf's feature sections.
 *
 * You give the events, the command and the clock; you get the bytes of each section, in the order
 * of their numbers. It never writes a file. What this machine does not tell is left out.
 */
#ifndef PROFILER_FEATURE_SECTIONS_H
#define PROFILER_FEATURE_SECTIONS_H

#include "profiler/data_format.h"
#include "profiler/section_bytes.h"

#include <stddef.h>
#include <stdint.h>

struct written_events;

struct feature_section {
	enum data_feature number;
	size_t offset, size; /* in feature_sections.bytes */
};

enum { FEATURE_SECTIONS_MAX = 20 };

/* A zeroed one is empty. */
struct feature_sections {
	struct feature_section items[FEATURE_SECTIONS_MAX];
	size_t count;
	struct section_bytes bytes;
};
void feature_sections_deinit(struct feature_sections *sections);

/* One section as it is; more than FEATURE_SECTIONS_MAX are left out, as are numbers beyond perf's. */
void feature_sections_add(struct feature_sections *sections, uint32_t number, const void *bytes,
			  size_t size);

/* Every section that is known before the first record. `command` is a NULL-terminated argv, or
 * NULL. SAMPLE_TIME has its place and is filled in later. */
void feature_sections_describe(struct feature_sections *sections,
			       const struct written_events *events, char *const *command);

#endif

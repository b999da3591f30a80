/* SPDX-License-Identifier: MIT */
/*
 * The events of a recording as they are written: their attributes, names and ids.
 *
 * You give the events as they were opened; you get attributes that describe the records of the
 * file, the sampling ones before those of the side band. It never opens an event.
 */
#ifndef PROFILER_WRITTEN_EVENTS_H
#define PROFILER_WRITTEN_EVENTS_H

#include "profiler/data_writer.h"

#include <linux/perf_event.h>
#include <stddef.h>
#include <stdint.h>

/* perf 6.1 refuses an attribute above 128 bytes; nothing behind this size is ours to tell. */
enum { WRITTEN_ATTR_BYTES = PERF_ATTR_SIZE_VER6 };

struct written_event {
	struct perf_event_attr attr; /* WRITTEN_ATTR_BYTES of it are valid */
	char *name;
	uint64_t *ids;
	size_t id_count;
};

struct written_events {
	struct written_event *events; /* in the order of the file */
	size_t count;
	size_t *places; /* of the events as they were given */
};

/* Everything is copied. */
void written_events_init(struct written_events *events, const struct data_writer_options *options);
void written_events_deinit(struct written_events *events);

/* How the records of the file are laid out; to be destroyed by the caller. */
struct event_layout *written_events_layout(const struct written_events *events);

#endif

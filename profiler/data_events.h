/* SPDX-License-Identifier: MIT */
/*
 * The events of a recording: their attributes, ids and names, wherever the recording tells them.
 *
 * You give attributes, ids and names as you meet them in a file or a pipe; you get the layout that
 * decodes the records, and the table of events. It never fails: what is damaged is left out.
 */
#ifndef PROFILER_DATA_EVENTS_H
#define PROFILER_DATA_EVENTS_H

#include "profiler/data_reader.h"
#include "symbolize/string_pool.h"

struct data_events {
	struct event_layout *layout;
	struct data_event *items;
	size_t count, capacity;
	struct string_pool *strings; /* borrowed: holds the names */
};

void data_events_init(struct data_events *events, struct string_pool *strings);
void data_events_deinit(struct data_events *events);

/* `attr_size` bytes of an attribute, at least 64; shorter ones are refused (false). The name is
 * derived until one is told. `ids` are not aligned. */
bool data_events_add(struct data_events *events, const uint8_t *attr, size_t attr_size,
		     const uint8_t *ids, size_t id_count);

void data_events_set_name(struct data_events *events, size_t number, const char *name);

/* A RECORD_HEADER_ATTR or RECORD_EVENT_UPDATE, header included. */
void data_events_add_record(struct data_events *events, const uint8_t *record, size_t size);
void data_events_update(struct data_events *events, const uint8_t *record, size_t size);

/* FEATURE_EVENT_DESC: names, and the events themselves where there are none yet. */
void data_events_describe(struct data_events *events, const uint8_t *bytes, size_t size);

#endif

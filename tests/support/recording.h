/* SPDX-License-Identifier: MIT */
/*
 * A recording made by a test: events, records and features in, perf.data out.
 *
 * You give the parts, in the order in which they are to lie; you get a file of either form. It
 * writes what it is given, right or wrong.
 */
#ifndef SUPPORT_RECORDING_H
#define SUPPORT_RECORDING_H

#include "support/byte_builder.h"

#include <linux/perf_event.h>
#include <stdbool.h>

enum { RECORDING_PARTS_MAX = 16 };

/* Zeroed is empty. */
struct recording {
	struct {
		struct perf_event_attr attr;
		size_t attr_size; /* bytes of it that are written */
		uint64_t ids[4];
		size_t id_count;
	} events[RECORDING_PARTS_MAX];
	size_t event_count;
	struct byte_builder data;
	struct {
		unsigned int bit;
		struct byte_builder bytes;
	} features[RECORDING_PARTS_MAX]; /* by ascending bit */
	size_t feature_count;
};

void recording_free(struct recording *recording);

/* IP, TID, TIME, PERIOD and what `more_sample_type` says; sample_id_all. */
struct perf_event_attr recording_attr(uint64_t more_sample_type);

void recording_add_event(struct recording *recording, const struct perf_event_attr *attr,
			 uint64_t id);

/* Records for an attribute of recording_attr(0). */
void recording_add_sample(struct recording *recording, uint64_t time_ns, uint64_t ip);
void recording_add_comm(struct recording *recording, uint64_t time_ns, const char *comm);
void recording_add_round(struct recording *recording);

/* The bytes of the feature, to be filled. */
struct byte_builder *recording_add_feature(struct recording *recording, unsigned int bit);

/* The whole file in memory. `is_closed` false: as the recorder leaves it when it is killed. */
struct byte_builder recording_file(const struct recording *recording, bool is_closed);
struct byte_builder recording_pipe(const struct recording *recording);

/* A file under /tmp with these bytes, to be removed with unlink(). */
void recording_write(const void *bytes, size_t size, char path[64]);

#endif

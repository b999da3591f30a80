/* SPDX-License-Identifier: MIT */
/*
 * What a recording says about itself, section by section.
 *
 * You give the bytes of a feature section, out of a file or a pipe; you get the features, the
 * build-ids, the events' names and jprof's own section. It never fails: a section that is damaged
 * gives what was whole before the damage.
 */
#ifndef PROFILER_DATA_FEATURES_H
#define PROFILER_DATA_FEATURES_H

#include "profiler/data_events.h"
#include "profiler/data_reader.h"

struct data_feature_set {
	struct data_features told;
	struct data_build_id *build_ids;
	size_t build_id_count, build_id_capacity;
	struct section_bytes section; /* jprof's; in a pipe it comes in several records */
	struct string_pool *strings;  /* borrowed: holds the texts */
};

void data_features_init(struct data_feature_set *set, struct string_pool *strings);
void data_features_deinit(struct data_feature_set *set);

/* `feature` is a bit number; unknown ones are ignored. Names of events go to `events`. */
void data_features_add(struct data_feature_set *set, struct data_events *events, uint64_t feature,
		       const uint8_t *bytes, size_t size);

/* A RECORD_HEADER_FEATURE or RECORD_HEADER_BUILD_ID, header included. */
void data_features_add_record(struct data_feature_set *set, struct data_events *events,
			      const uint8_t *record, size_t size);
void data_features_add_build_id(struct data_feature_set *set, const uint8_t *record, size_t size);

#endif

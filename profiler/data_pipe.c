/* SPDX-License-Identifier: MIT */
#include "profiler/data_pipe.h"

#include "profiler/data_part.h"

static void use_record(const struct data_record *record, struct data_events *events,
		       struct data_feature_set *features)
{
	switch (record->type) {
	case RECORD_HEADER_ATTR:
		data_events_add_record(events, record->bytes, record->size);
		break;
	case RECORD_EVENT_UPDATE:
		data_events_update(events, record->bytes, record->size);
		break;
	case RECORD_HEADER_FEATURE:
		data_features_add_record(features, events, record->bytes, record->size);
		break;
	case RECORD_HEADER_BUILD_ID:
		data_features_add_build_id(features, record->bytes, record->size);
		break;
	}
}

void data_pipe_read_tables(const struct data_header *header, struct data_events *events,
			   struct data_feature_set *features)
{
	struct data_record record;
	struct data_part part;

	data_part_init(&part, header->fd, header->data_start, header->data_end);
	/* Only the kernel's records are ever compressed. */
	part.keeps_compressed = true;
	while (data_part_next(&part, &record))
		use_record(&record, events, features);
	data_part_deinit(&part);
}

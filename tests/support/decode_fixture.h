/* SPDX-License-Identifier: MIT */
/*
 * One layout, one record, and what it decodes to: the setting of the decoder's tests.
 */
#ifndef SUPPORT_DECODE_FIXTURE_H
#define SUPPORT_DECODE_FIXTURE_H

#include "profiler/event_decode.h"
#include "support/byte_builder.h"

#include <linux/perf_event.h>

struct decode_fixture {
	struct event_layout *layout;
	struct byte_builder bytes; /* of the record */
	struct event event;
};

/* For cmocka_unit_test_setup_teardown(); *state is the fixture. */
int decode_fixture_set_up(void **state);
int decode_fixture_tear_down(void **state);

/* An attribute of the full size with sample_id_all. */
struct perf_event_attr decode_attr(uint64_t sample_type);
void decode_add_event(struct decode_fixture *fixture, uint64_t sample_type, uint64_t id);

/* The record that was there before is dropped. */
struct byte_builder *decode_begin(struct decode_fixture *fixture, uint32_t type, uint16_t misc);
bool decode_record(struct decode_fixture *fixture);

/* The record decodes, and is refused at every smaller size. */
void assert_every_shorter_record_is_refused(struct decode_fixture *fixture);

#endif

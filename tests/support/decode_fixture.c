/* SPDX-License-Identifier: MIT */
#include "support/decode_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

int decode_fixture_set_up(void **state)
{
	static struct decode_fixture fixture;

	fixture = (struct decode_fixture){ .layout = event_layout_create() };
	*state = &fixture;
	return 0;
}

int decode_fixture_tear_down(void **state)
{
	struct decode_fixture *fixture = *state;

	event_layout_destroy(fixture->layout);
	bytes_free(&fixture->bytes);
	return 0;
}

struct perf_event_attr decode_attr(uint64_t sample_type)
{
	return (struct perf_event_attr){ .size = sizeof(struct perf_event_attr),
					 .sample_type = sample_type,
					 .sample_id_all = 1 };
}

void decode_add_event(struct decode_fixture *fixture, uint64_t sample_type, uint64_t id)
{
	struct perf_event_attr attr = decode_attr(sample_type);

	event_layout_add(fixture->layout, &attr, &id, 1);
}

struct byte_builder *decode_begin(struct decode_fixture *fixture, uint32_t type, uint16_t misc)
{
	fixture->bytes.size = 0;
	bytes_begin_record(&fixture->bytes, type, misc);
	return &fixture->bytes;
}

bool decode_record(struct decode_fixture *fixture)
{
	bytes_end_record(&fixture->bytes, 0);
	return event_decode(fixture->layout, bytes_record(&fixture->bytes, 0), &fixture->event);
}

void assert_every_shorter_record_is_refused(struct decode_fixture *fixture)
{
	assert_true(decode_record(fixture));
	for (size_t size = sizeof(struct perf_event_header); size < fixture->bytes.size; size++) {
		struct byte_builder shorter = { 0 };
		struct event event;

		bytes_add(&shorter, fixture->bytes.bytes, size);
		bytes_end_record(&shorter, 0);
		assert_false(event_decode(fixture->layout, bytes_record(&shorter, 0), &event));
		bytes_free(&shorter);
	}
}

/* SPDX-License-Identifier: MIT */
/* Cut anywhere, flipped anywhere, killed: everything before is read, and it is said. */
#include "profiler/data_format.h"
#include "support/read_back.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { SAMPLE_COUNT = 6 };

static void add_text_feature(struct recording *recording, unsigned int bit, const char *text)
{
	struct byte_builder *bytes = recording_add_feature(recording, bit);

	bytes_u32(bytes, (uint32_t)strlen(text) + 1);
	bytes_add(bytes, text, strlen(text) + 1);
}

/* A bit of everything that has a length in it. */
static struct recording whole_recording(void)
{
	struct recording recording = { 0 };
	struct perf_event_attr attr = recording_attr(PERF_SAMPLE_IDENTIFIER);
	struct byte_builder *data = &recording.data, *bytes;

	recording_add_event(&recording, &attr, 7);
	recording_add_event(&recording, &attr, 8);
	for (uint64_t number = 0; number < SAMPLE_COUNT; number++) {
		size_t record = bytes_begin_record(data, PERF_RECORD_SAMPLE, 0);

		bytes_u64(data, 7 + number % 2);
		bytes_u64(data, 0x401000);
		bytes_u64(data, 42);
		bytes_u64(data, 100 + number);
		bytes_u64(data, 1);
		bytes_end_record(data, record);
	}
	recording_add_round(&recording);
	bytes = recording_add_feature(&recording, FEATURE_BUILD_ID);
	size_t record = bytes_begin_record(bytes, 0, RECORD_MISC_BUILD_ID_SIZE);

	bytes_u32(bytes, 41);
	bytes_fill(bytes, 20, 24);
	bytes_text(bytes, "/bin/node");
	bytes_end_record(bytes, record);
	add_text_feature(&recording, FEATURE_HOSTNAME, "host");
	bytes = recording_add_feature(&recording, FEATURE_CMDLINE);
	bytes_u32(bytes, 1);
	bytes_u32(bytes, 5);
	bytes_add(bytes, "perf", 5);
	bytes = recording_add_feature(&recording, FEATURE_EVENT_DESC);
	bytes_u32(bytes, 1);
	bytes_u32(bytes, attr.size);
	bytes_add(bytes, &attr, attr.size);
	bytes_u32(bytes, 1);
	bytes_u32(bytes, 8);
	bytes_add(bytes, "cycles:", 8);
	bytes_u64(bytes, 7);
	return recording;
}

/* The first `size` bytes give what lies wholly in them: never less for more. */
static size_t samples_of_cut(const struct byte_builder *file, size_t size, size_t data_offset)
{
	struct read_back back = read_back_bytes(file->bytes, size);
	size_t sample_bytes = 48, count = read_back_sample_count(&back);
	size_t whole = size < data_offset ? 0 : (size - data_offset) / sample_bytes;

	if (whole > SAMPLE_COUNT)
		whole = SAMPLE_COUNT;
	if (!back.reader)
		assert_true(strlen(back.err.text) > 0);
	assert_int_equal(count, back.reader ? whole : 0);
	if (size < file->size && back.reader)
		assert_true(strlen(data_reader_damage(back.reader)) > 0);
	read_back_close(&back);
	return count;
}

static void a_file_cut_anywhere_gives_everything_before(void **state)
{
	struct recording recording = whole_recording();
	struct byte_builder file = recording_file(&recording, true);
	struct data_file_header header;

	(void)state;
	memcpy(&header, file.bytes, sizeof(header));
	for (size_t size = 0; size < file.size; size++)
		samples_of_cut(&file, size, header.data.offset);
	assert_int_equal(
		samples_of_cut(&file, header.data.offset + header.data.size, header.data.offset),
		SAMPLE_COUNT);
	bytes_free(&file);
	recording_free(&recording);
}

static void a_pipe_cut_anywhere_gives_everything_before(void **state)
{
	struct recording recording = whole_recording();
	struct byte_builder pipe = recording_pipe(&recording);
	size_t before = 0;

	(void)state;
	for (size_t size = 0; size <= pipe.size; size++) {
		struct read_back back = read_back_bytes(pipe.bytes, size);
		size_t count = read_back_sample_count(&back);

		assert_true(back.reader || strlen(back.err.text) > 0);
		assert_true(count >= before);
		before = count;
		read_back_close(&back);
	}
	assert_int_equal(before, SAMPLE_COUNT);
	bytes_free(&pipe);
	recording_free(&recording);
}

static void flip_every_byte(struct byte_builder *bytes)
{
	static const uint8_t flips[] = { 0xff, 0x01, 0x80 };

	for (size_t at = 0; at < bytes->size; at++) {
		for (size_t number = 0; number < sizeof(flips); number++) {
			bytes->bytes[at] ^= flips[number];
			struct read_back back = read_back_bytes(bytes->bytes, bytes->size);

			assert_true(back.reader || strlen(back.err.text) > 0);
			assert_true(back.count <= bytes->size / sizeof(struct perf_event_header));
			read_back_close(&back);
			bytes->bytes[at] ^= flips[number];
		}
	}
}

/* Nothing to compare with: that it ends, within its memory, is what the sanitizers see. */
static void a_file_with_any_byte_flipped_is_survived(void **state)
{
	struct recording recording = whole_recording();
	struct byte_builder file = recording_file(&recording, true);

	(void)state;
	flip_every_byte(&file);
	bytes_free(&file);
	recording_free(&recording);
}

static void a_pipe_with_any_byte_flipped_is_survived(void **state)
{
	struct recording recording = whole_recording();
	struct byte_builder pipe = recording_pipe(&recording);

	(void)state;
	flip_every_byte(&pipe);
	bytes_free(&pipe);
	recording_free(&recording);
}

static void a_recording_that_was_killed_is_read_to_its_last_whole_record(void **state)
{
	struct recording recording = whole_recording();
	struct byte_builder file;

	(void)state;
	recording.data.size -= 20; /* the round, and part of the last sample */
	file = recording_file(&recording, false);
	struct read_back back = read_back_bytes(file.bytes, file.size);

	assert_int_equal(back.count, SAMPLE_COUNT - 1);
	assert_non_null(strstr(data_reader_damage(back.reader), "was not closed"));
	assert_string_equal(data_reader_features(back.reader)->hostname, "");
	read_back_close(&back);
	bytes_free(&file);
	recording_free(&recording);
}

/* A killed jprof has written late samples behind the rounds. */
static void a_recording_that_was_killed_is_sorted_as_a_whole(void **state)
{
	struct recording recording = { 0 };
	struct perf_event_attr attr = recording_attr(0);
	struct byte_builder file;

	(void)state;
	recording_add_event(&recording, &attr, 7);
	recording_add_sample(&recording, 100, 0x1);
	recording_add_round(&recording);
	recording_add_sample(&recording, 300, 0x3);
	recording_add_round(&recording);
	recording_add_round(&recording);
	recording_add_sample(&recording, 200, 0x2);
	file = recording_file(&recording, false);
	struct read_back back = read_back_bytes(file.bytes, file.size);

	assert_int_equal(back.count, 3);
	for (uint64_t number = 0; number < 3; number++)
		assert_int_equal(back.records[number].ip, number + 1);
	read_back_close(&back);
	bytes_free(&file);
	recording_free(&recording);
}

static void bytes_that_are_no_record_end_the_recording_with_a_sentence(void **state)
{
	static const struct perf_event_header bad[] = {
		{ .type = PERF_RECORD_SAMPLE, .size = 0 },
		{ .type = PERF_RECORD_SAMPLE, .size = 7 },
		{ .type = 0, .size = 8 },
		{ .type = 0x7f001234, .size = 8 },
	};

	(void)state;
	for (size_t number = 0; number < sizeof(bad) / sizeof(bad[0]); number++) {
		struct recording recording = whole_recording();

		bytes_add(&recording.data, &bad[number], sizeof(bad[number]));
		recording_add_sample(&recording, 1000, 0x9);
		struct read_back back = read_back_recording(&recording);

		assert_int_equal(back.count, SAMPLE_COUNT);
		assert_non_null(strstr(data_reader_damage(back.reader), "is damaged"));
		read_back_close(&back);
	}
}

static void a_file_that_shrinks_while_it_is_read_ends(void **state)
{
	struct recording recording = { 0 };
	struct perf_event_attr attr = recording_attr(0);
	struct byte_builder file;
	struct data_reader *reader;
	struct error err = { 0 };
	char path[64];
	size_t count = 0;

	(void)state;
	recording_add_event(&recording, &attr, 7);
	/* Backwards, and more than one window: no record that may go lies in memory. */
	for (uint64_t number = 100000; number > 0; number--)
		recording_add_sample(&recording, number, 0x401000);
	file = recording_file(&recording, true);
	recording_write(file.bytes, file.size, path);
	reader = data_reader_open(path, false, &err);
	assert_non_null(reader);
	for (int number = 0; number < 10; number++)
		assert_non_null(data_reader_next(reader));
	assert_int_equal(truncate(path, 1000), 0);
	while (data_reader_next(reader))
		count++;
	assert_true(count < 100000);
	assert_non_null(strstr(data_reader_damage(reader), "changed while it was read"));
	data_reader_close(reader);
	unlink(path);
	bytes_free(&file);
	recording_free(&recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_cut_anywhere_gives_everything_before),
		cmocka_unit_test(a_pipe_cut_anywhere_gives_everything_before),
		cmocka_unit_test(a_file_with_any_byte_flipped_is_survived),
		cmocka_unit_test(a_pipe_with_any_byte_flipped_is_survived),
		cmocka_unit_test(a_recording_that_was_killed_is_read_to_its_last_whole_record),
		cmocka_unit_test(a_recording_that_was_killed_is_sorted_as_a_whole),
		cmocka_unit_test(bytes_that_are_no_record_end_the_recording_with_a_sentence),
		cmocka_unit_test(a_file_that_shrinks_while_it_is_read_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* A recording whose records are compressed says the same, whatever ends it. */
#include "profiler/data_deflate.h"
#include "profiler/data_format.h"
#include "profiler/data_writer.h"

#include "jitdump/xalloc.h"
#include "support/in_child.h"
#include "support/raw_records.h"
#include "support/read_back.h"
#include "support/scratch_directory.h"
#include "support/writer_input.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zstd.h>

#include <cmocka.h>

#define NS_PER_MS 1000000u

static const uint64_t chain[] = { 0x401010, 0x402020, 0x403030 };

struct place {
	char path[PATH_MAX];
};

static struct place place_in(void **state, const char *name)
{
	struct place place;

	snprintf(place.path, sizeof(place.path), "%s/%s", (char *)*state, name);
	return place;
}

static struct byte_builder bytes_of(const char *path)
{
	struct byte_builder bytes = { 0 };
	FILE *file = fopen(path, "re");
	uint8_t piece[4096];

	assert_non_null(file);
	for (size_t got; (got = fread(piece, 1, sizeof(piece), file)) > 0;)
		bytes_add(&bytes, piece, got);
	fclose(file);
	return bytes;
}

static void expect_time_order(const struct read_back *back)
{
	for (size_t i = 1; i < back->count; i++)
		assert_true(back->records[i].time_ns >= back->records[i - 1].time_ns);
}

static void what_was_given_is_read_and_only_rounds_are_not_compressed(void **state)
{
	struct place place = place_in(state, "jprof.data");
	struct data_writer *writer = writer_input_open_compressed(place.path);
	size_t compressed_count, quality_count;

	writer_input_comm(writer, 1000, "app");
	for (uint64_t i = 0; i < 5000; i++)
		writer_input_sample(writer, 2000 + i, chain, 3);
	writer_input_close(writer);

	struct read_back back = writer_input_read(place.path);

	assert_int_equal(back.count, 5001);
	assert_int_equal(back.records[0].type, PERF_RECORD_COMM);
	assert_int_equal(back.records[5000].time_ns, 6999);
	assert_int_equal(back.records[5000].ip, chain[0]);
	assert_true(data_reader_features(back.reader)->is_compressed);
	assert_int_equal(data_reader_features(back.reader)->first_sample_ns, 2000);
	jprof_section_qualities(data_reader_section(back.reader), &quality_count);
	assert_int_equal(quality_count, 5000);
	read_back_close(&back);

	struct raw_records raw = raw_records_read(place.path);

	compressed_count = raw_records_count(&raw, RECORD_COMPRESSED);
	assert_true(compressed_count > 0);
	assert_int_equal(compressed_count + raw_records_count(&raw, RECORD_FINISHED_ROUND),
			 raw.count);
	assert_true(raw.header.data.size < 5000 * 8);
	raw_records_free(&raw);
}

/* Compressed records have any size: the ones behind them are not aligned. */
static struct perf_event_header header_at(const uint8_t *record)
{
	struct perf_event_header header;

	memcpy(&header, record, sizeof(header));
	return header;
}

/* Inflates one compressed record as perf 6.1 does: by one call, into no more than mmap_len. Returns
 * how many bytes of records it holds; the last of them ends in it, or is the only one. */
static size_t inflate_as_perf(ZSTD_DStream *stream, const uint8_t *record, bool ends_whole)
{
	static uint8_t inflated[DATA_DEFLATE_INFLATED_MAX];
	struct perf_event_header header = header_at(record);
	ZSTD_inBuffer in = { record + sizeof(header), header.size - sizeof(header), 0 };
	ZSTD_outBuffer out = { inflated, sizeof(inflated), 0 };
	struct perf_event_header inner;
	size_t end = 0;

	assert_false(ZSTD_isError(ZSTD_decompressStream(stream, &out, &in)));
	assert_int_equal(in.pos, in.size);
	assert_in_range(out.pos, 1, sizeof(inflated) - 1);
	for (; ends_whole && end < out.pos; end += inner.size)
		memcpy(&inner, inflated + end, sizeof(inner));
	if (ends_whole)
		assert_int_equal(end, out.pos);
	return out.pos;
}

static void perf_inflates_each_record_by_one_call_to_whole_records(void **state)
{
	struct place place = place_in(state, "jprof.data");
	struct data_writer *writer = writer_input_open_compressed(place.path);
	ZSTD_DStream *stream = ZSTD_createDStream();
	struct perf_event_header header;
	size_t inflated = 0;

	for (uint64_t i = 1; i <= 20000; i++)
		writer_input_sample(writer, i, chain, i % 3 + 1);
	writer_input_close(writer);

	struct byte_builder file = bytes_of(place.path);
	struct raw_records raw = raw_records_read(place.path);

	for (uint64_t at = raw.header.data.offset; at < raw.end; at += header.size) {
		header = header_at(file.bytes + at);
		if (header.type == RECORD_COMPRESSED)
			inflated += inflate_as_perf(stream, file.bytes + at, true);
	}
	assert_true(inflated > (size_t)20000 * 64);
	raw_records_free(&raw);
	bytes_free(&file);
	ZSTD_freeDStream(stream);
}

/* Two small ones, one of the largest size that must be parted, and bytes that follow no rule. */
static void records_that_zstd_cannot_make_smaller_fit_compressed_ones(void **state)
{
	struct error err = { 0 };
	struct data_deflate *deflate = data_deflate_create(22, &err);
	ZSTD_DStream *stream = ZSTD_createDStream();
	struct byte_builder records = { 0 };
	static const uint16_t sizes[] = { 1000, 65528, 40000, 61440, 61448 };
	uint64_t random = 1;
	size_t size, inflated = 0;

	(void)state;
	assert_non_null(deflate);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t start = bytes_begin_record(&records, PERF_RECORD_SAMPLE, 0);

		while (records.size - start < sizes[i]) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			bytes_u32(&records, (uint32_t)(random >> 32));
		}
		bytes_end_record(&records, start);
	}
	size = records.size;
	const uint8_t *out = data_deflate_records(deflate, records.bytes, &size, &err);

	assert_non_null(out);
	for (size_t at = 0; at < size; at += header_at(out + at).size) {
		assert_int_equal(header_at(out + at).type, RECORD_COMPRESSED);
		inflated += inflate_as_perf(stream, out + at, false);
	}
	assert_int_equal(inflated, records.size);
	bytes_free(&records);
	ZSTD_freeDStream(stream);
	data_deflate_destroy(deflate);
}

static void records_of_perfs_own_stay_what_they_are(void **state)
{
	struct error err = { 0 };
	struct data_deflate *deflate = data_deflate_create(1, &err);
	static const uint32_t types[] = { PERF_RECORD_COMM, RECORD_FINISHED_ROUND,
					  RECORD_HEADER_FEATURE, PERF_RECORD_MMAP2,
					  PERF_RECORD_SAMPLE };
	static const uint32_t wanted[] = { RECORD_COMPRESSED, RECORD_FINISHED_ROUND,
					   RECORD_HEADER_FEATURE, RECORD_COMPRESSED };
	struct byte_builder records = { 0 };
	size_t size, count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		size_t start = bytes_begin_record(&records, types[i], 0);

		bytes_u64(&records, 7);
		bytes_end_record(&records, start);
	}
	size = records.size;
	const uint8_t *out = data_deflate_records(deflate, records.bytes, &size, &err);

	for (size_t at = 0; at < size; at += header_at(out + at).size) {
		assert_in_range(count, 0, 3);
		assert_int_equal(header_at(out + at).type, wanted[count++]);
	}
	assert_int_equal(count, 4);
	bytes_free(&records);
	data_deflate_destroy(deflate);
}

/* One sample each millisecond for 20 seconds; every tenth waits in parking as long as it may, and
 * comes with the flush behind that. */
static void late_samples_are_read_in_time_order(void **state)
{
	struct place place = place_in(state, "late.data");
	struct data_writer *writer = writer_input_open_compressed(place.path);
	enum { SAMPLES = 20000, WAIT_MS = 2000, FLUSH_MS = 100 };
	struct error err;

	for (uint64_t ms = 1; ms <= SAMPLES + WAIT_MS; ms++) {
		if (ms <= SAMPLES && ms % 10)
			writer_input_sample(writer, ms * NS_PER_MS, chain, 3);
		if (ms > WAIT_MS && ms % 10 == 0)
			writer_input_sample(writer, (ms - WAIT_MS) * NS_PER_MS, chain, 2);
		if (ms % FLUSH_MS == 0)
			assert_true(data_writer_flush(writer, ms * NS_PER_MS + 1, &err));
	}
	writer_input_close(writer);

	struct read_back back = writer_input_read(place.path);
	struct raw_records raw = raw_records_read(place.path);

	assert_int_equal(back.count, SAMPLES);
	expect_time_order(&back);
	/* Readers need not sort the whole. */
	assert_in_range(raw_records_count(&raw, RECORD_FINISHED_ROUND), 5, 10);
	raw_records_free(&raw);
	read_back_close(&back);
}

/* The recorder was kept from running for ten seconds: a sample from their start was parked when it
 * was met, and is let go with the next flush. */
static void after_a_standstill_samples_are_read_in_time_order(void **state)
{
	struct place place = place_in(state, "stopped.data");
	struct data_writer *writer = writer_input_open_compressed(place.path);
	uint64_t ms = 1;
	struct error err;

	for (; ms <= 10000; ms++) {
		writer_input_sample(writer, ms * NS_PER_MS, chain, 3);
		if (ms % 100 == 0)
			assert_true(data_writer_flush(writer, ms * NS_PER_MS + 1, &err));
	}
	for (ms += 2; ms <= 20000; ms++)
		writer_input_sample(writer, ms * NS_PER_MS, chain, 3);
	assert_true(data_writer_flush(writer, (uint64_t)20000 * NS_PER_MS + 1, &err));
	writer_input_sample(writer, (uint64_t)10001 * NS_PER_MS, chain, 2);
	for (; ms <= 30000; ms++) {
		writer_input_sample(writer, ms * NS_PER_MS, chain, 3);
		if (ms % 100 == 0)
			assert_true(data_writer_flush(writer, ms * NS_PER_MS + 1, &err));
	}
	writer_input_close(writer);

	struct read_back back = writer_input_read(place.path);

	assert_int_equal(back.count, 30000 - 1);
	expect_time_order(&back);
	read_back_close(&back);
}

/* A recorder that is killed with SIGKILL after `count` samples, one each millisecond. */
static void record_and_be_killed(const char *path, uint64_t count)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct data_writer *writer = writer_input_open_compressed(path);
		struct error err;

		writer_input_comm(writer, 500, "app");
		for (uint64_t ms = 1; ms <= count; ms++) {
			writer_input_sample(writer, ms * NS_PER_MS, chain, 3);
			data_writer_flush(writer, ms * NS_PER_MS, &err);
			if (ms == count / 2)
				writer_input_sample(writer, (ms - 100) * NS_PER_MS, chain, 1);
		}
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void a_killed_recording_is_read_and_put_right(void **state)
{
	struct place place = place_in(state, "killed.data");
	size_t count, quality_count;

	record_and_be_killed(place.path, 5000);

	struct read_back back = read_back_path(place.path);

	assert_string_equal(back.err.text, "");
	/* A quarter of a second, and what was not flushed, may be lost. */
	count = read_back_sample_count(&back);
	assert_in_range(count, 5000 - 251, 5001);
	expect_time_order(&back);
	read_back_close(&back);
	writer_input_put_right(place.path);

	back = writer_input_read(place.path);
	assert_int_equal(read_back_sample_count(&back), count);
	expect_time_order(&back);
	assert_true(data_reader_features(back.reader)->is_compressed);
	assert_string_equal(data_reader_features(back.reader)->command_line, "jprof record ./app");
	assert_int_equal(data_reader_features(back.reader)->first_sample_ns, NS_PER_MS);
	jprof_section_qualities(data_reader_section(back.reader), &quality_count);
	assert_int_equal(quality_count, count);
	read_back_close(&back);
}

/* perf cannot inflate without it. */
static void without_its_part_it_is_still_said_to_be_compressed(void **state)
{
	struct place place = place_in(state, "alone.data"),
		     part = place_in(state, "alone.data.part");

	record_and_be_killed(place.path, 1000);
	assert_int_equal(unlink(part.path), 0);
	writer_input_put_right(place.path);

	struct read_back back = writer_input_read(place.path);

	assert_true(data_reader_features(back.reader)->is_compressed);
	assert_string_equal(data_reader_features(back.reader)->hostname, "");
	read_back_close(&back);
}

static void write_file(const char *path, const uint8_t *bytes, size_t size)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
}

static void one_that_is_cut_anywhere_is_put_right_or_refused(void **state)
{
	struct place whole = place_in(state, "whole.data"),
		     part = place_in(state, "whole.data.part"), cut = place_in(state, "cut.data"),
		     cut_part = place_in(state, "cut.data.part");
	struct error err;

	record_and_be_killed(whole.path, 1000);

	struct byte_builder bytes = bytes_of(whole.path), part_bytes = bytes_of(part.path);

	for (size_t size = 0; size < bytes.size; size += size < 2000 ? 1 : 37) {
		write_file(cut.path, bytes.bytes, size);
		write_file(cut_part.path, part_bytes.bytes, part_bytes.size);

		struct data_writer *writer = data_writer_resume(cut.path, &err);

		if (!writer)
			continue;
		writer_input_close(writer);

		struct read_back back = writer_input_read(cut.path);

		read_back_close(&back);
	}
	bytes_free(&bytes);
	bytes_free(&part_bytes);
}

/* A record that two compressed ones share, of which the second is cut off: it goes altogether. */
static void half_a_record_is_cut_off_when_it_is_put_right(void **state)
{
	struct place place = place_in(state, "half.data");
	struct data_writer *writer = writer_input_open_compressed(place.path);
	static uint64_t deep[STACK_DEPTH_LIMIT];
	struct perf_event_header header;
	struct error err;

	for (uint64_t i = 0; i < STACK_DEPTH_LIMIT; i++)
		deep[i] = 0x400000 + i * i;
	writer_input_sample(writer, NS_PER_MS, chain, 3);
	writer_input_sample(writer, 2 * NS_PER_MS, deep, STACK_DEPTH_LIMIT);
	assert_true(data_writer_flush(writer, 900 * NS_PER_MS, &err));

	struct byte_builder bytes = bytes_of(place.path);
	struct raw_records raw = raw_records_read(place.path);
	uint64_t at = raw.header.data.offset;

	writer_input_close(writer);
	for (size_t number = 0; number < 2; number++, at += header.size)
		memcpy(&header, bytes.bytes + at, sizeof(header));
	assert_int_equal(header.type, RECORD_COMPRESSED);
	write_file(place.path, bytes.bytes, at);
	writer_input_put_right(place.path);

	struct read_back back = writer_input_read(place.path);

	assert_int_equal(back.count, 1);
	assert_int_equal(back.records[0].ip, chain[0]);
	read_back_close(&back);
	raw_records_free(&raw);
	bytes_free(&bytes);
}

/* Samples that zstd can make only a little smaller, until that fails. */
static void write_until_full(struct data_writer *writer, struct error *err)
{
	static struct chain noise = { .count = 100 };
	struct event sample = { .type = EVENT_SAMPLE, .event_number = 1 };
	uint64_t random = 1;

	for (uint64_t i = 1; i < 100000; i++) {
		for (size_t frame = 0; frame < 100; frame++) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			noise.frames[frame].pc = random >> 1;
		}
		sample.time_ns = NS_PER_MS * i;
		sample.sample.ip = i;
		if (!data_writer_sample(writer, &sample, &noise, err) ||
		    !data_writer_flush(writer, NS_PER_MS * i, err))
			return;
	}
	fail_msg("the disk does not get full");
}

static void fill_a_small_disk(void *argument)
{
	struct error err = { 0 };
	char path[PATH_MAX];

	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("small", argument, "tmpfs", 0, "size=2m") != 0)
		child_skips("cannot mount a small disk");
	snprintf(path, sizeof(path), "%s/jprof.data", (char *)argument);
	struct data_writer *writer = writer_input_open_compressed(path);

	write_until_full(writer, &err);
	assert_int_equal(err.code, ENOSPC);
	assert_false(data_writer_close(writer, NULL, &err));

	struct read_back back = writer_input_read(path);

	assert_true(back.count > 1500);
	for (size_t i = 0; i < back.count; i++)
		assert_int_equal(back.records[i].ip, i + 1);
	assert_true(data_reader_features(back.reader)->is_compressed);
	assert_non_null(data_reader_section(back.reader));
	read_back_close(&back);
}

static void a_full_disk_leaves_a_sound_file(void **state)
{
	expect_child_passes_in_own_mounts(fill_a_small_disk, *state);
}

static void a_pipe_says_that_it_is_compressed_before_the_first_record(void **state)
{
	struct place place = place_in(state, "fifo");
	static uint8_t bytes[1 << 20];
	struct perf_event_header header;
	size_t size = 0, feature_at = 0, compressed_at = 0;
	struct error err;

	assert_int_equal(mkfifo(place.path, 0600), 0);
	int fd = open(place.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	assert_true(fd >= 0);
	struct data_writer *writer = writer_input_open_compressed(place.path);

	for (uint64_t ms = 1; ms <= 2000; ms++) {
		writer_input_sample(writer, ms * NS_PER_MS, chain, 3);
		assert_true(data_writer_flush(writer, ms * NS_PER_MS, &err));
		for (ssize_t got; (got = read(fd, bytes + size, sizeof(bytes) - size)) > 0;)
			size += (size_t)got;
	}
	writer_input_close(writer);
	for (ssize_t got; (got = read(fd, bytes + size, sizeof(bytes) - size)) > 0;)
		size += (size_t)got;
	close(fd);
	for (size_t at = sizeof(struct data_pipe_header); at < size; at += header.size) {
		uint64_t feature;

		memcpy(&header, bytes + at, sizeof(header));
		memcpy(&feature, bytes + at + sizeof(header), sizeof(feature));
		if (header.type == RECORD_HEADER_FEATURE && feature == FEATURE_COMPRESSED)
			feature_at = at;
		if (header.type == RECORD_COMPRESSED && !compressed_at)
			compressed_at = at;
	}
	assert_in_range(feature_at, 1, compressed_at);

	struct read_back back = read_back_bytes(bytes, size);
	size_t count;

	assert_string_equal(back.err.text, "");
	assert_int_equal(read_back_sample_count(&back), 2000);
	jprof_section_qualities(data_reader_section(back.reader), &count);
	assert_int_equal(count, 2000);
	read_back_close(&back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_given_is_read_and_only_rounds_are_not_compressed),
		cmocka_unit_test(perf_inflates_each_record_by_one_call_to_whole_records),
		cmocka_unit_test(records_that_zstd_cannot_make_smaller_fit_compressed_ones),
		cmocka_unit_test(records_of_perfs_own_stay_what_they_are),
		cmocka_unit_test(late_samples_are_read_in_time_order),
		cmocka_unit_test(after_a_standstill_samples_are_read_in_time_order),
		cmocka_unit_test(a_killed_recording_is_read_and_put_right),
		cmocka_unit_test(without_its_part_it_is_still_said_to_be_compressed),
		cmocka_unit_test(one_that_is_cut_anywhere_is_put_right_or_refused),
		cmocka_unit_test(half_a_record_is_cut_off_when_it_is_put_right),
		cmocka_unit_test(a_full_disk_leaves_a_sound_file),
		cmocka_unit_test(a_pipe_says_that_it_is_compressed_before_the_first_record),
	};

	return cmocka_run_group_tests(tests, scratch_directory_create, scratch_directory_destroy);
}

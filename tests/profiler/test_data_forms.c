/* SPDX-License-Identifier: MIT */
/* Pipes, directories and compressed recordings give the same records as plain files. */
#include "profiler/data_format.h"
#include "support/read_back.h"
#include "support/scratch_directory.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <cmocka.h>

static struct recording recording_of(size_t sample_count)
{
	struct recording recording = { 0 };
	struct perf_event_attr attr = recording_attr(0);

	recording_add_event(&recording, &attr, 7);
	for (size_t number = 0; number < sample_count; number++)
		recording_add_sample(&recording, 100 + number, 0x401000 + number);
	return recording;
}

static void assert_samples(const struct read_back *back, size_t count)
{
	assert_string_equal(back->err.text, "");
	assert_string_equal(data_reader_damage(back->reader), "");
	assert_int_equal(back->count, count);
	for (size_t number = 0; number < count; number++)
		assert_int_equal(back->records[number].ip, 0x401000 + number);
}

static void assert_pipe_gives(struct recording *recording, size_t sample_count)
{
	struct byte_builder pipe = recording_pipe(recording);
	struct read_back back = read_back_bytes(pipe.bytes, pipe.size);

	assert_samples(&back, sample_count);
	read_back_close(&back);
	bytes_free(&pipe);
}

static void a_pipe_kept_in_a_file_is_read(void **state)
{
	struct recording recording = recording_of(5);

	(void)state;
	assert_pipe_gives(&recording, 5);
	recording_free(&recording);
}

/* The features lie behind the records here, and count all the same. */
static void a_pipe_tells_its_tables_before_the_first_record(void **state)
{
	struct recording recording = recording_of(5);
	struct byte_builder *hostname = recording_add_feature(&recording, FEATURE_HOSTNAME);
	struct byte_builder *data = &recording.data;
	const struct data_build_id *build_ids;
	size_t record, count;

	(void)state;
	bytes_u32(hostname, 5);
	bytes_add(hostname, "host", 5);
	record = bytes_begin_record(data, RECORD_EVENT_UPDATE, 0);
	bytes_u64(data, 2); /* the name */
	bytes_u64(data, 7); /* of the event with this id */
	bytes_text(data, "sched:sched_switch");
	bytes_end_record(data, record);
	record = bytes_begin_record(data, RECORD_EVENT_UPDATE, 0);
	bytes_u64(data, 0); /* the unit */
	bytes_u64(data, 7);
	bytes_text(data, "Joules");
	bytes_end_record(data, record);
	record = bytes_begin_record(data, RECORD_EVENT_UPDATE, 0);
	bytes_u64(data, 2);
	bytes_u64(data, 8); /* of no event */
	bytes_text(data, "nothing");
	bytes_end_record(data, record);
	record = bytes_begin_record(data, RECORD_HEADER_BUILD_ID, 0);
	bytes_u32(data, 41);
	bytes_fill(data, 0xbd, 24);
	bytes_text(data, "/bin/node");
	bytes_end_record(data, record);

	struct byte_builder pipe = recording_pipe(&recording);
	struct read_back back = read_back_bytes(pipe.bytes, pipe.size);

	assert_samples(&back, 5);
	assert_string_equal(data_reader_events(back.reader, &count)[0].name, "sched:sched_switch");
	assert_int_equal(count, 1);
	assert_string_equal(data_reader_features(back.reader)->hostname, "host");
	build_ids = data_reader_build_ids(back.reader, &count);
	assert_int_equal(count, 1);
	assert_int_equal(build_ids[0].pid, 41);
	read_back_close(&back);
	bytes_free(&pipe);
	recording_free(&recording);
}

static void a_pipes_attribute_may_be_of_another_size(void **state)
{
	(void)state;
	for (uint32_t size = 64; size <= 144; size += 8) {
		struct perf_event_attr attr = recording_attr(0);
		struct byte_builder pipe = { 0 };
		struct recording samples = recording_of(3);
		uint8_t bytes[144] = { 0 };

		attr.size = size;
		memcpy(bytes, &attr, size < sizeof(attr) ? size : sizeof(attr));
		bytes_u64(&pipe, DATA_MAGIC);
		bytes_u64(&pipe, sizeof(struct data_pipe_header));
		size_t record = bytes_begin_record(&pipe, RECORD_HEADER_ATTR, 0);

		bytes_add(&pipe, bytes, size);
		bytes_u64(&pipe, 7); /* ids */
		bytes_u64(&pipe, 8);
		bytes_end_record(&pipe, record);
		bytes_add(&pipe, samples.data.bytes, samples.data.size);

		struct read_back back = read_back_bytes(pipe.bytes, pipe.size);

		assert_samples(&back, 3);
		read_back_close(&back);
		bytes_free(&pipe);
		recording_free(&samples);
	}
}

static void *write_slowly(void *argument)
{
	const char *path = argument;
	struct recording recording = recording_of(2000);
	struct byte_builder pipe = recording_pipe(&recording);
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	for (size_t done = 0; done < pipe.size;) {
		size_t left = pipe.size - done;
		ssize_t put = write(fd, pipe.bytes + done, left < 1001 ? left : 1001);

		if (put <= 0)
			break;
		done += (size_t)put;
	}
	close(fd);
	bytes_free(&pipe);
	recording_free(&recording);
	return NULL;
}

static void a_recording_comes_through_a_real_pipe(void **state)
{
	char path[256];
	pthread_t writer;

	snprintf(path, sizeof(path), "%s/fifo", (const char *)*state);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(pthread_create(&writer, NULL, write_slowly, path), 0);
	struct read_back back = read_back_path(path);

	pthread_join(writer, NULL);
	assert_samples(&back, 2000);
	read_back_close(&back);
}

static void standard_input_may_be_a_file(void **state)
{
	struct recording recording = recording_of(4);
	struct byte_builder file = recording_file(&recording, true);
	char path[64];
	int saved = dup(STDIN_FILENO), fd;

	(void)state;
	recording_write(file.bytes, file.size, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	dup2(fd, STDIN_FILENO);
	struct read_back back = read_back_path("-");

	dup2(saved, STDIN_FILENO);
	close(saved);
	close(fd);
	unlink(path);
	assert_samples(&back, 4);
	assert_int_equal(data_reader_file_bytes(back.reader), file.size);
	read_back_close(&back);
	bytes_free(&file);
	recording_free(&recording);
}

/* `data` deflated as one stream, flushed every `chunk` bytes into a record of its own; a round
 * ends every `round` records (0: never). */
static struct byte_builder compressed(const struct byte_builder *data, size_t chunk, size_t round,
				      uint32_t type)
{
	ZSTD_CStream *stream = ZSTD_createCStream();
	struct byte_builder out = { 0 };
	size_t count = 0;

	ZSTD_initCStream(stream, 1);
	for (size_t done = 0; done < data->size; done += chunk) {
		size_t size = data->size - done < chunk ? data->size - done : chunk;
		uint8_t bytes[60000];
		ZSTD_inBuffer in = { data->bytes + done, size, 0 };
		ZSTD_outBuffer to = { bytes, sizeof(bytes), 0 };

		assert_int_equal(ZSTD_compressStream2(stream, &to, &in, ZSTD_e_flush), 0);
		size_t record = bytes_begin_record(&out, type, 0);

		if (type == RECORD_COMPRESSED2)
			bytes_u64(&out, to.pos);
		bytes_add(&out, bytes, to.pos);
		if (type == RECORD_COMPRESSED2)
			bytes_fill(&out, 0, (8 - to.pos % 8) % 8);
		bytes_end_record(&out, record);
		if (round && ++count % round == 0)
			bytes_end_record(&out, bytes_begin_record(&out, RECORD_FINISHED_ROUND, 0));
	}
	ZSTD_freeCStream(stream);
	return out;
}

static struct recording compressed_recording(size_t sample_count, size_t chunk, size_t round,
					     uint32_t type)
{
	struct recording recording = recording_of(sample_count);
	struct byte_builder data = compressed(&recording.data, chunk, round, type);

	bytes_free(&recording.data);
	recording.data = data;
	return recording;
}

static void compressed_records_are_one_stream_that_cuts_records_anywhere(void **state)
{
	(void)state;
	for (size_t chunk = 7; chunk < 100; chunk += 13) {
		struct recording recording = compressed_recording(50, chunk, 0, RECORD_COMPRESSED);
		struct read_back back = read_back_recording(&recording);

		assert_samples(&back, 50);
		read_back_close(&back);
	}
}

static void the_newer_compressed_records_are_padded(void **state)
{
	struct recording recording = compressed_recording(50, 61, 0, RECORD_COMPRESSED2);
	struct read_back back = read_back_recording(&recording);

	(void)state;
	assert_samples(&back, 50);
	read_back_close(&back);
}

static void compressed_records_in_many_rounds_come_in_order(void **state)
{
	struct recording recording = compressed_recording(20000, 999, 3, RECORD_COMPRESSED);
	struct read_back back = read_back_recording(&recording);

	(void)state;
	assert_samples(&back, 20000);
	read_back_close(&back);
}

static void a_pipe_may_be_compressed(void **state)
{
	struct recording recording = compressed_recording(50, 61, 2, RECORD_COMPRESSED);

	(void)state;
	assert_pipe_gives(&recording, 50);
	recording_free(&recording);
}

static void what_zstd_refuses_ends_the_recording_with_a_sentence(void **state)
{
	struct recording recording = recording_of(3);
	size_t record = bytes_begin_record(&recording.data, RECORD_COMPRESSED, 0);

	(void)state;
	bytes_fill(&recording.data, 0x5a, 64);
	bytes_end_record(&recording.data, record);
	recording_add_sample(&recording, 1000, 0x9);
	struct read_back back = read_back_recording(&recording);

	assert_int_equal(back.count, 3);
	assert_non_null(strstr(data_reader_damage(back.reader), "cannot be inflated"));
	read_back_close(&back);
}

static void a_stream_that_ends_inside_a_record_is_cut(void **state)
{
	struct recording recording = recording_of(3);
	struct byte_builder data;

	(void)state;
	recording.data.size -= 4;
	data = compressed(&recording.data, 1000, 0, RECORD_COMPRESSED);
	bytes_free(&recording.data);
	recording.data = data;
	struct read_back back = read_back_recording(&recording);

	assert_int_equal(back.count, 2);
	assert_non_null(strstr(data_reader_damage(back.reader), "is cut"));
	read_back_close(&back);
}

static void write_in(const char *directory, const char *name, const struct byte_builder *bytes)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes->bytes, 1, bytes->size, file), bytes->size);
	fclose(file);
}

/* data.0 is plain, data.1 compressed: each of the two CPUs every other sample. */
static void the_files_of_a_directory_are_one_recording(void **state)
{
	struct recording header = recording_of(0);
	struct recording cpus[2] = { recording_of(0), recording_of(0) };
	struct byte_builder file, second;

	for (uint64_t number = 0; number < 100; number++)
		recording_add_sample(&cpus[number % 2], 100 + number, 0x401000 + number);
	recording_add_round(&header);
	file = recording_file(&header, true);
	second = compressed(&cpus[1].data, 333, 0, RECORD_COMPRESSED);
	write_in(*state, "data", &file);
	write_in(*state, "data.0", &cpus[0].data);
	write_in(*state, "data.1", &second);
	struct read_back back = read_back_path(*state);

	assert_samples(&back, 100);
	assert_int_equal(data_reader_file_bytes(back.reader),
			 file.size + cpus[0].data.size + second.size);
	read_back_close(&back);
	bytes_free(&file);
	bytes_free(&second);
	recording_free(&header);
	recording_free(&cpus[0]);
	recording_free(&cpus[1]);
}

static void a_directory_that_is_no_recording_is_said(void **state)
{
	struct read_back back = read_back_path(*state);

	assert_null(back.reader);
	assert_non_null(strstr(back.err.text, "no such file"));
}

int main(void)
{
#define IN_DIRECTORY(name)                                                                         \
	cmocka_unit_test_setup_teardown(name, scratch_directory_create, scratch_directory_destroy)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pipe_kept_in_a_file_is_read),
		cmocka_unit_test(a_pipe_tells_its_tables_before_the_first_record),
		cmocka_unit_test(a_pipes_attribute_may_be_of_another_size),
		IN_DIRECTORY(a_recording_comes_through_a_real_pipe),
		cmocka_unit_test(standard_input_may_be_a_file),
		cmocka_unit_test(compressed_records_are_one_stream_that_cuts_records_anywhere),
		cmocka_unit_test(the_newer_compressed_records_are_padded),
		cmocka_unit_test(compressed_records_in_many_rounds_come_in_order),
		cmocka_unit_test(a_pipe_may_be_compressed),
		cmocka_unit_test(what_zstd_refuses_ends_the_recording_with_a_sentence),
		cmocka_unit_test(a_stream_that_ends_inside_a_record_is_cut),
		IN_DIRECTORY(the_files_of_a_directory_are_one_recording),
		IN_DIRECTORY(a_directory_that_is_no_recording_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

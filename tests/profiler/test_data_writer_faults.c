/* SPDX-License-Identifier: MIT */
/* Where a recording goes and what stops it: killed recorders, full disks, pipes, bad paths. */
#include "profiler/data_writer.h"

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
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const uint64_t chain[] = { 0x401010, 0x402020, 0x403030 };

/* A file name in the test's directory. */
struct place {
	char path[PATH_MAX];
};

static struct place place_in(void **state, const char *name)
{
	struct place place;

	snprintf(place.path, sizeof(place.path), "%s/%s", (char *)*state, name);
	return place;
}

static bool exists(const char *path, const char *suffix)
{
	char name[PATH_MAX + 16];

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return access(name, F_OK) == 0;
}

/* A recorder that is killed with SIGKILL after `samples` of them, one each millisecond, the last
 * of which are only in its memory. */
static void record_and_be_killed(const char *path, uint64_t samples)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct data_writer *writer = writer_input_open(path);
		struct error err;

		writer_input_comm(writer, 500, "app");
		for (uint64_t i = 1; i <= samples; i++) {
			writer_input_sample(writer, 1000000 * i, chain, 3);
			data_writer_flush(writer, 1000000 * i, &err);
			if (i == samples / 2)
				writer_input_sample(writer, 1000, chain, 1);
		}
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void a_killed_recording_is_read_to_its_last_whole_record(void **state)
{
	struct place place = place_in(state, "killed.data");
	size_t quality_count, event_count;

	record_and_be_killed(place.path, 5000);

	struct raw_records raw = raw_records_read(place.path);

	assert_int_equal(raw.header.data.size, 0);
	assert_int_equal(raw.end, raw.file_bytes);
	raw_records_free(&raw);
	assert_true(exists(place.path, ".part"));

	struct read_back back = read_back_path(place.path);

	assert_string_equal(back.err.text, "");
	/* A quarter of a second, and what was not flushed, may be lost. */
	assert_in_range(read_back_sample_count(&back), 5000 - 251, 5000);
	assert_int_equal(back.records[0].type, PERF_RECORD_COMM);
	assert_int_equal(back.records[1].time_ns, 1000); /* the late one: sorted by the reader */
	jprof_section_qualities(data_reader_section(back.reader), &quality_count);
	assert_int_equal(quality_count, read_back_sample_count(&back));
	assert_string_equal(data_reader_features(back.reader)->command_line, "jprof record ./app");
	assert_string_equal(data_reader_events(back.reader, &event_count)[1].name, "dummy:u");
	read_back_close(&back);
}

static void a_killed_recording_has_no_round_behind_a_late_record(void **state)
{
	struct place place = place_in(state, "killed.data");
	bool is_late = false;

	record_and_be_killed(place.path, 1000);

	struct raw_records raw = raw_records_read(place.path);

	for (size_t i = 0; i < raw.count; i++) {
		is_late |=
			raw.records[i].type == PERF_RECORD_SAMPLE && raw.records[i].time_ns == 1000;
		assert_false(is_late && raw.records[i].type == RECORD_FINISHED_ROUND);
	}
	assert_true(is_late);
	raw_records_free(&raw);
}

static struct data_writer *open_at(const char *path, struct error *err)
{
	static const uint64_t id = WRITER_INPUT_CLOCK_ID;
	struct perf_event_attr attr = writer_input_attr();
	struct data_writer_event event = {
		.name = "cpu-clock", .attr = &attr, .ids = &id, .id_count = 1
	};

	return data_writer_open(
		&(struct data_writer_options){ .path = path, .events = &event, .event_count = 1 },
		err);
}

static void a_killed_recording_can_be_put_right(void **state)
{
	struct place place = place_in(state, "mended.data");
	size_t sample_count, count;
	struct error err;

	record_and_be_killed(place.path, 2000);

	struct read_back back = read_back_path(place.path);

	sample_count = read_back_sample_count(&back);
	read_back_close(&back);
	writer_input_put_right(place.path);
	assert_false(exists(place.path, ".part"));

	struct raw_records raw = raw_records_read(place.path);

	assert_true(raw.header.data.size > 0);
	assert_int_equal(raw_records_count(&raw, PERF_RECORD_SAMPLE), sample_count);
	for (size_t i = 1, last = 0; i < raw.count; i++) {
		if (raw.records[i].time_ns) {
			assert_true(raw.records[i].time_ns >= raw.records[last].time_ns);
			last = i;
		}
	}
	raw_records_free(&raw);

	back = read_back_path(place.path);
	assert_string_equal(data_reader_damage(back.reader), "");
	assert_string_equal(data_reader_features(back.reader)->command_line, "jprof record ./app");
	assert_int_equal(data_reader_features(back.reader)->first_sample_ns, 1000);
	jprof_section_qualities(data_reader_section(back.reader), &count);
	assert_int_equal(count, sample_count);
	read_back_close(&back);
	assert_null(data_writer_resume(place.path, &err));
	assert_non_null(strstr(err.text, "is closed"));
}

static void copy_cut(const char *from, const char *to, size_t size)
{
	static uint8_t bytes[1 << 20];
	FILE *in = fopen(from, "re"), *out = fopen(to, "we");
	size_t got = fread(bytes, 1, sizeof(bytes), in);

	fwrite(bytes, 1, got < size ? got : size, out);
	fclose(in);
	fclose(out);
}

static void a_recording_cut_anywhere_is_put_right_or_refused(void **state)
{
	struct place place = place_in(state, "whole.data"), cut = place_in(state, "cut.data"),
		     part = place_in(state, "whole.data.part"),
		     cut_part = place_in(state, "cut.data.part");
	struct error err;
	struct stat whole;

	record_and_be_killed(place.path, 600);
	stat(place.path, &whole);
	for (size_t size = 0; size < (size_t)whole.st_size;
	     size += size < 2000 || size + 200 > (size_t)whole.st_size ? 1 : 997) {
		copy_cut(place.path, cut.path, size);
		copy_cut(part.path, cut_part.path, size);

		struct data_writer *writer = data_writer_resume(cut.path, &err);

		if (!writer)
			continue;
		writer_input_close(writer);

		struct read_back back = read_back_path(cut.path);

		assert_string_equal(back.err.text, "");
		assert_string_equal(data_reader_damage(back.reader), "");
		read_back_close(&back);
	}
}

static void the_part_of_another_recording_is_not_believed(void **state)
{
	struct place place = place_in(state, "first.data"), other = place_in(state, "other.data"),
		     part = place_in(state, "first.data.part");
	struct error err;

	record_and_be_killed(place.path, 600);
	struct data_writer *writer = open_at(other.path, &err);
	struct place other_part = place_in(state, "other.data.part");

	assert_non_null(writer);
	copy_cut(other_part.path, part.path, 1 << 20);
	writer_input_close(writer);
	writer_input_put_right(place.path);

	struct read_back back = read_back_path(place.path);

	assert_true(read_back_sample_count(&back) > 300);
	assert_string_equal(data_reader_features(back.reader)->hostname, "");
	read_back_close(&back);
}

static void what_is_still_being_recorded_is_left_alone(void **state)
{
	struct place place = place_in(state, "running.data");
	struct data_writer *writer = writer_input_open(place.path);
	struct error err;

	assert_null(data_writer_resume(place.path, &err));
	assert_non_null(strstr(err.text, "still being recorded"));
	writer_input_close(writer);
}

static void an_existing_file_becomes_old_with_its_part(void **state)
{
	struct place place = place_in(state, "again.data");

	record_and_be_killed(place.path, 600);
	writer_input_close(writer_input_open(place.path));
	assert_true(exists(place.path, ".old"));
	assert_true(exists(place.path, ".old.part"));
	assert_false(exists(place.path, ".part"));
	writer_input_close(writer_input_open(place.path));
	assert_true(exists(place.path, ".old"));
	assert_false(exists(place.path, ".old.part"));
}

static void a_recording_is_its_owners_alone(void **state)
{
	struct place place = place_in(state, "private.data");
	struct stat made;

	writer_input_close(writer_input_open(place.path));
	assert_int_equal(stat(place.path, &made), 0);
	assert_int_equal(made.st_mode & 0777, 0600);
}

static void expect_refusal(const char *path, const char *why)
{
	struct error err = { 0 };

	assert_null(open_at(path, &err));
	assert_non_null(strstr(err.text, path));
	assert_non_null(strstr(err.text, why));
	assert_non_null(strstr(err.text, "-o FILE"));
}

static void what_cannot_be_written_gets_a_sentence(void **state)
{
	expect_refusal(*state, "it is a directory");
	expect_refusal("/nonexistent/jprof.data", "No such file or directory");
	expect_refusal("/proc/version/jprof.data", "Not a directory");
}

/* Writes samples until that fails, at most 100 MB; the sentence is in *err. */
static void write_until_full(struct data_writer *writer, struct error *err)
{
	static uint64_t deep[100];
	static struct chain many = { .count = 100 };
	struct event sample = { .type = EVENT_SAMPLE, .event_number = 1 };

	for (size_t i = 0; i < 100; i++)
		many.frames[i].pc = deep[i] = 0x400000 + 16 * i;
	for (uint64_t i = 1; i < 100000; i++) {
		sample.time_ns = 1000000 * i;
		sample.sample.ip = i;
		if (!data_writer_sample(writer, &sample, &many, err) ||
		    !data_writer_flush(writer, 1000000 * i, err))
			return;
	}
	fail_msg("the disk does not get full");
}

/* Sound and closed, with samples that follow each other without a gap from the first. */
static void expect_sound_prefix(const char *path, size_t least)
{
	struct read_back back = read_back_path(path);

	assert_string_equal(back.err.text, "");
	assert_string_equal(data_reader_damage(back.reader), "");
	assert_true(back.count >= least);
	for (size_t i = 0; i < back.count; i++)
		assert_int_equal(back.records[i].ip, i + 1);
	assert_string_equal(data_reader_features(back.reader)->command_line, "jprof record ./app");
	assert_non_null(data_reader_section(back.reader));
	read_back_close(&back);

	struct raw_records raw = raw_records_read(path);

	assert_true(raw.header.data.size > 0);
	raw_records_free(&raw);
}

static void fill_and_close(const char *path, int code, const char *remedy)
{
	struct error err = { 0 }, again = { 0 };
	struct data_writer *writer = writer_input_open(path);
	struct section_bytes chunks = { 0 };
	struct stored_symbol symbol = { 0xffffffff81000000, 64, "do_syscall_64", NULL };

	write_until_full(writer, &err);
	assert_int_equal(err.code, code);
	assert_non_null(strstr(err.text, path));
	assert_non_null(strstr(err.text, remedy));
	assert_false(data_writer_flush(writer, UINT64_MAX, &again));
	assert_string_equal(again.text, err.text);
	jprof_section_put_kernel_symbols(&chunks, &symbol, 1);
	assert_false(data_writer_put_section(writer, &chunks, &again));
	section_bytes_deinit(&chunks);
	assert_false(data_writer_close(writer, NULL, &again));
	assert_string_equal(again.text, err.text);
}

static void expect_kernel_symbol(const char *path)
{
	struct read_back back = read_back_path(path);
	size_t count;

	jprof_section_kernel_symbols(data_reader_section(back.reader), &count);
	assert_int_equal(count, 1);
	read_back_close(&back);
}

static void fill_a_small_disk(void *argument)
{
	char *directory = argument;
	char path[PATH_MAX];

	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("small", directory, "tmpfs", 0, "size=2m") != 0)
		child_skips("cannot mount a small disk");
	snprintf(path, sizeof(path), "%s/jprof.data", directory);
	fill_and_close(path, ENOSPC, "-o FILE");
	expect_sound_prefix(path, 1500);
	expect_kernel_symbol(path);
}

static void a_full_disk_leaves_a_sound_file(void **state)
{
	expect_child_passes_in_own_mounts(fill_a_small_disk, *state);
}

/* Not a byte is free from some point on: not even what was given up is ours any more. */
static void fill_a_disk_that_others_fill(void *argument)
{
	char *directory = argument;
	char path[PATH_MAX], other[PATH_MAX];
	struct error err;

	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("small", directory, "tmpfs", 0, "size=2m") != 0)
		child_skips("cannot mount a small disk");
	snprintf(path, sizeof(path), "%s/jprof.data", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
	struct data_writer *writer = writer_input_open(path);
	int fd = open(other, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	write_until_full(writer, &err);
	while (write(fd, path, sizeof(path)) > 0)
		;
	assert_false(data_writer_close(writer, NULL, &err));
	expect_sound_prefix(path, 1000);
	assert_true(exists(path, ".part"));
}

static void a_disk_that_stays_full_leaves_records_and_their_part(void **state)
{
	expect_child_passes_in_own_mounts(fill_a_disk_that_others_fill, *state);
}

static void meet_the_file_size_limit(void *argument)
{
	const char *path = argument;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 1000001, 1000001 }), 0);
	fill_and_close(path, EFBIG, "ulimit");
	expect_sound_prefix(path, 900);
	expect_kernel_symbol(path);
}

static void the_file_size_limit_leaves_a_sound_file(void **state)
{
	struct place place = place_in(state, "limited.data");

	expect_child_passes(meet_the_file_size_limit, place.path);
}

/* A fifo whose reader is this test; the writer must not fill it. */
static int open_fifo(const char *path)
{
	assert_int_equal(mkfifo(path, 0600), 0);
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	assert_true(fd >= 0);
	fcntl(fd, F_SETPIPE_SZ, 1 << 20);
	return fd;
}

static void a_pipe_gets_everything_in_its_own_form(void **state)
{
	struct place place = place_in(state, "fifo");
	enum { SAMPLES = 2000 };
	static uint8_t bytes[1 << 20];
	struct section_bytes chunks = { 0 };
	char *name = calloc(1, 200001); /* a chunk larger than a record */
	struct error err;
	size_t size = 0, count;
	int fd = open_fifo(place.path);
	struct data_writer *writer = writer_input_open(place.path);

	memset(name, 'x', 200000);
	for (uint64_t i = 1; i <= SAMPLES; i++) {
		writer_input_sample(writer, 1000000 * i, chain, 3);
		assert_true(data_writer_flush(writer, 1000000 * i, &err));
	}
	jprof_section_put_map_symbols(&chunks,
				      &(struct stored_map_symbol){ .pid = 1, .name = name }, 1);
	assert_true(data_writer_put_section(writer, &chunks, &err));
	writer_input_close(writer);
	section_bytes_deinit(&chunks);
	for (ssize_t got; (got = read(fd, bytes + size, sizeof(bytes) - size)) > 0;)
		size += (size_t)got;
	close(fd);
	assert_false(exists(place.path, ".part"));

	struct read_back back = read_back_bytes(bytes, size);

	assert_string_equal(back.err.text, "");
	assert_int_equal(read_back_sample_count(&back), SAMPLES);
	assert_string_equal(data_reader_events(back.reader, &count)[0].name, "cpu-clock");
	assert_string_equal(data_reader_features(back.reader)->command_line, "jprof record ./app");
	const struct jprof_section *section = data_reader_section(back.reader);

	jprof_section_qualities(section, &count);
	assert_int_equal(count, SAMPLES);
	assert_string_equal(jprof_section_map_symbols(section, &count)[0].name, name);
	assert_int_equal(jprof_section_unfinished_bytes(section), 0);
	read_back_close(&back);
	free(name);
}

static void a_reader_that_ends_is_told(void **state)
{
	struct place place = place_in(state, "left");
	struct error err = { 0 }, again = { 0 };
	int fd = open_fifo(place.path);
	struct data_writer *writer = writer_input_open(place.path);

	signal(SIGPIPE, SIG_IGN);
	close(fd);
	writer_input_sample(writer, 1000000, chain, 3);
	assert_false(data_writer_flush(writer, UINT64_MAX, &err));
	assert_int_equal(err.code, EPIPE);
	assert_non_null(strstr(err.text, "its reader has ended"));
	assert_false(data_writer_close(writer, NULL, &again));
	assert_string_equal(again.text, err.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_killed_recording_is_read_to_its_last_whole_record),
		cmocka_unit_test(a_killed_recording_has_no_round_behind_a_late_record),
		cmocka_unit_test(a_killed_recording_can_be_put_right),
		cmocka_unit_test(a_recording_cut_anywhere_is_put_right_or_refused),
		cmocka_unit_test(the_part_of_another_recording_is_not_believed),
		cmocka_unit_test(what_is_still_being_recorded_is_left_alone),
		cmocka_unit_test(an_existing_file_becomes_old_with_its_part),
		cmocka_unit_test(a_recording_is_its_owners_alone),
		cmocka_unit_test(what_cannot_be_written_gets_a_sentence),
		cmocka_unit_test(a_full_disk_leaves_a_sound_file),
		cmocka_unit_test(a_disk_that_stays_full_leaves_records_and_their_part),
		cmocka_unit_test(the_file_size_limit_leaves_a_sound_file),
		cmocka_unit_test(a_pipe_gets_everything_in_its_own_form),
		cmocka_unit_test(a_reader_that_ends_is_told),
	};

	return cmocka_run_group_tests(tests, scratch_directory_create, scratch_directory_destroy);
}

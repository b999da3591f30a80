/* SPDX-License-Identifier: MIT */
/* perf opens what the data writer wrote, and finds in it what was given. */
#include "profiler/data_writer.h"

#include "support/scratch_directory.h"
#include "support/writer_input.h"

#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void perf_or_skip(void)
{
	if (system("perf --version >/dev/null 2>&1") == 0)
		return;
	fputs("skipped: perf is not installed\n", stderr);
	skip();
}

static const char *path_in(void **state, const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", (char *)*state, name);
	return path;
}

/* Reads a line of a command's output; false at its end, where the command must have succeeded. */
static bool next_line(FILE *command, char *line, int size)
{
	if (fgets(line, size, command))
		return true;
	assert_int_equal(pclose(command), 0);
	return false;
}

/* The command finds the path in $RECORDING. */
static FILE *start(const char *text, const char *path)
{
	setenv("RECORDING", path, 1);
	FILE *command = popen(text, "r");

	assert_non_null(command);
	return command;
}

/* How many lines of a command's output hold `text`. */
static size_t count_lines(const char *command_text, const char *path, const char *wanted)
{
	FILE *command = start(command_text, path);
	char line[4096];
	size_t count = 0;

	while (next_line(command, line, sizeof(line)))
		count += strstr(line, wanted) != NULL;
	return count;
}

static uint64_t address_of(uint64_t sample, size_t frame)
{
	return 0x400000 + sample * 0x10000 + frame * 16;
}

/* Each sample `i` has depths[i] frames; they are given neither in time order nor all at once. */
static void write_chains(const char *path, const size_t *depths, size_t count)
{
	static uint64_t addresses[STACK_DEPTH_LIMIT];
	struct data_writer *writer = writer_input_open(path);
	struct error err;

	writer_input_comm(writer, 1, "a thread");
	for (size_t i = 0; i < count; i++) {
		size_t number = i ^ 1;

		for (size_t frame = 0; frame < depths[number]; frame++)
			addresses[frame] = address_of(number, frame);
		writer_input_sample(writer, 1000 * (number + 1), addresses, depths[number]);
		if (i % 16 == 15)
			assert_true(data_writer_flush(writer, 1000 * i, &err));
	}
	writer_input_close(writer);
}

static void perf_script_shows_every_chain_whole(void **state)
{
	enum { SAMPLES = 200 };
	const char *path = path_in(state, "chains.data");
	size_t depths[SAMPLES];
	char line[256];
	size_t sample = 0, frame = 0;

	perf_or_skip();
	for (size_t i = 0; i < SAMPLES; i++)
		depths[i] = i % 40 + 1;
	depths[77] = STACK_DEPTH_LIMIT;
	write_chains(path, depths, SAMPLES);

	FILE *script = start(
		"perf script -i $RECORDING --max-stack 8000 --ns -F tid,time,event,ip 2>&1", path);

	while (next_line(script, line, sizeof(line))) {
		uint64_t time_ns;

		if (sscanf(line, " 4000000 0.%lu: cpu-clock:", &time_ns) == 1) {
			assert_int_equal(time_ns, 1000 * (sample + 1));
			assert_true(sample == 0 || frame == depths[sample - 1]);
			sample++;
			frame = 0;
		} else if (line[0] != '\n') {
			assert_int_equal(strtoull(line, NULL, 16), address_of(sample - 1, frame));
			frame++;
		}
	}
	assert_int_equal(sample, SAMPLES);
	assert_int_equal(frame, depths[SAMPLES - 1]);
}

static void perf_report_counts_every_sample(void **state)
{
	enum { SAMPLES = 300 };
	const char *path = path_in(state, "counted.data");
	size_t depths[SAMPLES], count = 0;
	char line[4096];

	perf_or_skip();
	for (size_t i = 0; i < SAMPLES; i++)
		depths[i] = 5;
	write_chains(path, depths, SAMPLES);

	FILE *report =
		start("perf report -i $RECORDING --stdio -q --no-children -g none -F sample,comm "
		      "2>/dev/null",
		      path);

	while (next_line(report, line, sizeof(line)))
		count += strtoull(line, NULL, 10);
	assert_int_equal(count, SAMPLES);
	assert_int_equal(count_lines("perf report -i $RECORDING --stdio -q -F comm -g none 2>&1",
				     path, "a thread"),
			 1);
}

static void perf_finds_rounds_and_nothing_out_of_order(void **state)
{
	const char *path = path_in(state, "order.data");
	size_t depths[64] = { 0 };

	perf_or_skip();
	write_chains(path, depths, 64);
	assert_int_equal(
		count_lines("perf report -i $RECORDING --stdio 2>&1", path, "out of order"), 0);
	assert_true(count_lines("perf report -i $RECORDING -D 2>&1", path, "FINISHED_ROUND") > 1);
}

static void perf_takes_modules_from_mmap_records_and_build_ids_from_their_section(void **state)
{
	struct build_id build_id = { .size = 20 };
	const char *path = path_in(state, "mapped.data");
	struct data_writer *writer;

	perf_or_skip();
	writer = writer_input_open(path);
	writer_input_comm(writer, 1, "app");
	writer_input_mmap(writer, 2, 0x400000, 0x1000, "/opt/app/bin/app");
	memset(build_id.bytes, 0xa7, sizeof(build_id.bytes));
	data_writer_build_id(writer, "/opt/app/bin/app", &build_id);
	writer_input_sample(writer, 1000, &(uint64_t){ 0x400010 }, 1);
	writer_input_close(writer);
	assert_int_equal(count_lines("perf script -i $RECORDING 2>&1", path, "(/opt/app/bin/app)"),
			 1);
	assert_int_equal(count_lines("perf buildid-list -i $RECORDING 2>&1", path,
				     "a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7 /opt/app/bin/app"),
			 1);
}

static void perf_shows_what_the_recording_says_about_itself(void **state)
{
	static const char *const wanted[] = {
		"# cmdline : jprof record ./app",
		"# perf version : jprof",
		"# nrcpus online",
		"# clockid: monotonic",
		"# sample duration",
		"event : name = cpu-clock",
	};
	const char *path = path_in(state, "header.data");
	size_t depths[4] = { 1, 1, 1, 1 };

	perf_or_skip();
	write_chains(path, depths, 4);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		assert_int_equal(count_lines("perf report --header-only -i $RECORDING 2>&1", path,
					     wanted[i]),
				 1);
}

/* A sample of events[number] with one frame. */
static void give_sample(struct data_writer *writer, uint32_t number, uint64_t time_ns,
			const void *raw, uint32_t raw_size)
{
	static struct chain chain = { .frames = { { .pc = 0x401010 } }, .count = 1 };
	struct event sample = { .type = EVENT_SAMPLE,
				.pid = 7,
				.tid = 7,
				.time_ns = time_ns,
				.event_number = number,
				.sample = { .ip = 0x401010,
					    .address = 0x12340,
					    .period = 1,
					    .raw = raw,
					    .raw_size = raw_size } };
	struct error err;

	assert_true(data_writer_sample(writer, &sample, &chain, &err));
}

static struct data_writer *open_events(const char *path, struct data_writer_event *events,
				       size_t count)
{
	struct error err = { 0 };
	struct data_writer *writer = data_writer_open(
		&(struct data_writer_options){
			.path = path, .events = events, .event_count = count },
		&err);

	if (!writer)
		fail_msg("%s", err.text);
	return writer;
}

static void perf_tells_the_samples_of_several_events_apart(void **state)
{
	const char *path = path_in(state, "events.data");
	const uint64_t ids[] = { 11, 12, 13, 14 };
	struct perf_event_attr dummy = writer_input_dummy_attr(), clock = writer_input_attr(),
			       faults = writer_input_attr();
	struct data_writer_event events[] = {
		{ "cpu-clock", &clock, ids, 2 },
		{ "dummy:u", &dummy, ids + 2, 1 },
		{ "page-faults", &faults, ids + 3, 1 },
	};

	perf_or_skip();
	faults.config = PERF_COUNT_SW_PAGE_FAULTS;
	faults.sample_type |= PERF_SAMPLE_ADDR;
	clock.sample_type |= PERF_SAMPLE_ADDR;

	struct data_writer *writer = open_events(path, events, 3);

	for (uint64_t i = 1; i <= 10; i++)
		give_sample(writer, i % 5 ? 0 : 2, 1000 * i, NULL, 0);
	writer_input_close(writer);
	assert_int_equal(count_lines("perf script -i $RECORDING 2>&1", path, " cpu-clock:"), 8);
	assert_int_equal(count_lines("perf script -i $RECORDING 2>&1", path, " page-faults:"), 2);
	assert_int_equal(count_lines("perf script -i $RECORDING -F event,addr 2>&1", path,
				     "page-faults:            12340"),
			 2);
	assert_int_equal(count_lines("perf evlist -i $RECORDING 2>&1", path, "cpu-clock"), 1);
}

/* perf opens no tracepoint whose format it cannot find in the file. */
static void perf_shows_the_fields_of_tracepoints(void **state)
{
	const char *path = path_in(state, "tracepoint.data");
	FILE *file = fopen("/sys/kernel/tracing/events/sched/sched_switch/id", "re");
	const uint64_t id = 11;
	struct perf_event_attr attr = writer_input_attr();
	struct data_writer_event event = { "sched:sched_switch", &attr, &id, 1 };
	/* Its fields: common_type, then all zero. */
	uint16_t raw[34] = { 0 };
	unsigned long long config = 0;

	perf_or_skip();
	if (!file || fscanf(file, "%llu", &config) != 1) {
		fputs("skipped: tracefs is not mounted or not readable\n", stderr);
		skip();
	}
	fclose(file);
	attr.type = PERF_TYPE_TRACEPOINT;
	attr.config = config;
	raw[0] = (uint16_t)config;
	attr.sample_type |= PERF_SAMPLE_RAW;

	struct data_writer *writer = open_events(path, &event, 1);

	give_sample(writer, 0, 1000, raw, sizeof(raw));
	writer_input_close(writer);
	assert_int_equal(count_lines("perf script -i $RECORDING 2>&1", path, "prev_pid=0"), 1);
}

static void perf_reads_the_pipe_form(void **state)
{
	const char *path = path_in(state, "fifo");
	char line[4096];
	size_t count = 0;

	perf_or_skip();
	assert_int_equal(mkfifo(path, 0600), 0);

	/* Both read what one recording wrote: report stops at features that it does not know. */
	FILE *perf = start("tee $RECORDING.copy < $RECORDING | perf script -i - 2>&1", path);
	struct data_writer *writer = writer_input_open(path);

	for (uint64_t i = 1; i <= 100; i++)
		writer_input_sample(writer, 1000 * i, &(uint64_t){ 0x401010 }, 1);
	writer_input_close(writer);
	while (next_line(perf, line, sizeof(line)))
		count += strstr(line, "cpu-clock:") != NULL;
	assert_int_equal(count, 100);
	assert_int_equal(count_lines("perf report --stdio -i - < $RECORDING.copy 2>/dev/null", path,
				     "# Samples: 100  of event 'cpu-clock'"),
			 1);
}

static void perf_reads_a_killed_recording_that_was_put_right(void **state)
{
	const char *path = path_in(state, "killed.data");
	struct error err;
	int status;

	perf_or_skip();
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct data_writer *writer = writer_input_open(path);

		for (uint64_t i = 1; i <= 100; i++)
			writer_input_sample(writer, 1000 * i, &(uint64_t){ 0x401010 }, 1);
		data_writer_flush(writer, 1000000000, &err);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);

	struct data_writer *writer = data_writer_resume(path, &err);

	assert_non_null(writer);
	writer_input_close(writer);
	assert_int_equal(count_lines("perf script -i $RECORDING 2>&1", path, "cpu-clock:"), 100);
	assert_int_equal(count_lines("perf report --header-only -i $RECORDING 2>&1", path,
				     "# cmdline : jprof record ./app"),
			 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(perf_script_shows_every_chain_whole),
		cmocka_unit_test(perf_report_counts_every_sample),
		cmocka_unit_test(perf_finds_rounds_and_nothing_out_of_order),
		cmocka_unit_test(
			perf_takes_modules_from_mmap_records_and_build_ids_from_their_section),
		cmocka_unit_test(perf_shows_what_the_recording_says_about_itself),
		cmocka_unit_test(perf_tells_the_samples_of_several_events_apart),
		cmocka_unit_test(perf_shows_the_fields_of_tracepoints),
		cmocka_unit_test(perf_reads_the_pipe_form),
		cmocka_unit_test(perf_reads_a_killed_recording_that_was_put_right),
	};

	return cmocka_run_group_tests(tests, scratch_directory_create, scratch_directory_destroy);
}

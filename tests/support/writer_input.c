/* SPDX-License-Identifier: MIT */
#include "support/writer_input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What every record of the recorder's carries, in samples and in trailers. */
#define ID_BITS (PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU)

struct perf_event_attr writer_input_attr(void)
{
	return (struct perf_event_attr){
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(struct perf_event_attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 1000000,
		.sample_type = ID_BITS | PERF_SAMPLE_IP | PERF_SAMPLE_PERIOD |
			       PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_REGS_USER |
			       PERF_SAMPLE_STACK_USER,
		.sample_id_all = 1,
		.exclude_callchain_user = 1,
		.sample_regs_user = 0xff0fff,
		.sample_stack_user = 32768,
		.use_clockid = 1,
		.clockid = 1, /* CLOCK_MONOTONIC */
	};
}

struct perf_event_attr writer_input_dummy_attr(void)
{
	return (struct perf_event_attr){
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(struct perf_event_attr),
		.config = PERF_COUNT_SW_DUMMY,
		.sample_period = 1,
		.sample_type = ID_BITS,
		.sample_id_all = 1,
		.mmap = 1,
		.mmap2 = 1,
		.comm = 1,
		.use_clockid = 1,
		.clockid = 1,
	};
}

static struct data_writer *open_writer(const char *path, uint32_t compression_level)
{
	static const uint64_t clock_id = WRITER_INPUT_CLOCK_ID, dummy_id = WRITER_INPUT_DUMMY_ID;
	struct perf_event_attr attr = writer_input_attr(), dummy = writer_input_dummy_attr();
	const struct data_writer_event events[] = {
		{ .name = "dummy:u", .attr = &dummy, .ids = &dummy_id, .id_count = 1 },
		{ .name = "cpu-clock", .attr = &attr, .ids = &clock_id, .id_count = 1 },
	};
	char *command[] = { "jprof", "record", "./app", NULL };
	struct error err = { 0 };
	struct data_writer *writer = data_writer_open(
		&(struct data_writer_options){
			.path = path,
			.events = events,
			.event_count = 2,
			.command = command,
			.compression_level = compression_level,
		},
		&err);

	if (!writer)
		fail_msg("%s", err.text);
	return writer;
}

struct data_writer *writer_input_open(const char *path)
{
	return open_writer(path, 0);
}

struct data_writer *writer_input_open_compressed(const char *path)
{
	return open_writer(path, 1);
}

static void check(bool is_done, const struct error *err)
{
	if (!is_done)
		fail_msg("%s", err->text);
}

void writer_input_sample(struct data_writer *writer, uint64_t time_ns, const uint64_t *addresses,
			 size_t count)
{
	static struct chain chain;
	struct event event = { .type = EVENT_SAMPLE,
			       .pid = WRITER_INPUT_PID,
			       .tid = WRITER_INPUT_PID,
			       .time_ns = time_ns,
			       .event_number = 1,
			       .sample = { .ip = count ? addresses[0] : 0,
					   .period = 1000000,
					   .cpu_mode = PERF_RECORD_MISC_USER } };
	struct error err = { 0 };

	chain.count = count;
	chain.end = STACK_END_COMPLETE;
	for (size_t i = 0; i < count; i++)
		chain.frames[i] = (struct chain_frame){ .pc = addresses[i], .is_return = i > 0 };
	check(data_writer_sample(writer, &event, &chain, &err), &err);
}

struct trailer {
	uint32_t pid, tid;
	uint64_t time_ns;
	uint32_t cpu, reserved;
	uint64_t id;
};

static void give(struct data_writer *writer, uint8_t *record, uint32_t type, uint16_t misc,
		 size_t size, uint64_t time_ns)
{
	struct trailer trailer = { WRITER_INPUT_PID,	 WRITER_INPUT_PID, time_ns, 0, 0,
				   WRITER_INPUT_DUMMY_ID };
	struct perf_event_header header = { .type = type,
					    .misc = misc,
					    .size = (uint16_t)(size + sizeof(trailer)) };
	struct error err = { 0 };

	memcpy(record, &header, sizeof(header));
	memcpy(record + size, &trailer, sizeof(trailer));
	check(data_writer_record(writer, (const struct perf_event_header *)record, time_ns, &err),
	      &err);
}

void writer_input_comm(struct data_writer *writer, uint64_t time_ns, const char *comm)
{
	_Alignas(8) uint8_t record[128] = { 0 };
	uint32_t ids[2] = { WRITER_INPUT_PID, WRITER_INPUT_PID };

	memcpy(record + 8, ids, sizeof(ids));
	snprintf((char *)record + 16, 16, "%s", comm);
	give(writer, record, PERF_RECORD_COMM, PERF_RECORD_MISC_COMM_EXEC, 32, time_ns);
}

void writer_input_mmap(struct data_writer *writer, uint64_t time_ns, uint64_t start, uint64_t size,
		       const char *path)
{
	_Alignas(8) uint8_t record[256] = { 0 };
	uint32_t ids[2] = { WRITER_INPUT_PID, WRITER_INPUT_PID };
	uint64_t place[3] = { start, size, 0 };
	uint32_t protection[2] = { 5, 2 }; /* PROT_READ | PROT_EXEC, MAP_PRIVATE */

	memcpy(record + 8, ids, sizeof(ids));
	memcpy(record + 16, place, sizeof(place));
	memcpy(record + 64, protection, sizeof(protection));
	snprintf((char *)record + 72, 64, "%s", path);
	give(writer, record, PERF_RECORD_MMAP2, PERF_RECORD_MISC_USER, 136, time_ns);
}

void writer_input_close(struct data_writer *writer)
{
	struct error err = { 0 };

	check(data_writer_close(writer, NULL, &err), &err);
}

void writer_input_put_right(const char *path)
{
	struct error err = { 0 };
	struct data_writer *writer = data_writer_resume(path, &err);

	if (!writer)
		fail_msg("%s", err.text);
	writer_input_close(writer);
}

struct read_back writer_input_read(const char *path)
{
	struct read_back back = read_back_path(path);

	assert_string_equal(back.err.text, "");
	assert_int_equal(back.undecodable_count, 0);
	assert_string_equal(data_reader_damage(back.reader), "");
	return back;
}

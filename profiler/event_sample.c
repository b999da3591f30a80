/* SPDX-License-Identifier: MIT */
#include "profiler/event_sample.h"

#include "profiler/byte_cursor.h"

/* linux/perf_event.h, 6.8: a u64 of counters for each branch follows the branches. */
#define BRANCH_COUNTERS (1ULL << 19)

static void decode_identity(struct byte_cursor *body, uint64_t type, struct event *event)
{
	struct sample_event *sample = &event->sample;

	if (type & PERF_SAMPLE_IDENTIFIER)
		byte_cursor_u64(body);
	if (type & PERF_SAMPLE_IP)
		sample->ip = byte_cursor_u64(body);
	if (type & PERF_SAMPLE_TID) {
		event->pid = byte_cursor_u32(body);
		event->tid = byte_cursor_u32(body);
	}
	if (type & PERF_SAMPLE_TIME)
		event->time_ns = byte_cursor_u64(body);
	if (type & PERF_SAMPLE_ADDR)
		sample->address = byte_cursor_u64(body);
	if (type & PERF_SAMPLE_ID)
		byte_cursor_u64(body);
	if (type & PERF_SAMPLE_STREAM_ID)
		byte_cursor_u64(body);
	if (type & PERF_SAMPLE_CPU) {
		event->cpu = byte_cursor_u32(body);
		byte_cursor_u32(body); /* reserved */
	}
	if (type & PERF_SAMPLE_PERIOD)
		sample->period = byte_cursor_u64(body);
}

/* The values of PERF_SAMPLE_READ: the comment on read_format in linux/perf_event.h. */
static void skip_read(struct byte_cursor *body, uint64_t format)
{
	size_t times = !!(format & PERF_FORMAT_TOTAL_TIME_ENABLED) +
		       !!(format & PERF_FORMAT_TOTAL_TIME_RUNNING);
	size_t value = 1 + !!(format & PERF_FORMAT_ID) + !!(format & PERF_FORMAT_LOST);
	uint64_t count = format & PERF_FORMAT_GROUP ? byte_cursor_u64(body) : 1;

	byte_cursor_bytes(body, 8 * times);
	byte_cursor_items(body, count, 8 * value);
}

static void decode_callchain(struct byte_cursor *body, struct sample_event *sample)
{
	sample->has_callchain = true;
	sample->callchain.count = byte_cursor_u64(body);
	sample->callchain.bytes = byte_cursor_items(body, sample->callchain.count, 8);
}

static void skip_branches(struct byte_cursor *body, uint64_t branch_type)
{
	uint64_t count = byte_cursor_u64(body);

	if (branch_type & PERF_SAMPLE_BRANCH_HW_INDEX)
		byte_cursor_u64(body);
	byte_cursor_items(body, count, sizeof(struct perf_branch_entry));
	if (branch_type & BRANCH_COUNTERS)
		byte_cursor_items(body, count, 8);
}

static void decode_registers(struct byte_cursor *body, uint64_t mask,
			     struct user_registers *registers)
{
	registers->abi = byte_cursor_u64(body);
	if (registers->abi == PERF_SAMPLE_REGS_ABI_NONE)
		return;
	registers->mask = mask;
	registers->bytes = byte_cursor_items(body, (uint64_t)__builtin_popcountll(mask), 8);
}

/* A size of 0 (a kernel thread) ends the field: no bytes and no valid size follow. */
static void decode_stack(struct byte_cursor *body, struct sample_event *sample)
{
	uint64_t size = byte_cursor_u64(body);

	if (size == 0)
		return;
	sample->has_user_stack = true;
	sample->stack_copy_size = size;
	sample->stack = byte_cursor_bytes(body, size);
	sample->stack_size = byte_cursor_u64(body);
	if (sample->stack_size > size)
		sample->stack_size = size;
}

static void skip_rest(struct byte_cursor *body, const struct perf_event_attr *attr)
{
	uint64_t type = attr->sample_type;
	struct user_registers interrupted;

	if (type & PERF_SAMPLE_WEIGHT_TYPE)
		byte_cursor_u64(body);
	if (type & PERF_SAMPLE_DATA_SRC)
		byte_cursor_u64(body);
	if (type & PERF_SAMPLE_TRANSACTION)
		byte_cursor_u64(body);
	if (type & PERF_SAMPLE_REGS_INTR)
		decode_registers(body, attr->sample_regs_intr, &interrupted);
	if (type & PERF_SAMPLE_PHYS_ADDR)
		byte_cursor_u64(body);
	if (type & PERF_SAMPLE_CGROUP)
		byte_cursor_u64(body);
	if (type & PERF_SAMPLE_DATA_PAGE_SIZE)
		byte_cursor_u64(body);
	if (type & PERF_SAMPLE_CODE_PAGE_SIZE)
		byte_cursor_u64(body);
	if (type & PERF_SAMPLE_AUX)
		byte_cursor_bytes(body, byte_cursor_u64(body));
}

bool event_sample_decode(const struct perf_event_attr *attr, const uint8_t *bytes, size_t size,
			 struct event *event)
{
	struct byte_cursor body = byte_cursor(bytes, size);
	struct sample_event *sample = &event->sample;
	uint64_t type = attr->sample_type;

	sample->period = attr->freq || !attr->sample_period ? 1 : attr->sample_period;
	decode_identity(&body, type, event);
	if (type & PERF_SAMPLE_READ)
		skip_read(&body, attr->read_format);
	if (type & PERF_SAMPLE_CALLCHAIN)
		decode_callchain(&body, sample);
	if (type & PERF_SAMPLE_RAW) {
		sample->raw_size = byte_cursor_u32(&body);
		sample->raw = byte_cursor_bytes(&body, sample->raw_size);
	}
	if (type & PERF_SAMPLE_BRANCH_STACK)
		skip_branches(&body, attr->branch_sample_type);
	if (type & PERF_SAMPLE_REGS_USER)
		decode_registers(&body, attr->sample_regs_user, &sample->user);
	if (type & PERF_SAMPLE_STACK_USER)
		decode_stack(&body, sample);
	skip_rest(&body, attr);
	return !body.has_failed;
}

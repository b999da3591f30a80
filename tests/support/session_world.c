/* SPDX-License-Identifier: MIT */
#include "support/session_world.h"

#include "jitdump/xalloc.h"
#include "support/jit_world.h"

#include <linux/perf_event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

enum { PERIOD = 1000000, STACK_COPY_BYTES = 65528 };

static void keep_sample(void *context, const struct session_sample *sample)
{
	struct session_world *world = context;
	size_t count = sample->chain->count;
	struct world_frame *frames = xcalloc(count, sizeof(*frames));

	for (size_t i = 0; i < count; i++) {
		const struct chain_frame *frame = &sample->chain->frames[i];
		const struct code *code = &sample->codes[i];

		frames[i] = (struct world_frame){
			.pc = frame->pc,
			.is_kernel = frame->is_kernel,
			.is_return = frame->is_return,
			.is_guessed = frame->is_guessed,
			.is_late = code->is_late,
			.kind = code->kind,
			.location = { code->image->id, code->image_address },
		};
	}
	world->samples =
		xgrow(world->samples, world->count, &world->capacity, sizeof(*world->samples));
	world->samples[world->count++] = (struct world_sample){
		.time_ns = sample->event->time_ns,
		.pid = sample->event->pid,
		.tid = sample->event->tid,
		.comm = sample->comm,
		.end = sample->chain->end,
		.is_joined = sample->chain->is_joined,
		.was_parked = sample->was_parked,
		.frames = frames,
		.count = count,
	};
}

static struct event_layout *layout_of(bool has_stacks)
{
	struct event_layout *layout = event_layout_create();
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |
			       PERF_SAMPLE_PERIOD | PERF_SAMPLE_CALLCHAIN,
		.sample_id_all = 1,
	};

	if (has_stacks) {
		attr.sample_type |= PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
		attr.sample_regs_user = unwinder_register_mask();
		attr.sample_stack_user = STACK_COPY_BYTES;
		attr.exclude_callchain_user = 1;
	}
	event_layout_add(layout, &attr, NULL, 0);
	return layout;
}

static void init(struct session_world *world, bool has_stacks, struct session_options options)
{
	*world = (struct session_world){ 0 };
	world->symbolizer = symbolizer_create(&(struct symbolizer_options){ 0 });
	world->layout = layout_of(has_stacks);
	options.symbolizer = world->symbolizer;
	options.method = UNWIND_AUTO;
	options.sink = keep_sample;
	options.sink_context = world;
	world->session = session_create(&options, world->layout);
	world->naming = naming_create(world->session);
}

void session_world_init(struct session_world *world, bool is_live, bool has_stacks)
{
	init(world, has_stacks, (struct session_options){ .is_live = is_live });
}

void session_world_init_forgetful(struct session_world *world, bool has_stacks)
{
	init(world, has_stacks, (struct session_options){ .is_live = true, .is_forgetful = true });
}

void session_world_deinit(struct session_world *world)
{
	for (size_t i = 0; i < world->count; i++)
		free(world->samples[i].frames);
	free(world->samples);
	bytes_free(&world->records);
	naming_destroy(world->naming);
	session_destroy(world->session);
	event_layout_destroy(world->layout);
	symbolizer_destroy(world->symbolizer);
}

/* Every record but a sample ends with TID and TIME. */
static void feed_with_trailer(struct session_world *world, size_t record, uint64_t time_ns,
			      uint32_t pid, uint32_t tid)
{
	bytes_u32(&world->records, pid);
	bytes_u32(&world->records, tid);
	bytes_u64(&world->records, time_ns);
	bytes_end_record(&world->records, record);
	session_feed(world->session, bytes_record(&world->records, record));
}

void world_comm(struct session_world *world, uint64_t time_ns, uint32_t pid, uint32_t tid,
		const char *comm, bool is_exec)
{
	size_t record = bytes_begin_record(&world->records, PERF_RECORD_COMM,
					   is_exec ? PERF_RECORD_MISC_COMM_EXEC : 0);

	bytes_u32(&world->records, pid);
	bytes_u32(&world->records, tid);
	bytes_text(&world->records, comm);
	feed_with_trailer(world, record, time_ns, pid, tid);
}

static void feed_task(struct session_world *world, uint32_t type, uint64_t time_ns, uint32_t pid,
		      uint32_t tid, uint32_t parent_pid, uint32_t parent_tid)
{
	size_t record = bytes_begin_record(&world->records, type, 0);

	bytes_u32(&world->records, pid);
	bytes_u32(&world->records, parent_pid);
	bytes_u32(&world->records, tid);
	bytes_u32(&world->records, parent_tid);
	bytes_u64(&world->records, time_ns);
	feed_with_trailer(world, record, time_ns, parent_pid, parent_tid);
}

void world_fork(struct session_world *world, uint64_t time_ns, uint32_t pid, uint32_t tid,
		uint32_t parent_pid, uint32_t parent_tid)
{
	feed_task(world, PERF_RECORD_FORK, time_ns, pid, tid, parent_pid, parent_tid);
}

void world_exit(struct session_world *world, uint64_t time_ns, uint32_t pid, uint32_t tid)
{
	feed_task(world, PERF_RECORD_EXIT, time_ns, pid, tid, pid, tid);
}

void world_lost(struct session_world *world, uint64_t time_ns, uint64_t count)
{
	size_t record = bytes_begin_record(&world->records, PERF_RECORD_LOST, 0);

	bytes_u64(&world->records, 0); /* the event's id */
	bytes_u64(&world->records, count);
	feed_with_trailer(world, record, time_ns, 0, 0);
}

void world_mmap(struct session_world *world, uint64_t time_ns, uint32_t pid,
		const struct world_mapping *mapping)
{
	size_t record =
		bytes_begin_record(&world->records, PERF_RECORD_MMAP2, PERF_RECORD_MISC_USER);

	bytes_u32(&world->records, pid);
	bytes_u32(&world->records, pid);
	bytes_u64(&world->records, mapping->start);
	bytes_u64(&world->records, mapping->size);
	bytes_u64(&world->records, mapping->file_offset);
	bytes_u32(&world->records, 0); /* the device */
	bytes_u32(&world->records, 0);
	bytes_u64(&world->records, mapping->inode);
	bytes_u64(&world->records, 0); /* the inode's generation */
	bytes_u32(&world->records, PROT_READ | PROT_EXEC);
	bytes_u32(&world->records, MAP_PRIVATE);
	bytes_text(&world->records, mapping->path);
	feed_with_trailer(world, record, time_ns, pid, pid);
}

static size_t begin_sample(struct session_world *world, uint64_t time_ns, uint32_t pid,
			   uint32_t tid, uint64_t ip, bool is_kernel)
{
	size_t record =
		bytes_begin_record(&world->records, PERF_RECORD_SAMPLE,
				   is_kernel ? PERF_RECORD_MISC_KERNEL : PERF_RECORD_MISC_USER);

	bytes_u64(&world->records, ip);
	bytes_u32(&world->records, pid);
	bytes_u32(&world->records, tid);
	bytes_u64(&world->records, time_ns);
	bytes_u64(&world->records, PERIOD);
	return record;
}

void world_sample(struct session_world *world, uint64_t time_ns, uint32_t pid, uint32_t tid,
		  const uint64_t *chain)
{
	size_t count = 0, first = 0;

	while (chain[count])
		count++;
	while (first < count && chain[first] >= (uint64_t)PERF_CONTEXT_MAX)
		first++;
	size_t record = begin_sample(world, time_ns, pid, tid,
				     first < count ? chain[first] : WORLD_IP_ALONE,
				     chain[0] == (uint64_t)PERF_CONTEXT_KERNEL);

	bytes_u64(&world->records, count);
	bytes_add(&world->records, chain, count * sizeof(*chain));
	bytes_end_record(&world->records, record);
	session_feed(world->session, bytes_record(&world->records, record));
}

void world_stack_sample(struct session_world *world, uint64_t time_ns, uint32_t pid, uint64_t ip,
			uint64_t sp, const uint64_t *words, size_t count)
{
	uint64_t registers[WORLD_REGISTERS] = { [WORLD_IP] = ip, [WORLD_RSP] = sp };
	size_t record = begin_sample(world, time_ns, pid, pid, ip, false);

	bytes_u64(&world->records, 0); /* no kernel chain */
	bytes_u64(&world->records, PERF_SAMPLE_REGS_ABI_64);
	bytes_add(&world->records, registers, sizeof(registers));
	bytes_u64(&world->records, count * sizeof(*words));
	bytes_add(&world->records, words, count * sizeof(*words));
	bytes_u64(&world->records, count * sizeof(*words)); /* all of them valid */
	bytes_end_record(&world->records, record);
	session_feed(world->session, bytes_record(&world->records, record));
}

void world_feed_again(struct session_world *world, const struct session_world *from)
{
	for (size_t at = 0; at < from->records.size;) {
		const struct perf_event_header *record = bytes_record(&from->records, at);

		session_feed(world->session, record);
		at += record->size;
	}
}

void world_collect(const struct session_world *world, struct profile *profile)
{
	for (size_t i = 0; i < world->count; i++) {
		const struct world_sample *sample = &world->samples[i];
		uint32_t stack = STACK_NONE;

		for (size_t at = sample->count; at-- > 0;)
			stack = profile_stack(
				profile, stack,
				profile_location(profile, sample->frames[at].location), false);
		profile_add_sample(profile,
				   &(struct profile_sample){
					   .time_ns = sample->time_ns,
					   .weight = 1,
					   .count = 1,
					   .thread = profile_thread(profile, sample->pid,
								    sample->tid, sample->comm),
					   .stack = stack,
				   });
	}
}

const struct named_frame *world_frame_names(const struct session_world *world, size_t sample,
					    size_t frame)
{
	size_t count;

	assert_true(sample < world->count && frame < world->samples[sample].count);
	return naming_frames(world->naming, world->samples[sample].frames[frame].location, &count);
}

const char *world_name(const struct session_world *world, size_t sample, size_t frame)
{
	return world_frame_names(world, sample, frame)->function;
}

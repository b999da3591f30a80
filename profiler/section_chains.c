/* SPDX-License-Identifier: MIT */
#include "jitdump/xalloc.h"
#include "profiler/jprof_section_format.h"

enum { FRAME_BYTES_MIN = 3 };

static void put_frames(struct section_bytes *out, const struct stored_frame *frames, size_t count)
{
	uint64_t pc = 0;

	section_put_varint(out, count);
	for (size_t i = 0; i < count; i++) {
		const struct stored_frame *frame = &frames[i];
		bool has_caller = frame->caller != STORED_FRAME_NONE;

		section_put_u8(out, (uint8_t)(frame->is_return | frame->is_guessed << 1));
		section_put_varint(out, has_caller ? i - frame->caller : 0);
		section_put_delta(out, frame->pc, &pc);
	}
}

void jprof_section_put_chains(struct section_bytes *out, const struct stored_frame *frames,
			      size_t frame_count, const struct stored_chain *chains, size_t count)
{
	uint64_t time_ns = 0, tid = 0, cpu = 0;

	if (!count)
		return;
	size_t start = section_begin_chunk(out, SECTION_CHAINS, SECTION_VERSION);

	put_frames(out, frames, frame_count);
	for (size_t i = 0; i < count; i++) {
		const struct stored_chain *chain = &chains[i];
		bool has_leaf = chain->leaf != STORED_FRAME_NONE;

		section_put_delta(out, chain->time_ns, &time_ns);
		section_put_delta(out, chain->tid, &tid);
		section_put_delta(out, chain->cpu, &cpu);
		section_put_u8(out, (uint8_t)(chain->end | chain->is_joined << 7));
		section_put_varint(out, has_leaf ? (uint64_t)chain->leaf + 1 : 0);
	}
	section_end_chunk(out, start);
}

static void take_frames(struct section_cursor *cursor, struct jprof_section *section)
{
	uint64_t count = section_take_varint(cursor), pc = 0;
	size_t first = section->frame_count;

	if (count > byte_cursor_left(&cursor->bytes) / FRAME_BYTES_MIN)
		cursor->bytes.has_failed = true;
	for (uint64_t i = 0; i < count && !cursor->bytes.has_failed; i++) {
		uint8_t flags = byte_cursor_u8(&cursor->bytes);
		uint64_t back = section_take_varint(cursor);
		struct stored_frame frame = {
			.pc = section_take_delta(cursor, &pc),
			.caller = back ? (uint32_t)(first + i - back) : STORED_FRAME_NONE,
			.is_return = flags & 1,
			.is_guessed = flags & 2,
		};

		if (back > i)
			cursor->bytes.has_failed = true;
		if (cursor->bytes.has_failed)
			return;
		section->frames = xgrow(section->frames, section->frame_count,
					&section->frame_capacity, sizeof(frame));
		section->frames[section->frame_count++] = frame;
	}
}

void section_read_chains(struct jprof_section *section, struct section_cursor *cursor)
{
	uint64_t time_ns = 0, tid = 0, cpu = 0;
	size_t first = section->frame_count;

	take_frames(cursor, section);
	while (byte_cursor_left(&cursor->bytes)) {
		struct stored_chain chain = { .time_ns = section_take_delta(cursor, &time_ns) };

		chain.tid = (uint32_t)section_take_delta(cursor, &tid);
		chain.cpu = (uint32_t)section_take_delta(cursor, &cpu);
		uint8_t end = byte_cursor_u8(&cursor->bytes);
		uint64_t leaf = section_take_varint(cursor);

		chain.is_joined = end & 0x80;
		chain.end = end & 0x7f;
		if (chain.end >= STACK_END_COUNT)
			chain.end = STACK_END_UNTOLD;
		chain.leaf = leaf ? (uint32_t)(first + leaf - 1) : STORED_FRAME_NONE;
		if (leaf > section->frame_count - first)
			cursor->bytes.has_failed = true;
		if (cursor->bytes.has_failed)
			return;
		section->chains = xgrow(section->chains, section->chain_count,
					&section->chain_capacity, sizeof(chain));
		section->chains[section->chain_count++] = chain;
	}
}

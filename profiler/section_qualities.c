/* SPDX-License-Identifier: MIT */
#include "jitdump/xalloc.h"
#include "profiler/jprof_section_format.h"

_Static_assert(STACK_END_COUNT <= SECTION_QUALITY_END_MASK + 1, "a stack end fits its bits");

/* The fields that the next item's are relative to. */
struct last_quality {
	uint64_t time_ns, tid, cpu;
};

static void put_quality(struct section_bytes *out, const struct sample_quality *quality,
			struct last_quality *last)
{
	uint8_t head = quality->end & SECTION_QUALITY_END_MASK;

	if (quality->is_joined)
		head |= SECTION_QUALITY_JOINED;
	if (quality->tid == last->tid)
		head |= SECTION_QUALITY_SAME_TID;
	if (quality->cpu == last->cpu)
		head |= SECTION_QUALITY_SAME_CPU;
	if (quality->guessed_count)
		head |= SECTION_QUALITY_GUESSED;
	section_put_u8(out, head);
	section_put_delta(out, quality->time_ns, &last->time_ns);
	if (!(head & SECTION_QUALITY_SAME_TID))
		section_put_delta(out, quality->tid, &last->tid);
	if (!(head & SECTION_QUALITY_SAME_CPU))
		section_put_delta(out, quality->cpu, &last->cpu);
	if (head & SECTION_QUALITY_GUESSED) {
		section_put_varint(out, quality->guessed_count);
		section_put_varint(out, quality->guessed_bytes);
		section_put_bytes(out, quality->guessed, quality->guessed_bytes);
	}
}

void jprof_section_put_qualities(struct section_bytes *out, const struct sample_quality *qualities,
				 size_t count)
{
	struct last_quality last = { 0 };

	if (!count)
		return;
	size_t start = section_begin_chunk(out, SECTION_QUALITIES, SECTION_QUALITIES_VERSION);

	for (size_t i = 0; i < count; i++)
		put_quality(out, &qualities[i], &last);
	section_end_chunk(out, start);
}

static void take_guesses(struct section_cursor *cursor, struct sample_quality *quality)
{
	uint64_t guessed_count = section_take_varint(cursor);
	uint64_t size = section_take_varint(cursor);

	if (guessed_count > STACK_DEPTH_LIMIT || size > STACK_DEPTH_LIMIT / 8) {
		cursor->bytes.has_failed = true;
		return;
	}
	quality->guessed_count = (uint16_t)guessed_count;
	quality->guessed_bytes = (uint16_t)size;
	quality->guessed = byte_cursor_bytes(&cursor->bytes, size);
}

static struct sample_quality take_quality(struct section_cursor *cursor, struct last_quality *last)
{
	struct sample_quality quality = { 0 };
	uint8_t head = byte_cursor_u8(&cursor->bytes);

	quality.end = head & SECTION_QUALITY_END_MASK;
	if (quality.end >= STACK_END_COUNT)
		quality.end = STACK_END_UNTOLD;
	quality.is_joined = head & SECTION_QUALITY_JOINED;
	quality.time_ns = section_take_delta(cursor, &last->time_ns);
	if (!(head & SECTION_QUALITY_SAME_TID))
		section_take_delta(cursor, &last->tid);
	if (!(head & SECTION_QUALITY_SAME_CPU))
		section_take_delta(cursor, &last->cpu);
	quality.tid = (uint32_t)last->tid;
	quality.cpu = (uint32_t)last->cpu;
	if (head & SECTION_QUALITY_GUESSED)
		take_guesses(cursor, &quality);
	return quality;
}

void section_read_qualities(struct jprof_section *section, struct section_cursor *cursor)
{
	struct last_quality last = { 0 };

	while (byte_cursor_left(&cursor->bytes)) {
		struct sample_quality quality = take_quality(cursor, &last);

		if (cursor->bytes.has_failed)
			return;
		section->qualities = xgrow(section->qualities, section->quality_count,
					   &section->quality_capacity, sizeof(quality));
		section->qualities[section->quality_count++] = quality;
	}
}

void section_read_unjoined_qualities(struct jprof_section *section, struct section_cursor *cursor)
{
	section->has_unjoined_qualities = true;
	section_read_qualities(section, cursor);
}

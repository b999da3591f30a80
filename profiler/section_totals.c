/* SPDX-License-Identifier: MIT */
#include "jitdump/xalloc.h"
#include "profiler/jprof_section_format.h"

static void put_totals(struct section_bytes *out, const struct stored_totals *stored)
{
	const struct jit_totals *totals = &stored->totals;

	section_put_varint(out, stored->dump);
	section_put_varint(out, totals->load_count);
	section_put_varint(out, totals->load_bytes);
	section_put_varint(out, totals->sampled_count);
	section_put_varint(out, totals->sampled_bytes);
	section_put_varint(out, totals->move_count);
	section_put_varint(out, totals->from_ns);
	section_put_varint(out, totals->until_ns);
	section_put_varint(out, JIT_TOTALS_STEPS);
	for (size_t i = 0; i < JIT_TOTALS_STEPS; i++)
		section_put_varint(out, totals->steps[i]);
}

void jprof_section_put_totals(struct section_bytes *out, const struct stored_totals *totals,
			      size_t count)
{
	if (!count)
		return;
	size_t start = section_begin_chunk(out, SECTION_TOTALS, SECTION_VERSION);

	for (size_t i = 0; i < count; i++)
		put_totals(out, &totals[i]);
	section_end_chunk(out, start);
}

static struct stored_totals take_totals(struct section_cursor *cursor)
{
	struct stored_totals stored = { .dump = section_take_u32(cursor) };
	struct jit_totals *totals = &stored.totals;

	totals->load_count = section_take_varint(cursor);
	totals->load_bytes = section_take_varint(cursor);
	totals->sampled_count = section_take_varint(cursor);
	totals->sampled_bytes = section_take_varint(cursor);
	totals->move_count = section_take_varint(cursor);
	totals->from_ns = section_take_varint(cursor);
	totals->until_ns = section_take_varint(cursor);
	if (section_take_varint(cursor) != JIT_TOTALS_STEPS ||
	    totals->sampled_count > totals->load_count ||
	    totals->sampled_bytes > totals->load_bytes || totals->from_ns > totals->until_ns)
		cursor->bytes.has_failed = true;
	for (size_t i = 0; i < JIT_TOTALS_STEPS; i++)
		totals->steps[i] = section_take_varint(cursor);
	return stored;
}

void section_read_totals(struct jprof_section *section, struct section_cursor *cursor)
{
	while (byte_cursor_left(&cursor->bytes)) {
		struct stored_totals stored = take_totals(cursor);

		if (cursor->bytes.has_failed)
			return;
		section->totals = xgrow(section->totals, section->totals_count,
					&section->totals_capacity, sizeof(stored));
		section->totals[section->totals_count++] = stored;
	}
}

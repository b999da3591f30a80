/* SPDX-License-Identifier: MIT */
#include "jitdump/xalloc.h"
#include "profiler/jprof_section_format.h"

void jprof_section_put_health(struct section_bytes *out, const struct stored_health *health)
{
	struct section_texts texts = { 0 };
	size_t start = section_begin_chunk(out, SECTION_HEALTH, SECTION_VERSION);

	section_put_varint(out, health->rate_asked_hz);
	section_put_varint(out, health->lost_records);
	section_put_varint(out, health->lost_samples);
	section_put_varint(out, health->throttled);
	section_put_varint(out, health->undecodable);
	section_put_varint(out, health->jit_late);
	section_put_varint(out, health->parked);
	section_put_varint(out, health->parked_expired);
	section_put_varint(out, health->behind_horizon);
	section_put_varint(out, health->start_ns);
	section_put_varint(out, health->end_ns);
	section_put_varint(out, health->online_cpus);
	section_put_varint(out, health->stack_copy_size);
	section_put_varint(out, health->method);
	section_put_text(out, &texts, health->remarks);
	section_put_varint(out, health->unwind_skipped);
	section_put_varint(out, health->unwound_frames);
	section_put_varint(out, health->fallback_frames);
	section_end_chunk(out, start);
	section_texts_deinit(&texts);
}

void section_read_health(struct jprof_section *section, struct section_cursor *cursor)
{
	struct stored_health health = { 0 };

	health.rate_asked_hz = section_take_varint(cursor);
	health.lost_records = section_take_varint(cursor);
	health.lost_samples = section_take_varint(cursor);
	health.throttled = section_take_varint(cursor);
	health.undecodable = section_take_varint(cursor);
	health.jit_late = section_take_varint(cursor);
	health.parked = section_take_varint(cursor);
	health.parked_expired = section_take_varint(cursor);
	health.behind_horizon = section_take_varint(cursor);
	health.start_ns = section_take_varint(cursor);
	health.end_ns = section_take_varint(cursor);
	health.online_cpus = section_take_varint(cursor);
	health.stack_copy_size = section_take_u32(cursor);
	health.method = section_take_u32(cursor);
	health.remarks = section_take_text(cursor);
	if (byte_cursor_left(&cursor->bytes)) {
		health.unwind_skipped = section_take_varint(cursor);
		health.unwound_frames = section_take_varint(cursor);
		health.fallback_frames = section_take_varint(cursor);
	}
	if (cursor->bytes.has_failed)
		return;
	if (!health.remarks)
		health.remarks = "";
	section->health = health;
	section->has_health = true;
}

void jprof_section_put_feature(struct section_bytes *out, const struct stored_feature *feature)
{
	size_t start = section_begin_chunk(out, SECTION_FEATURE, SECTION_VERSION);

	section_put_varint(out, feature->number);
	section_put_bytes(out, feature->bytes, feature->size);
	section_end_chunk(out, start);
}

void section_read_feature(struct jprof_section *section, struct section_cursor *cursor)
{
	struct stored_feature feature = { .number = section_take_u32(cursor) };

	feature.size = byte_cursor_left(&cursor->bytes);
	feature.bytes = byte_cursor_bytes(&cursor->bytes, feature.size);
	if (cursor->bytes.has_failed)
		return;
	section->features = xgrow(section->features, section->feature_count,
				  &section->feature_capacity, sizeof(feature));
	section->features[section->feature_count++] = feature;
}

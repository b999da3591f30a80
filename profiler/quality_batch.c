/* SPDX-License-Identifier: MIT */
#include "profiler/quality_batch.h"

#include "jitdump/xalloc.h"
#include "profiler/chain.h"

#include <stdlib.h>
#include <string.h>

void quality_batch_deinit(struct quality_batch *batch)
{
	if (!batch)
		return;
	free(batch->items);
	section_bytes_deinit(&batch->bitmaps);
	*batch = (struct quality_batch){ 0 };
}

struct sample_quality quality_of_chain(const struct chain *chain, uint8_t *bitmap)
{
	struct sample_quality quality = { .end = (uint8_t)chain->end,
					  .is_joined = chain->is_joined };
	size_t user_number = 0;

	memset(bitmap, 0, QUALITY_BITMAP_BYTES);
	for (size_t i = 0; i < chain->count; i++) {
		if (chain->frames[i].is_kernel)
			continue;
		if (chain->frames[i].is_guessed) {
			bitmap[user_number / 8] |= (uint8_t)(1u << user_number % 8);
			quality.guessed_count++;
			quality.guessed_bytes = (uint16_t)(user_number / 8 + 1);
		}
		user_number++;
	}
	if (quality.guessed_count)
		quality.guessed = bitmap;
	return quality;
}

void quality_batch_add(struct quality_batch *batch, const struct sample_quality *quality)
{
	batch->items = xgrow(batch->items, batch->count, &batch->capacity, sizeof(*batch->items));
	batch->items[batch->count++] = *quality;
	section_put_bytes(&batch->bitmaps, quality->guessed, quality->guessed_bytes);
}

void quality_batch_put(struct quality_batch *batch, struct section_bytes *out)
{
	size_t offset = 0;

	for (size_t i = 0; i < batch->count; i++) {
		if (batch->items[i].guessed_count)
			batch->items[i].guessed = batch->bitmaps.bytes + offset;
		offset += batch->items[i].guessed_bytes;
	}
	jprof_section_put_qualities(out, batch->items, batch->count);
	batch->count = 0;
	batch->bitmaps.size = 0;
}

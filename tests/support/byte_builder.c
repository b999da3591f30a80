/* SPDX-License-Identifier: MIT */
#include "support/byte_builder.h"

#include "jitdump/xalloc.h"

#include "jitdump/xalloc.h"

#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

void bytes_free(struct byte_builder *builder)
{
	free(builder->bytes);
	*builder = (struct byte_builder){ 0 };
}

static uint8_t *grow(struct byte_builder *builder, size_t size)
{
	if (builder->capacity - builder->size < size) {
		builder->capacity = 2 * builder->capacity + size;
		builder->bytes = xrealloc(builder->bytes, builder->capacity);
	}
	builder->size += size;
	return builder->bytes + builder->size - size;
}

void bytes_add(struct byte_builder *builder, const void *bytes, size_t size)
{
	if (size)
		memcpy(grow(builder, size), bytes, size);
}

void bytes_fill(struct byte_builder *builder, uint8_t value, size_t size)
{
	if (size)
		memset(grow(builder, size), value, size);
}

void bytes_u8(struct byte_builder *builder, uint8_t value)
{
	bytes_add(builder, &value, sizeof(value));
}

void bytes_u16(struct byte_builder *builder, uint16_t value)
{
	bytes_add(builder, &value, sizeof(value));
}

void bytes_u32(struct byte_builder *builder, uint32_t value)
{
	bytes_add(builder, &value, sizeof(value));
}

void bytes_u64(struct byte_builder *builder, uint64_t value)
{
	bytes_add(builder, &value, sizeof(value));
}

void bytes_text(struct byte_builder *builder, const char *text)
{
	size_t size = strlen(text) + 1;

	bytes_add(builder, text, size);
	bytes_fill(builder, 0, (8 - size % 8) % 8);
}

size_t bytes_begin_record(struct byte_builder *builder, uint32_t type, uint16_t misc)
{
	struct perf_event_header header = { .type = type, .misc = misc };

	bytes_add(builder, &header, sizeof(header));
	return builder->size - sizeof(header);
}

void bytes_end_record(struct byte_builder *builder, size_t start)
{
	uint16_t size = (uint16_t)(builder->size - start);

	memcpy(builder->bytes + start + offsetof(struct perf_event_header, size), &size,
	       sizeof(size));
}

const struct perf_event_header *bytes_record(const struct byte_builder *builder, size_t start)
{
	return (const void *)(builder->bytes + start);
}

/* SPDX-License-Identifier: MIT */
#include "profiler/section_bytes.h"

#include "jitdump/xalloc.h"
#include "profiler/jprof_section_format.h"

#include <stdlib.h>
#include <string.h>

void section_bytes_deinit(struct section_bytes *out)
{
	if (!out)
		return;
	free(out->bytes);
	*out = (struct section_bytes){ 0 };
}

static void make_room(struct section_bytes *out, size_t size)
{
	size_t wanted = out->capacity ? out->capacity : 256;

	if (out->capacity - out->size >= size)
		return;
	while (wanted - out->size < size)
		wanted *= 2;
	out->bytes = xrealloc(out->bytes, wanted);
	out->capacity = wanted;
}

void section_put_bytes(struct section_bytes *out, const void *bytes, size_t size)
{
	if (!size)
		return;
	make_room(out, size);
	memcpy(out->bytes + out->size, bytes, size);
	out->size += size;
}

void section_put_u8(struct section_bytes *out, uint8_t value)
{
	section_put_bytes(out, &value, 1);
}

void section_put_varint(struct section_bytes *out, uint64_t value)
{
	uint8_t bytes[SECTION_VARINT_MAX];
	size_t size = 0;

	for (; value >= 0x80; value >>= 7)
		bytes[size++] = (uint8_t)value | 0x80;
	bytes[size++] = (uint8_t)value;
	section_put_bytes(out, bytes, size);
}

void section_put_delta(struct section_bytes *out, uint64_t value, uint64_t *last)
{
	uint64_t forward = value - *last;

	section_put_varint(out, forward >> 63 ? ~forward << 1 | 1 : forward << 1);
	*last = value;
}

size_t section_begin_chunk(struct section_bytes *out, uint32_t tag, uint32_t version)
{
	size_t start = out->size;
	struct section_chunk_header header = { .tag = tag, .version = version };

	section_put_bytes(out, &header, sizeof(header));
	return start;
}

void section_end_chunk(struct section_bytes *out, size_t start)
{
	static const uint8_t zeros[SECTION_CHUNK_ALIGN];
	uint64_t size = out->size - start - sizeof(struct section_chunk_header);

	memcpy(out->bytes + start + offsetof(struct section_chunk_header, size), &size,
	       sizeof(size));
	section_put_bytes(out, zeros, -size % SECTION_CHUNK_ALIGN);
}

void section_texts_deinit(struct section_texts *texts)
{
	if (!texts)
		return;
	free(texts->texts);
	hash_index_deinit(&texts->index);
	*texts = (struct section_texts){ 0 };
}

void section_put_text(struct section_bytes *out, struct section_texts *texts, const char *text)
{
	if (!text) {
		section_put_varint(out, SECTION_TEXT_NONE);
		return;
	}
	size_t length = strlen(text);
	uint64_t hash = hash_bytes(text, length);

	for (struct hash_cursor c = hash_index_begin(&texts->index, hash);
	     hash_index_next(&texts->index, &c);) {
		if (strcmp(texts->texts[c.number], text) == 0) {
			section_put_varint(out, SECTION_TEXT_FIRST + c.number);
			return;
		}
	}
	texts->texts = xgrow(texts->texts, texts->count, &texts->capacity, sizeof(*texts->texts));
	texts->texts[texts->count] = text;
	hash_index_add(&texts->index, hash, (uint32_t)texts->count++);
	section_put_varint(out, SECTION_TEXT_NEW);
	section_put_varint(out, length);
	section_put_bytes(out, text, length + 1);
}

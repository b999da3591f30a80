/* SPDX-License-Identifier: MIT */
#include "profiler/section_packed.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <zstd.h>

/* zstd's own default. */
enum { PACKED_LEVEL = 3 };

void section_put_packed(struct section_bytes *out, const struct section_bytes *chunks)
{
	size_t bound = ZSTD_compressBound(chunks->size);
	uint8_t *packed = xmalloc(bound);
	size_t size = ZSTD_compress(packed, bound, chunks->bytes, chunks->size, PACKED_LEVEL);

	if (ZSTD_isError(size) || size >= chunks->size || chunks->size / size >= PACKED_RATIO_MAX) {
		section_put_bytes(out, chunks->bytes, chunks->size);
	} else {
		size_t start = section_begin_chunk(out, SECTION_PACKED, SECTION_VERSION);

		section_put_varint(out, chunks->size);
		section_put_bytes(out, packed, size);
		section_end_chunk(out, start);
	}
	free(packed);
}

bool section_take_packed(struct section_cursor *cursor, struct section_bytes *chunks)
{
	uint64_t size = section_take_varint(cursor);
	size_t packed_size = byte_cursor_left(&cursor->bytes);
	const uint8_t *packed = byte_cursor_bytes(&cursor->bytes, packed_size);

	if (!packed || size / PACKED_RATIO_MAX > packed_size)
		return false;
	*chunks = (struct section_bytes){ xmalloc(size), size, size };
	if (ZSTD_decompress(chunks->bytes, size, packed, packed_size) == size)
		return true;
	section_bytes_deinit(chunks);
	return false;
}

/* SPDX-License-Identifier: MIT */
#include "symbolize/mini_debug_file.h"

#include "jitdump/xalloc.h"

#include <lzma.h>
#include <stdlib.h>

enum {
	SIZE_MAX_BYTES = 256 << 20,
	RATIO_MAX = 1000,	       /* symbol tables shrink to a fifth, not to this */
	DECODER_MAX_BYTES = 128 << 20, /* `xz -9` needs 65 MiB (xz(1)) */
};

static size_t size_max(size_t compressed_size)
{
	return compressed_size < SIZE_MAX_BYTES / RATIO_MAX ? compressed_size * RATIO_MAX
							    : SIZE_MAX_BYTES;
}

/* Inflates into memory that grows. False: the stream is damaged, or larger than the bound. */
static bool inflate(lzma_stream *stream, size_t max, uint8_t **bytes)
{
	size_t room = 4 * stream->avail_in;
	lzma_ret result;

	do {
		room = 2 * room < max ? 2 * room : max;
		*bytes = xrealloc(*bytes, room);
		stream->next_out = *bytes + stream->total_out;
		stream->avail_out = room - stream->total_out;
		result = lzma_code(stream, LZMA_FINISH);
	} while (result == LZMA_OK && !stream->avail_out && room < max);
	return result == LZMA_STREAM_END;
}

struct elf_file *mini_debug_file_open(const struct elf_file *file)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	struct elf_section section;
	struct elf_file *mini = NULL;
	uint8_t *bytes = NULL;

	if (!elf_file_section(file, ".gnu_debugdata", &section) || !section.bytes ||
	    !section.size || lzma_stream_decoder(&stream, DECODER_MAX_BYTES, 0) != LZMA_OK)
		return NULL;
	stream.next_in = section.bytes;
	stream.avail_in = section.size;
	if (inflate(&stream, size_max(section.size), &bytes))
		mini = elf_file_open_heap(bytes, stream.total_out);
	else
		free(bytes);
	lzma_end(&stream);
	if (mini && mini->machine != file->machine) {
		elf_file_close(mini);
		return NULL;
	}
	return mini;
}

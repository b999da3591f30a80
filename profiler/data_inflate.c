/* SPDX-License-Identifier: MIT */
#include "profiler/data_inflate.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

enum { PIECE_MAX = 1 << 16, INFLATED_BYTES = 4 * PIECE_MAX };

struct data_inflate {
	ZSTD_DStream *stream;
	bool is_broken;
	size_t piece_next, piece_size;
	size_t next, end; /* [next, end) of `inflated` waits to be taken */
	uint8_t piece[PIECE_MAX];
	uint8_t inflated[INFLATED_BYTES];
};

struct data_inflate *data_inflate_create(void)
{
	struct data_inflate *inflate = xcalloc(1, sizeof(*inflate));

	inflate->stream = ZSTD_createDStream();
	inflate->is_broken = !inflate->stream;
	return inflate;
}

void data_inflate_destroy(struct data_inflate *inflate)
{
	if (!inflate)
		return;
	ZSTD_freeDStream(inflate->stream);
	free(inflate);
}

void data_inflate_add(struct data_inflate *inflate, const uint8_t *piece, size_t size)
{
	if (size > PIECE_MAX) {
		inflate->is_broken = true;
		return;
	}
	memcpy(inflate->piece, piece, size);
	inflate->piece_next = 0;
	inflate->piece_size = size;
}

/* Fills the free part of `inflated`. False if the piece gives nothing more. */
static bool inflate_some(struct data_inflate *inflate)
{
	ZSTD_inBuffer in = { inflate->piece, inflate->piece_size, inflate->piece_next };
	ZSTD_outBuffer out = { inflate->inflated, INFLATED_BYTES, inflate->end };
	size_t before = inflate->end;

	inflate->is_broken = ZSTD_isError(ZSTD_decompressStream(inflate->stream, &out, &in));
	if (inflate->is_broken)
		return false;
	bool has_moved = out.pos > before || in.pos > inflate->piece_next;

	inflate->piece_next = in.pos;
	inflate->end = out.pos;
	return has_moved;
}

const uint8_t *data_inflate_peek(struct data_inflate *inflate, size_t size)
{
	if (inflate->next + size > INFLATED_BYTES) {
		memmove(inflate->inflated, inflate->inflated + inflate->next,
			data_inflate_left(inflate));
		inflate->end -= inflate->next;
		inflate->next = 0;
	}
	while (data_inflate_left(inflate) < size)
		if (inflate->is_broken || !inflate_some(inflate))
			return NULL;
	return inflate->inflated + inflate->next;
}

void data_inflate_take(struct data_inflate *inflate, size_t size)
{
	inflate->next += size;
}

size_t data_inflate_left(const struct data_inflate *inflate)
{
	return inflate->end - inflate->next;
}

bool data_inflate_is_broken(const struct data_inflate *inflate)
{
	return inflate->is_broken;
}

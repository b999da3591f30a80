/* SPDX-License-Identifier: MIT */
#include "profiler/data_deflate.h"

#include "jitdump/xalloc.h"
#include "profiler/data_format.h"
#include "profiler/section_bytes.h"

#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/* So many bytes still fit a record, with what zstd adds, where it cannot make them smaller. */
enum { PIECE_BYTES = 60 << 10, FRAME_HEADER_BYTES_MAX = 18, RECORD_BYTES_MAX = UINT16_MAX };

_Static_assert((size_t)DATA_DEFLATE_INFLATED_MAX > PIECE_BYTES,
	       "perf has room for more than a piece");
_Static_assert(ZSTD_COMPRESSBOUND(PIECE_BYTES) + FRAME_HEADER_BYTES_MAX +
			       sizeof(struct perf_event_header) <=
		       RECORD_BYTES_MAX,
	       "a piece fits a record");

struct data_deflate {
	ZSTD_CCtx *stream;
	struct section_bytes out;
};

static bool cannot_compress(struct error *err, const char *why)
{
	return error_set(err, 0, "cannot compress the recording: %s; try a lower level with -z",
			 why);
}

struct data_deflate *data_deflate_create(uint32_t level, struct error *err)
{
	struct data_deflate *deflate = xcalloc(1, sizeof(*deflate));
	size_t result = 0;

	deflate->stream = ZSTD_createCCtx();
	if (deflate->stream)
		result = ZSTD_CCtx_setParameter(deflate->stream, ZSTD_c_compressionLevel,
						(int)level);
	if (deflate->stream && !ZSTD_isError(result))
		return deflate;
	cannot_compress(err, deflate->stream ? ZSTD_getErrorName(result) : "no memory");
	data_deflate_destroy(deflate);
	return NULL;
}

void data_deflate_destroy(struct data_deflate *deflate)
{
	if (!deflate)
		return;
	ZSTD_freeCCtx(deflate->stream);
	section_bytes_deinit(&deflate->out);
	free(deflate);
}

/* One compressed record of at most PIECE_BYTES. */
static bool put_piece(struct data_deflate *deflate, const uint8_t *bytes, size_t size,
		      struct error *err)
{
	uint8_t piece[RECORD_BYTES_MAX - sizeof(struct perf_event_header)];
	struct perf_event_header header = { .type = RECORD_COMPRESSED };
	ZSTD_inBuffer in = { bytes, size, 0 };
	ZSTD_outBuffer out = { piece, sizeof(piece), 0 };
	size_t left = ZSTD_compressStream2(deflate->stream, &out, &in, ZSTD_e_flush);

	if (ZSTD_isError(left))
		return cannot_compress(err, ZSTD_getErrorName(left));
	header.size = (uint16_t)(sizeof(header) + out.pos);
	section_put_bytes(&deflate->out, &header, sizeof(header));
	section_put_bytes(&deflate->out, piece, out.pos);
	return true;
}

static bool put_pieces(struct data_deflate *deflate, const uint8_t *bytes, size_t size,
		       struct error *err)
{
	for (size_t done = 0; done < size; done += PIECE_BYTES) {
		size_t piece = size - done < PIECE_BYTES ? size - done : PIECE_BYTES;

		if (!put_piece(deflate, bytes + done, piece, err))
			return false;
	}
	return true;
}

static bool is_of_kernel(const struct perf_event_header *record)
{
	return record->type < RECORD_USER_TYPE_START;
}

/* How many bytes from `records` on go together: records of the kernel's that fit a piece, or one
 * that does not, or one of perf's own. */
static size_t run_bytes(const uint8_t *records, size_t size)
{
	struct perf_event_header first, header;
	size_t end = 0;

	memcpy(&first, records, sizeof(first));
	while (end < size) {
		memcpy(&header, records + end, sizeof(header));
		if (end && (!is_of_kernel(&first) || !is_of_kernel(&header) ||
			    end + header.size > PIECE_BYTES))
			break;
		end += header.size;
	}
	return end;
}

const uint8_t *data_deflate_records(struct data_deflate *deflate, const uint8_t *records,
				    size_t *size, struct error *err)
{
	deflate->out.size = 0;
	for (size_t done = 0, run; done < *size; done += run) {
		struct perf_event_header first;

		memcpy(&first, records + done, sizeof(first));
		run = run_bytes(records + done, *size - done);
		if (!is_of_kernel(&first))
			section_put_bytes(&deflate->out, records + done, run);
		else if (!put_pieces(deflate, records + done, run, err))
			return NULL;
	}
	*size = deflate->out.size;
	return deflate->out.bytes;
}

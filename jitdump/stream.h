/* SPDX-License-Identifier: MIT */
/*
 * The records of a jitdump file in file order, while it grows, shrinks or is damaged.
 *
 * You give a descriptor; you get one whole record after another, and are told where bytes had to
 * be passed over. It never maps the file (it may shrink), never holds more of it than one record
 * and a chunk, never stops for damage, and never interprets a record.
 *
 * A record is taken where the one before it ended. One that does not convince by itself (unknown
 * id, a time far from the last, fields that disagree) is taken if another record, or the end of
 * the file, follows it. Where no record can be, the stream looks byte by byte for the next that
 * convinces, and from the start of the last record: bytes may be missing from within that one.
 */
#ifndef JITDUMP_STREAM_H
#define JITDUMP_STREAM_H

#include "jitdump/file_window.h"
#include "jitdump/record.h"

#include <time.h>

struct jitdump_stream {
	struct file_window window; /* its file_size: as of the last refresh */
	struct jitdump_file_header header;
	uint8_t header_bytes[JITDUMP_HEADER_BYTES];
	bool has_header;
	bool is_swapped;
	bool is_foreign; /* what is there is no jitdump header */

	struct timespec changed; /* the file, as of the last refresh */
	uint64_t known_size;	 /* its size then, without what was looked at ahead */
	uint64_t position;	 /* where the next record is expected */
	uint64_t last_offset;	 /* where the last one started; == position: there is none */
	uint64_t last_time;
	uint64_t searched_to;	 /* behind damage, while the file grows: nothing before this */
	uint64_t repeated_bytes; /* searched a second time, in all */
};

enum jitdump_refresh {
	JITDUMP_REFRESH_SAME, /* nothing has changed since the last time */
	JITDUMP_REFRESH_CHANGED,
	JITDUMP_REFRESH_RESTARTED, /* the file shrank or has a new header: reading starts again */
};

enum jitdump_found {
	JITDUMP_FOUND_END, /* nothing whole: more may come */
	JITDUMP_FOUND_RECORD,
	JITDUMP_FOUND_DAMAGE, /* bytes were passed over; reading goes on behind them */
};

struct jitdump_piece {
	uint64_t offset;	      /* of the record, or of the damage */
	uint64_t size;		      /* of the damage; 0 if only the last record is cut short */
	struct jitdump_record record; /* borrowed until the next call */
};

/* `fd` stays the caller's. */
void jitdump_stream_init(struct jitdump_stream *stream, int fd);
void jitdump_stream_deinit(struct jitdump_stream *stream);

/* Looks how far the file has come. */
enum jitdump_refresh jitdump_stream_refresh(struct jitdump_stream *stream);

/*
 * What follows the file's end by now, in its writer's memory, is read as if it were there; to be
 * called right after a refresh. Later records begin behind it. NULL, 0: no more of that, before the
 * bytes go.
 */
void jitdump_stream_look_ahead(struct jitdump_stream *stream, const uint8_t *bytes, size_t size);

/* `ended`: nobody writes any more, so that what is unfinished will stay so. */
enum jitdump_found jitdump_stream_next(struct jitdump_stream *stream, bool ended,
				       struct jitdump_piece *piece);

/* Bytes behind the last record taken, as of the last refresh. */
uint64_t jitdump_stream_tail_bytes(const struct jitdump_stream *stream);

#endif

/* SPDX-License-Identifier: MIT */
#include "jitdump/stream.h"

#include <byteswap.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How much a search looks at in one go. */
enum { CHUNK_BYTES = 64 << 10 };

/* Records start behind the header's total_size, 40 in every known file; a size beyond this is
 * itself damage. */
enum { HEADER_BYTES_MAX = 4096 };

/* How far a search looks: beyond, a sparse file of any size would keep it busy. */
#define SEARCH_BYTES_MAX (UINT64_C(1) << 30)

/* Consecutive records are mostly much nearer to each other than this; garbage that is taken for a
 * time is mostly much farther. */
#define TIME_DISTANCE_MAX_NS UINT64_C(3600000000000)

void jitdump_stream_init(struct jitdump_stream *stream, int fd)
{
	*stream = (struct jitdump_stream){ .window.fd = fd };
}

void jitdump_stream_deinit(struct jitdump_stream *stream)
{
	file_window_deinit(&stream->window);
	*stream = (struct jitdump_stream){ .window.fd = -1 };
}

static uint64_t min_u64(uint64_t left, uint64_t right)
{
	return left < right ? left : right;
}

static void start_reading(struct jitdump_stream *stream)
{
	uint32_t size = stream->header.total_size;

	if (size < JITDUMP_HEADER_BYTES || size > HEADER_BYTES_MAX)
		size = JITDUMP_HEADER_BYTES;
	stream->has_header = true;
	stream->position = stream->last_offset = size;
	stream->last_time = 0;
	stream->searched_to = 0;
	stream->repeated_bytes = 0;
}

/* A file is created empty, and some are made longer before they are written: zeros are no header
 * yet. */
static void read_header(struct jitdump_stream *stream, const uint8_t bytes[JITDUMP_HEADER_BYTES])
{
	static const uint8_t zeros[JITDUMP_HEADER_BYTES];

	stream->has_header = stream->is_foreign = false;
	if (memcmp(bytes, zeros, sizeof(zeros)) == 0)
		return;
	memcpy(stream->header_bytes, bytes, JITDUMP_HEADER_BYTES);
	if (jitdump_header_read(bytes, &stream->header, &stream->is_swapped))
		start_reading(stream);
	else
		stream->is_foreign = true;
}

static bool is_same_time(const struct timespec *left, const struct timespec *right)
{
	return left->tv_sec == right->tv_sec && left->tv_nsec == right->tv_nsec;
}

/* V8 opens its dump again when a first isolate comes after the last went: the same inode, emptied,
 * with a new header, and perhaps longer again by the time it is looked at. */
enum jitdump_refresh jitdump_stream_refresh(struct jitdump_stream *stream)
{
	uint8_t header[JITDUMP_HEADER_BYTES];
	uint64_t size_before = stream->known_size;
	bool had_header = stream->has_header;
	struct stat status;

	if (fstat(stream->window.fd, &status) != 0)
		return JITDUMP_REFRESH_SAME;
	/* What was read ahead may have been written over; and while nothing changes, nothing of it
	 * is needed. */
	file_window_discard(&stream->window);
	if ((uint64_t)status.st_size == size_before &&
	    is_same_time(&status.st_mtim, &stream->changed))
		return JITDUMP_REFRESH_SAME;
	stream->window.file_size = stream->known_size = (uint64_t)status.st_size;
	stream->changed = status.st_mtim;
	if (pread(stream->window.fd, header, sizeof(header), 0) != sizeof(header))
		stream->has_header = stream->is_foreign = false;
	else if (!had_header || stream->window.file_size < size_before ||
		 memcmp(header, stream->header_bytes, sizeof(header)) != 0)
		read_header(stream, header);
	else
		return JITDUMP_REFRESH_CHANGED;
	return had_header ? JITDUMP_REFRESH_RESTARTED : JITDUMP_REFRESH_CHANGED;
}

void jitdump_stream_look_ahead(struct jitdump_stream *stream, const uint8_t *bytes, size_t size)
{
	/* It may hold bytes of the last time. */
	file_window_discard(&stream->window);
	stream->window.ahead = bytes;
	stream->window.ahead_start = stream->known_size;
	stream->window.ahead_size = size;
	stream->window.file_size = stream->known_size + size;
}

uint64_t jitdump_stream_tail_bytes(const struct jitdump_stream *stream)
{
	uint64_t start = stream->has_header ? stream->position : 0;

	return stream->window.file_size > start ? stream->window.file_size - start : 0;
}

static bool are_near(uint64_t left, uint64_t right)
{
	return left - right + TIME_DISTANCE_MAX_NS <= 2 * TIME_DISTANCE_MAX_NS;
}

static bool is_near_last(const struct jitdump_stream *stream, const struct jitdump_record *record)
{
	return stream->last_time == 0 || are_near(record->prefix.timestamp, stream->last_time);
}

/* Ids grow from 0; what is read at a wrong place is nearly always larger. */
static bool is_possible_id(uint32_t id)
{
	return id < 256;
}

static enum jitdump_cut cut_at(struct jitdump_stream *stream, uint64_t offset,
			       struct jitdump_record *record)
{
	size_t available;
	const uint8_t *bytes =
		file_window_at(&stream->window, offset, JITDUMP_PREFIX_BYTES, &available);
	enum jitdump_cut cut = jitdump_record_cut(bytes, available, stream->is_swapped, record);

	/* The prefix told how long it is: now with all its bytes, if the file has them. */
	if (cut != JITDUMP_CUT_UNFINISHED || available < JITDUMP_PREFIX_BYTES ||
	    record->prefix.total_size > stream->window.file_size - offset)
		return cut;
	bytes = file_window_at(&stream->window, offset, record->prefix.total_size, &available);
	return jitdump_record_cut(bytes, available, stream->is_swapped, record);
}

/* 16 zero bytes: a file made longer before it is written. */
static bool is_blank_at(struct jitdump_stream *stream, uint64_t offset)
{
	static const uint8_t zeros[JITDUMP_PREFIX_BYTES];
	size_t available;
	const uint8_t *bytes = file_window_at(&stream->window, offset, sizeof(zeros), &available);

	return available >= sizeof(zeros) && memcmp(bytes, zeros, sizeof(zeros)) == 0;
}

enum follower { FOLLOWER_GOOD, FOLLOWER_BAD, FOLLOWER_NOT_YET };

/* What follows the record at stream->position. */
static enum follower look_behind(struct jitdump_stream *stream, const struct jitdump_record *record)
{
	uint64_t offset = stream->position + record->prefix.total_size;
	uint64_t time = record->prefix.timestamp;
	struct jitdump_record next;
	size_t available;

	if (offset == stream->window.file_size || is_blank_at(stream, offset))
		return FOLLOWER_GOOD;
	const uint8_t *bytes =
		file_window_at(&stream->window, offset, JITDUMP_PREFIX_BYTES, &available);

	if (available < JITDUMP_PREFIX_BYTES)
		return FOLLOWER_NOT_YET;
	/* A prefix alone is either impossible or unfinished. */
	if (jitdump_record_cut(bytes, JITDUMP_PREFIX_BYTES, stream->is_swapped, &next) ==
		    JITDUMP_CUT_IMPOSSIBLE ||
	    !is_possible_id(next.prefix.id))
		return FOLLOWER_BAD;
	if (is_near_last(stream, &next) || are_near(next.prefix.timestamp, time))
		return FOLLOWER_GOOD;
	return cut_at(stream, offset, &next) == JITDUMP_CUT_WHOLE &&
			       jitdump_record_is_convincing(&next)
		       ? FOLLOWER_GOOD
		       : FOLLOWER_BAD;
}

enum verdict { VERDICT_TAKE, VERDICT_WAIT, VERDICT_SEARCH };

/* What to do with what stands where a record is expected. */
static enum verdict judge(struct jitdump_stream *stream, bool ended, struct jitdump_record *record)
{
	enum jitdump_cut cut = cut_at(stream, stream->position, record);
	const struct jitdump_record_prefix *prefix = &record->prefix;

	if (cut == JITDUMP_CUT_UNFINISHED && prefix->total_size == 0)
		return VERDICT_WAIT; /* not even a prefix */
	if (cut == JITDUMP_CUT_IMPOSSIBLE)
		return is_blank_at(stream, stream->position) && !ended ? VERDICT_WAIT
								       : VERDICT_SEARCH;
	if (cut == JITDUMP_CUT_UNFINISHED && !ended && prefix->id <= JITDUMP_UNWINDING_INFO &&
	    is_near_last(stream, record))
		return VERDICT_WAIT;
	if (cut == JITDUMP_CUT_UNFINISHED)
		return VERDICT_SEARCH;
	if (jitdump_record_is_convincing(record) && is_near_last(stream, record))
		return VERDICT_TAKE;
	switch (look_behind(stream, record)) {
	case FOLLOWER_GOOD:
		break;
	case FOLLOWER_BAD:
		return VERDICT_SEARCH;
	case FOLLOWER_NOT_YET:
		if (!ended)
			return VERDICT_WAIT;
		break;
	}
	/* Looking behind it may have moved the window. */
	cut_at(stream, stream->position, record);
	return VERDICT_TAKE;
}

/* Cheap enough to be asked at every byte: could a record to restart at begin here? */
static bool may_start_here(const uint8_t *bytes, bool is_swapped)
{
	uint32_t words[2];

	memcpy(words, bytes, sizeof(words));
	if (is_swapped) {
		words[0] = bswap_32(words[0]);
		words[1] = bswap_32(words[1]);
	}
	return words[0] <= JITDUMP_UNWINDING_INFO && words[0] != JITDUMP_CODE_CLOSE &&
	       words[1] > JITDUMP_PREFIX_BYTES && words[1] <= JITDUMP_RECORD_BYTES_MAX;
}

/* The next offset in [from, end) where may_start_here(), or `end`. */
static uint64_t next_candidate(struct jitdump_stream *stream, uint64_t from, uint64_t end)
{
	while (from < end) {
		size_t available;
		const uint8_t *bytes =
			file_window_at(&stream->window, from, CHUNK_BYTES, &available);

		if (available < JITDUMP_PREFIX_BYTES)
			return end;
		size_t count = (size_t)min_u64(available - JITDUMP_PREFIX_BYTES + 1, end - from);

		for (size_t i = 0; i < count; i++) {
			if (may_start_here(bytes + i, stream->is_swapped))
				return from + i;
		}
		from += count;
	}
	return end;
}

/* The first offset from `from` on where a convincing record starts; of any time only if
 * `any_time`. False if there is none (yet): then nothing before stream->searched_to does. */
static bool search(struct jitdump_stream *stream, uint64_t from, bool ended, bool any_time,
		   uint64_t *found)
{
	uint64_t end = stream->window.file_size -
		       min_u64(stream->window.file_size, JITDUMP_PREFIX_BYTES - 1);

	end = min_u64(end, from + SEARCH_BYTES_MAX);
	for (uint64_t at = from; (at = next_candidate(stream, at, end)) < end; at++) {
		struct jitdump_record record;
		enum jitdump_cut cut = cut_at(stream, at, &record);
		bool is_near = record.prefix.timestamp == 0 || is_near_last(stream, &record);

		stream->searched_to = at;
		if (cut == JITDUMP_CUT_WHOLE && (is_near || any_time) &&
		    jitdump_record_is_convincing(&record)) {
			*found = at;
			return true;
		}
		if (cut == JITDUMP_CUT_UNFINISHED && is_near && !ended)
			return false; /* looks right so far */
	}
	stream->searched_to = end > from ? end : from;
	return false;
}

/* Where a search begins: behind the start of the last record, whose own bytes may be missing, if
 * all such repetitions together are no more than the file itself. */
static uint64_t search_start(struct jitdump_stream *stream)
{
	uint64_t repeated = stream->position - stream->last_offset;

	if (stream->searched_to > 0)
		return stream->searched_to;
	if (repeated == 0 || stream->repeated_bytes + repeated > stream->position)
		return stream->position + 1;
	stream->repeated_bytes += repeated;
	return stream->last_offset + JITDUMP_PREFIX_BYTES;
}

static enum jitdump_found pass_damage(struct jitdump_stream *stream, bool ended,
				      struct jitdump_piece *piece)
{
	uint64_t damaged = stream->position, start, found;

	if (ended)
		stream->searched_to = 0;
	start = search_start(stream);
	if (!search(stream, start, ended, false, &found) &&
	    !(ended && search(stream, start, ended, true, &found)))
		return JITDUMP_FOUND_END;
	stream->searched_to = 0;
	stream->position = stream->last_offset = found;
	*piece = (struct jitdump_piece){ .offset = damaged,
					 .size = found > damaged ? found - damaged : 0 };
	return JITDUMP_FOUND_DAMAGE;
}

/* A time that may be garbage must not become the measure of others. */
static void take(struct jitdump_stream *stream, struct jitdump_piece *piece)
{
	const struct jitdump_record *record = &piece->record;

	if (is_near_last(stream, record) && jitdump_record_is_convincing(record))
		stream->last_time = record->prefix.timestamp;
	piece->offset = stream->position;
	piece->size = 0;
	stream->last_offset = stream->position;
	stream->position += record->prefix.total_size;
	stream->searched_to = 0;
}

enum jitdump_found jitdump_stream_next(struct jitdump_stream *stream, bool ended,
				       struct jitdump_piece *piece)
{
	if (!stream->has_header)
		return JITDUMP_FOUND_END;
	switch (judge(stream, ended, &piece->record)) {
	case VERDICT_WAIT:
		return JITDUMP_FOUND_END;
	case VERDICT_SEARCH:
		return pass_damage(stream, ended, piece);
	case VERDICT_TAKE:
		break;
	}
	take(stream, piece);
	return JITDUMP_FOUND_RECORD;
}

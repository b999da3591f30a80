/* SPDX-License-Identifier: MIT */
#include "jitdump/log.h"

#include "jitdump/arena.h"
#include "jitdump/record.h"
#include "jitdump/source_lines.h"
#include "jitdump/unwind_table.h"
#include "jitdump/xalloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_SHIFT = 8, BLOCK_ENTRIES = 1 << BLOCK_SHIFT };

/* A search after damage reads the window anew at most once in three quarters of it. */
enum { WINDOW_BYTES = 1 << 22, LANDMARK_BYTES_MAX = WINDOW_BYTES / 4 };

/* DEBUG_INFO waits for the LOAD of its address (other threads' records may come between), absolute
 * unwind tables for LOADs that they cover. More than these wait nowhere. */
enum { DEBUG_WAITING_MAX = 64, ABSOLUTE_TABLES_MAX = 64 };

/* How far record times may jump before a prefix is taken for damage: a day, in ns. */
#define TIME_JUMP_MAX ((uint64_t)24 * 3600 * 1000000000)

/* A record kept until its LOAD comes. */
struct waiting {
	struct jitdump_record record;
	uint8_t *payload; /* owned; record.payload points to it */
};

struct jitdump_log {
	int fd;
	bool has_header, is_swapped, is_tsc;
	const char *reason; /* NULL: usable, as far as is known */
	uint32_t pid;
	uint64_t offset;      /* of the next record in the file */
	uint64_t search_from; /* where looking for a record after damage goes on; 0: none */
	uint64_t last_offset; /* of the record before: damage may begin inside it */
	uint64_t last_time;   /* of the last good record */
	uint64_t file_size;   /* as of the last poll */

	uint8_t *window; /* file bytes [window_offset, + window_size) */
	size_t window_size, window_capacity;
	uint64_t window_offset;

	struct arena arena;
	struct jitdump_entry **blocks; /* of BLOCK_ENTRIES: entries never move */
	size_t block_count, block_capacity, entry_count;

	struct waiting debug[DEBUG_WAITING_MAX];
	size_t debug_count;
	struct waiting unwind; /* for the next LOAD; payload NULL: none */
	struct waiting absolute[ABSOLUTE_TABLES_MAX];
	size_t absolute_count;

	int64_t least_line_offset; /* over all rows of the file */
	size_t least_count;	   /* records that begin there */
	struct jitdump_damage damage;
};

struct jitdump_log *jitdump_log_create(int fd)
{
	struct jitdump_log *log = xcalloc(1, sizeof(*log));

	log->fd = fd;
	log->least_line_offset = INT64_MAX;
	return log;
}

static void waiting_deinit(struct waiting *waiting)
{
	free(waiting->payload);
	*waiting = (struct waiting){ 0 };
}

static void forget_waiting(struct jitdump_log *log)
{
	while (log->debug_count)
		waiting_deinit(&log->debug[--log->debug_count]);
	while (log->absolute_count)
		waiting_deinit(&log->absolute[--log->absolute_count]);
	waiting_deinit(&log->unwind);
}

void jitdump_log_destroy(struct jitdump_log *log)
{
	if (!log)
		return;
	forget_waiting(log);
	for (size_t i = 0; i < log->block_count; i++)
		free(log->blocks[i]);
	free(log->blocks);
	free(log->window);
	arena_deinit(&log->arena);
	close(log->fd);
	free(log);
}

size_t jitdump_log_count(const struct jitdump_log *log)
{
	return log->entry_count;
}

const struct jitdump_entry *jitdump_log_entry(const struct jitdump_log *log, size_t number)
{
	return &log->blocks[number >> BLOCK_SHIFT][number & (BLOCK_ENTRIES - 1)];
}

uint32_t jitdump_log_pid(const struct jitdump_log *log)
{
	return log->pid;
}

bool jitdump_log_is_tsc(const struct jitdump_log *log)
{
	return log->is_tsc;
}

bool jitdump_log_is_usable(const struct jitdump_log *log, const char **reason)
{
	*reason = log->reason ? log->reason : "";
	return !log->reason;
}

const struct jitdump_damage *jitdump_log_damage(const struct jitdump_log *log)
{
	return &log->damage;
}

/* --- the file's bytes --- */

/* At least `size` bytes from `offset`, or fewer where the file ends; borrowed until the next call. */
static const uint8_t *bytes_at(struct jitdump_log *log, uint64_t offset, size_t size, size_t *there)
{
	if (offset < log->window_offset || offset + size > log->window_offset + log->window_size) {
		size_t wanted = size > WINDOW_BYTES ? size : WINDOW_BYTES;

		if (wanted > log->window_capacity) {
			log->window = xrealloc(log->window, wanted);
			log->window_capacity = wanted;
		}
		ssize_t got = pread(log->fd, log->window, wanted, (off_t)offset);

		log->window_offset = offset;
		log->window_size = got > 0 ? (size_t)got : 0;
	}
	*there = log->window_size - (size_t)(offset - log->window_offset);
	return log->window + (offset - log->window_offset);
}

/* --- the header --- */

static bool read_header(struct jitdump_log *log)
{
	struct jitdump_file_header header;
	size_t there;
	const uint8_t *bytes = bytes_at(log, 0, sizeof(header), &there);

	if (there < sizeof(header))
		return false;
	memcpy(&header, bytes, sizeof(header));
	log->is_swapped = header.magic == JITDUMP_MAGIC_SWAPPED;
	if (header.magic != JITDUMP_MAGIC && !log->is_swapped) {
		log->reason = "it is no jitdump file";
		return false;
	}
	uint32_t size = jitdump_u32(bytes + offsetof(struct jitdump_file_header, total_size),
				    log->is_swapped);
	uint64_t flags =
		jitdump_u64(bytes + offsetof(struct jitdump_file_header, flags), log->is_swapped);

	if (jitdump_u32(bytes + 4, log->is_swapped) != JITDUMP_VERSION) {
		log->reason = "its format is newer than version 1";
		return false;
	}
	if (log->is_swapped)
		log->reason = "it was written by a machine of the other byte order";
	log->pid = jitdump_u32(bytes + offsetof(struct jitdump_file_header, pid), log->is_swapped);
	/* Flags above bit 0 are memory that its writer never set: then bit 0 says nothing either. */
	log->is_tsc = flags == JITDUMP_FLAG_ARCH_TIMESTAMP;
	log->offset = size >= sizeof(header) && size <= WINDOW_BYTES ? size : sizeof(header);
	log->has_header = true;
	return true;
}

/* --- entries --- */

static struct jitdump_entry *add_entry(struct jitdump_log *log, enum jitdump_entry_kind kind,
				       const struct jitdump_record *record)
{
	if (log->entry_count == log->block_count << BLOCK_SHIFT) {
		log->blocks = xgrow(log->blocks, log->block_count, &log->block_capacity,
				    sizeof(*log->blocks));
		log->blocks[log->block_count++] =
			xmalloc(BLOCK_ENTRIES * sizeof(struct jitdump_entry));
	}
	struct jitdump_entry *entry = &log->blocks[log->entry_count >> BLOCK_SHIFT]
						  [log->entry_count & (BLOCK_ENTRIES - 1)];

	*entry = (struct jitdump_entry){
		.kind = kind,
		.time_ns = record->timestamp,
		.pid = record->pid,
		.tid = record->tid,
		.code_index = record->code_index,
		.address = record->code_addr,
		.old_address = record->old_code_addr,
		.size = record->code_size,
		.name = "",
	};
	log->entry_count++;
	return entry;
}

static const char *keep_symbol(struct jitdump_log *log, const char *name)
{
	size_t length = strlen(name);
	char *copy = arena_copy(&log->arena, name, length + 1);

	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)copy[i] < 0x20 || copy[i] == 0x7f)
			copy[i] = '?';
	}
	return copy;
}

static void keep(struct waiting *waiting, const struct jitdump_record *record)
{
	free(waiting->payload);
	waiting->record = *record;
	waiting->payload = xmalloc(record->payload_size);
	memcpy(waiting->payload, record->payload, record->payload_size);
	waiting->record.payload = waiting->payload;
}

static void drop_debug(struct jitdump_log *log, size_t number)
{
	waiting_deinit(&log->debug[number]);
	memmove(&log->debug[number], &log->debug[number + 1],
		(log->debug_count - number - 1) * sizeof(*log->debug));
	log->debug_count--;
}

static void take_debug(struct jitdump_log *log, const struct jitdump_record *record)
{
	if (log->debug_count == DEBUG_WAITING_MAX) {
		log->damage.bad_debug_count++;
		drop_debug(log, 0);
	}
	log->debug[log->debug_count] = (struct waiting){ 0 };
	keep(&log->debug[log->debug_count++], record);
}

static void take_unwinding(struct jitdump_log *log, const struct jitdump_record *record)
{
	if (!unwind_table_is_absolute(record)) {
		keep(&log->unwind, record);
		return;
	}
	if (log->absolute_count == ABSOLUTE_TABLES_MAX) {
		waiting_deinit(&log->absolute[0]);
		memmove(&log->absolute[0], &log->absolute[1],
			(ABSOLUTE_TABLES_MAX - 1) * sizeof(*log->absolute));
		log->absolute_count--;
	}
	log->absolute[log->absolute_count] = (struct waiting){ 0 };
	keep(&log->absolute[log->absolute_count++], record);
}

static void note_least_offset(struct jitdump_log *log, const struct jitdump_entry *entry)
{
	int64_t least = source_lines_least_offset(entry->lines, entry->line_count, entry->address);

	if (!entry->line_count || least > log->least_line_offset)
		return;
	if (least < log->least_line_offset)
		log->least_count = 0;
	log->least_line_offset = least;
	log->least_count++;
}

static void add_lines(struct jitdump_log *log, struct jitdump_entry *entry)
{
	for (size_t i = log->debug_count; i-- > 0;) {
		bool is_bad;

		if (log->debug[i].record.code_addr != entry->address)
			continue;
		entry->lines = source_lines_read(&log->arena, &log->debug[i].record, entry->size,
						 log->is_swapped, &entry->line_count, &is_bad);
		log->damage.bad_debug_count += is_bad;
		note_least_offset(log, entry);
		drop_debug(log, i);
		return;
	}
}

static bool use_table(struct jitdump_log *log, struct jitdump_entry *entry,
		      const struct waiting *waiting)
{
	struct jitdump_unwind_table table;

	if (!unwind_table_find(&waiting->record, entry->address, entry->size, &table))
		return false;
	table.eh_frame = arena_copy(&log->arena, table.eh_frame, table.eh_frame_size);
	entry->unwind = table;
	return true;
}

static void add_unwind(struct jitdump_log *log, struct jitdump_entry *entry)
{
	if (log->unwind.payload) {
		if (unwind_table_is_empty(&log->unwind.record))
			entry->uses_frame_pointer = true;
		else if (!use_table(log, entry, &log->unwind))
			log->damage.unmatched_unwind_count++;
		waiting_deinit(&log->unwind);
		return;
	}
	for (size_t i = log->absolute_count; i-- > 0;) {
		if (use_table(log, entry, &log->absolute[i]))
			return;
	}
}

static void take_load(struct jitdump_log *log, const struct jitdump_record *record)
{
	struct jitdump_entry *entry = add_entry(log, JITDUMP_ENTRY_LOAD, record);

	entry->name = keep_symbol(log, record->name);
	if (record->code)
		entry->code = arena_copy(&log->arena, record->code, record->code_size);
	add_lines(log, entry);
	add_unwind(log, entry);
}

static const char *name_of_moved(const struct jitdump_log *log, const struct jitdump_record *move)
{
	for (size_t i = log->entry_count; i-- > 0;) {
		const struct jitdump_entry *entry = jitdump_log_entry(log, i);

		if (entry->code_index == move->code_index)
			return entry->name;
	}
	return "";
}

static void take_record(struct jitdump_log *log, const struct jitdump_record *record)
{
	const char *name;

	switch (record->id) {
	case JITDUMP_CODE_LOAD:
		take_load(log, record);
		break;
	case JITDUMP_CODE_MOVE:
		name = name_of_moved(log, record);
		add_entry(log, JITDUMP_ENTRY_MOVE, record)->name = name;
		break;
	case JITDUMP_DEBUG_INFO:
		take_debug(log, record);
		break;
	case JITDUMP_UNWINDING_INFO:
		take_unwinding(log, record);
		break;
	case JITDUMP_CODE_CLOSE: /* a forked child may go on after it */
		break;
	default:
		log->damage.unknown_id_count++;
	}
}

/* --- from record to record --- */

static bool is_plausible_time(const struct jitdump_log *log, uint64_t time)
{
	uint64_t distance = time > log->last_time ? time - log->last_time : log->last_time - time;

	return log->is_tsc || !log->last_time || distance <= TIME_JUMP_MAX;
}

/* Records above `most` bytes are not looked into. */
static enum jitdump_cut cut_at(struct jitdump_log *log, uint64_t offset, uint32_t most,
			       struct jitdump_record *record)
{
	size_t there;
	const uint8_t *bytes = bytes_at(log, offset, sizeof(struct jitdump_record_prefix), &there);
	enum jitdump_cut cut = jitdump_record_cut(bytes, there, log->is_swapped, record);

	if (cut != JITDUMP_CUT_IMPOSSIBLE && record->total_size &&
	    !is_plausible_time(log, record->timestamp))
		return JITDUMP_CUT_IMPOSSIBLE;
	if (cut == JITDUMP_CUT_UNFINISHED && record->total_size && record->total_size <= most &&
	    record->total_size <= log->file_size - offset) {
		bytes = bytes_at(log, offset, record->total_size, &there);
		cut = jitdump_record_cut(bytes, there, log->is_swapped, record);
	}
	return cut;
}

/* After damage only what announces code is a place to go on: its fields can be checked. */
static bool is_landmark(const struct jitdump_record *record)
{
	return record->id == JITDUMP_CODE_LOAD
		       ? record->name[0] && record->code_addr
		       : record->id == JITDUMP_UNWINDING_INFO ||
				 (record->id == JITDUMP_DEBUG_INFO && record->entry_count);
}

/* Looks byte by byte for a whole record. False if there is none (yet): the search goes on there
 * at the next poll. */
static bool resynchronise(struct jitdump_log *log)
{
	struct jitdump_record record;

	for (; log->search_from + sizeof(struct jitdump_record_prefix) <= log->file_size;
	     log->search_from++) {
		if (cut_at(log, log->search_from, LANDMARK_BYTES_MAX, &record) !=
			    JITDUMP_CUT_WHOLE ||
		    !is_landmark(&record))
			continue;
		if (log->search_from > log->offset)
			log->damage.skipped_bytes += log->search_from - log->offset;
		log->damage.resync_count++;
		log->offset = log->search_from;
		log->search_from = 0;
		return true;
	}
	return false;
}

/* The bytes that were cut in may begin inside the record before, so it is searched too. */
static void begin_search(struct jitdump_log *log)
{
	log->search_from = log->last_offset ? log->last_offset + 1 : log->offset + 1;
}

static void read_records(struct jitdump_log *log, bool ended)
{
	struct jitdump_record record;

	for (;;) {
		if (log->search_from && !resynchronise(log))
			return;
		enum jitdump_cut cut = cut_at(log, log->offset, UINT32_MAX, &record);

		if (cut == JITDUMP_CUT_UNFINISHED && !(ended && log->offset < log->file_size))
			return;
		if (cut != JITDUMP_CUT_WHOLE) {
			begin_search(log);
			continue;
		}
		take_record(log, &record);
		log->last_time = record.timestamp;
		log->last_offset = log->offset;
		log->offset += record.total_size;
	}
}

/* Its writer opened it anew, on the same inode: what was read stays. */
static void begin_anew(struct jitdump_log *log)
{
	forget_waiting(log);
	log->has_header = false;
	log->offset = log->search_from = log->last_offset = log->last_time = 0;
	log->damage.reopened_count++;
}

size_t jitdump_log_poll(struct jitdump_log *log, bool ended)
{
	size_t before = log->entry_count;
	struct stat status;

	if (fstat(log->fd, &status) != 0)
		return 0;
	if ((uint64_t)status.st_size < log->file_size)
		begin_anew(log);
	else if ((uint64_t)status.st_size == log->file_size && !ended)
		return 0;
	log->file_size = (uint64_t)status.st_size;
	log->window_size = 0;
	if (!log->has_header && !read_header(log))
		return 0;
	read_records(log, ended);
	log->damage.tail_bytes = log->file_size > log->offset ? log->file_size - log->offset : 0;
	return log->entry_count - before;
}

/* --- lines --- */

uint64_t jitdump_log_line_shift(const struct jitdump_log *log)
{
	/* V8 and LLVM count from the start of an ELF file with a 64-byte header that perf once
	 * put before the code. */
	return log->least_line_offset == 0x40 && log->least_count > 1 ? 0x40 : 0;
}

/* V8's symbols end in the place: "JS:*fib /path/app.js:1:13". */
static const char *file_of_symbol(struct jitdump_log *log, const char *symbol)
{
	const char *end = symbol + strlen(symbol), *start;

	if (strncmp(symbol, "JS:", 3) != 0)
		return "";
	for (int colon = 0; colon < 2; colon++) {
		const char *digits = end;

		while (digits > symbol && isdigit((unsigned char)digits[-1]))
			digits--;
		if (digits == end || digits == symbol || digits[-1] != ':')
			return "";
		end = digits - 1;
	}
	for (start = end; start > symbol && start[-1] != ' ';)
		start--;
	if (start == symbol || start == end)
		return "";
	char *file = arena_reserve(&log->arena, (size_t)(end - start) + 1);

	memcpy(file, start, (size_t)(end - start));
	file[end - start] = '\0';
	return file;
}

bool jitdump_log_line(const struct jitdump_log *log, const struct jitdump_entry *entry,
		      uint64_t code_offset, struct jitdump_source_line *line)
{
	uint64_t address = entry->address + code_offset + jitdump_log_line_shift(log);
	size_t low = 0, high = entry->line_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (entry->lines[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || code_offset >= entry->size || entry->lines[low - 1].line == 0)
		return false;
	*line = entry->lines[low - 1];
	if (!*line->file)
		line->file = file_of_symbol((struct jitdump_log *)log, entry->name);
	return true;
}

/* SPDX-License-Identifier: MIT */
#include "ui/dump_check.h"

#include "jitdump/log.h"
#include "jitdump/problem.h"
#include "jitdump/stream.h"
#include "jitdump/xalloc.h"
#include "symbolize/hash_index.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct fault {
	uint64_t offset;
	char *sentence;
};

struct faults {
	struct fault *kept;
	size_t kept_count, capacity;
	uint64_t count; /* kept or not */
};

/* What one pass over the records needs to remember. */
struct pass {
	struct faults *faults;
	struct hash_index indexes; /* numbers: positions in `loads` */
	struct known_load {
		uint64_t code_index, offset, time_ns;
	} * loads;
	size_t load_count, load_capacity;
	uint64_t close_offset; /* 0: none so far */
};

__attribute__((format(printf, 3, 4))) static void add(struct faults *faults, uint64_t offset,
						      const char *format, ...)
{
	va_list arguments;
	char *sentence;

	faults->count++;
	if (faults->kept_count == PROBLEMS_KEPT_MAX)
		return;
	va_start(arguments, format);
	if (vasprintf(&sentence, format, arguments) < 0)
		sentence = xstrdup("");
	va_end(arguments);
	faults->kept =
		xgrow(faults->kept, faults->kept_count, &faults->capacity, sizeof(*faults->kept));
	faults->kept[faults->kept_count++] = (struct fault){ offset, sentence };
}

static void deinit(struct faults *faults)
{
	for (size_t i = 0; i < faults->kept_count; i++)
		free(faults->kept[i].sentence);
	free(faults->kept);
}

static void check_header(struct faults *faults, const struct jitdump_stream *stream)
{
	const struct jitdump_file_header *header = &stream->header;

	if (stream->is_swapped)
		add(faults, 0, "the file has the other byte order than this machine");
	if (header->version != JITDUMP_VERSION)
		add(faults, 4, "the version is %" PRIu32 "; 1 is the only one there is",
		    header->version);
	if (header->total_size != JITDUMP_HEADER_BYTES)
		add(faults, 8,
		    "the header says that it has %" PRIu32 " bytes; it has 40, and perf reads none "
		    "of the file otherwise",
		    header->total_size);
	if (header->flags & ~(uint64_t)JITDUMP_FLAG_ARCH_TIMESTAMP)
		add(faults, 32,
		    "the flags are %#" PRIx64 ": only bit 0 has a meaning, and perf refuses the "
		    "file",
		    header->flags);
}

/* The load with this code index; NULL if there is none. */
static const struct known_load *find_load(const struct pass *pass, uint64_t code_index)
{
	if (pass->load_count == 0)
		return NULL;
	for (struct hash_cursor c = hash_index_begin(&pass->indexes, hash_u64(code_index));
	     hash_index_next(&pass->indexes, &c);) {
		if (pass->loads[c.number].code_index == code_index)
			return &pass->loads[c.number];
	}
	return NULL;
}

/* Of one time and one index: the same load again, of which the reader tells. */
static void check_load(struct pass *pass, const struct jitdump_piece *piece)
{
	uint64_t code_index = piece->record.load.code_index;
	uint64_t time_ns = piece->record.prefix.timestamp;
	const struct known_load *earlier = find_load(pass, code_index);

	if (earlier && earlier->time_ns != time_ns)
		add(pass->faults, piece->offset,
		    "CODE_LOAD has the code index %" PRIu64 " of the one at offset %" PRIu64
		    ": perf keeps only one of them",
		    code_index, earlier->offset);
	if (earlier)
		return;
	hash_index_add(&pass->indexes, hash_u64(code_index), (uint32_t)pass->load_count);
	pass->loads =
		xgrow(pass->loads, pass->load_count, &pass->load_capacity, sizeof(*pass->loads));
	pass->loads[pass->load_count++] = (struct known_load){ code_index, piece->offset, time_ns };
}

static void check_record(struct pass *pass, const struct jitdump_piece *piece)
{
	uint32_t id = piece->record.prefix.id;

	if (pass->close_offset)
		add(pass->faults, pass->close_offset,
		    "CODE_CLOSE is not the last record: perf reads nothing behind it");
	pass->close_offset = id == JITDUMP_CODE_CLOSE ? piece->offset : 0;
	if (id == JITDUMP_CODE_LOAD)
		check_load(pass, piece);
	else if (id == JITDUMP_CODE_MOVE && !find_load(pass, piece->record.move.code_index))
		add(pass->faults, piece->offset,
		    "CODE_MOVE moves code with the index %" PRIu64 ", which was never loaded",
		    piece->record.move.code_index);
}

/* What the records say of each other; the rest is what the reader stumbled over. */
static void check_records(struct faults *faults, int fd)
{
	struct pass pass = { .faults = faults };
	struct jitdump_stream stream;
	struct jitdump_piece piece;
	enum jitdump_found found;

	jitdump_stream_init(&stream, fd);
	jitdump_stream_refresh(&stream);
	check_header(faults, &stream);
	while ((found = jitdump_stream_next(&stream, true, &piece)) != JITDUMP_FOUND_END) {
		if (found == JITDUMP_FOUND_RECORD)
			check_record(&pass, &piece);
	}
	if (jitdump_stream_tail_bytes(&stream) > 0)
		add(faults, stream.position,
		    "the last %" PRIu64 " bytes are no whole record: the file was cut off",
		    jitdump_stream_tail_bytes(&stream));
	hash_index_deinit(&pass.indexes);
	free(pass.loads);
	jitdump_stream_deinit(&stream);
}

static void add_problem(struct faults *faults, const struct jitdump_problem *problem)
{
	static const char *const sentences[JITDUMP_PROBLEM_KINDS] = {
		[JITDUMP_PROBLEM_LINES_DAMAGED] =
			"DEBUG_INFO has entries that cannot be read: lines or file names are lost",
		[JITDUMP_PROBLEM_LINES_UNUSED] =
			"DEBUG_INFO is for code that no CODE_LOAD behind it announces",
		[JITDUMP_PROBLEM_TABLE_UNUSED] =
			"UNWINDING_INFO covers no function that a CODE_LOAD behind it announces",
		[JITDUMP_PROBLEM_CODE_MISSING] = "CODE_LOAD holds less code than its code_size",
		[JITDUMP_PROBLEM_LOAD_REPEATED] =
			"CODE_LOAD repeats an earlier one: a forked child wrote what it inherited",
		[JITDUMP_PROBLEM_FILE_RESTARTED] = "the file was written anew while it was read",
	};

	if (problem->kind == JITDUMP_PROBLEM_UNKNOWN_ID)
		add(faults, problem->offset, "the record's kind is %" PRIu64 ", which is unknown",
		    problem->detail);
	else if (problem->kind != JITDUMP_PROBLEM_DAMAGE)
		add(faults, problem->offset, "%s", sentences[problem->kind]);
	else if (problem->detail > 0)
		add(faults, problem->offset, "%" PRIu64 " bytes are no record", problem->detail);
	else
		add(faults, problem->offset,
		    "no record begins here: bytes of the record before are missing");
}

static void add_problems(struct faults *faults, const struct jitdump_problems *problems)
{
	for (size_t i = 0; i < problems->kept_count; i++)
		add_problem(faults, &problems->kept[i]);
	for (size_t kind = 0; kind < JITDUMP_PROBLEM_KINDS; kind++)
		faults->count += problems->counts[kind];
	faults->count -= problems->kept_count;
}

static int compare_faults(const void *left, const void *right)
{
	const struct fault *a = left, *b = right;

	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return strcmp(a->sentence, b->sentence);
}

struct dump_check dump_check_print(int fd, FILE *out)
{
	struct jitdump_log *log = jitdump_log_create(fcntl(fd, F_DUPFD_CLOEXEC, 0));
	struct dump_check check = { 0 };
	struct faults faults = { 0 };

	check_records(&faults, fd);
	jitdump_log_poll(log, true);
	for (size_t i = 0; i < jitdump_log_count(log); i++)
		check.function_count += jitdump_log_entry(log, i)->kind == JITDUMP_ENTRY_LOAD;
	add_problems(&faults, jitdump_log_problems(log));
	if (faults.kept_count > 0)
		qsort(faults.kept, faults.kept_count, sizeof(*faults.kept), compare_faults);
	for (size_t i = 0; i < faults.kept_count; i++)
		fprintf(out, "offset %" PRIu64 ": %s\n", faults.kept[i].offset,
			faults.kept[i].sentence);
	if (faults.count > faults.kept_count)
		fprintf(out, "and %" PRIu64 " more\n", faults.count - faults.kept_count);
	check.fault_count = faults.count;
	deinit(&faults);
	jitdump_log_destroy(log);
	return check;
}

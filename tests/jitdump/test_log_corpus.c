/* SPDX-License-Identifier: MIT */
/* Dumps that V8 11.3 and CPython 3.13 wrote, against the answers that lie beside them. */
#include "jitdump/log.h"

#include "support/corpus.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct variant {
	const char *dump, *samples;
	size_t load_count, named_count; /* samples that the newest load not newer than them names */
	size_t table_count, frame_pointer_count, damaged_count;
	uint64_t tail_bytes, line_shift;
};

static const struct variant variants[] = {
	{ "node/prof/jit-31609.dump", "node/prof/samples.tsv", 2412, 530, 123, 2289, 7, 0, 0x40 },
	{ "node/native-stack/jit-31717.dump", "node/native-stack/samples.tsv", 2846, 522, 136, 2710,
	  7, 0, 0x40 },
	{ "node/native-stack-dwarf/jit-6918.dump", "node/native-stack-dwarf/samples.tsv", 2846, 54,
	  137, 2709, 7, 0, 0x40 },
	{ "node/churn/jit-32154.dump", "node/churn/samples.tsv", 2896, 925, 480, 2416, 0, 0, 0x40 },
	{ "node/worker/jit-32201.dump", "node/worker/samples.tsv", 4457, 1006, 4, 4453, 2, 0,
	  0x40 },
	{ "node/wasm/jit-32249.dump", "node/wasm/samples.tsv", 2210, 521, 0, 2205, 0, 0, 0x40 },
	{ "node/pidns/jit-1.dump", "node/pidns/samples.tsv", 2410, 533, 121, 2289, 7, 0, 0x40 },
	{ "node/killed/jit-309.dump", "node/killed/samples.tsv", 2194, 3, 0, 2194, 0, 640, 0x40 },
	{ "cpython/py313-jit-fp/jit-32530.dump", "cpython/py313-jit-fp/samples.tsv", 316, 0, 316, 0,
	  0, 0, 0 },
	{ "cpython/py313-jit-dwarf/jit-7051.dump", "cpython/py313-jit-dwarf/samples.tsv", 315, 0,
	  315, 0, 0, 0, 0 },
};

static struct jitdump_log *open_log(const char *dump)
{
	char path[512];

	corpus_path(dump, path, sizeof(path));
	struct jitdump_log *log = jitdump_log_create(open(path, O_RDONLY | O_CLOEXEC));

	jitdump_log_poll(log, true);
	corpus_release(path);
	return log;
}

static const struct jitdump_entry *entry_of_index(const struct jitdump_log *log,
						  uint64_t code_index)
{
	for (size_t i = 0; i < jitdump_log_count(log); i++) {
		if (jitdump_log_entry(log, i)->code_index == code_index)
			return jitdump_log_entry(log, i);
	}
	return NULL;
}

/* Checks each answered sample's function; returns how many there are. */
static size_t check_samples(const struct jitdump_log *log, const char *samples)
{
	char path[512], line[4096];
	size_t count = 0;

	corpus_path(samples, path, sizeof(path));
	FILE *file = fopen(path, "re");

	while (fgets(line, sizeof(line), file)) {
		/* time pid tid address object symbol offset index name */
		char *fields[9] = { line };
		size_t field_count = 1;

		line[strcspn(line, "\n")] = '\0';
		for (char *at = line; (at = strchr(at, '\t')) && field_count < 9;) {
			*at++ = '\0';
			fields[field_count++] = at;
		}
		if (field_count < 9 || *line == '#' || !*fields[7])
			continue;
		uint64_t address = strtoull(fields[3], NULL, 16);
		const struct jitdump_entry *entry =
			entry_of_index(log, strtoull(fields[7], NULL, 10));

		assert_non_null(entry);
		assert_string_equal(entry->name, fields[8]);
		assert_true(address - entry->address < entry->size);
		count++;
	}
	fclose(file);
	corpus_release(path);
	return count;
}

static void dumps_are_read_whole(void **state)
{
	(void)state;
	corpus_or_skip();
	for (size_t i = 0; i < sizeof(variants) / sizeof(*variants); i++) {
		const struct variant *variant = &variants[i];
		struct jitdump_log *log = open_log(variant->dump);
		const struct jitdump_damage *damage = jitdump_log_damage(log);
		size_t table_count = 0, frame_pointer_count = 0;

		for (size_t n = 0; n < jitdump_log_count(log); n++) {
			table_count += jitdump_log_entry(log, n)->unwind.eh_frame != NULL;
			frame_pointer_count += jitdump_log_entry(log, n)->uses_frame_pointer;
			assert_non_null(jitdump_log_entry(log, n)->code);
		}
		assert_int_equal(jitdump_log_count(log), variant->load_count);
		assert_int_equal(table_count, variant->table_count);
		assert_int_equal(frame_pointer_count, variant->frame_pointer_count);
		assert_int_equal(damage->bad_debug_count, variant->damaged_count);
		assert_int_equal(damage->tail_bytes, variant->tail_bytes);
		assert_int_equal(damage->skipped_bytes + damage->resync_count, 0);
		assert_int_equal(damage->unmatched_debug_count, 0);
		assert_int_equal(damage->unmatched_unwind_count, 0);
		assert_int_equal(jitdump_log_line_shift(log), variant->line_shift);
		assert_int_equal(check_samples(log, variant->samples), variant->named_count);
		jitdump_log_destroy(log);
	}
}

static void lines_of_v8_are_found_where_names_are_lost_too(void **state)
{
	static const struct {
		uint64_t code_index, offset;
		uint32_t line, column;
	} places[] = {
		{ 2200, 8, 5, 16 }, /* its DEBUG_INFO holds freed memory */
		{ 2303, 0, 31, 21 },  { 2303, 38, 31, 21 },
		{ 2303, 39, 31, 56 }, { 2303, 98, 31, 38 },
	};
	struct jitdump_source_line line;

	(void)state;
	corpus_or_skip();
	struct jitdump_log *log = open_log("node/prof/jit-31609.dump");

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		const struct jitdump_entry *entry = entry_of_index(log, places[i].code_index);

		assert_true(jitdump_log_line(log, entry, places[i].offset, &line));
		assert_string_equal(line.file, "/tmp/wl/wl.js");
		assert_int_equal(line.line, places[i].line);
		assert_int_equal(line.column, places[i].column);
	}
	jitdump_log_destroy(log);
}

/* As a stdio writer leaves it from moment to moment: 4 KiB more at a time. */
static void a_dump_read_while_it_grows_is_the_same(void **state)
{
	char path[512];
	static char bytes[1 << 22];

	(void)state;
	corpus_or_skip();
	struct jitdump_log *whole = open_log("node/native-stack-dwarf/jit-6918.dump");

	corpus_path("node/native-stack-dwarf/jit-6918.dump", path, sizeof(path));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = read(fd, bytes, sizeof(bytes));
	int grown = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	struct jitdump_log *log = jitdump_log_create(dup(grown));

	for (ssize_t at = 0; at < size; at += 4096) {
		ssize_t piece = size - at < 4096 ? size - at : 4096;

		assert_int_equal(write(grown, bytes + at, (size_t)piece), piece);
		jitdump_log_poll(log, false);
	}
	assert_int_equal(jitdump_log_count(log), jitdump_log_count(whole));
	for (size_t i = 0; i < jitdump_log_count(log); i++) {
		const struct jitdump_entry *a = jitdump_log_entry(log, i);
		const struct jitdump_entry *b = jitdump_log_entry(whole, i);

		assert_string_equal(a->name, b->name);
		assert_int_equal(a->line_count, b->line_count);
		assert_int_equal(a->unwind.eh_frame_address, b->unwind.eh_frame_address);
	}
	jitdump_log_destroy(log);
	jitdump_log_destroy(whole);
	corpus_release(path);
	close(grown);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dumps_are_read_whole),
		cmocka_unit_test(lines_of_v8_are_found_where_names_are_lost_too),
		cmocka_unit_test(a_dump_read_while_it_grows_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

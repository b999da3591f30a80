/* SPDX-License-Identifier: MIT */
/* A small dump with everything in it, cut at every byte and with every byte changed. */
#include "jitdump/log.h"

#include "support/dump_builder.h"
#include "support/memory_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ADDRESS UINT64_C(0x7f0000001000)

enum { FUNCTIONS = 8, HEADER = 40 };

/* Where each function's LOAD ends. */
struct sample_dump {
	struct dump_builder dump;
	size_t ends[FUNCTIONS];
};

static void build(struct sample_dump *sample)
{
	*sample = (struct sample_dump){ 0 };
	dump_header(&sample->dump, 42);
	for (uint64_t i = 0; i < FUNCTIONS; i++) {
		uint64_t address = ADDRESS + i * 0x100, time = 1000000 + i;
		const struct dump_row rows[] = {
			{ address, (uint32_t)i + 1, 3, "/tmp/app.js" },
			{ address + 2, (uint32_t)i + 2, 0, "\xff" },
		};
		char name[32];

		if (i % 2 == 0)
			dump_debug(&sample->dump, time, address, rows, 2);
		if (i % 3 == 0)
			dump_table(&sample->dump, time, address, 5);
		else
			dump_empty_table(&sample->dump, time);
		snprintf(name, sizeof(name), "JS:*f%d /tmp/app.js:1:1", (int)i);
		dump_load(&sample->dump, time, address, i, name, CODE(1, 2, 3, 4, 0xc3));
		sample->ends[i] = sample->dump.file.size;
		if (i == 3)
			dump_move(&sample->dump, time, address, address + 0x80, 5, i);
		if (i == 5)
			dump_close(&sample->dump, time);
	}
}

/* Touches all that an entry points to, for the sanitizers. */
static void touch(const struct jitdump_log *log, const struct jitdump_entry *entry)
{
	static volatile uint64_t sink;
	struct jitdump_source_line line;

	sink += strlen(entry->name);
	for (uint64_t i = 0; entry->code && i < entry->size; i++)
		sink += entry->code[i];
	for (size_t i = 0; i < entry->line_count; i++)
		sink += strlen(entry->lines[i].file);
	for (size_t i = 0; entry->unwind.eh_frame && i < entry->unwind.eh_frame_size; i++)
		sink += entry->unwind.eh_frame[i];
	sink += jitdump_log_line(log, entry, 2, &line);
	(void)sink;
}

/* How many of the functions a log of these bytes knows by name and address; the first `kept` must
 * be among them. */
static size_t known_functions(const uint8_t *bytes, size_t size, bool ended, size_t kept)
{
	struct memory_file file = memory_file_create();
	struct jitdump_log *log = jitdump_log_create(memory_file_reader(&file));
	bool is_known[FUNCTIONS] = { false };
	size_t known = 0;

	memory_file_append(&file, bytes, size);
	jitdump_log_poll(log, ended);
	for (size_t i = 0; i < jitdump_log_count(log); i++) {
		const struct jitdump_entry *entry = jitdump_log_entry(log, i);
		unsigned number;

		touch(log, entry);
		if (sscanf(entry->name, "JS:*f%u /tmp", &number) == 1 && number < FUNCTIONS &&
		    entry->address == ADDRESS + number * 0x100)
			is_known[number] = true;
	}
	for (size_t i = 0; i < FUNCTIONS; i++) {
		assert_true(is_known[i] || i >= kept);
		known += is_known[i];
	}
	jitdump_log_destroy(log);
	memory_file_close(&file);
	return known;
}

/* How many functions lie wholly before an offset. */
static size_t functions_before(const struct sample_dump *sample, size_t offset)
{
	size_t count = 0;

	while (count < FUNCTIONS && sample->ends[count] <= offset)
		count++;
	return count;
}

static void a_cut_at_any_byte_keeps_every_function_before_it(void **state)
{
	struct sample_dump sample;

	(void)state;
	build(&sample);
	for (size_t size = 0; size <= sample.dump.file.size; size++) {
		size_t whole = functions_before(&sample, size);

		assert_int_equal(known_functions(sample.dump.file.bytes, size, true, whole), whole);
		assert_int_equal(known_functions(sample.dump.file.bytes, size, false, whole),
				 whole);
	}
	dump_free(&sample.dump);
}

/* At most the function whose record it is in is lost. */
static void a_changed_byte_anywhere_costs_one_function_at_most(void **state)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0xff };
	struct sample_dump sample;

	(void)state;
	build(&sample);
	for (size_t at = HEADER; at < sample.dump.file.size; at++) {
		for (size_t i = 0; i < sizeof(changes); i++) {
			sample.dump.file.bytes[at] ^= changes[i];
			assert_true(known_functions(sample.dump.file.bytes, sample.dump.file.size,
						    true, functions_before(&sample, at)) >=
				    FUNCTIONS - 1);
			sample.dump.file.bytes[at] ^= changes[i];
		}
	}
	dump_free(&sample.dump);
}

static void a_changed_byte_in_the_header_does_no_harm(void **state)
{
	struct sample_dump sample;

	(void)state;
	build(&sample);
	for (size_t at = 0; at < HEADER; at++) {
		sample.dump.file.bytes[at] ^= 0xff;
		known_functions(sample.dump.file.bytes, sample.dump.file.size, true, 0);
		sample.dump.file.bytes[at] ^= 0xff;
	}
	dump_free(&sample.dump);
}

static void lost_bytes_anywhere_cost_one_function_at_most(void **state)
{
	static const size_t losses[] = { 1, 7, 16, 40 };
	struct sample_dump sample;
	static uint8_t bytes[8192];

	(void)state;
	build(&sample);
	for (size_t at = HEADER; at + 40 <= sample.dump.file.size; at++) {
		for (size_t i = 0; i < sizeof(losses) / sizeof(*losses); i++) {
			size_t size = sample.dump.file.size - losses[i];
			size_t before = functions_before(&sample, at);
			size_t touched = functions_before(&sample, at + losses[i]) - before + 1;

			memcpy(bytes, sample.dump.file.bytes, at);
			memcpy(bytes + at, sample.dump.file.bytes + at + losses[i], size - at);
			assert_true(known_functions(bytes, size, true, before) + touched >=
				    FUNCTIONS);
		}
	}
	dump_free(&sample.dump);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cut_at_any_byte_keeps_every_function_before_it),
		cmocka_unit_test(a_changed_byte_anywhere_costs_one_function_at_most),
		cmocka_unit_test(a_changed_byte_in_the_header_does_no_harm),
		cmocka_unit_test(lost_bytes_anywhere_cost_one_function_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
#include "profiler/jprof_section.h"

#include "jitdump/xalloc.h"
#include "profiler/jprof_section_format.h"
#include "profiler/section_packed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include <cmocka.h>

static const uint8_t guesses[] = { 0x05, 0x80 };
static const struct sample_quality qualities[] = {
	{ .time_ns = 5000000000, .tid = 42, .cpu = 1, .end = STACK_END_COMPLETE },
	{ .time_ns = 5001000000,
	  .tid = 42,
	  .cpu = 1,
	  .end = STACK_END_TRUNCATED_COPY,
	  .is_joined = true },
	{ .time_ns = 5000999999,
	  .tid = 41,
	  .cpu = 0,
	  .end = STACK_END_JIT_UNKNOWN,
	  .guessed_count = 3,
	  .guessed_bytes = 2,
	  .guessed = guesses },
	{ .time_ns = UINT64_MAX, .tid = UINT32_MAX, .cpu = UINT32_MAX, .end = STACK_END_UNTOLD },
};

static const uint8_t code[] = { 0x55, 0x48, 0x89, 0xe5, 0x5d, 0xc3 };
static const uint8_t eh_frame[] = { 0x14, 0, 0, 0, 0, 0, 0, 0 };
static const struct jitdump_source_line lines[] = {
	{ 0x7f0000001000, "/app/main.js", 10, 3 },
	{ 0x7f0000001004, "/app/inlined.js", 4, 0 },
	{ 0x7f0000001002, "/app/main.js", 0, 7 },
};
static const struct stored_version versions[] = {
	{ 0,
	  { .kind = JITDUMP_ENTRY_LOAD,
	    .time_ns = 77,
	    .pid = 42,
	    .tid = 43,
	    .code_index = 9,
	    .address = 0x7f0000001000,
	    .size = sizeof(code),
	    .name = "JS:*fib /app/main.js:10:3",
	    .code = code,
	    .lines = lines,
	    .line_count = 3,
	    .unwind = { eh_frame, sizeof(eh_frame), 0x7f0000001008 } } },
	{ 1,
	  { .kind = JITDUMP_ENTRY_MOVE,
	    .time_ns = 70,
	    .pid = 42,
	    .tid = 43,
	    .code_index = 9,
	    .address = 0x6f0000000000,
	    .size = UINT64_MAX,
	    .old_address = 0x7f0000001000,
	    .name = "JS:*fib /app/main.js:10:3",
	    .uses_frame_pointer = true } },
};
static const struct stored_dump_use dump_uses[] = {
	{ 0, 42, 5, UINT64_MAX, "/tmp/jit-42.dump" },
	{ 0, 50, 9, 90, "/tmp/jit-42.dump" },
};
static const struct stored_totals totals[] = {
	{ 0, { 3, 700, 2, 500, 1, 77, 79, { [0] = 1, [63] = 2 } } },
	{ 7,
	  { .load_count = UINT64_MAX,
	    .load_bytes = UINT64_MAX,
	    .until_ns = UINT64_MAX,
	    .steps = { [9] = UINT64_MAX } } },
};
static const struct stored_symbol kernel_symbols[] = {
	{ 0xffffffff81000000, 64, "do_syscall_64", NULL },
	{ 0xffffffffc0000000, 32, "nf_hook", "nf_tables" },
};
static const struct stored_map_symbol map_symbols[] = { { 42, 0x7f1000, 16, "Interp" } };
static const struct stored_health health = {
	.rate_asked_hz = 999,
	.lost_samples = 3,
	.parked = 12,
	.start_ns = 1,
	.end_ns = UINT64_MAX,
	.online_cpus = 2,
	.stack_copy_size = 32768,
	.method = UINT32_MAX,
	.remarks = "one\ntwo",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct section_bytes whole_section(void)
{
	struct section_bytes out = { 0 };

	jprof_section_put_qualities(&out, qualities, COUNT(qualities));
	jprof_section_put_versions(&out, versions, COUNT(versions));
	jprof_section_put_dump_uses(&out, dump_uses, COUNT(dump_uses));
	jprof_section_put_totals(&out, totals, COUNT(totals));
	jprof_section_put_kernel_symbols(&out, kernel_symbols, COUNT(kernel_symbols));
	jprof_section_put_map_symbols(&out, map_symbols, COUNT(map_symbols));
	jprof_section_put_feature(&out, &(struct stored_feature){ 6, code, sizeof(code) });
	jprof_section_put_health(&out, &health);
	return out;
}

static void expect_qualities(const struct jprof_section *section)
{
	size_t count;
	const struct sample_quality *read = jprof_section_qualities(section, &count);

	assert_int_equal(count, COUNT(qualities));
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(read[i].time_ns, qualities[i].time_ns);
		assert_int_equal(read[i].tid, qualities[i].tid);
		assert_int_equal(read[i].cpu, qualities[i].cpu);
		assert_int_equal(read[i].end, qualities[i].end);
		assert_int_equal(read[i].is_joined, qualities[i].is_joined);
		assert_int_equal(read[i].guessed_count, qualities[i].guessed_count);
		assert_int_equal(read[i].guessed_bytes, qualities[i].guessed_bytes);
	}
	assert_memory_equal(read[2].guessed, guesses, sizeof(guesses));
	assert_null(read[0].guessed);
}

static void expect_lines(const struct jitdump_entry *entry)
{
	assert_int_equal(entry->line_count, COUNT(lines));
	for (size_t i = 0; i < COUNT(lines); i++) {
		assert_int_equal(entry->lines[i].address, lines[i].address);
		assert_string_equal(entry->lines[i].file, lines[i].file);
		assert_int_equal(entry->lines[i].line, lines[i].line);
		assert_int_equal(entry->lines[i].column, lines[i].column);
	}
}

static void expect_versions(const struct jprof_section *section)
{
	size_t count;
	const struct stored_version *read = jprof_section_versions(section, &count);

	assert_int_equal(count, COUNT(versions));
	for (size_t i = 0; i < count; i++) {
		const struct jitdump_entry *is = &read[i].entry, *was = &versions[i].entry;

		assert_int_equal(read[i].dump, versions[i].dump);
		assert_int_equal(is->kind, was->kind);
		assert_int_equal(is->time_ns, was->time_ns);
		assert_int_equal(is->pid, was->pid);
		assert_int_equal(is->tid, was->tid);
		assert_int_equal(is->code_index, was->code_index);
		assert_int_equal(is->address, was->address);
		assert_int_equal(is->size, was->size);
		assert_int_equal(is->old_address, was->old_address);
		assert_int_equal(is->uses_frame_pointer, was->uses_frame_pointer);
		assert_string_equal(is->name, was->name);
	}
	assert_memory_equal(read[0].entry.code, code, sizeof(code));
	expect_lines(&read[0].entry);
	assert_int_equal(read[0].entry.unwind.eh_frame_address, 0x7f0000001008);
	assert_int_equal(read[0].entry.unwind.eh_frame_size, sizeof(eh_frame));
	assert_memory_equal(read[0].entry.unwind.eh_frame, eh_frame, sizeof(eh_frame));
	assert_null(read[1].entry.code);
	assert_null(read[1].entry.unwind.eh_frame);
	assert_int_equal(read[1].entry.line_count, 0);
}

static void expect_names(const struct jprof_section *section)
{
	size_t count;
	const struct stored_dump_use *uses = jprof_section_dump_uses(section, &count);

	assert_int_equal(count, 2);
	assert_int_equal(uses[0].until_ns, UINT64_MAX);
	assert_int_equal(uses[1].pid, 50);
	assert_string_equal(uses[1].path, "/tmp/jit-42.dump");
	const struct stored_symbol *kernel = jprof_section_kernel_symbols(section, &count);

	assert_int_equal(count, 2);
	assert_null(kernel[0].module);
	assert_int_equal(kernel[1].address, 0xffffffffc0000000);
	assert_string_equal(kernel[1].module, "nf_tables");
	const struct stored_map_symbol *map = jprof_section_map_symbols(section, &count);

	assert_int_equal(count, 1);
	assert_int_equal(map[0].address, 0x7f1000);
	assert_string_equal(map[0].name, "Interp");
	const struct stored_feature *features = jprof_section_features(section, &count);

	assert_int_equal(count, 1);
	assert_int_equal(features[0].number, 6);
	assert_int_equal(features[0].size, sizeof(code));
}

static void expect_health(const struct jprof_section *section)
{
	const struct stored_health *read = jprof_section_health(section);

	assert_non_null(read);
	assert_int_equal(read->rate_asked_hz, 999);
	assert_int_equal(read->lost_samples, 3);
	assert_int_equal(read->parked, 12);
	assert_int_equal(read->end_ns, UINT64_MAX);
	assert_int_equal(read->method, UINT32_MAX);
	assert_int_equal(read->stack_copy_size, 32768);
	assert_string_equal(read->remarks, "one\ntwo");
}

static void expect_totals(const struct jprof_section *section)
{
	size_t count;
	const struct stored_totals *read = jprof_section_totals(section, &count);

	assert_int_equal(count, COUNT(totals));
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(read[i].dump, totals[i].dump);
		assert_memory_equal(&read[i].totals, &totals[i].totals, sizeof(read[i].totals));
	}
}

static void expect_all(const struct jprof_section *section)
{
	expect_totals(section);
	expect_qualities(section);
	expect_versions(section);
	expect_names(section);
	expect_health(section);
	assert_int_equal(jprof_section_unfinished_bytes(section), 0);
}

static void everything_that_is_put_is_read_back(void **state)
{
	(void)state;
	struct section_bytes bytes = whole_section();
	struct jprof_section *section = jprof_section_create();

	assert_true(jprof_section_parse(section, bytes.bytes, bytes.size));
	section_bytes_deinit(&bytes);
	expect_all(section);
	jprof_section_destroy(section);
	jprof_section_destroy(NULL);
}

/* Enough of it that it gets smaller. */
static struct section_bytes packed_section(void)
{
	struct section_bytes bytes = whole_section(), packed = { 0 };

	section_put_packed(&packed, &bytes);
	assert_true(packed.size < bytes.size);
	section_bytes_deinit(&bytes);
	return packed;
}

static void packed_chunks_are_read_like_others(void **state)
{
	(void)state;
	struct section_bytes packed = packed_section();
	struct jprof_section *section = jprof_section_create();

	assert_true(jprof_section_parse(section, packed.bytes, packed.size));
	section_bytes_deinit(&packed);
	expect_all(section);
	jprof_section_destroy(section);
}

static void what_is_packed_twice_or_claims_too_much_is_damaged(void **state)
{
	struct section_bytes packed = packed_section(), twice = { 0 }, zeros = { 0 };
	struct jprof_section *section = jprof_section_create();
	size_t start = section_begin_chunk(&twice, SECTION_PACKED, SECTION_VERSION);
	uint8_t frame[1024];

	(void)state;
	section_put_varint(&twice, packed.size);
	section_put_bytes(&twice, frame,
			  ZSTD_compress(frame, sizeof(frame), packed.bytes, packed.size, 1));
	section_end_chunk(&twice, start);
	assert_false(jprof_section_parse(section, twice.bytes, twice.size));
	start = section_begin_chunk(&zeros, SECTION_PACKED, SECTION_VERSION);
	section_put_varint(&zeros, UINT64_C(1) << 40);
	section_put_bytes(&zeros, frame, 16);
	section_end_chunk(&zeros, start);
	assert_false(jprof_section_parse(section, zeros.bytes, zeros.size));
	section_bytes_deinit(&packed);
	section_bytes_deinit(&twice);
	section_bytes_deinit(&zeros);
	jprof_section_destroy(section);
}

static void pieces_may_be_cut_anywhere(void **state)
{
	(void)state;
	struct section_bytes bytes = whole_section();

	for (size_t piece = 1; piece < 40; piece++) {
		struct jprof_section *section = jprof_section_create();

		for (size_t done = 0; done < bytes.size; done += piece) {
			size_t left = bytes.size - done;

			assert_true(jprof_section_parse(section, bytes.bytes + done,
							left < piece ? left : piece));
		}
		expect_all(section);
		jprof_section_destroy(section);
	}
	section_bytes_deinit(&bytes);
}

/* Touches every byte that the section lends. */
static size_t weigh(const struct jprof_section *section)
{
	size_t count, weight = 0;
	const struct stored_version *read = jprof_section_versions(section, &count);

	for (size_t i = 0; i < count; i++) {
		const struct jitdump_entry *entry = &read[i].entry;

		weight += strlen(entry->name);
		for (size_t k = 0; entry->code && k < entry->size; k++)
			weight += entry->code[k];
		for (size_t k = 0; k < entry->line_count; k++)
			weight += strlen(entry->lines[k].file);
		for (size_t k = 0; k < entry->unwind.eh_frame_size; k++)
			weight += entry->unwind.eh_frame[k];
	}
	const struct sample_quality *found = jprof_section_qualities(section, &count);

	for (size_t i = 0; i < count; i++) {
		assert_true(found[i].end < STACK_END_COUNT);
		for (size_t k = 0; k < found[i].guessed_bytes; k++)
			weight += found[i].guessed[k];
	}
	const struct stored_symbol *symbols = jprof_section_kernel_symbols(section, &count);

	for (size_t i = 0; i < count; i++)
		weight += strlen(symbols[i].name) +
			  (symbols[i].module ? strlen(symbols[i].module) : 0);
	return weight;
}

static void a_section_cut_at_any_byte_gives_its_whole_chunks(void **state)
{
	(void)state;
	struct section_bytes bytes = whole_section();

	for (size_t size = 0; size < bytes.size; size++) {
		uint8_t *copy = xmalloc(size);
		struct jprof_section *section = jprof_section_create();
		size_t count;

		memcpy(copy, bytes.bytes, size);
		assert_true(jprof_section_parse(section, copy, size));
		free(copy);
		jprof_section_qualities(section, &count);
		assert_true(count == 0 || count == COUNT(qualities));
		assert_null(jprof_section_health(section));
		weigh(section);
		jprof_section_destroy(section);
	}
	section_bytes_deinit(&bytes);
}

static void flip_bytes(struct section_bytes bytes)
{
	static const uint8_t flips[] = { 0x01, 0x80, 0xff, 0x7f };

	for (size_t i = 0; i < bytes.size * COUNT(flips); i++) {
		struct jprof_section *section = jprof_section_create();

		bytes.bytes[i / COUNT(flips)] ^= flips[i % COUNT(flips)];
		jprof_section_parse(section, bytes.bytes, bytes.size);
		weigh(section);
		bytes.bytes[i / COUNT(flips)] ^= flips[i % COUNT(flips)];
		jprof_section_destroy(section);
	}
	section_bytes_deinit(&bytes);
}

static void no_flipped_byte_does_harm(void **state)
{
	(void)state;
	flip_bytes(whole_section());
	flip_bytes(packed_section());
}

static void damage_in_a_chunk_keeps_what_was_before_and_what_comes_after(void **state)
{
	(void)state;
	struct section_bytes bytes = { 0 };
	struct jprof_section *section = jprof_section_create();
	size_t count;
	size_t start = section_begin_chunk(&bytes, SECTION_KERNEL_SYMBOLS, SECTION_VERSION);
	static const uint8_t one_symbol[] = {
		2, 8, SECTION_TEXT_NEW, 1, 'f', 0, SECTION_TEXT_NONE
	};
	static const uint8_t unknown_text[] = { 2, 8, 9, SECTION_TEXT_NONE };

	section_put_bytes(&bytes, one_symbol, sizeof(one_symbol));
	section_put_bytes(&bytes, unknown_text, sizeof(unknown_text));
	section_end_chunk(&bytes, start);
	jprof_section_put_health(&bytes, &health);
	assert_false(jprof_section_parse(section, bytes.bytes, bytes.size));
	const struct stored_symbol *symbols = jprof_section_kernel_symbols(section, &count);

	assert_int_equal(count, 1);
	assert_string_equal(symbols[0].name, "f");
	expect_health(section);
	section_bytes_deinit(&bytes);
	jprof_section_destroy(section);
}

static void unknown_chunks_and_newer_versions_are_passed_over(void **state)
{
	(void)state;
	struct section_bytes bytes = { 0 };
	struct jprof_section *section = jprof_section_create();
	size_t count, start;

	start = section_begin_chunk(&bytes, SECTION_TAG('N', 'E', 'W', '!'), 1);
	section_put_bytes(&bytes, "anything", 7);
	section_end_chunk(&bytes, start);
	start = section_begin_chunk(&bytes, SECTION_QUALITIES, SECTION_QUALITIES_VERSION + 1);
	section_put_bytes(&bytes, "\xff\xff\xff", 3);
	section_end_chunk(&bytes, start);
	jprof_section_put_qualities(&bytes, qualities, COUNT(qualities));
	assert_true(jprof_section_parse(section, bytes.bytes, bytes.size));
	jprof_section_qualities(section, &count);
	assert_int_equal(count, COUNT(qualities));
	section_bytes_deinit(&bytes);
	jprof_section_destroy(section);
}

static void qualities_of_version_1_do_not_tell_what_is_joined(void **state)
{
	(void)state;
	struct section_bytes bytes = { 0 };
	struct jprof_section *section = jprof_section_create();
	const struct sample_quality quality = { .time_ns = 5, .end = STACK_END_TRUNCATED_COPY };
	struct section_chunk_header header;
	size_t count;

	jprof_section_put_qualities(&bytes, &quality, 1);
	assert_true(jprof_section_parse(section, bytes.bytes, bytes.size));
	assert_true(jprof_section_tells_joined(section));
	memcpy(&header, bytes.bytes, sizeof(header));
	header.version = 1;
	memcpy(bytes.bytes, &header, sizeof(header));
	assert_true(jprof_section_parse(section, bytes.bytes, bytes.size));
	assert_false(jprof_section_tells_joined(section));
	const struct sample_quality *read = jprof_section_qualities(section, &count);

	assert_int_equal(count, 2);
	assert_int_equal(read[1].time_ns, 5);
	assert_int_equal(read[1].end, STACK_END_TRUNCATED_COPY);
	assert_false(read[1].is_joined);
	section_bytes_deinit(&bytes);
	jprof_section_destroy(section);
}

static void a_claimed_count_allocates_nothing_that_is_not_there(void **state)
{
	(void)state;
	struct section_bytes bytes = { 0 };
	struct jprof_section *section = jprof_section_create();
	size_t count;
	size_t start = section_begin_chunk(&bytes, SECTION_VERSIONS, SECTION_VERSION);
	/* dump, flags, time, pid, tid, index, address, size, name; then the count of lines */
	static const uint8_t version[] = { 0, 0, 0, 1, 1, 1, 2, 4, SECTION_TEXT_NONE };

	section_put_bytes(&bytes, version, sizeof(version));
	section_put_varint(&bytes, UINT64_MAX / sizeof(struct jitdump_source_line) + 2);
	section_end_chunk(&bytes, start);
	assert_false(jprof_section_parse(section, bytes.bytes, bytes.size));
	jprof_section_versions(section, &count);
	assert_int_equal(count, 0);
	section_bytes_deinit(&bytes);
	jprof_section_destroy(section);
}

static void a_sample_without_guesses_costs_five_bytes(void **state)
{
	(void)state;
	enum { SAMPLES = 10000 };
	struct sample_quality *many = xcalloc(SAMPLES, sizeof(*many));
	struct section_bytes bytes = { 0 };

	for (size_t i = 0; i < SAMPLES; i++)
		many[i] = (struct sample_quality){ .time_ns = 1000000 * i, .tid = 7, .cpu = 1 };
	jprof_section_put_qualities(&bytes, many, SAMPLES);
	assert_in_range(bytes.size, 1, SAMPLES * 5);
	section_bytes_deinit(&bytes);
	free(many);
}

static void a_text_is_stored_once(void **state)
{
	(void)state;
	struct section_bytes once = { 0 }, twice = { 0 };
	struct stored_map_symbol symbols[2] = { { 1, 1, 1, "a_name_of_some_length" },
						{ 1, 2, 1, "a_name_of_some_length" } };

	jprof_section_put_map_symbols(&once, symbols, 1);
	jprof_section_put_map_symbols(&twice, symbols, 2);
	assert_true(twice.size - once.size <= 8);
	section_bytes_deinit(&once);
	section_bytes_deinit(&twice);
}

static void nothing_is_put_for_no_items(void **state)
{
	(void)state;
	struct section_bytes bytes = { 0 };

	jprof_section_put_qualities(&bytes, NULL, 0);
	jprof_section_put_versions(&bytes, NULL, 0);
	jprof_section_put_dump_uses(&bytes, NULL, 0);
	jprof_section_put_kernel_symbols(&bytes, NULL, 0);
	jprof_section_put_map_symbols(&bytes, NULL, 0);
	assert_int_equal(bytes.size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_that_is_put_is_read_back),
		cmocka_unit_test(packed_chunks_are_read_like_others),
		cmocka_unit_test(what_is_packed_twice_or_claims_too_much_is_damaged),
		cmocka_unit_test(pieces_may_be_cut_anywhere),
		cmocka_unit_test(a_section_cut_at_any_byte_gives_its_whole_chunks),
		cmocka_unit_test(no_flipped_byte_does_harm),
		cmocka_unit_test(damage_in_a_chunk_keeps_what_was_before_and_what_comes_after),
		cmocka_unit_test(unknown_chunks_and_newer_versions_are_passed_over),
		cmocka_unit_test(qualities_of_version_1_do_not_tell_what_is_joined),
		cmocka_unit_test(a_claimed_count_allocates_nothing_that_is_not_there),
		cmocka_unit_test(a_sample_without_guesses_costs_five_bytes),
		cmocka_unit_test(a_text_is_stored_once),
		cmocka_unit_test(nothing_is_put_for_no_items),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

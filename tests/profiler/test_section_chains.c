/* SPDX-License-Identifier: MIT */
/* How stacks were unwound, through the section's bytes and back. */
#include "profiler/jprof_section.h"

#include "profiler/jprof_section_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* main calls two functions; the last frame stands alone. */
static const struct stored_frame frames[] = {
	{ 0x401000, STORED_FRAME_NONE, true, false },
	{ 0x402000, 0, true, true },
	{ 0x401000, 0, false, false },
	{ UINT64_MAX, STORED_FRAME_NONE, false, true },
};
static const struct stored_chain chains[] = {
	{ 1000, 42, 1, 1, STACK_END_COMPLETE, false },
	{ 900, 41, 0, 2, STACK_END_TRUNCATED_COPY, true },
	{ 900, UINT32_MAX, UINT32_MAX, STORED_FRAME_NONE, STACK_END_BAD_MEMORY, false },
	{ UINT64_MAX, 0, 0, 3, STACK_END_COMPLETE, false },
};

static void put(struct section_bytes *out)
{
	jprof_section_put_chains(out, frames, COUNT(frames), chains, COUNT(chains));
}

static void expect_chains(const struct jprof_section *section, size_t first_frame,
			  size_t first_chain)
{
	size_t count;
	const struct stored_chain *is = jprof_section_chains(section, &count) + first_chain;

	assert_true(count >= first_chain + COUNT(chains));
	for (size_t i = 0; i < COUNT(chains); i++) {
		assert_int_equal(is[i].time_ns, chains[i].time_ns);
		assert_int_equal(is[i].tid, chains[i].tid);
		assert_int_equal(is[i].cpu, chains[i].cpu);
		assert_int_equal(is[i].end, chains[i].end);
		assert_int_equal(is[i].is_joined, chains[i].is_joined);
		if (chains[i].leaf == STORED_FRAME_NONE)
			assert_int_equal(is[i].leaf, STORED_FRAME_NONE);
		else
			assert_int_equal(is[i].leaf, first_frame + chains[i].leaf);
	}
}

static void expect_frames(const struct jprof_section *section, size_t first)
{
	const struct stored_frame *is = jprof_section_frames(section) + first;

	for (size_t i = 0; i < COUNT(frames); i++) {
		assert_int_equal(is[i].pc, frames[i].pc);
		assert_int_equal(is[i].is_return, frames[i].is_return);
		assert_int_equal(is[i].is_guessed, frames[i].is_guessed);
		if (frames[i].caller == STORED_FRAME_NONE)
			assert_int_equal(is[i].caller, STORED_FRAME_NONE);
		else
			assert_int_equal(is[i].caller, first + frames[i].caller);
	}
}

static void chains_are_read_back_those_of_a_second_chunk_too(void **state)
{
	struct jprof_section *section = jprof_section_create();
	struct section_bytes out = { 0 };

	(void)state;
	put(&out);
	put(&out);
	assert_true(jprof_section_parse(section, out.bytes, out.size));
	for (size_t i = 0; i < 2; i++) {
		expect_frames(section, i * COUNT(frames));
		expect_chains(section, i * COUNT(frames), i * COUNT(chains));
	}
	section_bytes_deinit(&out);
	jprof_section_destroy(section);
}

/* Every chain that was read ends, and lies among the frames. */
static void walk(const struct jprof_section *section)
{
	const struct stored_frame *read = jprof_section_frames(section);
	size_t count;
	const struct stored_chain *is = jprof_section_chains(section, &count);

	for (size_t i = 0; i < count; i++) {
		assert_true(is[i].end < STACK_END_COUNT);
		for (uint32_t at = is[i].leaf; at != STORED_FRAME_NONE; at = read[at].caller)
			assert_true(read[at].caller == STORED_FRAME_NONE || read[at].caller < at);
	}
}

static void no_cut_and_no_flipped_byte_does_harm(void **state)
{
	static const uint8_t flips[] = { 0x01, 0x80, 0xff, 0x7f };
	struct section_bytes out = { 0 };
	struct section_chunk_header header;

	(void)state;
	put(&out);
	for (size_t i = 0; i < out.size * COUNT(flips); i++) {
		struct jprof_section *section = jprof_section_create();

		out.bytes[i / COUNT(flips)] ^= flips[i % COUNT(flips)];
		jprof_section_parse(section, out.bytes, out.size);
		walk(section);
		out.bytes[i / COUNT(flips)] ^= flips[i % COUNT(flips)];
		jprof_section_destroy(section);
	}
	memcpy(&header, out.bytes, sizeof(header));
	for (size_t size = 0; size < header.size; size++) {
		struct jprof_section *section = jprof_section_create();
		struct section_bytes cut = { 0 };
		size_t start = section_begin_chunk(&cut, SECTION_CHAINS, SECTION_VERSION);

		section_put_bytes(&cut, out.bytes + sizeof(header), size);
		section_end_chunk(&cut, start);
		jprof_section_parse(section, cut.bytes, cut.size);
		walk(section);
		section_bytes_deinit(&cut);
		jprof_section_destroy(section);
	}
	section_bytes_deinit(&out);
}

/* count, flags, distance back, pc; then a sample: time, tid, cpu, end, leaf */
static void callers_and_leaves_that_are_not_there_are_damage(void **state)
{
	static const uint8_t contents[][9] = {
		{ 1, 0, 0, 2, 2, 2, 0, 0, 2 }, /* the second of one frame */
		{ 1, 0, 1, 2, 2, 2, 0, 0, 1 }, /* a caller before the first */
		{ 9, 0, 0, 2, 2, 2, 0, 0, 1 }, /* more frames than bytes */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(contents); i++) {
		struct jprof_section *section = jprof_section_create();
		struct section_bytes out = { 0 };
		size_t count, start = section_begin_chunk(&out, SECTION_CHAINS, SECTION_VERSION);

		section_put_bytes(&out, contents[i], sizeof(contents[i]));
		section_end_chunk(&out, start);
		assert_false(jprof_section_parse(section, out.bytes, out.size));
		jprof_section_chains(section, &count);
		assert_int_equal(count, 0);
		section_bytes_deinit(&out);
		jprof_section_destroy(section);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains_are_read_back_those_of_a_second_chunk_too),
		cmocka_unit_test(no_cut_and_no_flipped_byte_does_harm),
		cmocka_unit_test(callers_and_leaves_that_are_not_there_are_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

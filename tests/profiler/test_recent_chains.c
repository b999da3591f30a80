/* SPDX-License-Identifier: MIT */
#include "profiler/recent_chains.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PID = 10, TID = 11, OTHER = 12 };
enum { MAIN = 0x100, PARSE = 0x200, EVAL = 0x300, CALL = 0x400, LEAF = 0x500 };

struct fixture {
	struct recent_chains recent;
	struct chain chain; /* the last one that was given */
	struct event sample;
};

static int begin(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->sample = (struct event){ .pid = PID, .tid = TID, .time_ns = 1000 };
	*state = fixture;
	return 0;
}

static int end(void **state)
{
	struct fixture *fixture = *state;

	recent_chains_deinit(&fixture->recent);
	assert_int_equal(fixture->recent.bytes, 0);
	free(fixture);
	return 0;
}

static void give(struct fixture *fixture, enum stack_end end, const struct chain_frame *frames,
		 size_t count)
{
	struct chain *chain = &fixture->chain;

	memcpy(chain->frames, frames, count * sizeof(*frames));
	chain->count = count;
	chain->end = end;
	chain->is_joined = false;
	fixture->sample.time_ns++;
	recent_chains_join(&fixture->recent, &fixture->sample, chain);
}

/* One sample: its end, and {pc, stack pointer} of its frames, leaf first. */
#define GIVE(fixture, end, ...)                                                                    \
	give(fixture, end, (const struct chain_frame[]){ __VA_ARGS__ },                            \
	     sizeof((const struct chain_frame[]){ __VA_ARGS__ }) / sizeof(struct chain_frame))
#define GIVE_COMPLETE(fixture, ...)  GIVE(fixture, STACK_END_COMPLETE, __VA_ARGS__)
#define GIVE_TRUNCATED(fixture, ...) GIVE(fixture, STACK_END_TRUNCATED_COPY, __VA_ARGS__)

static void assert_chain(const struct fixture *fixture, bool is_joined, size_t count,
			 const struct chain_frame *frames)
{
	assert_int_equal(fixture->chain.is_joined, is_joined);
	assert_int_equal(fixture->chain.count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(fixture->chain.frames[i].pc, frames[i].pc);
		assert_int_equal(fixture->chain.frames[i].sp_low, frames[i].sp_low);
	}
}

static void assert_not_joined(const struct fixture *fixture, size_t count)
{
	assert_int_equal(fixture->chain.end, STACK_END_TRUNCATED_COPY);
	assert_false(fixture->chain.is_joined);
	assert_int_equal(fixture->chain.count, count);
}

static void a_cut_chain_gets_the_callers_of_the_frame_it_reached(void **state)
{
	struct fixture *fixture = *state;
	static const struct chain_frame joined[] = {
		{ LEAF + 8, 60 }, { EVAL, 70 }, { EVAL, 80 }, { PARSE, 90 }, { MAIN, 99 }
	};

	GIVE_COMPLETE(fixture, { LEAF, 75 }, { EVAL, 80 }, { PARSE, 90, .is_guessed = true },
		      { MAIN, 99 });
	assert_int_equal(fixture->chain.count, 4);
	assert_false(fixture->chain.is_joined);
	GIVE_TRUNCATED(fixture, { LEAF + 8, 60 }, { EVAL, 70 }, { EVAL, 80 });
	assert_chain(fixture, true, 5, joined);
	assert_int_equal(fixture->chain.end, STACK_END_TRUNCATED_COPY);
	assert_false(fixture->chain.frames[2].is_guessed);
	assert_true(fixture->chain.frames[3].is_guessed);
}

static void kernel_frames_are_neither_joined_nor_joined_to(void **state)
{
	struct fixture *fixture = *state;

	GIVE_COMPLETE(fixture, { 0xffffffff81000000, .is_kernel = true }, { LEAF, 75 },
		      { EVAL, 80 }, { MAIN, 99 });
	GIVE_TRUNCATED(fixture, { 0xffffffff81000010, .is_kernel = true }, { CALL, 70 },
		       { EVAL, 80 });
	assert_int_equal(fixture->chain.count, 4);
	assert_true(fixture->chain.frames[0].is_kernel);
	assert_int_equal(fixture->chain.frames[3].pc, MAIN);
	GIVE_TRUNCATED(fixture, { 0xffffffff81000010, .is_kernel = true });
	assert_not_joined(fixture, 1);
}

static void the_same_pc_at_another_stack_pointer_is_another_frame(void **state)
{
	struct fixture *fixture = *state;

	GIVE_COMPLETE(fixture, { LEAF, 75 }, { EVAL, 80 }, { MAIN, 99 });
	for (uint32_t sp = 70; sp < 90; sp++) {
		GIVE_TRUNCATED(fixture, { LEAF, 60 }, { EVAL, sp });
		assert_int_equal(fixture->chain.is_joined, sp == 80);
	}
}

static void another_pc_at_the_same_stack_pointer_is_another_frame(void **state)
{
	struct fixture *fixture = *state;

	GIVE_COMPLETE(fixture, { LEAF, 75 }, { EVAL, 80 }, { MAIN, 99 });
	GIVE_TRUNCATED(fixture, { LEAF, 60 }, { EVAL + 5, 80 });
	assert_not_joined(fixture, 2);
}

static void an_outermost_frame_has_no_callers_to_give(void **state)
{
	struct fixture *fixture = *state;

	GIVE_COMPLETE(fixture, { LEAF, 75 }, { EVAL, 80 });
	GIVE_TRUNCATED(fixture, { LEAF, 60 }, { EVAL, 80 });
	assert_not_joined(fixture, 2);
}

static void a_stack_may_lie_across_a_multiple_of_4_gib(void **state)
{
	struct fixture *fixture = *state;

	GIVE_COMPLETE(fixture, { LEAF, UINT32_MAX - 40 }, { EVAL, UINT32_MAX - 20 }, { PARSE, 10 },
		      { MAIN, 30 });
	GIVE_TRUNCATED(fixture, { LEAF, UINT32_MAX - 60 }, { EVAL, UINT32_MAX - 20 });
	assert_int_equal(fixture->chain.count, 4);
	GIVE_TRUNCATED(fixture, { LEAF, UINT32_MAX - 60 }, { PARSE, 10 });
	assert_int_equal(fixture->chain.count, 3);
}

static void chains_of_other_threads_are_not_joined_to(void **state)
{
	struct fixture *fixture = *state;

	GIVE_COMPLETE(fixture, { LEAF, 75 }, { EVAL, 80 }, { MAIN, 99 });
	fixture->sample.tid = OTHER;
	GIVE_TRUNCATED(fixture, { LEAF, 60 }, { EVAL, 80 });
	assert_not_joined(fixture, 2);
	/* In the same bucket. */
	fixture->sample.tid = TID + RECENT_CHAINS_BUCKETS;
	GIVE_TRUNCATED(fixture, { LEAF, 60 }, { EVAL, 80 });
	assert_not_joined(fixture, 2);
	/* The thread number of another process, whose end was lost. */
	fixture->sample.tid = TID;
	fixture->sample.pid = PID + 1;
	GIVE_TRUNCATED(fixture, { LEAF, 60 }, { EVAL, 80 });
	assert_not_joined(fixture, 2);
}

static void a_forgotten_thread_begins_anew(void **state)
{
	struct fixture *fixture = *state;

	GIVE_COMPLETE(fixture, { LEAF, 75 }, { EVAL, 80 }, { MAIN, 99 });
	fixture->sample.tid = OTHER;
	GIVE_COMPLETE(fixture, { LEAF, 75 }, { EVAL, 80 }, { MAIN, 99 });
	recent_chains_forget(&fixture->recent, TID);
	recent_chains_forget(&fixture->recent, TID);
	GIVE_TRUNCATED(fixture, { LEAF, 60 }, { EVAL, 80 });
	assert_true(fixture->chain.is_joined);
	fixture->sample.tid = TID;
	GIVE_TRUNCATED(fixture, { LEAF, 60 }, { EVAL, 80 });
	assert_not_joined(fixture, 2);
}

static void the_newest_chain_that_passed_the_frame_is_taken(void **state)
{
	struct fixture *fixture = *state;

	GIVE_COMPLETE(fixture, { LEAF, 75 }, { EVAL, 80 }, { PARSE, 90 }, { MAIN, 99 });
	GIVE_COMPLETE(fixture, { LEAF, 75 }, { EVAL, 80 }, { CALL, 90 }, { MAIN, 99 });
	GIVE_COMPLETE(fixture, { LEAF, 85 }, { PARSE, 90 }, { MAIN, 99 });
	GIVE_TRUNCATED(fixture, { LEAF, 60 }, { EVAL, 80 });
	assert_int_equal(fixture->chain.frames[2].pc, PARSE);
	GIVE_COMPLETE(fixture, { LEAF, 75 }, { EVAL, 80 }, { CALL, 90 }, { MAIN, 99 });
	GIVE_TRUNCATED(fixture, { LEAF, 60 }, { EVAL, 80 });
	assert_int_equal(fixture->chain.frames[2].pc, CALL);
}

static void shorter_stacks_on_the_same_way_do_not_push_out_a_longer_one(void **state)
{
	struct fixture *fixture = *state;

	GIVE_COMPLETE(fixture, { LEAF, 65 }, { EVAL, 70 }, { EVAL, 80 }, { EVAL, 90 },
		      { MAIN, 99 });
	for (uint64_t i = 0; i < 100; i++) {
		GIVE_COMPLETE(fixture, { LEAF + i, 75 }, { EVAL, 80 }, { EVAL, 90 }, { MAIN, 99 });
		GIVE_COMPLETE(fixture, { LEAF + i, 85 }, { EVAL, 90 }, { MAIN, 99 });
	}
	GIVE_TRUNCATED(fixture, { LEAF, 60 }, { EVAL, 70 });
	assert_int_equal(fixture->chain.count, 5);
}

static void what_was_joined_is_joined_to(void **state)
{
	struct fixture *fixture = *state;

	GIVE_COMPLETE(fixture, { LEAF, 0x9900 }, { EVAL, 0xa000 }, { MAIN, 0xb000 });
	for (uint32_t depth = 1; depth <= 100; depth++) {
		uint32_t sp = 0xa000 - 0x100 * depth;

		GIVE_TRUNCATED(fixture, { LEAF, sp - 8 }, { EVAL, sp }, { EVAL, sp + 0x100 });
		assert_true(fixture->chain.is_joined);
		assert_int_equal(fixture->chain.count, depth + 3);
		assert_int_equal(fixture->chain.frames[depth + 2].pc, MAIN);
	}
}

static void only_what_leads_to_the_beginning_is_joined_to(void **state)
{
	struct fixture *fixture = *state;

	for (int end = 0; end < STACK_END_COUNT; end++) {
		if (end == STACK_END_COMPLETE || end == STACK_END_DEPTH_LIMIT)
			continue;
		GIVE(fixture, (enum stack_end)end, { LEAF, 75 }, { EVAL, 80 }, { MAIN, 99 });
		GIVE_TRUNCATED(fixture, { LEAF, 60 }, { EVAL, 80 });
		assert_not_joined(fixture, 2);
	}
}

static void only_what_the_copy_cut_off_is_joined(void **state)
{
	struct fixture *fixture = *state;

	for (int end = 0; end < STACK_END_COUNT; end++) {
		GIVE_COMPLETE(fixture, { LEAF, 75 }, { EVAL, 80 }, { MAIN, 99 });
		GIVE(fixture, (enum stack_end)end, { LEAF, 60 }, { EVAL, 80 });
		assert_int_equal(fixture->chain.is_joined, end == STACK_END_TRUNCATED_COPY);
		assert_int_equal(fixture->chain.end, end);
	}
}

static void a_sample_out_of_order_is_left_alone(void **state)
{
	struct fixture *fixture = *state;

	GIVE_COMPLETE(fixture, { LEAF, 75 }, { EVAL, 80 }, { MAIN, 99 });
	fixture->sample.time_ns = 500;
	GIVE_TRUNCATED(fixture, { LEAF, 60 }, { EVAL, 80 });
	assert_not_joined(fixture, 2);
	GIVE_COMPLETE(fixture, { LEAF, 60 }, { CALL, 70 }, { MAIN, 99 });
	fixture->sample.time_ns = 2000;
	GIVE_TRUNCATED(fixture, { LEAF, 50 }, { CALL, 70 });
	assert_not_joined(fixture, 2);
}

/* A chain of EVAL frames, 16 bytes each, whose leaf is so many frames below the outermost. */
static void give_deep(struct fixture *fixture, size_t depth, size_t count, enum stack_end end)
{
	static struct chain_frame frames[STACK_DEPTH_LIMIT];

	for (size_t i = 0; i < count; i++)
		frames[i] = (struct chain_frame){ EVAL, (uint32_t)(0xff000000 - 16 * (depth - i)) };
	give(fixture, end, frames, count);
}

static void frames_above_the_limit_are_cut_and_the_end_says_so(void **state)
{
	struct fixture *fixture = *state;

	give_deep(fixture, 2999, 3000, STACK_END_COMPLETE);
	for (size_t depth = 3999; depth < 20000; depth += 1000) {
		give_deep(fixture, depth, 2000, STACK_END_TRUNCATED_COPY);
		assert_true(fixture->chain.is_joined);
		assert_int_equal(fixture->chain.count,
				 depth < STACK_DEPTH_LIMIT ? depth + 1 : STACK_DEPTH_LIMIT);
		assert_int_equal(fixture->chain.end, depth < STACK_DEPTH_LIMIT
							     ? STACK_END_TRUNCATED_COPY
							     : STACK_END_DEPTH_LIMIT);
	}
	/* Joined to frames 19,999 to 12,000: there is room, but what is further out is not known. */
	give_deep(fixture, 18499, 1000, STACK_END_TRUNCATED_COPY);
	assert_true(fixture->chain.is_joined);
	assert_int_equal(fixture->chain.count, 6500);
	assert_int_equal(fixture->chain.end, STACK_END_DEPTH_LIMIT);
	/* What is whole was not pushed out by what is cut. */
	give_deep(fixture, 6999, 2000, STACK_END_TRUNCATED_COPY);
	assert_int_equal(fixture->chain.end, STACK_END_TRUNCATED_COPY);
	assert_int_equal(fixture->chain.count, 7000);
}

static void memory_is_bounded_and_the_threads_longest_unseen_go_first(void **state)
{
	struct fixture *fixture = *state;

	for (uint32_t tid = 1; tid <= 1000; tid++) {
		fixture->sample.tid = tid;
		give_deep(fixture, 7999, 8000, STACK_END_COMPLETE);
		assert_true(fixture->recent.bytes <= RECENT_CHAINS_BYTES_MAX);
	}
	assert_true(fixture->recent.bytes > RECENT_CHAINS_BYTES_MAX / 2);
	for (uint32_t tid = 1; tid <= 1000; tid++) {
		bool is_kept = tid > 900;

		if (!is_kept && tid > 400)
			continue;
		fixture->sample.tid = tid;
		give_deep(fixture, 4999, 10, STACK_END_TRUNCATED_COPY);
		assert_int_equal(fixture->chain.is_joined, is_kept);
	}
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_cut_chain_gets_the_callers_of_the_frame_it_reached),
		EACH(kernel_frames_are_neither_joined_nor_joined_to),
		EACH(the_same_pc_at_another_stack_pointer_is_another_frame),
		EACH(another_pc_at_the_same_stack_pointer_is_another_frame),
		EACH(an_outermost_frame_has_no_callers_to_give),
		EACH(a_stack_may_lie_across_a_multiple_of_4_gib),
		EACH(chains_of_other_threads_are_not_joined_to),
		EACH(a_forgotten_thread_begins_anew),
		EACH(the_newest_chain_that_passed_the_frame_is_taken),
		EACH(shorter_stacks_on_the_same_way_do_not_push_out_a_longer_one),
		EACH(what_was_joined_is_joined_to),
		EACH(only_what_leads_to_the_beginning_is_joined_to),
		EACH(only_what_the_copy_cut_off_is_joined),
		EACH(a_sample_out_of_order_is_left_alone),
		EACH(frames_above_the_limit_are_cut_and_the_end_says_so),
		EACH(memory_is_bounded_and_the_threads_longest_unseen_go_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

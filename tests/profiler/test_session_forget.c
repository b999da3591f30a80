/* SPDX-License-Identifier: MIT */
/*
 * Sessions that go on for hours: what they forget, and what they learn late. The dumps are written
 * by libjitdump, of this process.
 */
#include "profiler/profile.h"
#include "profiler/session.h"
#include "support/announcing_world.h"
#include "support/scratch_directory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

static struct announcing_world fixture;

static int end(void **state)
{
	announcing_world_deinit(&fixture);
	return scratch_directory_destroy(state);
}

/* A profile with the location of a frame of a sample. */
static struct profile *profile_of(size_t sample, size_t frame)
{
	struct profile *profile = profile_create();

	profile_location(profile, fixture.world.samples[sample].frames[frame].location);
	return profile;
}

static void forget_all_but(const struct profile *kept)
{
	session_forget(fixture.world.session, &kept, kept != NULL);
}

static void code_that_a_kept_profile_names_outlives_its_replacement(void **state)
{
	announcing_world_init_forgetful(&fixture, *state, false);
	announcing_world_mark(&fixture, fixture.pid);
	announce_fib(&fixture);
	announce_main(&fixture);
	session_poll(fixture.world.session, later_ns(&fixture));
	world_sample(&fixture.world, announcing_world_now_ns(), fixture.pid, fixture.pid,
		     CHAIN(USER, FIB + 4, MAIN + 9));
	/* All of it is announced anew, many times. */
	for (int i = 0; i < 1000; i++) {
		announce(&fixture, FIB, "newer", NULL, 0);
		announce(&fixture, MAIN, "newest", NULL, 0);
	}
	session_poll(fixture.world.session, later_ns(&fixture) + SECOND_NS);
	world_sample(&fixture.world, later_ns(&fixture) + 20 * SECOND_NS, fixture.pid, fixture.pid,
		     CHAIN(USER, FIB + 4, MAIN + 9));
	struct profile *kept = profile_of(0, 0);

	forget_all_but(kept);
	assert_string_equal(world_name(&fixture.world, 0, 0), "fib");
	assert_int_equal(world_frame_names(&fixture.world, 0, 0)->line, 12);
	assert_string_equal(world_name(&fixture.world, 0, 1), "[jit?]"); /* it was not kept */
	assert_string_equal(world_name(&fixture.world, 1, 0), "newer");
	assert_string_equal(world_name(&fixture.world, 1, 1), "newest");
	profile_destroy(kept);
}

static void a_dump_goes_with_its_process_once_nothing_names_its_code(void **state)
{
	announcing_world_init_forgetful(&fixture, *state, false);
	announcing_world_mark(&fixture, fixture.pid);
	announce_fib(&fixture);
	session_poll(fixture.world.session, later_ns(&fixture));
	world_sample(&fixture.world, later_ns(&fixture), fixture.pid, fixture.pid,
		     CHAIN(USER, FIB + 4));
	world_exit(&fixture.world, later_ns(&fixture) + 1, fixture.pid, fixture.pid);
	session_poll(fixture.world.session, later_ns(&fixture) + 20 * SECOND_NS);
	struct profile *kept = profile_of(0, 0);

	forget_all_but(kept);
	assert_string_equal(world_name(&fixture.world, 0, 0), "fib");
	forget_all_but(NULL);
	forget_all_but(NULL);
	profile_destroy(kept);
}

/* A sample in fib that waited for it, in vain. */
static struct profile *expired_sample(const char *directory)
{
	announcing_world_init_forgetful(&fixture, directory, true);
	announcing_world_mark(&fixture, fixture.pid);
	feed_fib_called_by_main(&fixture, later_ns(&fixture));
	session_poll(fixture.world.session, later_ns(&fixture) + 3 * SECOND_NS);
	assert_int_equal(fixture.world.count, 1);
	assert_int_equal(fixture.world.samples[0].frames[0].kind, CODE_JIT_UNKNOWN);
	return profile_of(0, 0);
}

static const struct named_frame *name_of(const struct profile *profile, uint32_t number)
{
	size_t count;

	return naming_frames(fixture.world.naming, profile->locations[number], &count);
}

static void a_sample_that_waited_in_vain_is_named_when_its_code_is_announced(void **state)
{
	struct profile *profile = expired_sample(*state);
	uint32_t number;

	assert_false(session_is_resolved(fixture.world.session, profile->locations[0]));
	assert_string_equal(name_of(profile, 0)->function, "[jit?]");
	assert_false(session_resolve(fixture.world.session, profile));
	announce_fib(&fixture);
	session_poll(fixture.world.session, later_ns(&fixture) + 4 * SECOND_NS);
	assert_true(session_resolve(fixture.world.session, profile));
	assert_true(session_is_resolved(fixture.world.session, profile->locations[0]));
	assert_string_equal(name_of(profile, 0)->function, "fib");
	assert_int_equal(name_of(profile, 0)->line, 12);
	/* What is sampled there from now on is the same location. */
	feed_fib_called_by_main(&fixture, later_ns(&fixture) + 5 * SECOND_NS);
	session_finish(fixture.world.session);
	number = profile_location(profile, fixture.world.samples[1].frames[0].location);
	assert_int_equal(number, 0);
	profile_destroy(profile);
}

static void a_perf_map_that_comes_late_names_what_was_sampled_before(void **state)
{
	struct profile *profile = expired_sample(*state);
	char path[64];
	FILE *map;

	snprintf(path, sizeof(path), "/tmp/perf-%u.map", fixture.pid);
	map = fopen(path, "wxe");
	assert_non_null(map);
	fprintf(map, "%x %x mapped fib\n", FIB, CODE_SIZE);
	fclose(map);
	session_poll(fixture.world.session, later_ns(&fixture) + 5 * SECOND_NS);
	unlink(path);
	assert_true(session_resolve(fixture.world.session, profile));
	assert_string_equal(name_of(profile, 0)->function, "mapped fib");
	profile_destroy(profile);
}

static void two_unknown_addresses_are_two_places(void **state)
{
	struct profile *profile = expired_sample(*state);

	world_stack_sample(&fixture.world, later_ns(&fixture) + 4 * SECOND_NS, fixture.pid,
			   MAIN + 4, STACK, (const uint64_t[]){ 0 }, 1);
	session_poll(fixture.world.session, later_ns(&fixture) + 8 * SECOND_NS);
	profile_location(profile, fixture.world.samples[1].frames[0].location);
	announce_main(&fixture);
	session_poll(fixture.world.session, later_ns(&fixture) + 9 * SECOND_NS);
	assert_true(session_resolve(fixture.world.session, profile));
	assert_string_equal(name_of(profile, 0)->function, "[jit?]");
	assert_string_equal(name_of(profile, 1)->function, "main");
	profile_destroy(profile);
}

static void an_unknown_address_that_no_profile_has_is_forgotten(void **state)
{
	struct profile *profile = expired_sample(*state);

	forget_all_but(profile);
	forget_all_but(NULL);
	announce_fib(&fixture);
	session_poll(fixture.world.session, later_ns(&fixture) + 4 * SECOND_NS);
	assert_false(session_resolve(fixture.world.session, profile));
	assert_string_equal(name_of(profile, 0)->function, "[jit?]");
	profile_destroy(profile);
}

static void what_a_process_left_unknown_stays_so_once_it_is_gone(void **state)
{
	struct profile *profile = expired_sample(*state);

	world_exit(&fixture.world, later_ns(&fixture) + 4 * SECOND_NS, fixture.pid, fixture.pid);
	session_poll(fixture.world.session, later_ns(&fixture) + 20 * SECOND_NS);
	forget_all_but(profile);
	forget_all_but(profile);
	announce_fib(&fixture);
	session_finish(fixture.world.session);
	assert_false(session_resolve(fixture.world.session, profile));
	assert_string_equal(name_of(profile, 0)->function, "[jit?]");
	profile_destroy(profile);
}

static void a_dump_stays_while_a_sample_waits_for_it(void **state)
{
	announcing_world_init_forgetful(&fixture, *state, true);
	announcing_world_mark(&fixture, fixture.pid);
	feed_fib_called_by_main(&fixture, later_ns(&fixture));
	world_comm(&fixture.world, later_ns(&fixture) + 1, fixture.pid, fixture.pid, "other", true);
	forget_all_but(NULL);
	announce_fib(&fixture);
	announce_main(&fixture);
	session_poll(fixture.world.session, later_ns(&fixture) + SECOND_NS);
	assert_int_equal(fixture.world.count, 1);
	assert_string_equal(world_name(&fixture.world, 0, 0), "fib");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, scratch_directory_create, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(code_that_a_kept_profile_names_outlives_its_replacement),
		TEST(a_dump_goes_with_its_process_once_nothing_names_its_code),
		TEST(a_sample_that_waited_in_vain_is_named_when_its_code_is_announced),
		TEST(a_perf_map_that_comes_late_names_what_was_sampled_before),
		TEST(two_unknown_addresses_are_two_places),
		TEST(an_unknown_address_that_no_profile_has_is_forgotten),
		TEST(what_a_process_left_unknown_stays_so_once_it_is_gone),
		TEST(a_dump_stays_while_a_sample_waits_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

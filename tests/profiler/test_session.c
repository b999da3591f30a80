/* SPDX-License-Identifier: MIT */
/* What records change: chains, processes, mappings, counts. */
#include "profiler/session.h"

#include "support/session_world.h"

#include <inttypes.h>
#include <linux/perf_event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { PID = 10 };

#define KERNEL ((uint64_t)PERF_CONTEXT_KERNEL)
#define USER   ((uint64_t)PERF_CONTEXT_USER)

static const struct world_mapping library = {
	.start = 0x1000, .size = 0x1000, .file_offset = 0, .path = "/nowhere/libgone.so"
};

static struct session_world world;

static int begin(void **state)
{
	(void)state;
	session_world_init(&world, false, false);
	return 0;
}

static int end(void **state)
{
	(void)state;
	session_world_deinit(&world);
	return 0;
}

static const struct world_frame *frame_of(size_t sample, size_t frame)
{
	assert_true(sample < world.count && frame < world.samples[sample].count);
	return &world.samples[sample].frames[frame];
}

static void the_first_address_behind_a_marker_ran_and_the_others_are_returned_to(void **state)
{
	static const bool is_kernel[] = { true, true, false, false, false };
	static const bool is_return[] = { false, true, false, true, true };

	(void)state;
	world_mmap(&world, 1, PID, &library);
	world_sample(&world, 2, PID, PID,
		     CHAIN(KERNEL, 0xffffffff81000010, 0xffffffff81000020, USER, 0x1010, 0x1020,
			   0x1030));
	assert_int_equal(world.count, 1);
	assert_int_equal(world.samples[0].count, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(frame_of(0, i)->is_kernel, is_kernel[i]);
		assert_int_equal(frame_of(0, i)->is_return, is_return[i]);
	}
	assert_int_equal(world.samples[0].end, STACK_END_UNTOLD);
}

static void a_return_address_looks_up_one_byte_back(void **state)
{
	(void)state;
	world_mmap(&world, 1, PID, &library);
	world_sample(&world, 2, PID, PID, CHAIN(USER, 0x1010, 0x1020, 0x2000, 0x1000));
	assert_int_equal(frame_of(0, 0)->location.image_address, 0x10);
	assert_int_equal(frame_of(0, 1)->location.image_address, 0x1f);
	/* A call may be the last instruction of what is mapped, and never the one before it. */
	assert_int_equal(frame_of(0, 2)->location.image_address, 0xfff);
	assert_int_equal(frame_of(0, 3)->kind, CODE_UNMAPPED);
}

static void kernel_return_addresses_look_up_one_byte_back_too(void **state)
{
	(void)state;
	world_sample(&world, 2, PID, PID, CHAIN(KERNEL, 0xffffffff81000010, 0xffffffff81000020));
	assert_int_equal(frame_of(0, 0)->location.image_address, 0xffffffff81000010);
	assert_int_equal(frame_of(0, 1)->location.image_address, 0xffffffff8100001f);
	assert_int_equal(world.samples[0].end, STACK_END_NONE);
}

static void a_chain_without_addresses_is_the_place_where_the_cpu_was(void **state)
{
	(void)state;
	world_sample(&world, 1, PID, PID, CHAIN(USER));
	world_sample(&world, 2, PID, PID, CHAIN(0));
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(world.samples[i].count, 1);
		assert_int_equal(frame_of(i, 0)->pc, WORLD_IP_ALONE);
		assert_false(frame_of(i, 0)->is_return);
	}
}

/* The first mapping of this program that can run and whose path ends so. */
static void find_own_mapping(const char *path_end, struct world_mapping *mapping, char path[4096])
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[8192], permissions[8];
	uint64_t last;

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps)) {
		int count =
			sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %*s %*s %4095s",
			       &mapping->start, &last, permissions, &mapping->file_offset, path);
		size_t length = strlen(path_end);

		mapping->size = last - mapping->start;
		mapping->path = path;
		if (count == 5 && permissions[2] == 'x' && strlen(path) > length &&
		    !strcmp(path + strlen(path) - length, path_end)) {
			fclose(maps);
			return;
		}
	}
	fclose(maps);
	fail_msg("nothing is mapped from %s", path_end);
}

static void a_signal_handler_returns_to_the_trampoline_and_not_behind_a_call(void **state)
{
	/* mov $__NR_rt_sigreturn, %rax; syscall */
	static const uint8_t trampoline[] = { 0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05 };
	struct world_mapping libc = { 0 };
	char path[4096];

	(void)state;
#if !defined(__x86_64__)
	skip();
#endif
	find_own_mapping("/libc.so.6", &libc, path);
	const uint8_t *found = memmem((const void *)(uintptr_t)libc.start, libc.size, trampoline,
				      sizeof(trampoline));

	assert_non_null(found);
	world_mmap(&world, 1, PID, &library);
	world_mmap(&world, 1, PID, &libc);
	world_sample(&world, 2, PID, PID, CHAIN(USER, 0x1010, (uintptr_t)found, 0x1020, 0x1030));
	assert_false(frame_of(0, 1)->is_return);
	assert_false(frame_of(0, 2)->is_return); /* it was interrupted there */
	assert_int_equal(frame_of(0, 2)->location.image_address, 0x20);
	assert_true(frame_of(0, 3)->is_return);
	assert_int_equal(frame_of(0, 3)->location.image_address, 0x2f);
}

static void exec_drops_what_was_mapped(void **state)
{
	(void)state;
	world_mmap(&world, 1, PID, &library);
	world_comm(&world, 2, PID, PID, "before", false);
	world_sample(&world, 3, PID, PID, CHAIN(USER, 0x1010));
	world_comm(&world, 4, PID, PID, "after", true);
	world_sample(&world, 5, PID, PID, CHAIN(USER, 0x1010));
	assert_int_equal(frame_of(0, 0)->kind, CODE_FILE);
	assert_string_equal(world.samples[0].comm, "before");
	assert_int_equal(frame_of(1, 0)->kind, CODE_UNMAPPED);
	assert_string_equal(world.samples[1].comm, "after");
}

static void a_forked_child_has_what_its_parent_had_then(void **state)
{
	static const struct world_mapping later = { .start = 0x5000, .size = 0x1000, .path = "/x" };

	(void)state;
	world_comm(&world, 1, PID, PID, "parent", false);
	world_mmap(&world, 1, PID, &library);
	world_fork(&world, 2, 20, 20, PID, PID);
	world_mmap(&world, 3, PID, &later);
	world_sample(&world, 4, 20, 20, CHAIN(USER, 0x1010, 0x5010));
	assert_int_equal(frame_of(0, 0)->kind, CODE_FILE);
	assert_int_equal(frame_of(0, 1)->kind, CODE_UNMAPPED);
	assert_string_equal(world.samples[0].comm, "parent");
}

static void threads_share_their_processs_mappings(void **state)
{
	(void)state;
	world_comm(&world, 1, PID, PID, "app", false);
	world_fork(&world, 1, PID, 11, PID, PID);
	world_mmap(&world, 2, PID, &library);
	world_comm(&world, 3, PID, 11, "worker", false);
	world_sample(&world, 4, PID, 11, CHAIN(USER, 0x1010));
	world_exit(&world, 5, PID, 11);
	world_sample(&world, 6, PID, PID, CHAIN(USER, 0x1010));
	assert_int_equal(frame_of(0, 0)->kind, CODE_FILE);
	assert_string_equal(world.samples[0].comm, "worker");
	assert_string_equal(world.samples[1].comm, "app");
}

static void samples_behind_the_exit_of_their_process_are_still_located(void **state)
{
	(void)state;
	world_mmap(&world, 1, PID, &library);
	world_exit(&world, 2, PID, PID);
	world_sample(&world, 3, PID, PID, CHAIN(USER, 0x1010));
	assert_int_equal(frame_of(0, 0)->kind, CODE_FILE);
}

static void memory_without_a_file_of_its_own_is_where_jit_code_may_be(void **state)
{
	static const struct {
		const char *path;
		enum code_kind kind;
	} cases[] = {
		{ "//anon", CODE_JIT_UNKNOWN },
		{ "", CODE_JIT_UNKNOWN },
		{ "[heap]", CODE_JIT_UNKNOWN },
		{ "[stack]", CODE_JIT_UNKNOWN },
		{ "[anon:v8]", CODE_JIT_UNKNOWN },
		{ "/memfd:doublemapper (deleted)", CODE_JIT_UNKNOWN },
		{ "/dev/zero (deleted)", CODE_JIT_UNKNOWN },
		{ "/SYSV00000000 (deleted)", CODE_JIT_UNKNOWN },
		{ "/usr/lib/libc.so.6", CODE_FILE },
		{ "/tmp/deleted.so (deleted)", CODE_FILE },
		{ "[vdso]", CODE_FILE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct world_mapping mapping = { .start = 0x1000,
						       .size = 0x1000,
						       .path = cases[i].path };

		world_mmap(&world, 1 + i, PID, &mapping);
		world_sample(&world, 1 + i, PID, PID, CHAIN(USER, 0x1010));
		assert_int_equal(frame_of(i, 0)->kind, cases[i].kind);
	}
}

static void a_function_without_a_name_is_called_like_its_module(void **state)
{
	(void)state;
	world_mmap(&world, 1, PID, &library);
	world_mmap(&world, 1, PID,
		   &(struct world_mapping){ .start = 0x8000, .size = 0x1000, .path = "//anon" });
	world_sample(&world, 2, PID, PID, CHAIN(USER, 0x1010, 0x8010, 0xdead));
	session_finish(world.session);
	assert_string_equal(world_name(&world, 0, 0), "[libgone.so]");
	assert_string_equal(world_frame_names(&world, 0, 0)->module, "libgone.so");
	assert_false(world_frame_names(&world, 0, 0)->has_name);
	assert_string_equal(world_name(&world, 0, 1), "[jit?]");
	assert_string_equal(world_name(&world, 0, 2), "[unknown]");
}

static void what_was_lost_or_late_or_unreadable_is_counted(void **state)
{
	struct session_counts counts;
	const struct perf_event_header too_short = { .type = PERF_RECORD_SAMPLE, .size = 8 };

	(void)state;
	world_sample(&world, 100, PID, PID, CHAIN(USER, 0x1010));
	world_lost(&world, 110, 7);
	world_lost(&world, 120, 3);
	world_sample(&world, 90, PID, PID, CHAIN(USER, 0x1010));
	world_sample(&world, 200, PID, PID, CHAIN(USER, 0x1010));
	session_feed(world.session, &too_short);
	counts = session_counts(world.session);
	assert_int_equal(counts.samples, 3);
	assert_int_equal(counts.lost, 10);
	assert_int_equal(counts.behind_horizon, 1);
	assert_int_equal(counts.undecodable, 1);
	assert_int_equal(counts.first_ns, 90);
	assert_int_equal(counts.last_ns, 200);
}

static void a_chain_deeper_than_the_limit_is_cut_at_it(void **state)
{
	static uint64_t chain[STACK_DEPTH_LIMIT + 3];

	(void)state;
	chain[0] = USER;
	for (size_t i = 1; i < STACK_DEPTH_LIMIT + 2; i++)
		chain[i] = 0x1010;
	world_sample(&world, 1, PID, PID, chain);
	assert_int_equal(world.samples[0].count, STACK_DEPTH_LIMIT);
}

static void a_build_id_that_the_recording_tells_elsewhere_is_the_mappings(void **state)
{
	const struct build_id build_id = { .bytes = { 1, 2, 3 }, .size = 20 };

	(void)state;
	session_add_build_id(world.session, library.path, &build_id);
	world_mmap(&world, 1, PID, &library);
	world_mmap(&world, 1, PID,
		   &(struct world_mapping){ .start = 0x8000, .size = 0x1000, .path = "/other" });
	world_sample(&world, 2, PID, PID, CHAIN(USER, 0x1010, 0x8010));
	const struct image *told =
		symbolizer_image(world.symbolizer, frame_of(0, 0)->location.image_id);
	const struct image *other =
		symbolizer_image(world.symbolizer, frame_of(0, 1)->location.image_id);

	assert_int_equal(told->build_id.size, 20);
	assert_memory_equal(told->build_id.bytes, build_id.bytes, 20);
	assert_int_equal(other->build_id.size, 0);
}

static void two_build_ids_of_one_path_tell_nothing(void **state)
{
	const struct build_id before = { .bytes = { 1 }, .size = 20 },
			      after = { .bytes = { 2 }, .size = 20 };

	(void)state;
	session_add_build_id(world.session, library.path, &before);
	session_add_build_id(world.session, library.path, &after);
	world_mmap(&world, 1, PID, &library);
	world_sample(&world, 2, PID, PID, CHAIN(USER, 0x1010));
	assert_int_equal(symbolizer_image(world.symbolizer, frame_of(0, 0)->location.image_id)
				 ->build_id.size,
			 0);
}

static void remarks_are_made_once(void **state)
{
	static const struct world_mapping marker = { .start = 0x1000,
						     .size = 0x1000,
						     .path = "/nowhere/jit-10.dump" };

	(void)state;
	world_mmap(&world, 1, PID, &marker);
	world_mmap(&world, 2, PID, &marker);
	assert_int_equal(session_remark_count(world.session), 1);
	assert_non_null(strstr(session_remark(world.session, 0), "/nowhere/jit-10.dump"));
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(the_first_address_behind_a_marker_ran_and_the_others_are_returned_to),
		EACH(a_return_address_looks_up_one_byte_back),
		EACH(kernel_return_addresses_look_up_one_byte_back_too),
		EACH(a_chain_without_addresses_is_the_place_where_the_cpu_was),
		EACH(a_signal_handler_returns_to_the_trampoline_and_not_behind_a_call),
		EACH(exec_drops_what_was_mapped),
		EACH(a_forked_child_has_what_its_parent_had_then),
		EACH(threads_share_their_processs_mappings),
		EACH(samples_behind_the_exit_of_their_process_are_still_located),
		EACH(memory_without_a_file_of_its_own_is_where_jit_code_may_be),
		EACH(a_function_without_a_name_is_called_like_its_module),
		EACH(what_was_lost_or_late_or_unreadable_is_counted),
		EACH(a_chain_deeper_than_the_limit_is_cut_at_it),
		EACH(a_build_id_that_the_recording_tells_elsewhere_is_the_mappings),
		EACH(two_build_ids_of_one_path_tell_nothing),
		EACH(remarks_are_made_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

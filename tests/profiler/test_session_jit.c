/* SPDX-License-Identifier: MIT */
/*
 * Dumps and perf maps of a session: found, read on, named by the user, kept in a recording and used
 * again. The dumps are written by libjitdump, of this process.
 */
#include "profiler/jit_dumps.h"
#include "profiler/profile.h"
#include "profiler/section_bytes.h"
#include "profiler/session.h"
#include "support/announcing_world.h"
#include "support/buffered_writer.h"
#include "support/scratch_directory.h"
#include "symbolize/kernel_symbols.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct announcing_world fixture;

static int end(void **state)
{
	announcing_world_deinit(&fixture);
	return scratch_directory_destroy(state);
}

static void code_announced_after_its_samples_is_named_at_the_end(void **state)
{
	announcing_world_init(&fixture, *state, true, false);
	announcing_world_mark(&fixture, fixture.pid);
	world_sample(&fixture.world, later_ns(&fixture), fixture.pid, fixture.pid,
		     CHAIN(USER, FIB + 4, MAIN + 9));
	announce_fib(&fixture);
	announce_main(&fixture);
	world_sample(&fixture.world, later_ns(&fixture) + 1, fixture.pid, fixture.pid,
		     CHAIN(USER, FIB + 4, MAIN + 9));
	session_finish(fixture.world.session);
	world_sample(&fixture.world, later_ns(&fixture) + 2, fixture.pid, fixture.pid,
		     CHAIN(USER, FIB + 4, MAIN + 9));
	assert_string_equal(world_name(&fixture.world, 2, 0), "fib");
	assert_string_equal(world_name(&fixture.world, 2, 1), "main");
	assert_string_equal(world_frame_names(&fixture.world, 2, 0)->module, "[jit]");
	assert_string_equal(world_frame_names(&fixture.world, 2, 0)->file, "/app/fib.js");
	assert_int_equal(world_frame_names(&fixture.world, 2, 0)->line, 12);
	/* The call ends at offset 9: it began in line 13. */
	assert_int_equal(world_frame_names(&fixture.world, 2, 1)->line, 13);
}

static void a_sample_ahead_of_its_announcement_waits_for_it(void **state)
{
	announcing_world_init(&fixture, *state, true, true);
	announcing_world_mark(&fixture, fixture.pid);
	feed_fib_called_by_main(&fixture, later_ns(&fixture));
	assert_int_equal(fixture.world.count, 0);
	announce_fib(&fixture);
	session_poll(fixture.world.session, later_ns(&fixture) + SECOND_NS / 10);
	/* Its caller is missing still. */
	assert_int_equal(fixture.world.count, 0);
	announce_main(&fixture);
	session_poll(fixture.world.session, later_ns(&fixture) + SECOND_NS / 5);
	assert_int_equal(fixture.world.count, 1);
	assert_true(fixture.world.samples[0].was_parked);
	assert_int_equal(fixture.world.samples[0].end, STACK_END_COMPLETE);
	assert_int_equal(fixture.world.samples[0].count, 2);
	assert_string_equal(world_name(&fixture.world, 0, 0), "fib");
	assert_string_equal(world_name(&fixture.world, 0, 1), "main");
	assert_false(fixture.world.samples[0].frames[1].is_guessed);
	assert_int_equal(session_counts(fixture.world.session).parked, 1);
	assert_int_equal(session_counts(fixture.world.session).parked_expired, 0);
}

/* The dump of this process again, as another one writes it. */
static void write_buffered(struct buffered_writer *writer, const char *path)
{
	FILE *from = fopen(fixture.path, "re");
	char bytes[4096];
	size_t size;

	assert_non_null(from);
	size = fread(bytes, 1, sizeof(bytes), from);
	fclose(from);
	assert_true(size > 100 && size < sizeof(bytes));
	buffered_writer_start(writer, path);
	buffered_writer_write(writer, bytes, 100);
	buffered_writer_flush(writer);
	buffered_writer_write(writer, bytes + 100, size - 100);
}

static void what_is_announced_in_its_writers_buffer_is_read_there(void **state)
{
	struct buffered_writer writer;
	char path[PATH_MAX];

	announcing_world_init(&fixture, *state, true, true);
	announce_fib(&fixture);
	announce_main(&fixture);
	snprintf(path, sizeof(path), "%s/buffered.dump", fixture.directory);
	write_buffered(&writer, path);
	fixture.pid = (uint32_t)writer.pid;
	world_mmap(
		&fixture.world, fixture.start_ns, fixture.pid,
		&(struct world_mapping){
			.start = 0x9000, .size = 0x1000, .path = path, .inode = inode_of(path) });
	world_mmap(&fixture.world, fixture.start_ns, fixture.pid, &code_memory);
	feed_fib_called_by_main(&fixture, later_ns(&fixture));
	assert_int_equal(fixture.world.count, 0);
	session_poll(fixture.world.session, later_ns(&fixture) + SECOND_NS / 5);
	assert_int_equal(fixture.world.count, 1);
	assert_string_equal(world_name(&fixture.world, 0, 0), "fib");
	assert_string_equal(world_name(&fixture.world, 0, 1), "main");
	/* Once more, when the file has it: nothing is announced twice. */
	buffered_writer_flush(&writer);
	session_poll(fixture.world.session, later_ns(&fixture) + SECOND_NS / 2);
	assert_int_equal(jit_code_count(jit_dump_at(fixture.world.session, 0).code), 2);
	buffered_writer_stop(&writer);
}

static void a_sample_that_waited_too_long_keeps_its_raw_address(void **state)
{
	announcing_world_init(&fixture, *state, true, true);
	announcing_world_mark(&fixture, fixture.pid);
	feed_fib_called_by_main(&fixture, later_ns(&fixture));
	session_poll(fixture.world.session, later_ns(&fixture) + 3 * SECOND_NS);
	assert_int_equal(fixture.world.count, 1);
	assert_true(fixture.world.samples[0].was_parked);
	assert_int_equal(fixture.world.samples[0].frames[0].pc, FIB + 4);
	assert_int_equal(fixture.world.samples[0].frames[0].kind, CODE_JIT_UNKNOWN);
	assert_int_equal(session_counts(fixture.world.session).parked_expired, 1);
}

static void the_end_finishes_what_still_waits(void **state)
{
	announcing_world_init(&fixture, *state, true, true);
	announcing_world_mark(&fixture, fixture.pid);
	feed_fib_called_by_main(&fixture, later_ns(&fixture));
	announce_fib(&fixture);
	announce_main(&fixture);
	session_finish(fixture.world.session);
	assert_int_equal(fixture.world.count, 1);
	assert_string_equal(world_name(&fixture.world, 0, 1), "main");
}

static void what_comes_too_fast_keeps_its_innermost_frame(void **state)
{
	announcing_world_init(&fixture, *state, true, true);
	announcing_world_mark(&fixture, fixture.pid);
	announce_fib(&fixture);
	announce_main(&fixture);
	session_poll(fixture.world.session, later_ns(&fixture));
	session_skip_unwinding(fixture.world.session, true);
	feed_fib_called_by_main(&fixture, later_ns(&fixture) + 1);
	session_skip_unwinding(fixture.world.session, false);
	feed_fib_called_by_main(&fixture, later_ns(&fixture) + 2);
	assert_int_equal(fixture.world.count, 2);
	assert_int_equal(fixture.world.samples[0].end, STACK_END_SKIPPED);
	assert_int_equal(fixture.world.samples[0].count, 1);
	assert_string_equal(world_name(&fixture.world, 0, 0), "fib");
	assert_int_equal(fixture.world.samples[1].count, 2);
	assert_int_equal(session_counts(fixture.world.session).unwind_skipped, 1);
	assert_int_equal(session_counts(fixture.world.session).unwound_frames, 2);
	assert_int_equal(session_counts(fixture.world.session).fallback_frames, 0);
}

static void a_sample_of_a_process_without_a_dump_does_not_wait(void **state)
{
	announcing_world_init(&fixture, *state, true, true);
	world_mmap(&fixture.world, fixture.start_ns, fixture.pid, &code_memory);
	feed_fib_called_by_main(&fixture, later_ns(&fixture));
	assert_int_equal(fixture.world.count, 1);
	assert_false(fixture.world.samples[0].was_parked);
}

/* fib, called by itself twice and by main; the copy holds all of it. */
static void feed_whole_stack(uint64_t time_ns)
{
	static const uint64_t words[] = { FIB + 9, FIB + 10, MAIN + 9, 0 };

	world_stack_sample(&fixture.world, time_ns, fixture.pid, FIB + 4, STACK, words, 4);
}

/* One call deeper, and the copy ends behind the first word of the stack above. */
static void feed_longer_stack(uint64_t time_ns, uint64_t ip)
{
	static const uint64_t words[] = { FIB + 11, FIB + 9 };

	world_stack_sample(&fixture.world, time_ns, fixture.pid, ip, STACK - 8, words, 2);
}

static void assert_last_sample(enum stack_end stack_end, bool is_joined, size_t count)
{
	const struct world_sample *sample = &fixture.world.samples[fixture.world.count - 1];

	assert_int_equal(sample->end, stack_end);
	assert_int_equal(sample->is_joined, is_joined);
	assert_int_equal(sample->count, count);
}

static void a_stack_longer_than_its_copy_is_joined_until_exec(void **state)
{
	announcing_world_init(&fixture, *state, true, true);
	announce_fib(&fixture);
	announce_main(&fixture);
	announcing_world_mark(&fixture, fixture.pid);
	feed_longer_stack(later_ns(&fixture), FIB + 4);
	assert_last_sample(STACK_END_TRUNCATED_COPY, false, 3);
	feed_whole_stack(later_ns(&fixture) + 1);
	assert_last_sample(STACK_END_COMPLETE, false, 4);
	feed_longer_stack(later_ns(&fixture) + 2, FIB + 5);
	assert_last_sample(STACK_END_TRUNCATED_COPY, true, 5);
	assert_int_equal(fixture.world.samples[2].frames[3].pc, FIB + 10);
	assert_true(fixture.world.samples[2].frames[3].is_return);
	assert_string_equal(world_name(&fixture.world, 2, 4), "main");
	world_comm(&fixture.world, later_ns(&fixture) + 3, fixture.pid, fixture.pid, "app", true);
	announcing_world_mark(&fixture, fixture.pid);
	feed_longer_stack(later_ns(&fixture) + 4, FIB + 5);
	assert_last_sample(STACK_END_TRUNCATED_COPY, false, 3);
	feed_whole_stack(later_ns(&fixture) + 5);
	world_exit(&fixture.world, later_ns(&fixture) + 6, fixture.pid, fixture.pid);
	feed_longer_stack(later_ns(&fixture) + 7, FIB + 5);
	assert_last_sample(STACK_END_TRUNCATED_COPY, false, 3);
}

static void a_sample_that_waited_is_not_joined(void **state)
{
	enum { LATE = CODE + 0x200 };
	static const struct jitdump_cfi_step steps[] = { { 0, JITDUMP_CFI_DEF_CFA,
							   JITDUMP_X86_64_RSP, 8 } };

	announcing_world_init(&fixture, *state, true, true);
	announce_fib(&fixture);
	announce_main(&fixture);
	announcing_world_mark(&fixture, fixture.pid);
	feed_whole_stack(later_ns(&fixture));
	feed_longer_stack(later_ns(&fixture) + 1, LATE + 4);
	assert_int_equal(fixture.world.count, 1);
	announce(&fixture, LATE, "late", steps, 1);
	session_poll(fixture.world.session, later_ns(&fixture) + SECOND_NS / 10);
	assert_int_equal(fixture.world.count, 2);
	assert_true(fixture.world.samples[1].was_parked);
	assert_last_sample(STACK_END_TRUNCATED_COPY, false, 3);
}

static void two_markers_of_one_file_are_one_dump(void **state)
{
	announcing_world_init(&fixture, *state, true, false);
	announce_fib(&fixture);
	announcing_world_mark(&fixture, fixture.pid);
	announcing_world_mark(&fixture, fixture.pid);
	world_fork(&fixture.world, fixture.start_ns, fixture.pid + 1, fixture.pid + 1, fixture.pid,
		   fixture.pid);
	world_sample(&fixture.world, later_ns(&fixture), fixture.pid, fixture.pid,
		     CHAIN(USER, FIB + 4));
	world_sample(&fixture.world, later_ns(&fixture), fixture.pid + 1, fixture.pid + 1,
		     CHAIN(USER, FIB + 4));
	const struct location of_parent = fixture.world.samples[0].frames[0].location;
	const struct location of_child = fixture.world.samples[1].frames[0].location;

	assert_int_equal(of_parent.image_id, of_child.image_id);
	assert_int_equal(of_parent.image_address, of_child.image_address);
	assert_string_equal(world_name(&fixture.world, 1, 0), "fib");
}

static void a_dump_that_cannot_be_trusted_is_said(void **state)
{
	announcing_world_init(&fixture, *state, true, false);
	announce_fib(&fixture);
	world_mmap(&fixture.world, fixture.start_ns, fixture.pid,
		   &(struct world_mapping){ .start = 0x9000,
					    .size = 0x1000,
					    .path = fixture.path,
					    .inode = inode_of(fixture.path) + 1 });
	world_mmap(&fixture.world, fixture.start_ns, fixture.pid, &code_memory);
	world_sample(&fixture.world, later_ns(&fixture), fixture.pid, fixture.pid,
		     CHAIN(USER, FIB + 4));
	session_finish(fixture.world.session);
	assert_string_equal(world_name(&fixture.world, 0, 0), "[jit?]");
	assert_int_equal(session_remark_count(fixture.world.session), 1);
	assert_non_null(strstr(session_remark(fixture.world.session, 0), "has no names"));
}

static void a_perf_map_is_picked_up_when_it_appears(void **state)
{
	char path[64];

	announcing_world_init(&fixture, *state, true, false);
	world_mmap(&fixture.world, fixture.start_ns, fixture.pid, &code_memory);
	world_sample(&fixture.world, later_ns(&fixture), fixture.pid, fixture.pid,
		     CHAIN(USER, FIB + 4));
	snprintf(path, sizeof(path), "/tmp/perf-%u.map", fixture.pid);
	FILE *map = fopen(path, "wxe");

	assert_non_null(map);
	fprintf(map, "%x %x mapped fib\n", FIB, CODE_SIZE);
	fclose(map);
	session_poll(fixture.world.session, later_ns(&fixture) + 2 * SECOND_NS);
	unlink(path);
	world_sample(&fixture.world, later_ns(&fixture), fixture.pid, fixture.pid,
		     CHAIN(USER, FIB + 4));
	assert_int_equal(fixture.world.samples[0].frames[0].kind, CODE_JIT_UNKNOWN);
	assert_string_equal(world_name(&fixture.world, 1, 0), "mapped fib");
}

static void a_dump_named_without_a_pid_goes_where_its_marker_is_mapped(void **state)
{
	struct error err;

	announcing_world_init(&fixture, *state, false, false);
	announce_fib(&fixture);
	assert_true(session_add_jitdump(fixture.world.session, 0, fixture.path, &err));
	/* As recorded in another place, and deleted since. */
	char recorded[PATH_MAX];

	snprintf(recorded, sizeof(recorded), "/gone/jit-%u.dump (deleted)", fixture.pid);
	world_mmap(&fixture.world, 1, 77,
		   &(struct world_mapping){ .start = 0x9000, .size = 0x1000, .path = recorded });
	world_mmap(&fixture.world, 1, 77, &code_memory);
	world_mmap(&fixture.world, 1, 78, &code_memory);
	world_sample(&fixture.world, later_ns(&fixture), 77, 77, CHAIN(USER, FIB + 4));
	world_sample(&fixture.world, later_ns(&fixture), 78, 78, CHAIN(USER, FIB + 4));
	session_finish(fixture.world.session);
	assert_string_equal(world_name(&fixture.world, 0, 0), "fib");
	assert_string_equal(world_name(&fixture.world, 1, 0), "[jit?]");
	assert_int_equal(session_remark_count(fixture.world.session), 0);
}

static void a_dump_named_with_a_pid_goes_to_it_and_its_own_is_not_looked_for(void **state)
{
	struct error err;

	announcing_world_init(&fixture, *state, false, false);
	announce_fib(&fixture);
	assert_true(session_add_jitdump(fixture.world.session, 77, fixture.path, &err));
	world_mmap(&fixture.world, 1, 77,
		   &(struct world_mapping){
			   .start = 0x9000, .size = 0x1000, .path = "/gone/jit-77.dump" });
	world_mmap(&fixture.world, 1, 77, &code_memory);
	world_sample(&fixture.world, later_ns(&fixture), 77, 77, CHAIN(USER, FIB + 4));
	session_finish(fixture.world.session);
	assert_string_equal(world_name(&fixture.world, 0, 0), "fib");
	assert_int_equal(session_remark_count(fixture.world.session), 0);
}

static void a_perf_map_named_with_a_pid_goes_to_it(void **state)
{
	struct error err;
	char path[PATH_MAX];

	announcing_world_init(&fixture, *state, false, false);
	snprintf(path, sizeof(path), "%s/kept.map", fixture.directory);
	FILE *map = fopen(path, "we");

	assert_non_null(map);
	fprintf(map, "%x %x mapped fib", FIB, CODE_SIZE); /* without its newline */
	fclose(map);
	assert_true(session_add_perf_map(fixture.world.session, 77, path, &err));
	world_mmap(&fixture.world, 1, 77, &code_memory);
	world_sample(&fixture.world, 2, 77, 77, CHAIN(USER, FIB + 4));
	assert_string_equal(world_name(&fixture.world, 0, 0), "mapped fib");
}

static void a_named_file_that_is_no_dump_is_refused(void **state)
{
	struct error err = { 0 };
	char path[PATH_MAX];

	announcing_world_init(&fixture, *state, false, false);
	snprintf(path, sizeof(path), "%s/text.dump", fixture.directory);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	for (int i = 0; i < 20; i++)
		fputs("this is no dump\n", file);
	fclose(file);
	assert_false(session_add_jitdump(fixture.world.session, 1, path, &err));
	assert_non_null(strstr(err.text, path));
	assert_false(session_add_jitdump(fixture.world.session, 1, "/nowhere.dump", &err));
	assert_non_null(strstr(err.text, "No such file"));
	assert_false(session_add_perf_map(fixture.world.session, 1, fixture.directory, &err));
	assert_non_null(strstr(err.text, "not a regular file"));
}

static struct jprof_section *stored_section(struct session_world *world)
{
	struct jprof_section *section = jprof_section_create();
	struct section_bytes stored = { 0 };

	session_store(world->session, &(struct session_store_options){ 0 }, &stored);
	assert_true(jprof_section_parse(section, stored.bytes, stored.size));
	assert_int_equal(jprof_section_unfinished_bytes(section), 0);
	section_bytes_deinit(&stored);
	return section;
}

static void expect_equal_names(const struct session_world *again)
{
	const struct session_world *first = &fixture.world;

	assert_int_equal(again->count, first->count);
	for (size_t i = 0; i < first->count; i++) {
		assert_int_equal(again->samples[i].count, first->samples[i].count);
		for (size_t at = 0; at < first->samples[i].count; at++) {
			const struct named_frame *was = world_frame_names(first, i, at);
			const struct named_frame *is = world_frame_names(again, i, at);

			assert_string_equal(is->function, was->function);
			assert_string_equal(is->module, was->module);
			assert_string_equal(is->file ? is->file : "", was->file ? was->file : "");
			assert_int_equal(is->line, was->line);
			assert_int_equal(is->column, was->column);
			assert_int_equal(is->is_jit, was->is_jit);
			assert_int_equal(is->is_kernel, was->is_kernel);
		}
	}
}

/* fib is replaced by pow at its address, main is moved; the kernel and a perf map have a part. */
static void record_everything(void)
{
	const uint64_t kernel_address = 0xfffffffffff00010;
	struct kernel_symbols *kernel = symbolizer_kernel_symbols(fixture.world.symbolizer);
	uint64_t main_index, between_ns;
	struct jitdump_function moved = { .size = sizeof(moved),
					  .name = "main",
					  .code_address = MAIN,
					  .code = announced_code,
					  .code_size = CODE_SIZE };

	kernel_symbols_add(kernel, kernel_address - 0x10, 0x100, "bpf_prog_1", "bpf");
	announcing_world_mark(&fixture, fixture.pid);
	announce_fib(&fixture);
	assert_int_equal(jitdump_add(fixture.writer, &moved, &main_index), 0);
	between_ns = announcing_world_now_ns();
	announce(&fixture, FIB, "pow", NULL, 0);
	assert_int_equal(jitdump_move(fixture.writer, main_index, MAIN, MAIN + 0x200, CODE_SIZE),
			 0);
	session_finish(fixture.world.session);
	world_sample(&fixture.world, between_ns, fixture.pid, fixture.pid,
		     CHAIN(USER, FIB + 4, MAIN + 0x10));
	world_sample(&fixture.world, later_ns(&fixture), fixture.pid, fixture.pid,
		     CHAIN(KERNEL, kernel_address, USER, FIB + 8, MAIN + 0x210, MAIN + 0x10));
	world_sample(&fixture.world, later_ns(&fixture) + 1, fixture.pid, fixture.pid,
		     CHAIN(USER, CODE + 0x810, CODE + 0xff0));
}

static void what_a_recording_keeps_gives_the_same_names_and_lines(void **state)
{
	struct session_world again;
	char map_path[64];

	announcing_world_init(&fixture, *state, true, false);
	snprintf(map_path, sizeof(map_path), "/tmp/perf-%u.map", fixture.pid);
	FILE *map = fopen(map_path, "wxe");

	assert_non_null(map);
	fprintf(map, "%x 10 mapped one\n%x 10 mapped two\n", CODE + 0x800, CODE + 0x810);
	fclose(map);
	record_everything();
	session_finish(fixture.world.session);
	struct jprof_section *section = stored_section(&fixture.world);

	unlink(map_path);
	unlink(fixture.path);
	session_world_init(&again, false, false);
	session_use_section(again.session, section);
	world_feed_again(&again, &fixture.world);
	session_finish(again.session);
	assert_string_equal(world_name(&again, 0, 0), "fib");
	assert_string_equal(world_name(&again, 0, 1), "main");
	assert_string_equal(world_name(&again, 1, 0), "bpf_prog_1");
	assert_string_equal(world_name(&again, 1, 1), "pow");
	assert_int_equal(world_frame_names(&again, 1, 1)->line, 13);
	assert_string_equal(world_name(&again, 1, 2), "main");
	assert_string_equal(world_name(&again, 1, 3), "[jit?]");
	assert_string_equal(world_name(&again, 2, 0), "mapped two");
	assert_string_equal(world_name(&again, 2, 1), "[jit?]");
	expect_equal_names(&again);
	assert_int_equal(session_remark_count(again.session), 0);
	session_world_deinit(&again);
	jprof_section_destroy(section);
}

static void code_that_was_never_sampled_is_not_kept_but_counted(void **state)
{
	struct session_world again;

	announcing_world_init(&fixture, *state, true, false);
	announcing_world_mark(&fixture, fixture.pid);
	announce_fib(&fixture);
	announce(&fixture, MAIN, "cold", NULL, 0);
	session_finish(fixture.world.session);
	world_sample(&fixture.world, later_ns(&fixture), fixture.pid, fixture.pid,
		     CHAIN(USER, FIB + 4));
	struct jprof_section *section = stored_section(&fixture.world);

	session_world_init(&again, false, false);
	session_use_section(again.session, section);
	assert_int_equal(jit_dump_count(again.session), 1);
	struct jit_dump dump = jit_dump_at(again.session, 0);

	assert_int_equal(dump.pid, fixture.pid);
	assert_int_equal(jit_code_count(dump.code), 1);
	assert_false(dump.is_whole);
	assert_true(dump.has_totals);
	assert_int_equal(dump.totals.load_count, 2);
	assert_int_equal(dump.totals.load_bytes, 2 * CODE_SIZE);
	assert_int_equal(dump.totals.sampled_count, 1);
	assert_int_equal(dump.totals.sampled_bytes, CODE_SIZE);
	assert_int_equal(dump.totals.steps[0] + dump.totals.steps[JIT_TOTALS_STEPS - 1], 2);
	session_world_deinit(&again);
	jprof_section_destroy(section);
	dump = jit_dump_at(fixture.world.session, 0);
	assert_true(dump.is_whole);
	assert_int_equal(dump.totals.load_count, 2);
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, scratch_directory_create, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(code_announced_after_its_samples_is_named_at_the_end),
		IN_DIRECTORY(a_sample_ahead_of_its_announcement_waits_for_it),
		IN_DIRECTORY(what_is_announced_in_its_writers_buffer_is_read_there),
		IN_DIRECTORY(a_sample_that_waited_too_long_keeps_its_raw_address),
		IN_DIRECTORY(the_end_finishes_what_still_waits),
		IN_DIRECTORY(what_comes_too_fast_keeps_its_innermost_frame),
		IN_DIRECTORY(a_sample_of_a_process_without_a_dump_does_not_wait),
		IN_DIRECTORY(a_stack_longer_than_its_copy_is_joined_until_exec),
		IN_DIRECTORY(a_sample_that_waited_is_not_joined),
		IN_DIRECTORY(two_markers_of_one_file_are_one_dump),
		IN_DIRECTORY(a_dump_that_cannot_be_trusted_is_said),
		IN_DIRECTORY(a_perf_map_is_picked_up_when_it_appears),
		IN_DIRECTORY(a_dump_named_without_a_pid_goes_where_its_marker_is_mapped),
		IN_DIRECTORY(a_dump_named_with_a_pid_goes_to_it_and_its_own_is_not_looked_for),
		IN_DIRECTORY(a_perf_map_named_with_a_pid_goes_to_it),
		IN_DIRECTORY(a_named_file_that_is_no_dump_is_refused),
		IN_DIRECTORY(what_a_recording_keeps_gives_the_same_names_and_lines),
		IN_DIRECTORY(code_that_was_never_sampled_is_not_kept_but_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

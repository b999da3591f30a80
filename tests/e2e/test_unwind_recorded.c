/* SPDX-License-Identifier: MIT */
/* Recorded stacks of real programs, unwound by the fast engine and by libunwind alone: equal. */
#include "support/kept_stacks.h"
#include "support/scratch_directory.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct compared {
	struct unwinder *fast, *libunwind;
	struct chain chains[2];
	uint64_t frames;
};

static void record(const char *directory, const char *command)
{
	char line[2048];

	snprintf(
		line, sizeof(line),
		"cd %s && rm -f jprof.data && %s record -q -F 499 --keep-stacks --stack-size 65528 "
		"-- %s >/dev/null",
		directory, JPROF_PROGRAM, command);
	assert_int_equal(system(line), 0); /* NOLINT(cert-env33-c) */
}

static void can_sample_or_skip(void)
{
	/* NOLINTNEXTLINE(cert-env33-c) */
	if (system(JPROF_PROGRAMS_DIR "/can_sample >/dev/null") == 0)
		return;
	print_message("SKIPPED: perf events cannot be opened here\n");
	skip();
}

static void assert_equal_chains(const struct chain *fast, const struct chain *libunwind)
{
	assert_string_equal(stack_end_name(fast->end), stack_end_name(libunwind->end));
	assert_int_equal(fast->count, libunwind->count);
	for (size_t i = 0; i < fast->count; i++) {
		assert_int_equal(fast->frames[i].pc, libunwind->frames[i].pc);
		assert_int_equal(fast->frames[i].sp_low, libunwind->frames[i].sp_low);
		assert_int_equal(fast->frames[i].is_return, libunwind->frames[i].is_return);
		assert_int_equal(fast->frames[i].is_guessed, libunwind->frames[i].is_guessed);
	}
}

static void compare(struct compared *compared, const struct unwind_request *request)
{
	compared->chains[0].count = compared->chains[1].count = 0;
	unwinder_unwind(compared->fast, request, &compared->chains[0]);
	unwinder_unwind(compared->libunwind, request, &compared->chains[1]);
	assert_equal_chains(&compared->chains[0], &compared->chains[1]);
	compared->frames += compared->chains[0].count;
}

/* Copies that are cut off and copies that were cut off are unwound as well. */
static void compare_file(const char *path)
{
	struct compared *compared = calloc(1, sizeof(*compared));
	struct kept_stacks kept;
	struct error err;

	if (!kept_stacks_open(&kept, path, 0, &err))
		fail_msg("%s", err.text);
	assert_true(kept.count > 10);
	compared->fast = unwinder_create(UNWIND_AUTO, UNWIND_FAST);
	compared->libunwind = unwinder_create(UNWIND_AUTO, UNWIND_LIBUNWIND);
	for (size_t i = 0; i < kept.count; i++) {
		struct unwind_request request = kept.samples[i].request;

		compare(compared, &request);
		request.stack_size = request.stack_size * (i % 16) / 16;
		compare(compared, &request);
		request.stack_copy_size = request.stack_size;
		compare(compared, &request);
	}
	print_message("%zu samples, %" PRIu64 " frames\n", kept.count, compared->frames);
	unwinder_destroy(compared->fast);
	unwinder_destroy(compared->libunwind);
	free(compared);
	kept_stacks_close(&kept);
}

static void compare_command(void *const *state, const char *command)
{
	char path[512];

	can_sample_or_skip();
	record(*state, command);
	snprintf(path, sizeof(path), "%s/jprof.data", (const char *)*state);
	compare_file(path);
}

static void stacks_without_frame_pointers_are_equal(void **state)
{
	compare_command(state, JPROF_PROGRAMS_DIR "/omit_fp");
}

static void stacks_through_signal_handlers_are_equal(void **state)
{
	compare_command(state, JPROF_PROGRAMS_DIR "/signals");
}

static void stacks_of_templates_are_equal(void **state)
{
	compare_command(state, JPROF_PROGRAMS_DIR "/stl");
}

static void deep_recursions_are_equal(void **state)
{
	compare_command(state, JPROF_PROGRAMS_DIR "/deep");
}

static void stacks_of_loaded_objects_are_equal(void **state)
{
	compare_command(state, JPROF_PROGRAMS_DIR "/dlopens");
}

static void stacks_of_a_jit_without_frame_pointers_are_equal(void **state)
{
	compare_command(state, JPROF_PROGRAMS_DIR "/toy_jit --dump-dir . " JPROF_TESTS_DIR
						  "/programs/toy_timer.src");
}

static void stacks_of_a_jit_that_reuses_addresses_are_equal(void **state)
{
	compare_command(state, JPROF_PROGRAMS_DIR "/toy_jit --dump-dir . " JPROF_TESTS_DIR
						  "/programs/toy_churn.src");
}

static void write_script(const char *directory)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/app.js", directory);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("const fib = n => n < 2 ? n : fib(n - 1) + fib(n - 2);\n"
	      "const end = Date.now() + 1500;\n"
	      "let sum = 0;\n"
	      "while (Date.now() < end) {\n"
	      "	sum += fib(20);\n"
	      "	sum += JSON.stringify(Array.from({length: 999}, (_, i) => "
	      "String(i)).sort()).length;\n"
	      "}\n",
	      file);
	fclose(file);
}

static void stacks_of_node_are_equal(void **state)
{
	if (access("/usr/bin/node", X_OK) < 0) {
		print_message("SKIPPED: no node\n");
		skip();
	}
	write_script(*state);
	compare_command(state, "node --perf-prof --perf-prof-unwinding-info "
			       "--interpreted-frames-native-stack app.js");
	compare_command(state, "node app.js");
}

int main(void)
{
#define TEST(name)                                                                                 \
	cmocka_unit_test_setup_teardown(name, scratch_directory_create, scratch_directory_destroy)
	const struct CMUnitTest tests[] = {
		TEST(stacks_without_frame_pointers_are_equal),
		TEST(stacks_through_signal_handlers_are_equal),
		TEST(stacks_of_templates_are_equal),
		TEST(deep_recursions_are_equal),
		TEST(stacks_of_loaded_objects_are_equal),
		TEST(stacks_of_a_jit_without_frame_pointers_are_equal),
		TEST(stacks_of_a_jit_that_reuses_addresses_are_equal),
		TEST(stacks_of_node_are_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

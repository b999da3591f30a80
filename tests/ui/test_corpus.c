/* SPDX-License-Identifier: MIT */
/*
 * `jprof script` over every recording of the corpus, against its samples.tsv: perf's samples, and
 * for JIT code an independent answer, the newest LOAD that is not newer than the sample.
 */
#include "support/corpus.h"
#include "support/output_text.h"
#include "support/script_text.h"
#include "ui/command.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct variant {
	const char *name;
	const char *option, *file; /* what its JIT left */
	size_t sample_count;
	size_t answered_count; /* JIT samples with an answer */
	size_t unknown_count;  /* samples of JIT code that no file names */
};

static const struct variant variants[] = {
	{ "node/prof", "--jitdump", "jit-31609.dump", 742, 530, 0 },
	{ "node/native-stack", "--jitdump", "jit-31717.dump", 712, 522, 0 },
	{ "node/native-stack-dwarf", "--jitdump", "jit-6918.dump", 68, 54, 0 },
	{ "node/basic-prof", "--perf-map", "perf-32090.map", 752, 530, 0 },
	{ "node/churn", "--jitdump", "jit-32154.dump", 1527, 925, 0 },
	{ "node/worker", "--jitdump", "jit-32201.dump", 1139, 1006, 0 },
	{ "node/wasm", "--jitdump", "jit-32249.dump", 586, 521, 0 },
	/* Recorded outside of the pid namespace in which the dump was written. */
	{ "node/pidns", "--jitdump", "jit-1.dump", 678, 533, 0 },
	/* Ended by SIGKILL: the hot function was never written. */
	{ "node/killed", "--jitdump", "jit-309.dump", 863, 3, 787 },
	/* Trampolines only call: no sample is in one. */
	{ "cpython/py313-jit-dwarf", "--jitdump", "jit-7051.dump", 68, 0, 0 },
	{ "cpython/py313-jit-fp", "--jitdump", "jit-32530.dump", 338, 0, 0 },
	{ "cpython/py313-map", "--perf-map", "perf-32571.map", 335, 1, 0 },
	{ "cpython/py312-map", "--perf-map", "perf-32655.map", 323, 0, 0 },
};

enum { VARIANT_COUNT = sizeof(variants) / sizeof(*variants) };

/* What a command prints over the recording with what its JIT left. */
static char *run_command(int (*command)(int, char **), const struct variant *variant,
			 char **options)
{
	char recording[256], file[256], name[128];
	struct captured_output out, err;
	char *argv[16] = { "command", "-i", recording, (char *)variant->option, file };
	int argc = 5;

	snprintf(name, sizeof(name), "%s/perf.data", variant->name);
	corpus_path(name, recording, sizeof(recording));
	snprintf(name, sizeof(name), "%s/%s", variant->name, variant->file);
	corpus_path(name, file, sizeof(file));
	while (*options)
		argv[argc++] = *options++;
	capture_begin(&out, 1);
	capture_begin(&err, 2);
	int result = command(argc, argv);
	char *errors = capture_end(&err), *text = capture_end(&out);

	corpus_release(recording);
	corpus_release(file);
	if (result != EXIT_DONE)
		fail_msg("%s: %s", variant->name, errors);
	free(errors);
	return text;
}

#define RUN(command, variant, ...) run_command(command, variant, (char *[]){ __VA_ARGS__, NULL })

enum { COLUMN_COUNT = 9 };

/* Splits a row of samples.tsv: empty columns count. */
static void split(char *row, const char **columns)
{
	row[strcspn(row, "\n")] = '\0';
	for (int i = 0; i < COLUMN_COUNT; i++)
		columns[i] = row ? strsep(&row, "\t") : "";
}

/* The name the answer gives; NULL if it gives none. Perf maps have perf's reading alone. */
static const char *answer_of(const char *const *columns)
{
	if (*columns[8])
		return columns[8];
	return strcmp(columns[4], "map") == 0 ? columns[5] : NULL;
}

static void expect_sample(const struct script_sample *sample, const char *const *columns)
{
	const char *answer = answer_of(columns);

	assert_int_equal(sample->time_ns, strtoull(columns[0], NULL, 10));
	assert_int_equal(sample->pid, strtoul(columns[1], NULL, 10));
	assert_int_equal(sample->tid, strtoul(columns[2], NULL, 10));
	assert_true(sample->frame_count > 0);
	assert_int_equal(sample->frames[0].address, strtoull(columns[3], NULL, 16));
	if (!answer)
		return;
	assert_string_equal(sample->frames[0].symbol, answer);
	assert_string_equal(sample->frames[0].module, "[jit]");
}

static size_t count_leaves(const struct script_text *script, const char *symbol)
{
	size_t count = 0;

	for (size_t i = 0; i < script->count; i++)
		count += strcmp(script->samples[i].frames[0].symbol, symbol) == 0;
	return count;
}

static void expect_answers(const struct variant *variant, const struct script_text *script)
{
	const char *columns[COLUMN_COUNT];
	size_t count = 0, answered_count = 0;
	char name[128], path[256], row[4096];

	snprintf(name, sizeof(name), "%s/samples.tsv", variant->name);
	corpus_path(name, path, sizeof(path));
	FILE *answers = fopen(path, "re");

	assert_non_null(answers);
	while (fgets(row, sizeof(row), answers)) {
		if (row[0] == '#')
			continue;
		split(row, columns);
		assert_true(count < script->count);
		expect_sample(&script->samples[count++], columns);
		answered_count += answer_of(columns) != NULL;
	}
	fclose(answers);
	corpus_release(path);
	assert_int_equal(count, script->count);
	assert_int_equal(count, variant->sample_count);
	assert_int_equal(answered_count, variant->answered_count);
}

static void every_sample_of_jit_code_is_named_as_its_answer_says(void **state)
{
	(void)state;
	corpus_or_skip();
	for (size_t i = 0; i < VARIANT_COUNT; i++) {
		char *text = RUN(cmd_script, &variants[i], "--ns", "--no-inline");
		struct script_text script;

		print_message("%s\n", variants[i].name);
		script_text_parse(&script, text);
		expect_answers(&variants[i], &script);
		assert_int_equal(count_leaves(&script, "[jit?]"), variants[i].unknown_count);
		script_text_free(&script);
		free(text);
	}
}

static const struct variant *variant_of(const char *name)
{
	for (size_t i = 0; i < VARIANT_COUNT; i++) {
		if (!strcmp(variants[i].name, name))
			return &variants[i];
	}
	fail_msg("no variant %s", name);
	return NULL;
}

/* Without the ELF files of the recording nobody can unwind through them. */
static bool has_its_files(const struct script_text *script, const char *module)
{
	for (size_t i = 0; i < script->count; i++) {
		const struct script_frame *leaf = &script->samples[i].frames[0];

		if (strstr(leaf->module, module) && strcmp(leaf->symbol, "[unknown]") != 0)
			return true;
	}
	print_message("SKIPPED: this machine has no %s as it was recorded\n", module);
	return false;
}

static bool has_frame(const struct script_sample *sample, const char *prefix)
{
	for (size_t i = 0; i < sample->frame_count; i++) {
		if (!strncmp(sample->frames[i].symbol, prefix, strlen(prefix)))
			return true;
	}
	return false;
}

/* Samples whose stack goes through such code and ends where the process began. */
static size_t count_complete_through(const struct script_text *script, const char *prefix)
{
	size_t count = 0;

	for (size_t i = 0; i < script->count; i++) {
		const struct script_sample *sample = &script->samples[i];
		const struct script_frame *outermost = &sample->frames[sample->frame_count - 1];

		count += has_frame(sample, prefix) && !strcmp(outermost->symbol, "_start");
	}
	return count;
}

static void stacks_are_unwound_through_jit_code_to_where_the_process_began(void **state)
{
	static const struct {
		const char *name, *module, *prefix;
		size_t complete_count;
	} cases[] = {
		{ "node/native-stack-dwarf", "/node", "JS:", 60 },
		{ "cpython/py313-jit-dwarf", "/libpython3.13.so", "py::", 65 },
	};

	(void)state;
	corpus_or_skip();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = RUN(cmd_script, variant_of(cases[i].name), "--ns", "--no-inline");
		struct script_text script;

		script_text_parse(&script, text);
		if (has_its_files(&script, cases[i].module))
			assert_true(count_complete_through(&script, cases[i].prefix) >=
				    cases[i].complete_count);
		script_text_free(&script);
		free(text);
	}
}

static void expect_statistic(const char *variant, const char *line)
{
	char *text = RUN(cmd_report, variant_of(variant), "--stats");

	if (!strstr(text, line))
		fail_msg("%s: no '%s' in\n%s", variant, line, text);
	free(text);
}

static void statistics_tell_what_the_recording_tells(void **state)
{
	(void)state;
	corpus_or_skip();
	expect_statistic("node/prof", "\njit_samples: 530\njit_unknown_percent: 0.00\n");
	expect_statistic("node/killed", "\njit_samples: 3\njit_unknown_percent: 99.62\n");
	/* The kernel's frame-pointer chains do not say why they end. */
	expect_statistic("node/prof", "\ncomplete_stacks_percent: -\n");
	expect_statistic("cpython/py313-jit-fp", "\ncomplete_stacks_percent: -\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sample_of_jit_code_is_named_as_its_answer_says),
		cmocka_unit_test(stacks_are_unwound_through_jit_code_to_where_the_process_began),
		cmocka_unit_test(statistics_tell_what_the_recording_tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

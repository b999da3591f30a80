/* SPDX-License-Identifier: MIT */
/* Every real recording gives the samples of its samples.tsv (perf's own reading), in time order. */
#include "support/corpus.h"
#include "support/read_back.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const struct read_record *next_sample(const struct read_back *back, size_t *number)
{
	while (*number < back->count)
		if (back->records[(*number)++].type == PERF_RECORD_SAMPLE)
			return &back->records[*number - 1];
	return NULL;
}

static size_t compare_samples(const struct read_back *back, FILE *answers)
{
	const struct read_record *sample;
	char line[65536];
	size_t number = 0, count = 0;

	while (fgets(line, sizeof(line), answers)) {
		uint64_t time_ns, ip;
		uint32_t pid, tid;

		if (line[0] == '#')
			continue;
		assert_int_equal(
			sscanf(line, "%" SCNu64 "\t%u\t%u\t%" SCNx64, &time_ns, &pid, &tid, &ip),
			4);
		sample = next_sample(back, &number);
		assert_non_null(sample);
		assert_int_equal(sample->time_ns, time_ns);
		assert_int_equal(sample->pid, pid);
		assert_int_equal(sample->tid, tid);
		assert_int_equal(sample->ip, ip);
		count++;
	}
	assert_null(next_sample(back, &number));
	return count;
}

static void every_recording_of_the_corpus_gives_its_samples_in_order(void **state)
{
	static const char *const variants[] = {
		"node/prof",
		"node/native-stack",
		"node/native-stack-dwarf",
		"node/basic-prof",
		"node/churn",
		"node/worker",
		"node/wasm",
		"node/pidns",
		"node/killed",
		"cpython/py313-jit-dwarf",
		"cpython/py313-jit-fp",
		"cpython/py313-map",
		"cpython/py312-map",
	};

	(void)state;
	corpus_or_skip();
	for (size_t number = 0; number < sizeof(variants) / sizeof(variants[0]); number++) {
		char name[128], data_path[256], answers_path[256];

		snprintf(name, sizeof(name), "%s/perf.data", variants[number]);
		corpus_path(name, data_path, sizeof(data_path));
		snprintf(name, sizeof(name), "%s/samples.tsv", variants[number]);
		corpus_path(name, answers_path, sizeof(answers_path));

		struct read_back back = read_back_path(data_path);
		FILE *answers = fopen(answers_path, "r");

		print_message("%s\n", variants[number]);
		assert_string_equal(back.err.text, "");
		assert_non_null(answers);
		assert_true(compare_samples(&back, answers) > 0);
		assert_int_equal(back.undecodable_count, 0);
		assert_string_equal(data_reader_damage(back.reader), "");
		fclose(answers);
		read_back_close(&back);
		corpus_release(data_path);
		corpus_release(answers_path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_recording_of_the_corpus_gives_its_samples_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

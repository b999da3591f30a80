/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_dump DUMP
 *
 * Reads a dump again and again, until every function of it can be found by address and time;
 * prints the median in milliseconds, and how many functions there are, how many have source lines
 * and how many an unwind table.
 */
#include "jitdump/log.h"
#include "profiler/jit_code.h"
#include "symbolize/symbolizer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUND_COUNT = 15 };

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static struct jit_code *load(const char *path, struct image *image)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	struct jit_code *code = jit_code_create(jitdump_log_create(fd), image);

	jit_code_poll(code, true, false);
	return code;
}

static void print_content(const char *path, struct image *image)
{
	struct jit_code *code = load(path, image);
	size_t functions = 0, lined = 0, tabled = 0;

	for (size_t i = 0; i < jitdump_log_count(jit_code_log(code)); i++) {
		const struct jitdump_entry *entry = jitdump_log_entry(jit_code_log(code), i);

		functions += entry->kind == JITDUMP_ENTRY_LOAD;
		lined += entry->line_count > 0;
		tabled += entry->unwind.eh_frame != NULL;
	}
	printf("%zu %zu %zu\n", functions, lined, tabled);
	jit_code_destroy(code);
}

static int compare(const void *a, const void *b)
{
	const double *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

int main(int argc, char **argv)
{
	double times[ROUND_COUNT];

	if (argc != 2)
		return 2;
	struct symbolizer *symbolizer = symbolizer_create(&(struct symbolizer_options){ 0 });
	struct image *image = symbolizer_add_image(symbolizer, IMAGE_JIT, argv[1], NULL);

	for (size_t i = 0; i < ROUND_COUNT; i++) {
		double start = now_ms();
		struct jit_code *code = load(argv[1], image);

		times[i] = now_ms() - start;
		jit_code_destroy(code);
	}
	qsort(times, ROUND_COUNT, sizeof(*times), compare);
	printf("%.3f ", times[ROUND_COUNT / 2]);
	print_content(argv[1], image);
	symbolizer_destroy(symbolizer);
	return 0;
}

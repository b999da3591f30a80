/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_unwind RECORDING...
 *
 * Unwinds the stacks that recordings kept (jprof record --keep-stacks), each of one process, with
 * the compact engine, with libunwind as profilers use it, and with libdw; prints the CPU time per
 * frame and the ratios of one run. Streamed: stack after stack, as they come from a ring. In
 * cache: a few stacks again and again. Cold: the first time over all stacks; in the order of the
 * rows, so that the first alone finds the images' pages cold. Where a row has fewer frames in a
 * stack, its walks ended early (the libraries' at JIT code), and each frame bears more of a start.
 * libunwind is measured as it is, and without the system calls by which it masks signals.
 */
#include "bench/walks.h"
#include "support/kept_stacks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What is in cache at once, and how many frames are unwound for one figure. */
enum { CACHED_STACKS = 8, CACHED_BYTES = 256 << 10, FAST_FRAMES = 2000000, SLOW_FRAMES = 60000 };

struct bench {
	struct kept_stacks kept;
	struct unwinder *fast, *stepped;
	struct libunwind_walk *libunwind, *unmasked;
	struct libdw_walk *libdw;
	struct chain chains[2];
	double stack_frames; /* of the last round over all stacks, on average */
};

/* Unwinds one sample; returns the number of frames. */
typedef size_t (*unwind_one)(struct bench *bench, size_t number);

static size_t unwind_fast(struct bench *bench, size_t number)
{
	bench->chains[0].count = 0;
	unwinder_unwind(bench->fast, &bench->kept.samples[number].request, &bench->chains[0]);
	return bench->chains[0].count;
}

/* As a recorder does that drains a ring. */
static size_t unwind_fast_streamed(struct bench *bench, size_t number)
{
	const struct kept_sample *next =
		&bench->kept.samples[number + 1 < bench->kept.count ? number + 1 : 0];

	unwinder_prefetch(next->request.stack, next->request.stack_size);
	return unwind_fast(bench, number);
}

static size_t unwind_libunwind(struct bench *bench, size_t number)
{
	return libunwind_walk_unwind(bench->libunwind, &bench->kept.samples[number].request);
}

static size_t unwind_unmasked(struct bench *bench, size_t number)
{
	return libunwind_walk_unwind(bench->unmasked, &bench->kept.samples[number].request);
}

static size_t unwind_libdw(struct bench *bench, size_t number)
{
	return libdw_walk_unwind(bench->libdw, &bench->kept.samples[number].request);
}

static uint64_t cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Rounds over `count` samples from the middle on, until so many frames were unwound; ns per frame. */
static double measure(struct bench *bench, unwind_one unwind, size_t count, uint64_t frame_count)
{
	uint64_t frames = 0, start = cpu_ns();
	size_t first = (bench->kept.count - count) / 2, rounds = 0;

	do {
		for (size_t i = 0; i < count; i++)
			frames += unwind(bench, first + i);
		rounds++;
	} while (frames && frames < frame_count);
	if (count == bench->kept.count)
		bench->stack_frames = (double)frames / (double)(rounds * count);
	return (double)(cpu_ns() - start) / (double)(frames ? frames : 1);
}

static size_t count_cached(const struct kept_stacks *kept)
{
	size_t count = 0;

	for (uint64_t bytes = 0; count < kept->count && count < CACHED_STACKS; count++) {
		bytes += kept->samples[count].request.stack_size;
		if (bytes > CACHED_BYTES)
			break;
	}
	return count ? count : 1;
}

/* `streamed` is `unwind`, with what goes with it when stacks are not in cache. */
static void print_row(struct bench *bench, const char *name, unwind_one unwind, unwind_one streamed,
		      uint64_t frames, const double *fast, double *row)
{
	size_t count = bench->kept.count;

	row[0] = measure(bench, streamed, count, 1);
	row[1] = measure(bench, streamed, count, frames);
	row[2] = measure(bench, unwind, count_cached(&bench->kept), frames);
	printf("  %-22s", name);
	for (size_t i = 0; i < 3; i++)
		if (fast)
			printf(" %8.1f (%5.1fx)", row[i], row[i] / fast[i]);
		else
			printf(" %8.1f         ", row[i]);
	printf(" %12.1f\n", bench->stack_frames);
}

static bool are_equal(const struct chain *a, const struct chain *b)
{
	if (a->count != b->count || a->end != b->end)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->frames[i].pc != b->frames[i].pc)
			return false;
	return true;
}

/* Also against libunwind's single steps, which unwind JIT code as well. */
static void print_agreement(struct bench *bench)
{
	struct unwind_counts counts = unwinder_counts(bench->fast);
	size_t equal = 0;

	for (size_t i = 0; i < bench->kept.count; i++) {
		const struct unwind_request *request = &bench->kept.samples[i].request;

		bench->chains[0].count = bench->chains[1].count = 0;
		unwinder_unwind(bench->fast, request, &bench->chains[0]);
		unwinder_unwind(bench->stepped, request, &bench->chains[1]);
		equal += are_equal(&bench->chains[0], &bench->chains[1]);
	}
	printf("  stacks equal to libunwind's: %.3f %%; rows left to libunwind: %.3f %%\n",
	       100.0 * (double)equal / (double)bench->kept.count,
	       100.0 * (double)counts.fallback_frames / (double)counts.frames);
}

static void run(struct bench *bench, const char *path)
{
	double fast[3], other[3];

	printf("%s: %zu stacks, %.1f MB\n", path, bench->kept.count,
	       (double)bench->kept.bytes_size / 1e6);
	printf("  %-22s %17s %17s %17s %12s\n", "ns/frame", "cold        ", "streamed    ",
	       "in cache    ", "frames/stack");
	print_row(bench, "compact engine", unwind_fast, unwind_fast_streamed, FAST_FRAMES, NULL,
		  fast);
	print_row(bench, "libunwind, cached", unwind_libunwind, unwind_libunwind, SLOW_FRAMES, fast,
		  other);
	print_row(bench, "the same, no masks", unwind_unmasked, unwind_unmasked, SLOW_FRAMES, fast,
		  other);
	print_row(bench, "libdw", unwind_libdw, unwind_libdw, SLOW_FRAMES, fast, other);
	print_agreement(bench);
}

static bool run_file(struct bench *bench, const char *path)
{
	struct error err;

	if (!kept_stacks_open(&bench->kept, path, 0, &err)) {
		fprintf(stderr, "bench_unwind: %s\n", err.text);
		return false;
	}
	if (bench->kept.count == 0) {
		fprintf(stderr, "bench_unwind: %s has no stacks\n", path);
		kept_stacks_close(&bench->kept);
		return false;
	}
	bench->fast = unwinder_create(UNWIND_AUTO, UNWIND_FAST);
	bench->stepped = unwinder_create(UNWIND_AUTO, UNWIND_LIBUNWIND);
	bench->libunwind = libunwind_walk_create(true);
	bench->unmasked = libunwind_walk_create(false);
	bench->libdw = libdw_walk_create(&bench->kept.samples[bench->kept.count - 1].request);
	run(bench, path);
	libdw_walk_destroy(bench->libdw);
	libunwind_walk_destroy(bench->unmasked);
	libunwind_walk_destroy(bench->libunwind);
	unwinder_destroy(bench->stepped);
	unwinder_destroy(bench->fast);
	kept_stacks_close(&bench->kept);
	return true;
}

int main(int argc, char **argv)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	bool is_good = bench && argc > 1;

	for (int i = 1; i < argc; i++)
		is_good &= run_file(bench, argv[i]);
	free(bench);
	return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}

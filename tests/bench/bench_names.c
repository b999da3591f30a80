/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_names FILE <ADDRESSES
 *
 * Names addresses of one ELF file as a report does, and prints figures, a key and a number a line.
 * Cold: from nothing to the last address named for the first time, the file's pages in the page
 * cache; serial: the same on one CPU. Again: what naming_frames(), which remembers, answers in
 * turn, several times. Unremembered: the same of image_frames(), which searches its indexes each
 * time. Others: addresses a few bytes further, in the same functions, searched for once.
 * The memory is what cold naming took and kept: of the heap, of all that is no file, and the most
 * that was resident at once, with the file's pages.
 */
#include "support/address_list.h"
#include "support/session_world.h"
#include "symbolize/elf_file.h"
#include "symbolize/symbolizer.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { FRAMES_MAX = 256 };

/* How long the same addresses are named again. */
#define AGAIN_SECONDS 0.5

struct memory {
	double heap, anonymous; /* bytes */
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct memory measure_memory(void)
{
	struct mallinfo2 info = mallinfo2();
	struct memory memory = { .heap = (double)(info.uordblks + info.hblkhd) };
	FILE *rollup = fopen("/proc/self/smaps_rollup", "r");
	unsigned long kilobytes;
	char line[128];

	while (rollup && fgets(line, sizeof(line), rollup))
		if (sscanf(line, "Anonymous: %lu kB", &kilobytes) == 1)
			memory.anonymous = (double)kilobytes * 1024;
	if (rollup)
		fclose(rollup);
	return memory;
}

static uint64_t name(struct image *image, const struct address_list *list, uint64_t distance)
{
	struct frame frames[FRAMES_MAX];
	uint64_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += image_frames(image, list->items[i] + distance, frames, FRAMES_MAX);
	return count;
}

static double debug_info_bytes(const char *path)
{
	struct elf_file *file = elf_file_open_path(path);
	struct elf_section section = { 0 };
	double size;

	if (!file)
		return 0;
	elf_file_debug_section(file, ".debug_info", &section);
	size = (double)section.size;
	elf_file_close(file);
	return size;
}

static void print_memory(const struct memory *before)
{
	struct memory after = measure_memory();
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	printf("heap_bytes %.0f\n", after.heap - before->heap);
	printf("anonymous_bytes %.0f\n", after.anonymous - before->anonymous);
	printf("resident_bytes %.0f\n", (double)usage.ru_maxrss * 1024);
}

/* One of many passes over the addresses. */
typedef void (*one_pass)(struct session_world *world, struct image *image,
			 const struct address_list *list);

static void ask_naming(struct session_world *world, struct image *image,
		       const struct address_list *list)
{
	size_t count;

	for (size_t i = 0; i < list->count; i++)
		naming_frames(world->naming, (struct location){ image->id, list->items[i] },
			      &count);
}

static void ask_image(struct session_world *world, struct image *image,
		      const struct address_list *list)
{
	(void)world;
	name(image, list, 0);
}

static double passes_per_second(one_pass pass, struct session_world *world, struct image *image,
				const struct address_list *list)
{
	double start = now(), seconds;
	size_t count = 0;

	do {
		pass(world, image, list);
		count += list->count;
		seconds = now() - start;
	} while (seconds < AGAIN_SECONDS);
	return (double)count / seconds;
}

static void print_warm(struct session_world *world, struct image *image,
		       const struct address_list *list)
{
	double start = now();

	name(image, list, 3);
	printf("others_per_second %.0f\n", (double)list->count / (now() - start));
	printf("unremembered_per_second %.0f\n", passes_per_second(ask_image, world, image, list));
	ask_naming(world, image, list);
	printf("again_per_second %.0f\n", passes_per_second(ask_naming, world, image, list));
}

static void run(const char *path, const struct address_list *list, bool is_serial)
{
	const struct image_identity identity = { .path = path };
	struct session_world world;
	struct memory before;
	struct image *image;
	double start;

	session_world_init(&world, false, false);
	before = measure_memory();
	start = now();
	image = symbolizer_elf_image(world.symbolizer, &identity);
	if (!is_serial)
		image_prepare(image, list->items, list->count);
	name(image, list, 0);
	printf("%s_seconds %.6f\n", is_serial ? "serial" : "cold", now() - start);
	if (!is_serial) {
		print_memory(&before);
		print_warm(&world, image, list);
	}
	session_world_deinit(&world);
}

int main(int argc, char **argv)
{
	char *path = argc == 2 ? realpath(argv[1], NULL) : NULL;
	struct address_list list = { 0 };

	if (!path || !address_list_read(&list, stdin) || !list.count) {
		fprintf(stderr, "usage: bench_names FILE <ADDRESSES\n");
		return EXIT_FAILURE;
	}
	printf("addresses %zu\n", list.count);
	run(path, &list, false);
	run(path, &list, true);
	printf("debug_info_bytes %.0f\n", debug_info_bytes(path));
	address_list_deinit(&list);
	free(path);
	return EXIT_SUCCESS;
}

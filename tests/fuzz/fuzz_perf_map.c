/* SPDX-License-Identifier: MIT */
/* Any bytes as a perf map, read while it grows, shrinks and ends; then addresses looked up. */
#include "symbolize/perf_map.h"
#include "symbolize/string_pool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static volatile size_t sink;

static void find(struct perf_map *map, uint64_t address)
{
	struct symbol symbol;

	if (perf_map_find(map, address, &symbol))
		sink += strlen(symbol.name);
}

static void put(int fd, const uint8_t *bytes, size_t size)
{
	if (write(fd, bytes, size) != (ssize_t)size)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	int fd = memfd_create("fuzz_perf_map", MFD_CLOEXEC);
	struct string_pool *strings = string_pool_create();
	struct perf_map *map = perf_map_create(dup(fd), strings);

	put(fd, bytes, size / 2);
	perf_map_poll(map, false);
	put(fd, bytes + size / 2, size - size / 2);
	perf_map_poll(map, size % 2);
	for (uint64_t address = 0; address < 0x2000; address += 7)
		find(map, address);
	find(map, UINT64_MAX);
	if (ftruncate(fd, (off_t)(size / 3)) != 0)
		abort();
	perf_map_poll(map, true);
	find(map, 0x1000);
	perf_map_destroy(map);
	string_pool_destroy(strings);
	close(fd);
	return 0;
}

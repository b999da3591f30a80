/* SPDX-License-Identifier: MIT */
/*
 * usage: busy SECONDS [THREADS]
 *
 * Threads (2) busy without a pause, each some thirty frames deep in frames of different sizes,
 * 11 KiB in all. Above each thread's stack lies mapped memory, so that a stack copy is as long as
 * was asked for, as it is in a program that goes deeper.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { THREAD_MAX = 64, DEPTH = 28, STACK_BYTES = 256 << 10, ABOVE_BYTES = 64 << 10 };

static uint64_t end_ns;
static volatile unsigned sink;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#define SEPARATE __attribute__((noinline, noclone))

static SEPARATE unsigned spin(unsigned seed)
{
	for (unsigned i = 0; i < 1000; i++)
		seed = seed * 1664525u + 1013904223u + (seed >> 7);
	return seed;
}

static SEPARATE unsigned descend(unsigned depth, unsigned seed);

/* A function with a frame of its own size; after the call there is work, so it is no tail call. */
#define FRAME_FUNCTION(name, bytes)                                                                \
	static SEPARATE unsigned name(unsigned depth, unsigned seed)                               \
	{                                                                                          \
		volatile char local[bytes];                                                        \
                                                                                                   \
		local[seed % sizeof(local)] = (char)depth;                                         \
		seed = descend(depth + 1, seed);                                                   \
		return seed + (unsigned)local[0];                                                  \
	}

FRAME_FUNCTION(small_frame, 40)
FRAME_FUNCTION(middle_frame, 300)
FRAME_FUNCTION(large_frame, 900)

static unsigned descend(unsigned depth, unsigned seed)
{
	if (depth == DEPTH / 2)
		return spin(seed);
	switch ((depth + seed) % 3) {
	case 0:
		return small_frame(depth, seed) + 1;
	case 1:
		return middle_frame(depth, seed) + 1;
	default:
		return large_frame(depth, seed) + 1;
	}
}

static void *run(void *argument)
{
	unsigned seed = (unsigned)(uintptr_t)argument;

	while (now_ns() < end_ns)
		seed = descend(0, seed);
	sink = seed;
	return NULL;
}

static int start(pthread_t *thread, uintptr_t seed)
{
	pthread_attr_t attributes;
	char *stack = mmap(NULL, STACK_BYTES + ABOVE_BYTES, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (stack == MAP_FAILED)
		return -1;
	memset(stack + STACK_BYTES, 1, ABOVE_BYTES);
	pthread_attr_init(&attributes);
	pthread_attr_setstack(&attributes, stack, STACK_BYTES);
	return pthread_create(thread, &attributes, run, (void *)seed);
}

int main(int argc, char **argv)
{
	int count = argc > 2 ? atoi(argv[2]) : 2;
	pthread_t threads[THREAD_MAX];

	if (argc < 2 || count < 1 || count > THREAD_MAX)
		return 2;
	end_ns = now_ns() + (uint64_t)(strtod(argv[1], NULL) * 1e9);
	for (int i = 0; i < count; i++)
		if (start(&threads[i], (uintptr_t)i + 1) != 0)
			return 1;
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	printf("%u\n", sink);
	return 0;
}

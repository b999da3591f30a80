/* SPDX-License-Identifier: MIT */
#include "natives.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jitdump/xalloc.h"

#include "runtime.h"
#include "shadow.h"

#define SORTED_MAX 100000

/* Not static: their names are part of the shadow log. */
int64_t native_print(struct thread *thread, int64_t value);
int64_t native_apply(struct thread *thread, int64_t function, int64_t value);
int64_t native_repeat(struct thread *thread, int64_t function, int64_t count);
int64_t native_sorted(struct thread *thread, int64_t function, int64_t count);
int64_t native_touch(struct thread *thread);

int64_t native_print(struct thread *thread, int64_t value)
{
	(void)thread;
	printf("%" PRId64 "\n", value);
	return value;
}

int64_t native_apply(struct thread *thread, int64_t function, int64_t value)
{
	return thread_call(thread, function, 1, value, 0);
}

int64_t native_repeat(struct thread *thread, int64_t function, int64_t count)
{
	int64_t sum = 0;

	for (int64_t i = 0; i < count; i++)
		sum += thread_call(thread, function, 1, i, 0);
	return sum;
}

struct order {
	struct thread *thread;
	int64_t function;
};

static int compare_in_toy(const void *left, const void *right, void *order)
{
	const struct order *by = order;
	int64_t difference = thread_call(by->thread, by->function, 2, *(const int64_t *)left,
					 *(const int64_t *)right);

	return (difference > 0) - (difference < 0);
}

int64_t native_sorted(struct thread *thread, int64_t function, int64_t count)
{
	struct order order = { thread, function };
	int64_t *numbers;
	int64_t median;

	if (count < 1 || count > SORTED_MAX)
		return 0;
	numbers = xcalloc((size_t)count, sizeof(*numbers));
	for (int64_t i = 0; i < count; i++)
		numbers[i] = i * 7919 % count;
	qsort_r(numbers, (size_t)count, sizeof(*numbers), compare_in_toy, &order);
	median = numbers[count / 2];
	free(numbers);
	return median;
}

int64_t native_touch(struct thread *thread)
{
	shadow_touch_native(thread);
	return 0;
}

static const struct native natives[] = {
	{ "print", "native_print", 1, (const void *)native_print },
	{ "apply", "native_apply", 2, (const void *)native_apply },
	{ "repeat", "native_repeat", 2, (const void *)native_repeat },
	{ "sorted", "native_sorted", 2, (const void *)native_sorted },
	{ "touch_native", "native_touch", 0, (const void *)native_touch },
};

const struct native *native_find(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(natives) / sizeof(natives[0]); i++) {
		if (strlen(natives[i].name) == length && memcmp(natives[i].name, name, length) == 0)
			return &natives[i];
	}
	return NULL;
}

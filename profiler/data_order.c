/* SPDX-License-Identifier: MIT */
#include "profiler/data_order.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <string.h>

enum { WAITING_MAX = 1 << 26 };

struct data_order_entry {
	uint64_t time_ns;
	uint64_t offset;
	uint32_t sequence; /* grows in the order of the file among those that wait */
	uint16_t source, size;
};

void data_order_deinit(struct data_order *order)
{
	free(order->entries);
	*order = (struct data_order){ 0 };
}

static int compare(const void *left, const void *right)
{
	const struct data_order_entry *a = left, *b = right;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

/* Leaves only what waits, sorted; from then on its place in the array is its number. */
static void settle(struct data_order *order)
{
	size_t waiting = order->count - order->ready_end;

	if (order->ready_end)
		memmove(order->entries, order->entries + order->ready_end,
			waiting * sizeof(*order->entries));
	order->next = order->ready_end = 0;
	order->count = waiting;
	if (order->is_unsorted)
		qsort(order->entries, waiting, sizeof(*order->entries), compare);
	for (size_t number = 0; number < waiting; number++)
		order->entries[number].sequence = (uint32_t)number;
	order->is_unsorted = false;
}

static size_t count_up_to(const struct data_order *order, uint64_t time_ns)
{
	size_t low = 0, high = order->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (order->entries[middle].time_ns <= time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void data_order_add(struct data_order *order, uint64_t time_ns, struct data_place place)
{
	size_t max = order->waiting_max ? order->waiting_max : WAITING_MAX;

	if (order->count - order->ready_end >= max) {
		settle(order);
		order->ready_end = order->count / 2;
	}
	if (order->count > order->ready_end && order->entries[order->count - 1].time_ns > time_ns)
		order->is_unsorted = true;
	order->entries =
		xgrow(order->entries, order->count, &order->capacity, sizeof(*order->entries));
	order->entries[order->count] = (struct data_order_entry){
		.time_ns = time_ns,
		.offset = place.offset,
		.sequence = (uint32_t)order->count,
		.source = place.source,
		.size = place.size,
	};
	order->count++;
	if (time_ns > order->round_newest_ns)
		order->round_newest_ns = time_ns;
}

void data_order_finish_round(struct data_order *order)
{
	settle(order);
	order->ready_end = count_up_to(order, order->before_newest_ns);
	order->before_newest_ns = order->round_newest_ns;
}

void data_order_finish(struct data_order *order)
{
	settle(order);
	order->ready_end = order->count;
}

bool data_order_is_ready(const struct data_order *order)
{
	return order->next < order->ready_end;
}

bool data_order_next(struct data_order *order, struct data_place *place)
{
	const struct data_order_entry *entry;

	if (!data_order_is_ready(order))
		return false;
	entry = &order->entries[order->next++];
	*place = (struct data_place){ .offset = entry->offset,
				      .source = entry->source,
				      .size = entry->size };
	return true;
}

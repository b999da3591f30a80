/* SPDX-License-Identifier: MIT */
#include "profiler/quality_order.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>

/* One that stands behind a newer one. */
struct late_quality {
	uint64_t time_ns;
	uint32_t number;
};

static int compare_late(const void *left, const void *right)
{
	const struct late_quality *a = left, *b = right;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

/* From the back, into the room behind the timely ones. */
static void merge(struct quality_order *order, size_t timely_count, const struct late_quality *late,
		  size_t late_count)
{
	for (size_t at = order->count; late_count;) {
		bool is_timely =
			timely_count && order->qualities[order->numbers[timely_count - 1]].time_ns >
						late[late_count - 1].time_ns;

		order->numbers[--at] =
			is_timely ? order->numbers[--timely_count] : late[--late_count].number;
	}
}

/* Most samples are finished at once; those that waited for JIT code stand among newer ones. */
void quality_order_init(struct quality_order *order, const struct sample_quality *qualities,
			size_t count)
{
	struct late_quality *late = NULL;
	size_t timely_count = 0, late_count = 0, capacity = 0;
	uint64_t newest_ns = 0;

	*order = (struct quality_order){ .qualities = qualities, .count = count };
	order->numbers = xmalloc((count + 1) * sizeof(*order->numbers));
	for (size_t i = 0; i < count; i++) {
		uint64_t time_ns = qualities[i].time_ns;

		if (time_ns >= newest_ns) {
			order->numbers[timely_count++] = (uint32_t)i;
			newest_ns = time_ns;
			continue;
		}
		late = xgrow(late, late_count, &capacity, sizeof(*late));
		late[late_count++] = (struct late_quality){ time_ns, (uint32_t)i };
	}
	if (late_count)
		qsort(late, late_count, sizeof(*late), compare_late);
	merge(order, timely_count, late, late_count);
	free(late);
}

void quality_order_deinit(struct quality_order *order)
{
	free(order->numbers);
	*order = (struct quality_order){ 0 };
}

static const struct sample_quality *at(const struct quality_order *order, size_t place)
{
	return &order->qualities[order->numbers[place]];
}

/* The first place of a time. */
static size_t find_time(const struct quality_order *order, uint64_t time_ns)
{
	size_t low = 0, high = order->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (at(order, middle)->time_ns < time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct sample_quality *quality_order_find(struct quality_order *order, uint64_t time_ns,
						uint32_t tid, uint32_t cpu)
{
	size_t place = order->next;

	if (place >= order->count || at(order, place)->time_ns != time_ns ||
	    (place && at(order, place - 1)->time_ns == time_ns))
		place = find_time(order, time_ns);
	for (; place < order->count; place++) {
		const struct sample_quality *quality = at(order, place);

		if (quality->time_ns != time_ns)
			break;
		if (quality->tid == tid && quality->cpu == cpu) {
			order->next = place + 1;
			return quality;
		}
	}
	return NULL;
}

/* SPDX-License-Identifier: MIT */
#include "profiler/parking.h"

#include "jitdump/xalloc.h"
#include "profiler/code.h"

#include <stdlib.h>
#include <string.h>

void parked_sample_destroy(struct parked_sample *sample)
{
	if (!sample)
		return;
	address_space_release(sample->space);
	free(sample);
}

void parking_deinit(struct parking *parking)
{
	while (parking->oldest) {
		struct parked_sample *sample = parking->oldest;

		parking->oldest = sample->next;
		parked_sample_destroy(sample);
	}
	*parking = (struct parking){ 0 };
}

static const uint8_t *copy(struct parked_sample *sample, size_t *used, const uint8_t *from,
			   size_t size)
{
	uint8_t *to = sample->bytes + *used;

	if (size)
		memcpy(to, from, size);
	*used += size;
	return to;
}

/* At the end, but for one that waited before, and waits on for another address. */
static void put_in_order(struct parking *parking, struct parked_sample *sample)
{
	struct parked_sample **link = &parking->oldest;

	if (parking->newest && parking->newest->event.time_ns <= sample->event.time_ns)
		link = &parking->newest->next;
	while (*link && (*link)->event.time_ns <= sample->event.time_ns)
		link = &(*link)->next;
	sample->next = *link;
	*link = sample;
	if (!sample->next)
		parking->newest = sample;
}

void parking_add(struct parking *parking, const struct event *event, struct address_space *space,
		 uint64_t missing_address)
{
	const struct sample_event *from = &event->sample;
	size_t registers = from->user.abi ? (size_t)__builtin_popcountll(from->user.mask) : 0;
	size_t chain = from->has_callchain ? from->callchain.count * sizeof(uint64_t) : 0;
	size_t register_bytes = registers * sizeof(uint64_t);
	size_t size = sizeof(struct parked_sample) + register_bytes + chain + from->raw_size +
		      from->stack_size;
	struct parked_sample *sample = xmalloc(size);
	size_t used = 0;

	*sample = (struct parked_sample){ .event = *event,
					  .space = address_space_hold(space),
					  .missing_address = missing_address,
					  .size = size };
	sample->event.sample.user.bytes = copy(sample, &used, from->user.bytes, register_bytes);
	sample->event.sample.callchain.bytes = copy(sample, &used, from->callchain.bytes, chain);
	sample->event.sample.raw = copy(sample, &used, from->raw, from->raw_size);
	sample->event.sample.stack = copy(sample, &used, from->stack, from->stack_size);

	put_in_order(parking, sample);
	parking->bytes += size;
	parking->count++;
}

static bool is_announced(const struct parked_sample *sample)
{
	struct code code;

	code_find(sample->space, sample->missing_address, sample->event.time_ns, &code);
	return code.kind != CODE_JIT_UNKNOWN || code.is_provisional;
}

/* Out of the list, to the end of another; returns where that ends then. */
static struct parked_sample **take(struct parking *parking, struct parked_sample **link,
				   struct parked_sample **end)
{
	struct parked_sample *sample = *link;

	*link = sample->next;
	parking->bytes -= sample->size;
	parking->count--;
	sample->next = NULL;
	*end = sample;
	return &sample->next;
}

struct parked_sample *parking_take_announced(struct parking *parking)
{
	struct parked_sample *taken = NULL, **end = &taken, **link = &parking->oldest;

	parking->newest = NULL;
	while (*link) {
		if (is_announced(*link)) {
			end = take(parking, link, end);
			continue;
		}
		parking->newest = *link;
		link = &(*link)->next;
	}
	return taken;
}

struct parked_sample *parking_take_expired(struct parking *parking, uint64_t now_ns)
{
	struct parked_sample *taken = NULL, **end = &taken;

	while (parking->oldest && (parking->oldest->event.time_ns + PARKING_LIMIT_NS <= now_ns ||
				   parking->bytes > PARKING_LIMIT_BYTES)) {
		parking->oldest->has_expired = true;
		end = take(parking, &parking->oldest, end);
	}
	if (!parking->oldest)
		parking->newest = NULL;
	return taken;
}

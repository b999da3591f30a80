/* SPDX-License-Identifier: MIT */
#include "profiler/late_records.h"

#include "jitdump/xalloc.h"
#include "profiler/data_output.h"
#include "profiler/event_decode.h"

#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

/* How far apart marks are: what is sorted in vain before a late record's place. */
enum { MARK_BYTES = 64 << 10 };

void late_records_deinit(struct late_records *late)
{
	if (!late)
		return;
	free(late->marks);
	free(late->regions);
	*late = (struct late_records){ 0 };
}

bool late_records_none(const struct late_records *late)
{
	return late->region_count == 0;
}

static void mark_place(struct late_records *late, uint64_t offset)
{
	if (late->mark_count && offset - late->marks[late->mark_count - 1].offset < MARK_BYTES)
		return;
	late->marks =
		xgrow(late->marks, late->mark_count, &late->mark_capacity, sizeof(*late->marks));
	late->marks[late->mark_count++] = (struct order_mark){ offset, late->newest_ns };
}

/* A place before every record that is newer than `time_ns`, and not far before. */
static uint64_t place_before(const struct late_records *late, uint64_t time_ns)
{
	size_t low = 0, high = late->mark_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (late->marks[middle].newest_ns <= time_ns)
			low = middle;
		else
			high = middle;
	}
	return late->marks[low].offset;
}

static void add_region(struct late_records *late, uint64_t start, uint64_t end)
{
	while (late->region_count) {
		const struct data_section *last = &late->regions[late->region_count - 1];

		if (last->offset + last->size <= start)
			break;
		if (last->offset < start)
			start = last->offset;
		late->region_count--;
	}
	late->regions = xgrow(late->regions, late->region_count, &late->region_capacity,
			      sizeof(*late->regions));
	late->regions[late->region_count++] = (struct data_section){ start, end - start };
}

void late_records_note(struct late_records *late, uint64_t offset, uint64_t size, uint64_t time_ns)
{
	mark_place(late, offset);
	if (time_ns < late->newest_ns)
		add_region(late, place_before(late, time_ns), offset + size);
	else
		late->newest_ns = time_ns;
}

/* A record of a region. */
struct placed_record {
	uint64_t time_ns;
	size_t offset; /* in the region; also the order of equal times */
	size_t size;
};

static int compare_placed(const void *first, const void *second)
{
	const struct placed_record *a = first, *b = second;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	return a->offset < b->offset ? -1 : a->offset > b->offset;
}

/* The records of a region, sorted. What has no time (FINISHED_ROUND) stays behind the record before
 * it. */
static struct placed_record *sort_records(const uint8_t *bytes, size_t size,
					  const struct event_layout *layout, size_t *count)
{
	struct placed_record *records = NULL;
	size_t capacity = 0;
	uint64_t last_ns = 0;

	*count = 0;
	for (size_t offset = 0; offset < size;) {
		const struct perf_event_header *record = (const void *)(bytes + offset);
		uint64_t time_ns = record->type < RECORD_USER_TYPE_START
					   ? event_decode_time(layout, record)
					   : 0;

		if (time_ns)
			last_ns = time_ns;
		records = xgrow(records, *count, &capacity, sizeof(*records));
		records[(*count)++] = (struct placed_record){ last_ns, offset, record->size };
		offset += record->size;
	}
	if (*count)
		qsort(records, *count, sizeof(*records), compare_placed);
	return records;
}

static bool sort_region(const struct data_section *region, struct data_output *output,
			const struct event_layout *layout, struct error *err)
{
	uint8_t *bytes = xmalloc(region->size), *sorted = xmalloc(region->size);
	bool is_done = data_output_read_at(output, region->offset, bytes, region->size, err);

	if (is_done) {
		size_t count, offset = 0;
		struct placed_record *records = sort_records(bytes, region->size, layout, &count);

		for (size_t i = 0; i < count; i++) {
			memcpy(sorted + offset, bytes + records[i].offset, records[i].size);
			offset += records[i].size;
		}
		free(records);
		is_done = data_output_write_at(output, region->offset, sorted, offset, err);
	}
	free(bytes);
	free(sorted);
	return is_done;
}

bool late_records_put_in_order(const struct late_records *late, struct data_output *output,
			       const struct event_layout *layout, struct error *err)
{
	for (size_t i = 0; i < late->region_count; i++) {
		struct data_section region = late->regions[i];

		if (region.offset >= output->offset)
			break;
		if (region.size > output->offset - region.offset)
			region.size = output->offset - region.offset;
		if (!sort_region(&region, output, layout, err))
			return false;
	}
	return true;
}

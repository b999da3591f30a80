/* SPDX-License-Identifier: MIT */
/*
 * The file form.
 *
 *     header | ids | attributes | feature sections known at the start | records
 *            | places of all feature sections | BUILD_ID | COMPRESSED | jprof's section
 *
 * The last line is written at close. Until then the header says 0 bytes of records, and FILE.part
 * holds the feature sections and what jprof's own section has so far.
 */
#include "profiler/data_writer_state.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COPY_BYTES = 256 << 10 };

/* So much is given up at the end of the records on a full disk, for what must lie behind them. */
enum { FULL_DISK_ROOM_BYTES = 64 << 10 };

/* An entry of the attribute section. */
struct attr_entry {
	uint8_t attr[WRITTEN_ATTR_BYTES];
	struct data_section ids;
};

static void put_ids(struct section_bytes *head, const struct written_events *events)
{
	for (size_t i = 0; i < events->count; i++)
		section_put_bytes(head, events->events[i].ids,
				  events->events[i].id_count * sizeof(uint64_t));
}

static void put_attributes(struct section_bytes *head, const struct written_events *events)
{
	uint64_t offset = sizeof(struct data_file_header);

	for (size_t i = 0; i < events->count; i++) {
		uint64_t size = events->events[i].id_count * sizeof(uint64_t);
		struct attr_entry entry = { .ids = { offset, size } };

		memcpy(entry.attr, &events->events[i].attr, sizeof(entry.attr));
		section_put_bytes(head, &entry, sizeof(entry));
		offset += size;
	}
}

static bool write_head(struct data_writer *writer, struct error *err)
{
	struct data_file_header *header = &writer->header;
	struct section_bytes head = { 0 };

	*header = (struct data_file_header){ .magic = DATA_MAGIC,
					     .size = sizeof(*header),
					     .attr_size = sizeof(struct attr_entry) };
	section_put_bytes(&head, header, sizeof(*header));
	put_ids(&head, &writer->events);
	header->attrs.offset = head.size;
	put_attributes(&head, &writer->events);
	header->attrs.size = head.size - header->attrs.offset;
	section_put_bytes(&head, writer->features.bytes.bytes, writer->features.bytes.size);
	header->data.offset = head.size;
	memcpy(head.bytes, header, sizeof(*header));
	bool is_done = data_output_write(&writer->output, head.bytes, head.size, err);

	section_bytes_deinit(&head);
	return is_done;
}

static bool begin_part(struct data_writer *writer, struct error *err)
{
	struct section_bytes chunks = { 0 };
	char *path = xasprintf("%s.part", writer->output.path);

	unlink(path);
	bool is_done = data_output_open(&writer->part, path, err);

	for (size_t i = 0; i < writer->features.count; i++) {
		const struct feature_section *section = &writer->features.items[i];

		jprof_section_put_feature(
			&chunks, &(struct stored_feature){ .number = section->number,
							   .bytes = writer->features.bytes.bytes +
								    section->offset,
							   .size = section->size });
	}
	is_done = is_done && data_output_write(&writer->part, chunks.bytes, chunks.size, err);
	writer->part_section_offset = chunks.size;
	section_bytes_deinit(&chunks);
	free(path);
	return is_done;
}

bool data_writer_begin_file(struct data_writer *writer, struct error *err)
{
	writer->output.room = FULL_DISK_ROOM_BYTES;
	return write_head(writer, err) && begin_part(writer, err);
}

bool data_writer_append_part(struct data_writer *writer, const struct section_bytes *chunks,
			     struct error *err)
{
	return data_output_write(&writer->part, chunks->bytes, chunks->size, err);
}

/* Of the feature sections that are known from the start. */
static uint64_t features_offset(const struct data_writer *writer)
{
	return writer->header.attrs.offset + writer->header.attrs.size;
}

/* The places of the feature sections, in the order of their numbers, then BUILD_ID and COMPRESSED;
 * jprof's section is copied behind. */
static void put_places(const struct data_writer *writer, uint64_t build_id_size,
		       uint64_t section_size, struct data_file_header *header,
		       struct section_bytes *tail)
{
	const struct feature_sections *features = &writer->features;
	struct data_compression compression = data_writer_compression(writer, header->data.size);
	uint64_t compression_size = writer->is_compressed ? sizeof(compression) : 0;
	struct data_section places[DATA_FEATURE_BITS] = { 0 };
	size_t count = features->count + !!build_id_size + !!compression_size + !!section_size;
	uint64_t offset = writer->output.offset + count * sizeof(struct data_section);

	for (size_t i = 0; i < features->count; i++)
		places[features->items[i].number] =
			(struct data_section){ features_offset(writer) + features->items[i].offset,
					       features->items[i].size };
	places[FEATURE_BUILD_ID] = (struct data_section){ offset, build_id_size };
	offset += build_id_size;
	places[FEATURE_COMPRESSED] = (struct data_section){ offset, compression_size };
	offset += compression_size;
	places[JPROF_FEATURE_BIT] = (struct data_section){ offset, section_size };
	for (size_t number = 0; number < DATA_FEATURE_BITS; number++) {
		if (!places[number].size)
			continue;
		header->features[number / 64] |= 1ULL << number % 64;
		section_put_bytes(tail, &places[number], sizeof(places[number]));
	}
	section_put_bytes(tail, writer->build_ids.section.bytes, build_id_size);
	section_put_bytes(tail, &compression, compression_size);
}

static bool copy_section(struct data_writer *writer, uint64_t size, struct error *err)
{
	uint8_t *bytes = xmalloc(COPY_BYTES);
	bool is_done = true;

	for (uint64_t done = 0; is_done && done < size; done += COPY_BYTES) {
		size_t piece = size - done < COPY_BYTES ? size - done : COPY_BYTES;

		is_done = data_output_read_at(&writer->part, writer->part_section_offset + done,
					      bytes, piece, err) &&
			  data_output_write(&writer->output, bytes, piece, err);
	}
	free(bytes);
	return is_done;
}

/* Writes the sample times into their place in the head. */
static bool write_sample_times(struct data_writer *writer, struct error *err)
{
	uint64_t times[2] = { writer->first_sample_ns, writer->last_sample_ns };

	for (size_t i = 0; i < writer->features.count; i++) {
		const struct feature_section *item = &writer->features.items[i];

		if (item->number == FEATURE_SAMPLE_TIME)
			return data_output_write_at(&writer->output,
						    features_offset(writer) + item->offset, times,
						    sizeof(times), err);
	}
	return true;
}

/* Everything behind the records, then the header that tells of it. On a full disk the features of
 * the head may fit where the others do not; what perf inflates by is among them. */
static bool write_tail(struct data_writer *writer, bool only_head_features, struct error *err)
{
	struct data_file_header header = writer->header;
	struct section_bytes tail = { 0 };
	uint64_t section_size = writer->part.offset - writer->part_section_offset;

	put_places(writer, only_head_features ? 0 : writer->build_ids.section.size,
		   only_head_features ? 0 : section_size, &header, &tail);
	bool is_done = data_output_write(&writer->output, tail.bytes, tail.size, err) &&
		       (only_head_features || copy_section(writer, section_size, err)) &&
		       data_output_write_at(&writer->output, 0, &header, sizeof(header), err);

	section_bytes_deinit(&tail);
	return is_done;
}

/* The header tells of the records before anything lies behind them. */
static bool end_records(struct data_writer *writer, struct error *err)
{
	struct data_file_header *header = &writer->header;

	header->data.size = writer->output.offset - header->data.offset;
	memset(header->features, 0, sizeof(header->features));
	return late_records_put_in_order(&writer->late, &writer->output, writer->layout, err) &&
	       write_sample_times(writer, err) &&
	       data_output_write_at(&writer->output, 0, header, sizeof(*header), err);
}

bool data_writer_finish_file(struct data_writer *writer, struct error *err)
{
	uint64_t end = writer->output.offset;
	struct error second;

	if (!end_records(writer, err))
		return false;
	if (write_tail(writer, false, err)) {
		data_output_remove(&writer->part);
		return true;
	}
	if (data_output_cut(&writer->output, end, &second) && !write_tail(writer, true, &second))
		data_output_cut(&writer->output, end, &second);
	return false;
}

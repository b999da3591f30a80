/* SPDX-License-Identifier: MIT */
/*
 * The file form.
 *
 *     header | ids | attributes | feature sections known at the start | records
 *            | places of all feature sections | BUILD_ID | jprof's section
 *
 * The last line is written at close. Until then the header says 0 bytes of records, and FILE.part
 * holds the feature sections and what jprof's own section has so far.
 */
#include "profiler/data_writer_state.h"

#include "jitdump/xalloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COPY_BYTES = 256 << 10, FILE_ALIGN = 8 };

/* An entry of the attribute section. */
struct attr_entry {
	uint8_t attr[WRITTEN_ATTR_BYTES];
	struct data_section ids;
};

static struct data_file_header header_of(const struct data_writer *writer)
{
	uint64_t attr_bytes = writer->events.count * sizeof(struct attr_entry);

	return (struct data_file_header){
		.magic = DATA_MAGIC,
		.size = sizeof(struct data_file_header),
		.attr_size = sizeof(struct attr_entry),
		.attrs = { writer->features_offset - attr_bytes, attr_bytes },
		.data = { writer->data_offset, 0 },
	};
}

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
	struct section_bytes head = { 0 };
	struct data_file_header header = { 0 };

	section_put_bytes(&head, &header, sizeof(header));
	put_ids(&head, &writer->events);
	put_attributes(&head, &writer->events);
	writer->features_offset = head.size;
	section_put_bytes(&head, writer->features.bytes.bytes, writer->features.bytes.size);
	writer->data_offset = head.size;
	header = header_of(writer);
	memcpy(head.bytes, &header, sizeof(header));
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
	return write_head(writer, err) && begin_part(writer, err);
}

bool data_writer_append_part(struct data_writer *writer, const struct section_bytes *chunks,
			     struct error *err)
{
	return data_output_write(&writer->part, chunks->bytes, chunks->size, err);
}

static void set_feature(struct data_file_header *header, uint32_t number)
{
	header->features[number / 64] |= 1ULL << number % 64;
}

/* The places of the feature sections behind the records, in the order of their numbers, and the
 * sections that follow them. */
static void put_places(const struct data_writer *writer, uint64_t section_size,
		       struct data_file_header *header, struct section_bytes *tail)
{
	const struct feature_sections *features = &writer->features;
	uint64_t build_id_size = writer->build_ids.section.size;
	uint64_t offset =
		writer->output.offset +
		(features->count + !!build_id_size + !!section_size) * sizeof(struct data_section);

	if (build_id_size) {
		set_feature(header, FEATURE_BUILD_ID);
		section_put_bytes(tail, &(struct data_section){ offset, build_id_size },
				  sizeof(struct data_section));
	}
	for (size_t i = 0; i < features->count; i++) {
		const struct feature_section *item = &features->items[i];

		set_feature(header, item->number);
		section_put_bytes(tail,
				  &(struct data_section){ writer->features_offset + item->offset,
							  item->size },
				  sizeof(struct data_section));
	}
	if (section_size) {
		set_feature(header, JPROF_FEATURE_BIT);
		section_put_bytes(tail,
				  &(struct data_section){ offset + build_id_size, section_size },
				  sizeof(struct data_section));
	}
	section_put_bytes(tail, writer->build_ids.section.bytes, build_id_size);
}

static bool copy_section(struct data_writer *writer, uint64_t size, struct error *err)
{
	uint8_t *bytes = xmalloc(COPY_BYTES);
	uint64_t done = 0;
	bool is_done = true;

	while (is_done && done < size) {
		size_t wanted = size - done < COPY_BYTES ? size - done : COPY_BYTES;
		ssize_t got = pread(writer->part.fd, bytes, wanted,
				    (off_t)(writer->part_section_offset + done));

		if (got <= 0)
			is_done = error_set(err, errno, "cannot read %s: %s", writer->part.path,
					    got ? strerror(errno) : "it was cut");
		else
			is_done = data_output_write(&writer->output, bytes, (size_t)got, err);
		done += got > 0 ? (uint64_t)got : 0;
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
						    writer->features_offset + item->offset, times,
						    sizeof(times), err);
	}
	return true;
}

/* Everything behind the records and then the header that tells of it. */
static bool write_tail(struct data_writer *writer, struct data_file_header *header,
		       struct error *err)
{
	struct section_bytes tail = { 0 };
	uint64_t section_size = writer->part.offset - writer->part_section_offset;

	put_places(writer, section_size, header, &tail);
	bool is_done = data_output_write(&writer->output, tail.bytes, tail.size, err) &&
		       copy_section(writer, section_size, err) &&
		       data_output_write_at(&writer->output, 0, header, sizeof(*header), err);

	section_bytes_deinit(&tail);
	return is_done;
}

bool data_writer_finish_file(struct data_writer *writer, struct error *err)
{
	struct data_file_header header = header_of(writer);

	header.data.size = writer->output.offset - writer->data_offset;
	if (!write_sample_times(writer, err) ||
	    !data_output_write_at(&writer->output, 0, &header, sizeof(header), err) ||
	    !write_tail(writer, &header, err))
		return false;
	unlink(writer->part.path);
	return true;
}

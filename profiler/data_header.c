/* SPDX-License-Identifier: MIT */
#include "profiler/data_header.h"

#include "jitdump/xalloc.h"
#include "profiler/data_window.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* No real section comes near; a sparse file can claim anything. */
enum { SECTION_BYTES_MAX = 1 << 30 };

static bool check_magic(uint64_t magic, const char *name, struct error *err)
{
	if (magic == DATA_MAGIC)
		return true;
	if (magic == DATA_MAGIC_SWAPPED)
		return error_set(err, 0,
				 "%s was recorded on a machine of the other byte order; "
				 "report it on such a machine",
				 name);
	if (magic == DATA_MAGIC_OLD)
		return error_set(err, 0,
				 "%s is in the version 1 format of perf before Linux 3.3, which is "
				 "not read; record it again with `jprof record COMMAND`",
				 name);
	return error_set(err, 0,
			 "%s is not a recording (perf.data); make one with `jprof record COMMAND`",
			 name);
}

/* Where the sections of the set feature bits are: right behind the data. */
static size_t read_places(const struct data_header *header, uint64_t offset,
			  struct data_section places[DATA_FEATURE_BITS], uint64_t *wanted_bytes)
{
	size_t count = 0;

	for (size_t word = 0; word < DATA_FEATURE_BITS / 64; word++)
		count += (size_t)__builtin_popcountll(header->file.features[word]);
	*wanted_bytes = count * sizeof(*places);
	return data_read_at(header->fd, offset, places, *wanted_bytes) / sizeof(*places);
}

static bool is_inside(const struct data_header *header, struct data_section section)
{
	return section.offset <= header->file_bytes &&
	       section.size <= header->file_bytes - section.offset;
}

/* Of a feature section, where the places begin at `places` and are `size` bytes. */
static bool is_apart(struct data_section section, uint64_t places, uint64_t size)
{
	return section.offset + section.size <= places || section.offset >= places + size;
}

/* A data size of 0 says that nobody closed the file, unless the features' places lie where the data
 * would be: then the recording is closed and empty. */
static bool is_closed_and_empty(const struct data_header *header)
{
	struct data_section places[DATA_FEATURE_BITS];
	uint64_t wanted;
	size_t count = read_places(header, header->file.data.offset, places, &wanted);

	if (count == 0 || count * sizeof(*places) < wanted)
		return false;
	for (size_t number = 0; number < count; number++)
		if (!is_inside(header, places[number]) ||
		    !is_apart(places[number], header->file.data.offset, wanted))
			return false;
	return true;
}

static void find_data(struct data_header *header)
{
	struct data_section data = header->file.data;
	uint64_t left;

	if (data.offset > header->file_bytes)
		data.offset = header->file_bytes;
	left = header->file_bytes - data.offset;
	header->is_closed = data.size || is_closed_and_empty(header);
	if (!header->is_closed)
		data.size = left;
	if (data.size > left)
		header->data_missing_bytes = data.size - left;
	header->data_start = data.offset;
	header->data_end = data.offset + data.size - header->data_missing_bytes;
}

bool data_header_read(struct data_header *header, int fd, const char *name, struct error *err)
{
	struct data_file_header *file = &header->file;
	struct stat status;
	size_t got;

	*header = (struct data_header){ .fd = fd };
	if (fstat(fd, &status) == 0)
		header->file_bytes = (uint64_t)status.st_size;
	got = data_read_at(fd, 0, file, sizeof(*file));
	if (got == 0)
		return error_set(err, 0,
				 "%s is empty: nothing was recorded to it; record again with "
				 "`jprof record COMMAND`",
				 name);
	if (got >= sizeof(file->magic) && !check_magic(file->magic, name, err))
		return false;
	if (got >= sizeof(struct data_pipe_header) &&
	    file->size == sizeof(struct data_pipe_header)) {
		*file = (struct data_file_header){ 0 };
		header->is_pipe = header->is_closed = true;
		header->data_start = sizeof(struct data_pipe_header);
		header->data_end = header->file_bytes;
		return true;
	}
	if (got < offsetof(struct data_file_header, features))
		return error_set(err, 0,
				 "%s ends inside its header: nothing of it can be read; "
				 "record again with `jprof record COMMAND`",
				 name);
	if (got < sizeof(*file) || file->size < sizeof(*file))
		memset(file->features, 0, sizeof(file->features));
	find_data(header);
	return true;
}

uint8_t *data_header_read_section(const struct data_header *header, struct data_section section,
				  size_t *size)
{
	uint8_t *bytes;

	*size = 0;
	if (section.size == 0 || section.offset >= header->file_bytes)
		return NULL;
	if (section.size > header->file_bytes - section.offset)
		section.size = header->file_bytes - section.offset;
	if (section.size > SECTION_BYTES_MAX)
		return NULL;
	bytes = xmalloc(section.size);
	*size = data_read_at(header->fd, section.offset, bytes, section.size);
	return bytes;
}

void data_header_read_events(const struct data_header *header, struct data_events *events)
{
	size_t entry_bytes = header->file.attr_size, size;
	/* Sections of ids may not overlap, so all ids together are no larger than the file. */
	uint64_t ids_left_bytes = header->file_bytes;
	uint8_t *entries = data_header_read_section(header, header->file.attrs, &size);

	if (entry_bytes < sizeof(struct data_section))
		size = 0;
	for (size_t offset = 0; size - offset >= entry_bytes && size; offset += entry_bytes) {
		size_t attr_size = entry_bytes - sizeof(struct data_section), ids_size;
		struct data_section section;

		memcpy(&section, entries + offset + attr_size, sizeof(section));
		if (section.size > ids_left_bytes)
			section.size = 0;
		ids_left_bytes -= section.size;
		uint8_t *ids = data_header_read_section(header, section, &ids_size);

		data_events_add(events, entries + offset, attr_size, ids, ids_size / 8);
		free(ids);
	}
	free(entries);
}

void data_header_read_features(struct data_header *header, struct data_feature_set *set,
			       struct data_events *events)
{
	struct data_section places[DATA_FEATURE_BITS];
	uint64_t wanted;
	size_t count, number = 0;

	if (!header->is_closed || header->data_missing_bytes)
		return;
	count = read_places(header, header->data_end, places, &wanted);
	header->lacks_features = count * sizeof(*places) < wanted;
	for (unsigned int bit = 0; bit < DATA_FEATURE_BITS && number < count; bit++) {
		size_t size;
		uint8_t *bytes;

		if (!(header->file.features[bit / 64] >> bit % 64 & 1))
			continue;
		header->lacks_features |= !is_inside(header, places[number]);
		bytes = data_header_read_section(header, places[number++], &size);
		if (bytes)
			data_features_add(set, events, bit, bytes, size);
		free(bytes);
	}
}

bool data_header_read_places(const struct data_header *header,
			     struct data_section places[DATA_FEATURE_BITS])
{
	uint64_t wanted;
	size_t count = read_places(header, header->data_end, places, &wanted);

	if (header->data_missing_bytes || count * sizeof(*places) < wanted)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!is_inside(header, places[i]))
			return false;
	}
	return true;
}

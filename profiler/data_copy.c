/* SPDX-License-Identifier: MIT */
#include "profiler/data_copy.h"

#include "jitdump/xalloc.h"
#include "profiler/data_input.h"
#include "profiler/data_part.h"
#include "profiler/data_window.h"
#include "profiler/data_writer_state.h"
#include "profiler/section_packed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPY_BYTES = 256 << 10, ALIGN = 8 };

/* A feature section of the recording: where it is, and where it will be. */
struct copied_feature {
	struct data_section from, to;
	bool is_behind; /* the records */
};

static const char *name_of(const struct data_copy *copy)
{
	return strcmp(copy->path, "-") ? copy->path : "standard input";
}

static bool copy_bytes(struct data_output *output, int fd, uint64_t offset, uint64_t size,
		       struct error *err)
{
	uint8_t *bytes = xmalloc(COPY_BYTES);
	bool is_done = true;

	while (is_done && size) {
		size_t piece = size < COPY_BYTES ? size : COPY_BYTES;

		is_done = data_read_at(fd, offset, bytes, piece) == piece ||
			  error_set(err, 0, "the recording became shorter while it was read");
		is_done = is_done && data_output_write(output, bytes, piece, err);
		offset += piece;
		size -= piece;
	}
	free(bytes);
	return is_done;
}

static uint64_t align(uint64_t offset)
{
	return offset + -offset % ALIGN;
}

static bool pad(struct data_output *output, struct error *err)
{
	static const uint8_t zeros[ALIGN];

	return data_output_write(output, zeros, align(output->offset) - output->offset, err);
}

/* What the copy's section is to be. */
static struct section_bytes make_section(const struct data_copy *copy,
					 const struct data_header *from, struct data_section place)
{
	struct section_bytes chunks = { 0 }, packed = { 0 };
	size_t size;
	uint8_t *bytes = copy->is_section_in_part
				 ? data_input_read_part_file(copy->path, true, &size)
				 : data_header_read_section(from, place, &size);

	if (bytes)
		jprof_section_copy(&chunks, bytes, size);
	section_put_bytes(&chunks, copy->chunks->bytes, copy->chunks->size);
	section_put_packed(&packed, &chunks);
	section_bytes_deinit(&chunks);
	free(bytes);
	return packed;
}

/*
 * Places for all sections: those that lie before the records stay where they are, those behind
 * follow the table of places, which begins at `offset`, in its order, and jprof's own last.
 */
static void place_features(struct copied_feature features[DATA_FEATURE_BITS],
			   struct data_file_header *header, uint64_t offset, uint64_t section_size)
{
	size_t count = 0;

	header->features[JPROF_FEATURE_BIT / 64] |= 1ULL << JPROF_FEATURE_BIT % 64;
	for (size_t word = 0; word < DATA_FEATURE_BITS / 64; word++)
		count += (size_t)__builtin_popcountll(header->features[word]);
	offset = align(offset + count * sizeof(struct data_section));
	for (size_t bit = 0; bit < DATA_FEATURE_BITS; bit++) {
		struct copied_feature *feature = &features[bit];

		if (!(header->features[bit / 64] >> bit % 64 & 1) || bit == JPROF_FEATURE_BIT)
			continue;
		feature->to = feature->from;
		feature->is_behind = feature->from.offset >= header->data.offset;
		if (!feature->is_behind)
			continue;
		feature->to.offset = offset;
		offset = align(offset + feature->from.size);
	}
	features[JPROF_FEATURE_BIT] = (struct copied_feature){ .to = { offset, section_size } };
}

static bool write_places(struct data_output *output, const struct data_file_header *header,
			 const struct copied_feature features[DATA_FEATURE_BITS], struct error *err)
{
	bool is_done = true;

	for (size_t bit = 0; is_done && bit < DATA_FEATURE_BITS; bit++) {
		if (header->features[bit / 64] >> bit % 64 & 1)
			is_done = data_output_write(output, &features[bit].to,
						    sizeof(features[bit].to), err);
	}
	return is_done;
}

static bool write_features(struct data_output *output, int fd,
			   const struct copied_feature features[DATA_FEATURE_BITS],
			   const struct section_bytes *section, struct error *err)
{
	for (size_t bit = 0; bit < DATA_FEATURE_BITS; bit++) {
		const struct copied_feature *feature = &features[bit];

		if (!feature->is_behind)
			continue;
		if (!pad(output, err) ||
		    !copy_bytes(output, fd, feature->from.offset, feature->from.size, err))
			return false;
	}
	if (!pad(output, err))
		return false;
	return data_output_write(output, section->bytes, section->size, err);
}

static bool read_features(const struct data_copy *copy, const struct data_header *header,
			  struct copied_feature features[DATA_FEATURE_BITS], struct error *err)
{
	struct data_section places[DATA_FEATURE_BITS];
	size_t number = 0;

	if (!data_header_read_places(header, places))
		return error_set(err, 0,
				 "%s lost its end, with what it says about itself: copy it again "
				 "from where it was recorded",
				 name_of(copy));
	for (size_t bit = 0; bit < DATA_FEATURE_BITS; bit++) {
		if (header->file.features[bit / 64] >> bit % 64 & 1)
			features[bit].from = places[number++];
	}
	return true;
}

/* The file form, closed. */
static bool copy_file(const struct data_copy *copy, const struct data_header *from,
		      struct data_output *output, struct error *err)
{
	struct copied_feature features[DATA_FEATURE_BITS] = { 0 };
	struct data_file_header header = from->file;
	uint64_t head = sizeof(header);

	if (from->file.size != sizeof(header))
		return error_set(err, 0,
				 "%s has a header of another size than perf's since Linux 3.3: "
				 "there is no place in it for a section",
				 name_of(copy));
	if (!read_features(copy, from, features, err))
		return false;
	struct section_bytes section = make_section(copy, from, features[JPROF_FEATURE_BIT].from);

	place_features(features, &header, from->data_end, section.size);
	bool is_done = data_output_write(output, &header, sizeof(header), err) &&
		       copy_bytes(output, from->fd, head, from->data_end - head, err) &&
		       write_places(output, &header, features, err) &&
		       write_features(output, from->fd, features, &section, err);

	section_bytes_deinit(&section);
	return is_done;
}

/* The end of the last whole record. */
static uint64_t find_end(const struct data_header *header)
{
	struct data_record record;
	struct data_part records;

	data_part_init(&records, header->fd, header->data_start, header->data_end);
	while (data_part_next(&records, &record))
		continue;
	data_part_deinit(&records);
	return records.whole_end;
}

/* The pipe form: the section goes on behind its records. */
static bool copy_pipe(const struct data_copy *copy, const struct data_header *from,
		      struct data_output *output, struct error *err)
{
	struct section_bytes packed = { 0 };

	section_put_packed(&packed, copy->chunks);
	bool is_done = copy_bytes(output, from->fd, 0, find_end(from), err) &&
		       data_writer_append_pieces(output, &packed, err) &&
		       data_output_drain(output, err);

	section_bytes_deinit(&packed);
	return is_done;
}

static bool copy_to_path(int fd, const char *path, struct error *err)
{
	struct data_output output;
	struct stat status;

	unlink(path);
	bool is_done = data_output_open(&output, path, err) && fstat(fd, &status) == 0 &&
		       copy_bytes(&output, fd, 0, (uint64_t)status.st_size, err);

	data_output_close(&output);
	return is_done;
}

/* FILE.part, if there is one, beside the copy. */
static bool copy_part(const char *path, const char *copied, struct error *err)
{
	char *part = xasprintf("%s.part", path), *copied_part = xasprintf("%s.part", copied);
	int fd = open(part, O_RDONLY | O_CLOEXEC);
	bool is_done = fd < 0 || copy_to_path(fd, copied_part, err);

	if (fd >= 0)
		close(fd);
	free(part);
	free(copied_part);
	return is_done;
}

static void remove_copy(const char *path)
{
	char *part = xasprintf("%s.part", path);

	unlink(path);
	unlink(part);
	free(part);
}

/* A recording that was not closed: a copy of it is, and that is then copied. */
static bool copy_unclosed(const struct data_copy *copy, struct data_output *output,
			  struct error *err)
{
	char *closed = xasprintf("%s.closed", copy->output);
	struct data_writer *writer = NULL;
	struct data_header header;
	int fd = -1;

	if (copy_to_path(copy->header->fd, closed, err) && copy_part(copy->path, closed, err))
		writer = data_writer_resume(closed, err);
	bool is_done = writer && data_writer_close(writer, NULL, err);

	if (is_done)
		fd = open(closed, O_RDONLY | O_CLOEXEC);
	is_done = fd >= 0 && data_header_read(&header, fd, closed, err) &&
		  copy_file(copy, &header, output, err);
	if (fd >= 0)
		close(fd);
	remove_copy(closed);
	free(closed);
	return is_done;
}

static bool copy_any(const struct data_copy *copy, struct data_output *output, struct error *err)
{
	if (copy->header->is_pipe)
		return copy_pipe(copy, copy->header, output, err);
	if (!copy->header->is_closed)
		return copy_unclosed(copy, output, err);
	return copy_file(copy, copy->header, output, err);
}

static bool is_in_place(const struct data_copy *copy)
{
	struct stat from, to;

	return strcmp(copy->path, "-") != 0 && stat(copy->path, &from) == 0 &&
	       stat(copy->output, &to) == 0 && from.st_dev == to.st_dev && from.st_ino == to.st_ino;
}

/* It must not be still being written, and the copy belongs to whom it belongs. */
static bool may_replace(const struct data_copy *copy, const struct data_output *output,
			struct error *err)
{
	struct data_output there;
	struct stat status;
	bool may = data_output_reopen(&there, copy->path, err);

	if (may && fstat(there.fd, &status) == 0) {
		fchmod(output->fd, status.st_mode & 07777);
		if (fchown(output->fd, status.st_uid, status.st_gid) != 0 &&
		    status.st_uid != geteuid())
			may = error_set(err, 0,
					"%s belongs to someone else: write another file with "
					"-o FILE",
					copy->path);
	}
	data_output_close(&there);
	return may;
}

static bool replace(const struct data_copy *copy, const struct data_output *output,
		    struct error *err)
{
	char *part = xasprintf("%s.part", copy->output);
	bool is_done = rename(output->path, copy->output) == 0 ||
		       data_output_failed(err, copy->output, errno);

	/* What it says is in the copy. */
	if (is_done)
		unlink(part);
	free(part);
	return is_done;
}

static bool is_one_file(const struct data_copy *copy, struct error *err)
{
	struct stat status;

	if (stat(copy->path, &status) != 0 || !S_ISDIR(status.st_mode))
		return true;
	return error_set(err, 0,
			 "%s is a directory of files, whose names and lines have no place in one: "
			 "record without --threads",
			 copy->path);
}

/* Beside the recording, and through links: what they lead to is replaced. */
static bool write_in_place(const struct data_copy *given, uint64_t *bytes, struct error *err)
{
	char *place = realpath(given->output, NULL);
	char *path = xasprintf("%s.packed", place ? place : given->output);
	struct data_copy copy = *given;
	struct data_output output;

	if (place)
		copy.output = place;
	unlink(path);
	bool is_open = data_output_open(&output, path, err);
	bool is_done = is_open && may_replace(&copy, &output, err) &&
		       copy_any(&copy, &output, err) && replace(&copy, &output, err);

	*bytes = output.offset;
	if (is_open && !is_done)
		data_output_remove(&output);
	data_output_close(&output);
	free(path);
	free(place);
	return is_done;
}

static bool write_elsewhere(const struct data_copy *copy, uint64_t *bytes, struct error *err)
{
	struct data_output output;
	bool is_open = data_output_open(&output, copy->output, err);
	bool is_done = is_open && copy_any(copy, &output, err);

	*bytes = output.offset;
	if (is_open && !is_done)
		data_output_remove(&output);
	data_output_close(&output);
	return is_done;
}

bool data_copy_write(const struct data_copy *copy, uint64_t *bytes, struct error *err)
{
	if (!is_one_file(copy, err))
		return false;
	return is_in_place(copy) ? write_in_place(copy, bytes, err)
				 : write_elsewhere(copy, bytes, err);
}

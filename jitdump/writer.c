/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jitdump/announcement.h"
#include "jitdump/dump_output.h"
#include "jitdump/libjitdump.h"
#include "jitdump/map_output.h"
#include "jitdump/options.h"
#include "jitdump/process_lock.h"

/*
 * A writer outlives fork(2): what it was asked for holds in the child too, its outputs are the
 * process's that opened them. `generation` tells whose they are.
 */
struct jitdump_writer {
	struct jitdump_writer *next;
	unsigned reference_count;

	char *directory; /* absolute */
	char *file_name;
	char *map_directory;
	unsigned outputs;
	unsigned skipped_kinds;
	unsigned permissions;
	bool delete_after_open;

	unsigned generation; /* of the process that opened the outputs; 0: not open */
	struct jitdump_output dump;
	struct jitdump_map map;
	uint64_t next_code_index; /* goes on in a child, so that no two functions share one */
};

/* Every writer of the process, under the process lock: that is how users of one file meet. */
static struct jitdump_writer *writers;

static void destroy_writer(struct jitdump_writer *writer)
{
	if (writer == NULL)
		return;
	free(writer->directory);
	free(writer->file_name);
	free(writer->map_directory);
	free(writer);
}

static int create_writer(const struct jitdump_options *options, struct jitdump_writer **created)
{
	struct jitdump_writer *writer = calloc(1, sizeof(*writer));
	int status = 0;

	if (writer == NULL)
		return -ENOMEM;
	writer->reference_count = 1;
	writer->outputs = options->outputs;
	writer->skipped_kinds = options->skipped_kinds;
	writer->permissions = options->permissions;
	writer->delete_after_open = options->delete_after_open != 0;
	writer->dump.file.fd = -1;
	writer->map.file.fd = -1;
	/* Absolute, for a child may have changed its directory by its first announcement. */
	writer->directory = realpath(options->directory, NULL);
	if (writer->directory == NULL)
		status = -errno;
	if (status == 0 && (options->outputs & JITDUMP_TO_PERF_MAP) != 0) {
		writer->map_directory = realpath(options->map_directory, NULL);
		if (writer->map_directory == NULL)
			status = -errno;
	}
	writer->file_name = strdup(options->file_name);
	if (status == 0 && writer->file_name == NULL)
		status = -ENOMEM;
	if (status != 0) {
		destroy_writer(writer);
		return status;
	}
	*created = writer;
	return 0;
}

static int open_outputs(struct jitdump_writer *writer)
{
	int status = 0;

	if ((writer->outputs & JITDUMP_TO_DUMP) != 0)
		status = jitdump_output_open(&writer->dump, writer->directory, writer->file_name,
					     writer->permissions);
	if (status == 0 && (writer->outputs & JITDUMP_TO_PERF_MAP) != 0)
		status = jitdump_map_open(&writer->map, writer->map_directory);
	if (writer->dump.file.fd >= 0 && (status != 0 || writer->delete_after_open))
		jitdump_output_unlink(&writer->dump);
	if (status != 0)
		jitdump_output_close(&writer->dump);
	return status;
}

/* Sees to it that the outputs are those of the calling process. */
static int start_in_this_process(struct jitdump_writer *writer, unsigned generation)
{
	int status;

	if (writer->generation == generation)
		return 0;
	jitdump_output_forget(&writer->dump);
	jitdump_map_forget(&writer->map);
	status = open_outputs(writer);
	if (status == 0)
		writer->generation = generation;
	return status;
}

static struct jitdump_writer *find_writer(const struct jitdump_writer *like)
{
	struct jitdump_writer *writer = writers;

	while (writer != NULL && (strcmp(writer->directory, like->directory) != 0 ||
				  strcmp(writer->file_name, like->file_name) != 0))
		writer = writer->next;
	return writer;
}

int jitdump_open(const struct jitdump_options *options, struct jitdump_writer **writer)
{
	struct jitdump_options wanted;
	struct jitdump_writer *fresh;
	struct jitdump_writer *known;
	unsigned generation;
	int status = jitdump_options_read(&wanted, options);

	*writer = NULL;
	if (status == 0)
		status = jitdump_process_lock_init();
	if (status == 0)
		status = create_writer(&wanted, &fresh);
	if (status != 0)
		return status;

	generation = jitdump_process_lock();
	known = find_writer(fresh);
	status = start_in_this_process(known != NULL ? known : fresh, generation);
	if (status == 0 && known != NULL) {
		known->reference_count++;
		*writer = known;
	} else if (status == 0) {
		fresh->next = writers;
		/* A child forked here sees the list with the whole writer or without it. */
		__atomic_store_n(&writers, fresh, __ATOMIC_RELEASE);
		*writer = fresh;
	}
	jitdump_process_unlock();
	if (*writer != fresh)
		destroy_writer(fresh);
	return status;
}

static void remove_from_list(struct jitdump_writer *writer)
{
	struct jitdump_writer **link = &writers;

	while (*link != writer)
		link = &(*link)->next;
	__atomic_store_n(link, writer->next, __ATOMIC_RELEASE);
}

static int write_close(struct jitdump_output *dump)
{
	struct jitdump_record_prefix record = {
		.id = JITDUMP_CODE_CLOSE,
		.total_size = sizeof(record),
		.timestamp = jitdump_output_now_ns(),
	};
	struct iovec piece = { &record, sizeof(record) };

	return jitdump_output_append(dump, &piece, 1);
}

static int close_outputs(struct jitdump_writer *writer, unsigned generation)
{
	int status = 0;
	int dump_status;
	int map_status;

	if (writer->generation != generation)
		jitdump_output_forget(&writer->dump);
	else if (writer->dump.file.fd >= 0)
		status = write_close(&writer->dump);
	dump_status = jitdump_output_close(&writer->dump);
	map_status = jitdump_map_close(&writer->map);
	if (status == 0)
		status = dump_status;
	return status != 0 ? status : map_status;
}

int jitdump_close(struct jitdump_writer *writer)
{
	unsigned generation;
	int status = 0;
	bool is_last;

	if (writer == NULL)
		return 0;
	generation = jitdump_process_lock();
	is_last = --writer->reference_count == 0;
	if (is_last) {
		remove_from_list(writer);
		status = close_outputs(writer, generation);
	}
	jitdump_process_unlock();
	if (is_last)
		destroy_writer(writer);
	return status;
}

int jitdump_path(struct jitdump_writer *writer, char *path, size_t size)
{
	unsigned generation = jitdump_process_lock();
	bool is_open = writer->generation == generation && writer->dump.file.fd >= 0;
	const char *text = is_open ? writer->dump.path : "";
	size_t length = strlen(text);
	size_t copied = length < size ? length : size - 1;

	if (size != 0) {
		memcpy(path, text, copied);
		path[copied] = '\0';
	}
	jitdump_process_unlock();
	return (int)length;
}

/* Under the lock: the records get their number and time in the order in which they are written. */
static int write_function(struct jitdump_writer *writer, struct jitdump_announcement *announcement)
{
	uint64_t index = writer->next_code_index;
	const struct jitdump_load_fields *load = &announcement->load.fields;
	int status = 0;

	jitdump_announcement_stamp(announcement, index, jitdump_output_now_ns());
	if (writer->dump.file.fd >= 0)
		status = jitdump_output_append(&writer->dump, announcement->pieces,
					       announcement->piece_count);
	if (status != 0)
		return status;
	writer->next_code_index = index + 1;
	if (writer->map.file.fd >= 0)
		status = jitdump_map_add(&writer->map, index, load->code_addr, load->code_size,
					 announcement->name);
	return status;
}

int jitdump_add(struct jitdump_writer *writer, const struct jitdump_function *description,
		uint64_t *code_index)
{
	const size_t first_size = sizeof(struct jitdump_function);
	struct jitdump_announcement announcement;
	struct jitdump_function function;
	int status = jitdump_copy_sized(&function, sizeof(function), first_size, description,
					description->size);

	if (status == 0 && (unsigned)function.kind >= sizeof(writer->skipped_kinds) * CHAR_BIT)
		status = -EINVAL;
	if (code_index != NULL)
		*code_index = JITDUMP_NOT_WRITTEN;
	if (status == 0)
		status = jitdump_announcement_init(&announcement, &function);
	if (status != 0)
		return status;
	if ((writer->skipped_kinds & JITDUMP_KIND_BIT(function.kind)) == 0) {
		status = start_in_this_process(writer, jitdump_process_lock());
		if (status == 0)
			status = write_function(writer, &announcement);
		if (status == 0 && code_index != NULL)
			*code_index = announcement.load.fields.code_index;
		jitdump_process_unlock();
	}
	jitdump_announcement_deinit(&announcement);
	return status;
}

static int write_move(struct jitdump_writer *writer, const struct jitdump_move_fields *fields)
{
	struct jitdump_move_record record = {
		.prefix = { .id = JITDUMP_CODE_MOVE, .total_size = sizeof(record) },
		.fields = *fields,
	};
	struct iovec piece = { &record, sizeof(record) };
	int status = 0;

	if (fields->code_index >= writer->next_code_index)
		return -EINVAL;
	record.prefix.timestamp = jitdump_output_now_ns();
	if (writer->dump.file.fd >= 0)
		status = jitdump_output_append(&writer->dump, &piece, 1);
	if (status == 0 && writer->map.file.fd >= 0)
		status = jitdump_map_move(&writer->map, fields->code_index, fields->new_code_addr,
					  fields->code_size);
	return status;
}

int jitdump_move(struct jitdump_writer *writer, uint64_t code_index, uint64_t old_address,
		 uint64_t new_address, uint64_t code_size)
{
	struct jitdump_move_fields fields = {
		.pid = (uint32_t)getpid(),
		.tid = (uint32_t)gettid(),
		.vma = new_address,
		.old_code_addr = old_address,
		.new_code_addr = new_address,
		.code_size = code_size,
		.code_index = code_index,
	};
	int status;

	if (code_size == 0 || code_size - 1 > UINT64_MAX - new_address)
		return -EINVAL;
	if (code_index == JITDUMP_NOT_WRITTEN)
		return 0;
	status = start_in_this_process(writer, jitdump_process_lock());
	if (status == 0)
		status = write_move(writer, &fields);
	jitdump_process_unlock();
	return status;
}

uint64_t jitdump_reserve_size(uint64_t code_size, size_t eh_frame_size)
{
	uint64_t padding = -code_size & 7;

	return padding + eh_frame_size;
}

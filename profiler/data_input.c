/* SPDX-License-Identifier: MIT */
#include "profiler/data_input.h"

#include "jitdump/xalloc.h"
#include "profiler/data_window.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As many CPUs as a kernel can have. */
enum { DIRECTORY_FILES_MAX = 8192 };

/* A part file that long was not written by jprof; what is read of it is whole chunks. */
enum { PART_FILE_BYTES_MAX = 1 << 30 };

static bool check_owner(const char *path, const struct stat *status, bool force, struct error *err)
{
	if (force || geteuid() == 0 || status->st_uid == geteuid() || status->st_uid == 0)
		return true;
	return error_set(err, EPERM,
			 "%s belongs neither to you nor to root: it may be made to mislead; "
			 "read it all the same with -f",
			 path);
}

static void add_file(struct data_input *input, int fd, const struct stat *status)
{
	input->files = xgrow(input->files, input->count, &input->capacity, sizeof(*input->files));
	input->files[input->count++] =
		(struct data_input_file){ .fd = fd, .bytes = (uint64_t)status->st_size };
	input->file_bytes += (uint64_t)status->st_size;
}

static bool cannot_open(const char *path, struct error *err)
{
	int code = errno;

	if (code == ENOENT)
		return error_set(err, code,
				 "cannot open %s: no such file; record one with "
				 "`jprof record COMMAND`",
				 path);
	if (code == EACCES)
		return error_set(err, code,
				 "cannot open %s: permission denied; read it as its owner, or "
				 "with sudo",
				 path);
	return error_set(err, code, "cannot open %s: %s", path, strerror(code));
}

/* A regular file; anything else that took its place since is refused, not waited for. */
static bool add_path(struct data_input *input, const char *path, bool force, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;

	if (fd < 0)
		return cannot_open(path, err);
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return error_set(err, 0, "%s is not a file; name a recording (perf.data)", path);
	}
	if (!check_owner(path, &status, force, err)) {
		close(fd);
		return false;
	}
	add_file(input, fd, &status);
	return true;
}

/* data, then data.0, data.1 ... as far as they go (perf record --threads). */
static bool add_directory(struct data_input *input, const char *path, bool force, struct error *err)
{
	char *name = xasprintf("%s/data", path);
	bool is_open = add_path(input, name, force, err);

	free(name);
	for (int number = 0; is_open && number < DIRECTORY_FILES_MAX; number++) {
		name = xasprintf("%s/data.%d", path, number);
		bool exists = access(name, F_OK) == 0;

		is_open = !exists || add_path(input, name, force, err);
		free(name);
		if (!exists)
			break;
	}
	return is_open;
}

/* A file given as standard input is read in place; everything else is kept first. */
static bool add_stream(struct data_input *input, int fd, struct error *err)
{
	struct stat status;
	int copy;

	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && lseek(fd, 0, SEEK_CUR) == 0) {
		copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (copy < 0)
			return cannot_open(input->name, err);
		add_file(input, copy, &status);
		return true;
	}
	if (!data_spool_open(&input->spool, err) || !data_spool_add_all(&input->spool, fd, err))
		return false;
	copy = fcntl(input->spool.fd, F_DUPFD_CLOEXEC, 0);
	if (copy < 0 || fstat(copy, &status) < 0)
		return cannot_open(input->name, err);
	add_file(input, copy, &status);
	return true;
}

static bool add_pipe(struct data_input *input, const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool is_added;

	if (fd < 0)
		return cannot_open(path, err);
	is_added = add_stream(input, fd, err);
	close(fd);
	return is_added;
}

static bool add_named(struct data_input *input, const char *path, bool force, struct error *err)
{
	struct stat status;

	if (strcmp(path, "-") == 0)
		return add_stream(input, STDIN_FILENO, err);
	if (stat(path, &status) < 0)
		return cannot_open(path, err);
	if (S_ISDIR(status.st_mode))
		return add_directory(input, path, force, err);
	if (S_ISREG(status.st_mode))
		return add_path(input, path, force, err);
	return add_pipe(input, path, err);
}

bool data_input_open(struct data_input *input, const char *path, bool force, struct error *err)
{
	*input = (struct data_input){ .spool.fd = -1 };
	input->name = xstrdup(strcmp(path, "-") == 0 ? "standard input" : path);
	if (add_named(input, path, force, err)) {
		assert(input->count > 0);
		return true;
	}
	data_input_close(input);
	return false;
}

void data_input_close(struct data_input *input)
{
	for (size_t number = 0; number < input->count; number++)
		close(input->files[number].fd);
	free(input->files);
	data_spool_close(&input->spool);
	free(input->name);
	*input = (struct data_input){ .spool.fd = -1 };
}

uint8_t *data_input_read_part_file(const char *path, bool force, size_t *size)
{
	struct data_input input = { .spool.fd = -1 };
	char *name = xasprintf("%s.part", path);
	struct stat status;
	uint8_t *bytes = NULL;
	struct error err;

	*size = 0;
	if (stat(name, &status) == 0 && S_ISREG(status.st_mode) &&
	    add_path(&input, name, force, &err) && input.files) {
		uint64_t wanted = input.file_bytes < PART_FILE_BYTES_MAX ? input.file_bytes
									 : PART_FILE_BYTES_MAX;

		bytes = xmalloc(wanted + 1);
		*size = data_read_at(input.files[0].fd, 0, bytes, wanted);
	}
	data_input_close(&input);
	free(name);
	return bytes;
}

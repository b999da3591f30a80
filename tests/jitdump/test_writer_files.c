/* SPDX-License-Identifier: MIT */
/* Which file the writer writes to, and what becomes of it when it cannot. */
#include "jitdump/libjitdump.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/dump_records.h"
#include "support/in_child.h"
#include "support/scratch_directory.h"

static const uint8_t code[100] = { 0xc3 };

static int open_in(const char *directory, struct jitdump_writer **writer)
{
	struct jitdump_options options = { .size = sizeof(options), .directory = directory };

	return jitdump_open(&options, writer);
}

static int add(struct jitdump_writer *writer, const void *bytes, uint64_t size)
{
	struct jitdump_function function = { .size = sizeof(function),
					     .name = "f",
					     .code_address = 0x4000,
					     .code = bytes,
					     .code_size = size };

	return jitdump_add(writer, &function, NULL);
}

/* Where the writer will put its dump. */
static const char *dump_path(void **state)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/jit-%d.dump", (char *)*state, getpid());
	return path;
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void expect_text(const char *path, const char *expected)
{
	char text[100] = "";
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	fclose(file);
	assert_string_equal(text, expected);
}

static void expect_ids(const char *path, const char *expected)
{
	struct dump_records dump;
	char ids[64];

	dump_records_read(&dump, path);
	dump_records_ids(&dump, ids, sizeof(ids));
	assert_string_equal(ids, expected);
	dump_records_release(&dump);
}

/* The line of /proc/self/maps for this file, or NULL. */
static const char *mapping_of(const char *path)
{
	static char line[PATH_MAX + 100];
	FILE *maps = fopen("/proc/self/maps", "r");
	const char *found = NULL;

	assert_non_null(maps);
	while (found == NULL && fgets(line, sizeof(line), maps) != NULL)
		found = strstr(line, path) != NULL ? line : NULL;
	fclose(maps);
	return found;
}

/* The descriptor of this process that has the file open. */
static int fd_of(const char *path)
{
	for (int fd = 3; fd < 64; fd++) {
		char link[32];
		char target[PATH_MAX] = "";

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		if (readlink(link, target, sizeof(target) - 1) > 0 && strcmp(target, path) == 0)
			return fd;
	}
	return -1;
}

static void the_file_is_private_and_not_inherited_by_exec(void **state)
{
	struct jitdump_writer *writer;
	struct stat file;

	assert_int_equal(open_in(*state, &writer), 0);
	assert_int_equal(stat(dump_path(state), &file), 0);
	assert_int_equal(file.st_mode & 07777, 0600);
	assert_true((fcntl(fd_of(dump_path(state)), F_GETFD) & FD_CLOEXEC) != 0);
	jitdump_close(writer);
}

static void permissions_can_be_chosen(void **state)
{
	struct jitdump_options options = { .size = sizeof(options),
					   .directory = *state,
					   .permissions = 0640 };
	struct jitdump_writer *writer;
	struct stat file;
	mode_t mask = umask(0022);

	assert_int_equal(jitdump_open(&options, &writer), 0);
	umask(mask);
	assert_int_equal(stat(dump_path(state), &file), 0);
	assert_int_equal(file.st_mode & 07777, 0640);
	jitdump_close(writer);
}

static void one_executable_page_marks_the_file_while_it_is_open(void **state)
{
	struct jitdump_writer *writer;
	uint64_t start, end, offset;
	char rights[5];
	const char *line;

	assert_int_equal(open_in(*state, &writer), 0);
	line = mapping_of(dump_path(state));
	assert_non_null(line);
	assert_int_equal(sscanf(line, "%lx-%lx %4s %lx", &start, &end, rights, &offset), 4);
	assert_int_equal(end - start, sysconf(_SC_PAGESIZE));
	assert_string_equal(rights, "r-xp");
	assert_int_equal(offset, 0);
	jitdump_close(writer);
	assert_null(mapping_of(dump_path(state)));
}

static void a_symbolic_link_is_not_followed(void **state)
{
	struct jitdump_writer *writer;
	char target[PATH_MAX];

	snprintf(target, sizeof(target), "%s/victim", (char *)*state);
	write_text(target, "precious");
	assert_int_equal(symlink(target, dump_path(state)), 0);
	assert_int_equal(open_in(*state, &writer), -ELOOP);
	expect_text(target, "precious");
	/* Nor one that leads nowhere. */
	assert_int_equal(unlink(target), 0);
	assert_int_equal(open_in(*state, &writer), -ELOOP);
	assert_int_equal(access(target, F_OK), -1);
}

/* A pid comes round; the old file may still be read by whoever has it open. */
static void a_stale_file_is_replaced_not_overwritten(void **state)
{
	struct jitdump_writer *writer;
	char other_name[PATH_MAX];

	snprintf(other_name, sizeof(other_name), "%s/kept", (char *)*state);
	write_text(dump_path(state), "of an earlier process");
	assert_int_equal(link(dump_path(state), other_name), 0);
	assert_int_equal(open_in(*state, &writer), 0);
	expect_ids(dump_path(state), "");
	expect_text(other_name, "of an earlier process");
	jitdump_close(writer);
}

static void a_directory_or_a_fifo_in_its_place_is_refused(void **state)
{
	struct jitdump_writer *writer;

	assert_int_equal(mkdir(dump_path(state), 0700), 0);
	assert_int_equal(open_in(*state, &writer), -EEXIST);
	assert_int_equal(rmdir(dump_path(state)), 0);
	assert_int_equal(mkfifo(dump_path(state), 0600), 0);
	assert_int_equal(open_in(*state, &writer), -EEXIST);
}

static void a_file_of_somebody_else_is_refused(void **state)
{
	struct jitdump_writer *writer;

	if (geteuid() != 0) {
		print_message("not root: no file of somebody else can be made\n");
		skip();
	}
	write_text(dump_path(state), "theirs");
	assert_int_equal(chown(dump_path(state), 65534, 65534), 0);
	assert_int_equal(open_in(*state, &writer), -EEXIST);
	expect_text(dump_path(state), "theirs");
}

/* As a second copy of the library in this process has it, or a container with the same pid. */
static void a_file_that_a_living_writer_has_open_is_busy(void **state)
{
	struct jitdump_writer *writer;
	int fd;

	write_text(dump_path(state), "alive");
	fd = open(dump_path(state), O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(open_in(*state, &writer), -EBUSY);
	expect_text(dump_path(state), "alive");
	close(fd);
	assert_int_equal(open_in(*state, &writer), 0);
	jitdump_close(writer);
}

static void a_file_can_be_deleted_right_after_opening(void **state)
{
	struct jitdump_options options = { .size = sizeof(options),
					   .directory = *state,
					   .delete_after_open = 1 };
	struct jitdump_writer *writer;
	char deleted[PATH_MAX + 16];
	char link[64];
	const char *line;

	assert_int_equal(jitdump_open(&options, &writer), 0);
	assert_int_equal(access(dump_path(state), F_OK), -1);
	assert_int_equal(add(writer, code, sizeof(code)), 0);
	snprintf(deleted, sizeof(deleted), "%s (deleted)", dump_path(state));
	line = mapping_of(deleted);
	assert_non_null(line);
	/* A profiler reads it through the marker mapping. */
	snprintf(link, sizeof(link), "/proc/self/map_files/%.*s", (int)strcspn(line, " "), line);
	if (geteuid() == 0)
		expect_ids(link, "UL");
	assert_int_equal(jitdump_close(writer), 0);
}

static void unreadable_code_leaves_whole_records(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *memory =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct jitdump_writer *writer;

	assert_int_equal(mprotect(memory + page, page, PROT_NONE), 0);
	assert_int_equal(open_in(*state, &writer), 0);
	assert_int_equal(add(writer, code, sizeof(code)), 0);
	assert_int_equal(add(writer, memory, 2 * page), -EFAULT);
	expect_ids(dump_path(state), "UL");
	assert_int_equal(add(writer, memory, page), 0);
	expect_ids(dump_path(state), "ULUL");
	jitdump_close(writer);
	munmap(memory, 2 * page);
}

/* In a child: the limit's soft and hard value cannot be raised again by everyone. */
static void announce_up_to_the_size_limit(void *directory)
{
	static const uint8_t big[900];
	struct rlimit limit = { 1000, 1000 };
	struct jitdump_writer *writer;

	assert_int_equal(open_in(directory, &writer), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(add(writer, code, sizeof(code)), 0);
	assert_int_equal(add(writer, code, 50), 0);
	assert_int_equal(add(writer, big, sizeof(big)), -EFBIG);
	assert_int_equal(add(writer, code, 60), 0);
	expect_ids(dump_path(&directory), "ULULUL");
	assert_int_equal(jitdump_close(writer), 0);
}

/* A write beyond RLIMIT_FSIZE would raise SIGXFSZ, which kills. */
static void the_file_size_limit_is_an_error_not_a_signal(void **state)
{
	expect_child_passes(announce_up_to_the_size_limit, *state);
}

static void mount_tmpfs(const char *directory, unsigned long flags, const char *options)
{
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", directory, "tmpfs", flags, options) != 0)
		child_skips("cannot mount a tmpfs");
}

static void announce_until_the_disk_is_full(void *directory)
{
	struct jitdump_writer *writer;
	struct dump_records dump;
	static const uint8_t big[2800];
	size_t added_count = 0;
	int status;

	mount_tmpfs(directory, 0, "size=64k");
	assert_int_equal(open_in(directory, &writer), 0);
	while ((status = add(writer, big, sizeof(big))) == 0)
		added_count++;
	assert_int_equal(status, -ENOSPC);
	assert_true(added_count > 10);
	/* The room that is left serves a smaller one. */
	assert_int_equal(add(writer, code, 1), 0);
	dump_records_read(&dump, dump_path(&directory));
	assert_int_equal(dump.count, 2 * added_count + 2);
	dump_records_release(&dump);
	jitdump_close(writer);
}

static void a_full_disk_keeps_whole_records(void **state)
{
	expect_child_passes_in_own_mounts(announce_until_the_disk_is_full, *state);
}

static void open_where_nothing_may_be_executed(void *directory)
{
	struct jitdump_writer *writer;

	mount_tmpfs(directory, MS_NOEXEC, "size=64k");
	assert_int_equal(open_in(directory, &writer), -EPERM);
	assert_int_equal(access(dump_path(&directory), F_OK), -1);
}

static void a_noexec_file_system_is_refused_and_left_clean(void **state)
{
	expect_child_passes_in_own_mounts(open_where_nothing_may_be_executed, *state);
}

/* Daemons close every descriptor; the number is then somebody else's file. */
static void a_descriptor_that_was_taken_away_is_not_written_to(void **state)
{
	struct jitdump_writer *writer;
	char path[PATH_MAX];
	int fd;

	assert_int_equal(open_in(*state, &writer), 0);
	snprintf(path, sizeof(path), "%s/other", (char *)*state);
	fd = fd_of(dump_path(state));
	close(fd);
	assert_int_equal(add(writer, code, sizeof(code)), -EBADF);
	assert_int_equal(open(path, O_RDWR | O_CREAT, 0600), fd);
	assert_int_equal(write(fd, "theirs", 6), 6);
	assert_int_equal(add(writer, code, sizeof(code)), -EBADF);
	assert_int_equal(jitdump_close(writer), -EBADF);
	expect_text(path, "theirs");
	assert_int_equal(close(fd), 0);
	expect_ids(dump_path(state), "");
}

static void a_file_that_was_cut_is_an_error(void **state)
{
	struct jitdump_writer *writer;

	assert_int_equal(open_in(*state, &writer), 0);
	assert_int_equal(add(writer, code, sizeof(code)), 0);
	assert_int_equal(truncate(dump_path(state), 50), 0);
	assert_int_equal(add(writer, code, sizeof(code)), -EIO);
	assert_int_equal(truncate(dump_path(state), 40), 0);
	jitdump_close(writer);
}

#define IN_SCRATCH(test)                                                                           \
	cmocka_unit_test_setup_teardown(test, scratch_directory_create, scratch_directory_destroy)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(the_file_is_private_and_not_inherited_by_exec),
		IN_SCRATCH(permissions_can_be_chosen),
		IN_SCRATCH(one_executable_page_marks_the_file_while_it_is_open),
		IN_SCRATCH(a_symbolic_link_is_not_followed),
		IN_SCRATCH(a_stale_file_is_replaced_not_overwritten),
		IN_SCRATCH(a_directory_or_a_fifo_in_its_place_is_refused),
		IN_SCRATCH(a_file_of_somebody_else_is_refused),
		IN_SCRATCH(a_file_that_a_living_writer_has_open_is_busy),
		IN_SCRATCH(a_file_can_be_deleted_right_after_opening),
		IN_SCRATCH(unreadable_code_leaves_whole_records),
		IN_SCRATCH(the_file_size_limit_is_an_error_not_a_signal),
		IN_SCRATCH(a_full_disk_keeps_whole_records),
		IN_SCRATCH(a_noexec_file_system_is_refused_and_left_clean),
		IN_SCRATCH(a_descriptor_that_was_taken_away_is_not_written_to),
		IN_SCRATCH(a_file_that_was_cut_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

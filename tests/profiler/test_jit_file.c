/* SPDX-License-Identifier: MIT */
#include "profiler/jit_file.h"

#include "support/scratch_directory.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Above every pid that the kernel gives out (PID_MAX_LIMIT). */
enum { GONE_PID = 4194305, STRANGER = 54321 };

static char path[PATH_MAX];

static struct mmap_event marker_of(const char *mapped_path, uint64_t inode)
{
	return (struct mmap_event){ .start = 0x7f0000000000,
				    .end = 0x7f0000001000,
				    .path = mapped_path,
				    .is_executable = true,
				    .inode = inode };
}

static void a_marker_is_one_executable_page_of_a_file_named_like_a_dump(void **state)
{
	static const char *const names[] = { "/tmp/jit-42.dump", "/tmp/jit-42.dump (deleted)",
					     "/tmp/jit-7-42.dump", "/a b/x.dump",
					     "/tmp/jit-10903-10899-9iDQsg" };
	static const char *const other_names[] = { "//anon", "/lib/jit-tools.so", ".dump",
						   "/lib/libc.so.6", "" };
	struct mmap_event marker = marker_of(names[0], 7);

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		marker.path = names[i];
		assert_true(jit_file_is_marker(&marker));
	}
	for (size_t i = 0; i < sizeof(other_names) / sizeof(*other_names); i++) {
		marker.path = other_names[i];
		assert_false(jit_file_is_marker(&marker));
	}
	marker = marker_of(names[0], 7);
	marker.is_executable = false;
	assert_false(jit_file_is_marker(&marker));
	marker = marker_of(names[0], 7);
	marker.file_offset = 0x1000;
	assert_false(jit_file_is_marker(&marker));
	marker = marker_of(names[0], 7);
	marker.end = marker.start + 0x100000;
	assert_false(jit_file_is_marker(&marker));
}

/* Makes jit-1.dump with a byte in it; returns its inode. */
static uint64_t make_file(void **state)
{
	struct stat status;

	snprintf(path, sizeof(path), "%s/jit-1.dump", (const char *)*state);
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "J", 1), 1);
	assert_int_equal(fstat(fd, &status), 0);
	close(fd);
	return status.st_ino;
}

static void expect_opened(uint32_t pid, uint64_t inode, bool is_live)
{
	struct mmap_event marker = marker_of(path, inode);
	struct jit_file_identity identity = { 0 };
	struct error err = { 0 };
	struct stat status;
	int fd = jit_file_open_dump(pid, &marker, is_live, &identity, &err);

	if (fd < 0)
		fail_msg("%s", err.text);
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(identity.inode, status.st_ino);
	assert_int_equal(identity.device, status.st_dev);
	if (inode)
		assert_int_equal(identity.inode, inode);
	close(fd);
}

static void expect_refused(uint32_t pid, uint64_t inode, bool is_live, const char *sentence)
{
	struct mmap_event marker = marker_of(path, inode);
	struct jit_file_identity identity;
	struct error err = { 0 };

	assert_int_equal(jit_file_open_dump(pid, &marker, is_live, &identity, &err), -1);
	if (!strstr(err.text, sentence))
		fail_msg("'%s' is not in: %s", sentence, err.text);
}

static void a_dump_is_opened_by_its_path_and_checked_by_its_inode(void **state)
{
	uint64_t inode = make_file(state);

	expect_opened(GONE_PID, inode, false);
	expect_opened((uint32_t)getpid(), inode, true);
	expect_opened((uint32_t)getpid(), 0, true); /* the event did not tell */
	expect_refused((uint32_t)getpid(), inode + 1, true, "is not the file that pid");
	expect_refused(GONE_PID, inode + 1, false, "is not the file that pid");
}

static void a_dump_that_is_gone_is_said(void **state)
{
	uint64_t inode = make_file(state);

	unlink(path);
	expect_refused(GONE_PID, inode, false, "No such file");
}

static void a_deleted_dump_is_found_among_the_descriptors_of_its_process(void **state)
{
	uint64_t inode = make_file(state);
	int fd = open(path, O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	unlink(path);
	strcat(path, " (deleted)");
	expect_opened((uint32_t)getpid(), inode, true);
	close(fd);
	expect_refused((uint32_t)getpid(), inode, true, "No such file");
}

static void a_deleted_dump_is_found_by_its_mapping(void **state)
{
	uint64_t inode = make_file(state);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct jit_file_identity identity;
	struct error err;

	void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

	assert_ptr_not_equal(page, MAP_FAILED);
	close(fd);
	unlink(path);
	strcat(path, " (deleted)");
	struct mmap_event marker = marker_of(path, inode);

	marker.start = (uintptr_t)page;
	marker.end = marker.start + 4096;
	int found = jit_file_open_dump((uint32_t)getpid(), &marker, true, &identity, &err);

	munmap(page, 4096);
	if (found < 0 && geteuid() != 0) {
		print_message("SKIPPED: /proc/PID/map_files is for root\n");
		skip();
	}
	assert_true(found >= 0);
	assert_int_equal(identity.inode, inode);
	close(found);
}

static void what_is_no_regular_file_is_refused_without_waiting_for_it(void **state)
{
	struct stat status;

	snprintf(path, sizeof(path), "%s/jit-1.dump", (const char *)*state);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(stat(path, &status), 0);
	expect_refused((uint32_t)getpid(), status.st_ino, true, "must be a regular file");
	expect_refused(GONE_PID, status.st_ino, false, "must be a regular file");
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(stat(path, &status), 0);
	expect_refused((uint32_t)getpid(), status.st_ino, true, "must be a regular file");
}

static void a_strangers_file_is_refused(void **state)
{
	uint64_t inode = make_file(state);

	if (geteuid() != 0) {
		print_message("SKIPPED: only root can give a file away\n");
		skip();
	}
	assert_int_equal(chown(path, STRANGER, STRANGER), 0);
	expect_refused((uint32_t)getpid(), inode, true, "belongs to root or to the user of pid");
	expect_refused((uint32_t)getpid(), inode, false, "belongs to root or to the user of pid");
	/* Of a process that is gone the mapping is the witness: its inode, not a mere name. */
	expect_opened(GONE_PID, inode, false);
	expect_refused(GONE_PID, 0, false, "belongs to root or to the user of pid");
}

static void a_perf_map_is_found_by_its_pid(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	assert_int_equal(jit_file_open_map((uint32_t)getpid(), true), -1);
	FILE *map = fopen(path, "wxe");

	assert_non_null(map);
	fclose(map);
	int live = jit_file_open_map((uint32_t)getpid(), true);
	int recorded = jit_file_open_map((uint32_t)getpid(), false);

	unlink(path);
	assert_true(live >= 0);
	assert_true(recorded >= 0);
	close(live);
	close(recorded);
}

static void a_file_that_the_user_named_is_used_whoever_owns_it(void **state)
{
	struct error err = { 0 };

	make_file(state);
	if (geteuid() == 0)
		assert_int_equal(chown(path, STRANGER, STRANGER), 0);
	int fd = jit_file_open_named(path, &err);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(jit_file_open_named(*state, &err), -1);
	assert_non_null(strstr(err.text, "not a regular file"));
	unlink(path);
	assert_int_equal(jit_file_open_named(path, &err), -1);
	assert_non_null(strstr(err.text, "No such file"));
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(jit_file_open_named(path, &err), -1);
	assert_non_null(strstr(err.text, "not a regular file"));
}

#define IN_DIRECTORY(test)                                                                         \
	cmocka_unit_test_setup_teardown(test, scratch_directory_create, scratch_directory_destroy)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_marker_is_one_executable_page_of_a_file_named_like_a_dump),
		IN_DIRECTORY(a_dump_is_opened_by_its_path_and_checked_by_its_inode),
		IN_DIRECTORY(a_dump_that_is_gone_is_said),
		IN_DIRECTORY(a_deleted_dump_is_found_among_the_descriptors_of_its_process),
		IN_DIRECTORY(a_deleted_dump_is_found_by_its_mapping),
		IN_DIRECTORY(what_is_no_regular_file_is_refused_without_waiting_for_it),
		IN_DIRECTORY(a_strangers_file_is_refused),
		cmocka_unit_test(a_perf_map_is_found_by_its_pid),
		IN_DIRECTORY(a_file_that_the_user_named_is_used_whoever_owns_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

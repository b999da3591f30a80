/* SPDX-License-Identifier: MIT */
/* A file that is cut while it is mapped is a damaged file, and not the end of the program. */
#include "support/in_child.h"
#include "support/scratch_directory.h"
#include "symbolize/symbolizer.h"
#include "ui/bus_signal.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PAGE_BYTES = 4096 };

/* Two pages of 'x' of which the file then has half of the first. */
static volatile char *map_and_cut(const char *directory)
{
	char path[512], text[2 * PAGE_BYTES];
	volatile char *bytes;
	int fd;

	snprintf(path, sizeof(path), "%s/file", directory);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	memset(text, 'x', sizeof(text));
	assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
	bytes = mmap(NULL, sizeof(text), PROT_READ, MAP_PRIVATE, fd, 0);
	assert_ptr_not_equal(bytes, MAP_FAILED);
	assert_int_equal(ftruncate(fd, PAGE_BYTES / 2), 0);
	close(fd);
	return bytes;
}

static void read_cut_file(void *directory)
{
	volatile char *bytes = map_and_cut(directory);

	bus_signal_catch();
	assert_int_equal(bytes[2 * PAGE_BYTES - 1], 0);
	assert_int_equal(bytes[PAGE_BYTES], 0);
	assert_int_equal(bytes[0], 'x');
}

static void page_that_is_gone_reads_as_zeros(void **state)
{
	expect_child_passes(read_cut_file, *state);
}

/* An image whose file is cut before anything but its header was read. */
static void ask_image_of_cut_file(void *directory)
{
	char path[512], command[1200];
	const struct image_identity identity = { .path = path };
	const struct symbolizer_options options = { .debug_directory = "/nonexistent",
						    .build_id_cache = "/nonexistent" };
	struct symbolizer *symbolizer = symbolizer_create(&options);
	struct image *image;
	struct image_unwind_sections sections;
	struct frame frames[4];
	uint64_t address;

	snprintf(path, sizeof(path), "%s/program", (char *)directory);
	snprintf(command, sizeof(command), "cp %s %s", JPROF_PROGRAM, path);
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
	image = symbolizer_elf_image(symbolizer, &identity);
	bus_signal_catch();
	assert_true(image_address_of(image, 0, &address));
	assert_int_equal(truncate(path, PAGE_BYTES), 0);
	image_unwind_sections(image, &sections);
	for (address = 0; address < 100 * PAGE_BYTES; address += PAGE_BYTES / 2)
		assert_true(image_frames(image, address, frames, 4) > 0);
	symbolizer_destroy(symbolizer);
}

static void program_that_is_cut_has_fewer_names(void **state)
{
	expect_child_passes(ask_image_of_cut_file, *state);
}

static void fault_that_cannot_be_mended_ends_the_program(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid) {
		bus_signal_catch();
		/* From no access to memory at all. */
		raise(SIGBUS);
		raise(SIGBUS);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
}

int main(void)
{
#define IN_DIRECTORY(test)                                                                         \
	cmocka_unit_test_setup_teardown(test, scratch_directory_create, scratch_directory_destroy)
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(page_that_is_gone_reads_as_zeros),
		IN_DIRECTORY(program_that_is_cut_has_fewer_names),
		cmocka_unit_test(fault_that_cannot_be_mended_ends_the_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

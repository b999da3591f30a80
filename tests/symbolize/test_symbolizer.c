/* SPDX-License-Identifier: MIT */
/* Which image an identity means, and which file an image may use. */
#include "support/places.h"
#include "support/scratch_directory.h"
#include "symbolize/symbolizer.h"

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#define PROGRAM JPROF_SEPARATE_DIR "/build-id/places"

static const struct build_id program_build_id = {
	.bytes = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23,
		   0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67 },
	.size = 20,
};

static struct symbolizer *create_symbolizer(void)
{
	const struct symbolizer_options options = {
		.debug_directory = "/nonexistent",
		.build_id_cache = "/nonexistent",
	};

	return symbolizer_create(&options);
}

/* Whether a file could be used for this identity; its status must say something if not. */
static bool is_usable(const struct image_identity *identity, const char *status)
{
	struct symbolizer *symbolizer = create_symbolizer();
	struct image *image = symbolizer_elf_image(symbolizer, identity);
	struct image_unwind_sections sections;
	bool usable = image_unwind_sections(image, &sections);

	if (usable)
		assert_string_equal(image->status, "");
	else if (!strstr(image->status, status))
		fail_msg("the status is \"%s\"", image->status);
	symbolizer_destroy(symbolizer);
	return usable;
}

static void copy_file(const char *from, const char *to)
{
	char bytes[4096];
	ssize_t size;
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(in >= 0 && out >= 0);
	while ((size = read(in, bytes, sizeof(bytes))) > 0)
		assert_int_equal(write(out, bytes, (size_t)size), size);
	close(in);
	close(out);
}

static void same_identity_is_the_same_image(void **state)
{
	struct symbolizer *symbolizer = create_symbolizer();
	struct image_identity identity = { .path = "/bin/a", .major = 8, .minor = 1, .inode = 42 };
	struct image *first = symbolizer_elf_image(symbolizer, &identity);

	(void)state;
	identity.root = "/proc/42/root";
	assert_ptr_equal(symbolizer_elf_image(symbolizer, &identity), first);
	identity.inode = 43;
	assert_ptr_not_equal(symbolizer_elf_image(symbolizer, &identity), first);
	identity.build_id = program_build_id;
	struct image *third = symbolizer_elf_image(symbolizer, &identity);

	assert_ptr_not_equal(third, first);
	/* The mmap event has either a build-id or an inode. */
	identity.inode = 0;
	assert_ptr_equal(symbolizer_elf_image(symbolizer, &identity), third);
	assert_ptr_equal(symbolizer_image(symbolizer, third->id), third);
	symbolizer_destroy(symbolizer);
}

static void image_is_named_by_the_base_name_of_its_path(void **state)
{
	static const char *const names[][2] = {
		{ "/usr/lib/libc.so.6", "libc.so.6" },
		{ "/tmp/a b", "a b" },
		{ "/tmp/gone (deleted)", "gone" },
		{ "//anon", "anon" },
		{ "/tmp/\033[2Jevil", "?[2Jevil" },
		{ "[heap]", "[heap]" },
		{ "anon_inode:[perf_event]", "anon_inode:[perf_event]" },
	};
	struct symbolizer *symbolizer = create_symbolizer();

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct image_identity identity = { .path = names[i][0] };
		struct image *image = symbolizer_elf_image(symbolizer, &identity);

		assert_string_equal(image->path, names[i][0]);
		assert_string_equal(image->name, names[i][1]);
	}
	symbolizer_destroy(symbolizer);
}

static void file_with_the_build_id_is_used_and_one_with_another_is_not(void **state)
{
	struct image_identity identity = { .path = PROGRAM, .build_id = program_build_id };

	(void)state;
	assert_true(is_usable(&identity, ""));
	/* Its beginning is not enough. */
	identity.build_id.size = 16;
	assert_false(is_usable(&identity, "build-id"));
	identity.build_id.size = 20;
	identity.build_id.bytes[19]++;
	assert_false(is_usable(&identity, "build-id"));
}

static void file_with_the_inode_is_used_and_one_with_another_is_not(void **state)
{
	struct image_identity identity = { .path = PROGRAM };
	struct stat stat_of_program;

	(void)state;
	assert_int_equal(stat(PROGRAM, &stat_of_program), 0);
	identity.inode = stat_of_program.st_ino;
	identity.major = major(stat_of_program.st_dev);
	identity.minor = minor(stat_of_program.st_dev);
	assert_true(is_usable(&identity, ""));
	identity.inode++;
	assert_false(is_usable(&identity, "inode"));
}

static void file_below_the_root_goes_before_the_plain_path(void **state)
{
	char *directory = *state, path[512];
	struct image_identity identity = { .path = "/places", .root = directory };
	struct symbolizer *symbolizer = create_symbolizer();
	struct image_unwind_sections sections;
	struct image *image;

	snprintf(path, sizeof(path), "%s/places", directory);
	copy_file(PROGRAM, path);
	image = symbolizer_elf_image(symbolizer, &identity);
	assert_true(image_unwind_sections(image, &sections));
	assert_int_equal(image->build_id.size, program_build_id.size);
	symbolizer_destroy(symbolizer);
}

/* The process that mapped it first may have ended before its file was needed. */
static void file_missing_below_one_root_is_looked_for_below_the_next(void **state)
{
	char *directory = *state, path[512];
	struct image_identity identity = { .path = "/places", .root = "/nonexistent" };
	struct symbolizer *symbolizer = create_symbolizer();
	struct image_unwind_sections sections;
	struct image *image = symbolizer_elf_image(symbolizer, &identity);

	snprintf(path, sizeof(path), "%s/places", directory);
	copy_file(PROGRAM, path);
	assert_false(image_unwind_sections(image, &sections));
	identity.root = directory;
	assert_ptr_equal(symbolizer_elf_image(symbolizer, &identity), image);
	assert_true(image_unwind_sections(image, &sections));
	symbolizer_destroy(symbolizer);
}

/* As when a program is built anew, or a package upgraded, while it runs. */
static void file_replaced_while_it_runs_is_read_behind_its_mappings(void **state)
{
	char *directory = *state, path[512], root[64];
	struct image_identity identity = { .path = path, .root = root };
	struct places_process process;
	struct stat old;
	uint64_t outer;
	bool usable;

	snprintf(path, sizeof(path), "%s/places", directory);
	copy_file(JPROF_PLACES_DIR "/gcc-dwarf5", path);
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(stat(path, &old), 0);
	process = places_start(path, &outer);
	assert_int_equal(unlink(path), 0);
	copy_file(PROGRAM, path);
	identity.inode = old.st_ino;
	identity.major = major(old.st_dev);
	identity.minor = minor(old.st_dev);
	snprintf(root, sizeof(root), "/proc/%d/root", (int)process.pid);
	usable = is_usable(&identity, "was replaced");
	places_end(&process);
	/* Only root, or a process with CAP_CHECKPOINT_RESTORE, may follow what is in there. */
	if (!usable && getuid())
		skip();
	assert_true(usable);
	assert_false(is_usable(&identity, "was replaced"));
}

static void what_is_no_program_is_said(void **state)
{
	char *directory = *state, path[512];
	struct image_identity identity = { .path = path };

	snprintf(path, sizeof(path), "%s/missing", directory);
	assert_false(is_usable(&identity, "No such file"));
	snprintf(path, sizeof(path), "%s/text", directory);
	fclose(fopen(path, "w"));
	assert_false(is_usable(&identity, "not an ELF file"));
	assert_false(is_usable(&(struct image_identity){ .path = "/" }, "not a regular file"));
	assert_false(
		is_usable(&(struct image_identity){ .path = "/dev/zero" }, "not a regular file"));
	assert_false(is_usable(&(struct image_identity){ .path = "/memfd:code (deleted)" },
			       "No such file"));
	snprintf(path, sizeof(path), "%s/pipe", directory);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(is_usable(&identity, "not a regular file"));
	assert_false(is_usable(&(struct image_identity){ .path = "[heap]" }, ""));
	assert_false(is_usable(&(struct image_identity){ .path = "" }, ""));
}

static void image_without_file_has_one_frame_without_name(void **state)
{
	struct symbolizer *symbolizer = create_symbolizer();
	const struct image_identity identity = { .path = "/nonexistent" };
	struct image *image = symbolizer_elf_image(symbolizer, &identity);
	struct frame frames[4];
	struct symbol symbol;
	uint64_t address;
	char byte;

	(void)state;
	assert_int_equal(image_frames(image, 0x1000, frames, 4), 1);
	assert_null(frames[0].function);
	assert_false(image_symbol(image, 0x1000, &symbol));
	assert_false(image_address_of(image, 0, &address));
	assert_int_equal(image_read(image, 0, &byte, 1), 0);
	assert_false(image_is_entry(image, 0));
	assert_false(image_is_signal_trampoline(image, 0));
	assert_int_equal(image_frames(symbolizer_unknown_image(symbolizer), 1, frames, 4), 1);
	symbolizer_destroy(symbolizer);
}

static void vdso_has_names_unless_it_is_of_another_kernel(void **state)
{
	struct symbolizer *symbolizer = create_symbolizer();
	struct image *image = symbolizer_vdso_image(symbolizer, NULL), *other;
	struct image_unwind_sections sections;
	struct build_id build_id;
	char magic[4];

	(void)state;
	if (!getauxval(AT_SYSINFO_EHDR))
		skip();
	assert_ptr_equal(symbolizer_vdso_image(symbolizer, NULL), image);
	assert_true(image_unwind_sections(image, &sections));
	assert_true(sections.eh_frame.size > 0);
	assert_int_equal(image_read(image, 0, magic, sizeof(magic)), sizeof(magic));
	assert_memory_equal(magic, "\177ELF", sizeof(magic));
	build_id = image->build_id;
	assert_true(image_unwind_sections(symbolizer_vdso_image(symbolizer, &build_id), &sections));
	build_id.bytes[0]++;
	other = symbolizer_vdso_image(symbolizer, &build_id);
	assert_false(image_unwind_sections(other, &sections));
	assert_non_null(strstr(other->status, "another kernel"));
	symbolizer_destroy(symbolizer);
}

int main(void)
{
#define IN_DIRECTORY(test)                                                                         \
	cmocka_unit_test_setup_teardown(test, scratch_directory_create, scratch_directory_destroy)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_identity_is_the_same_image),
		cmocka_unit_test(image_is_named_by_the_base_name_of_its_path),
		cmocka_unit_test(file_with_the_build_id_is_used_and_one_with_another_is_not),
		cmocka_unit_test(file_with_the_inode_is_used_and_one_with_another_is_not),
		IN_DIRECTORY(file_below_the_root_goes_before_the_plain_path),
		IN_DIRECTORY(file_missing_below_one_root_is_looked_for_below_the_next),
		IN_DIRECTORY(file_replaced_while_it_runs_is_read_behind_its_mappings),
		IN_DIRECTORY(what_is_no_program_is_said),
		cmocka_unit_test(image_without_file_has_one_frame_without_name),
		cmocka_unit_test(vdso_has_names_unless_it_is_of_another_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

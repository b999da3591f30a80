/* SPDX-License-Identifier: MIT */
/* What is read out of an ELF file besides names and lines, and files that are damaged. */
#include "support/places.h"
#include "support/scratch_directory.h"
#include "support/shell.h"
#include "symbolize/elf_file.h"
#include "symbolize/symbolizer.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PROGRAM	       JPROF_PLACES_DIR "/gcc-dwarf5"
#define STATIC_PROGRAM JPROF_PLACES_DIR "/gcc-static"

struct opened {
	struct symbolizer *symbolizer;
	struct image *image;
};

static struct opened open_image(const char *path)
{
	const struct symbolizer_options options = {
		.debug_directory = "/nonexistent",
		.build_id_cache = "/nonexistent",
	};
	const struct image_identity identity = { .path = path };
	struct symbolizer *symbolizer = symbolizer_create(&options);

	return (struct opened){ symbolizer, symbolizer_elf_image(symbolizer, &identity) };
}

static uint8_t *read_file(const char *path, size_t *size)
{
	FILE *stream = fopen(path, "r");
	uint8_t *bytes;

	assert_non_null(stream);
	fseek(stream, 0, SEEK_END);
	*size = (size_t)ftell(stream);
	rewind(stream);
	bytes = malloc(*size);
	assert_int_equal(fread(bytes, 1, *size, stream), *size);
	fclose(stream);
	return bytes;
}

static void write_file(const char *path, const uint8_t *bytes, size_t size)
{
	FILE *stream = fopen(path, "w");

	assert_non_null(stream);
	assert_int_equal(fwrite(bytes, 1, size, stream), size);
	fclose(stream);
}

static void unwind_sections_are_found_without_section_headers_too(void **state)
{
	struct image_unwind_sections with, without;
	struct opened opened = open_image(PROGRAM), stripped;
	char path[512];
	uint8_t *bytes;
	size_t size;

	snprintf(path, sizeof(path), "%s/stripped", (char *)*state);
	bytes = read_file(PROGRAM, &size);
	Elf64_Ehdr *header = (Elf64_Ehdr *)bytes;

	header->e_shoff = 0;
	header->e_shnum = 0;
	header->e_shstrndx = 0;
	write_file(path, bytes, size);
	stripped = open_image(path);
	assert_true(image_unwind_sections(opened.image, &with));
	assert_true(image_unwind_sections(stripped.image, &without));
	assert_int_equal(without.eh_frame_hdr.image_address, with.eh_frame_hdr.image_address);
	assert_int_equal(without.eh_frame_hdr.size, with.eh_frame_hdr.size);
	assert_int_equal(without.eh_frame.image_address, with.eh_frame.image_address);
	assert_true(without.eh_frame.size >= with.eh_frame.size);
	assert_memory_equal(without.eh_frame.bytes, with.eh_frame.bytes, with.eh_frame.size);
	assert_true(with.text.size > 0 && with.got_address);
	assert_true(image_is_entry(stripped.image, header->e_entry));
	free(bytes);
	symbolizer_destroy(stripped.symbolizer);
	symbolizer_destroy(opened.symbolizer);
}

static void code_is_read_as_the_file_has_it(void **state)
{
	struct elf_file *file = elf_file_open_path(PROGRAM);
	struct opened opened = open_image(PROGRAM);
	struct elf_section text;
	uint8_t bytes[16];

	(void)state;
	assert_true(elf_file_section(file, ".text", &text));
	assert_int_equal(image_read(opened.image, text.image_address, bytes, sizeof(bytes)),
			 sizeof(bytes));
	assert_memory_equal(bytes, text.bytes, sizeof(bytes));
	assert_int_equal(image_read(opened.image, UINT64_MAX - 4, bytes, sizeof(bytes)), 0);
	symbolizer_destroy(opened.symbolizer);
	elf_file_close(file);
}

static bool is_in_plt(const char *path, const char *name)
{
	static const char *const tables[] = { ".plt", ".plt.sec", ".plt.got" };
	struct elf_file *file = elf_file_open_path(path);
	struct opened opened = open_image(path);
	struct elf_section table;
	struct symbol symbol;
	bool is_found = false;

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		if (!elf_file_section(file, tables[i], &table))
			continue;
		for (uint64_t at = 0; at < table.size; at += 8)
			if (image_symbol(opened.image, table.image_address + at, &symbol) &&
			    !strcmp(symbol.name, name)) {
				assert_in_range(symbol.start, table.image_address,
						table.image_address + at);
				is_found = true;
			}
	}
	symbolizer_destroy(opened.symbolizer);
	elf_file_close(file);
	return is_found;
}

static void plt_entry_is_named_by_the_function_it_jumps_to(void **state)
{
	static const char *const programs[] = { "gcc-dwarf5", "gcc-no-pie", "gcc-sections" };
	char path[512];

	(void)state;
#ifndef __x86_64__
	skip();
#endif
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		snprintf(path, sizeof(path), "%s/%s", JPROF_PLACES_DIR, programs[i]);
		assert_true(is_in_plt(path, "printf@plt"));
		assert_true(is_in_plt(path, "getc@plt") || is_in_plt(path, "getchar@plt"));
		assert_false(is_in_plt(path, "@plt"));
	}
}

/* The first place of these sections that has the name; 0: none. */
static uint64_t find_data(const char *path, const char *const sections[2], const char *name,
			  uint64_t *size)
{
	struct elf_file *file = elf_file_open_path(path);
	struct opened opened = open_image(path);
	struct elf_section section;
	struct symbol symbol;
	uint64_t found = 0;

	for (size_t i = 0; i < 2 && !found; i++) {
		if (!elf_file_section(file, sections[i], &section))
			continue;
		for (uint64_t at = 0; at < section.size && !found; at++)
			if (image_data_symbol(opened.image, section.image_address + at, &symbol) &&
			    !strcmp(symbol.name, name)) {
				found = section.image_address + at;
				*size = symbol.size;
				assert_int_equal(symbol.start, found);
			}
	}
	if (found && image_data_symbol(opened.image, found + *size - 1, &symbol))
		assert_string_equal(symbol.name, name);
	if (found && image_data_symbol(opened.image, found + *size, &symbol))
		assert_string_not_equal(symbol.name, name);
	assert_false(image_data_symbol(opened.image, file->entry, &symbol));
	symbolizer_destroy(opened.symbolizer);
	elf_file_close(file);
	return found;
}

static void objects_are_named_from_their_start_to_their_end(void **state)
{
	static const char *const programs[] = { "gcc-dwarf5", "gcc-static", "gcc-no-pie" };
	static const char *const sections[2] = { ".bss", ".data" };
	char path[512];
	uint64_t size;

	(void)state;
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		snprintf(path, sizeof(path), "%s/%s", JPROF_PLACES_DIR, programs[i]);
		assert_int_not_equal(find_data(path, sections, "sink", &size), 0);
		assert_int_equal(size, sizeof(int));
	}
}

static void slot_is_named_by_the_function_whose_address_it_holds(void **state)
{
	static const char *const sections[2] = { ".got", ".got.plt" };
	uint64_t size;

	(void)state;
#ifndef __x86_64__
	skip();
#endif
	assert_int_not_equal(find_data(PROGRAM, sections, "printf@got", &size), 0);
	assert_int_equal(size, 8);
	/* Filled at once, and never by way of a table of jumps. */
	assert_int_not_equal(find_data(PROGRAM, sections, "__libc_start_main@got", &size), 0);
	/* Named by the function that chooses the one. */
	assert_int_not_equal(find_data(STATIC_PROGRAM, sections, "strlen@got", &size), 0);
}

static void start_is_the_entry_of_a_program(void **state)
{
	static const char *const programs[] = { "gcc-dwarf5", "gcc-static", "gcc-static-pie",
						"gcc-no-pie" };
	char path[512];

	(void)state;
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		struct opened opened;
		struct elf_file *file;
		uint64_t local;

		snprintf(path, sizeof(path), "%s/%s", JPROF_PLACES_DIR, programs[i]);
		opened = open_image(path);
		file = elf_file_open_path(path);
		assert_true(image_is_entry(opened.image, file->entry));
		assert_true(image_is_entry(opened.image, file->entry + 8));
		assert_true(places_find(path, "local", 0, &local));
		assert_false(image_is_entry(opened.image, local));
		assert_false(image_is_entry(opened.image, file->entry - 1));
		elf_file_close(file);
		symbolizer_destroy(opened.symbolizer);
	}
}

/* The C library that this test itself uses. */
static void clone_is_the_entry_of_a_thread(void **state)
{
	Dl_info info;
	struct opened opened;
	struct symbol symbol;
	uint64_t address;

	(void)state;
	assert_true(dladdr((void *)clone, &info));
	opened = open_image(info.dli_fname);
	address = (uint64_t)(uintptr_t)clone - (uint64_t)(uintptr_t)info.dli_fbase;
	if (!image_symbol(opened.image, address, &symbol)) {
		symbolizer_destroy(opened.symbolizer);
		skip();
	}
	assert_true(image_is_entry(opened.image, address + 4));
	address = (uint64_t)(uintptr_t)getpid - (uint64_t)(uintptr_t)info.dli_fbase;
	assert_false(image_is_entry(opened.image, address));
	symbolizer_destroy(opened.symbolizer);
}

static void signal_trampoline_is_known_by_its_instructions(void **state)
{
#if defined(__x86_64__)
	static const uint8_t code[] = { 0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05 };
	enum { SYSTEM_CALL_AT = 7 };
#elif defined(__aarch64__)
	static const uint8_t code[] = { 0x68, 0x11, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4 };
	enum { SYSTEM_CALL_AT = 4 };
#else
	skip();
#endif
	struct elf_file *file = elf_file_open_path(STATIC_PROGRAM);
	struct opened opened = open_image(STATIC_PROGRAM);
	struct elf_section text;
	const uint8_t *found;
	uint64_t address;

	(void)state;
	assert_true(elf_file_section(file, ".text", &text));
	found = memmem(text.bytes, text.size, code, sizeof(code));
	assert_non_null(found);
	address = text.image_address + (uint64_t)(found - text.bytes);
	assert_true(image_is_signal_trampoline(opened.image, address));
	assert_true(image_is_signal_trampoline(opened.image, address + SYSTEM_CALL_AT));
	assert_false(image_is_signal_trampoline(opened.image, address - 1));
	assert_false(image_is_signal_trampoline(opened.image, address + 1));
	elf_file_close(file);
	symbolizer_destroy(opened.symbolizer);
}

/* Asks everything that can be asked of a file; the answers do not matter. */
static void ask_everything(const char *path, const uint64_t *addresses, size_t count)
{
	struct opened opened = open_image(path);
	struct image_unwind_sections sections;
	struct frame frames[8];
	struct symbol symbol;
	uint64_t address;
	uint8_t bytes[64];

	image_unwind_sections(opened.image, &sections);
	for (size_t i = 0; i < count; i++) {
		image_address_of(opened.image, addresses[i], &address);
		image_symbol(opened.image, addresses[i], &symbol);
		image_data_symbol(opened.image, addresses[i], &symbol);
		image_is_entry(opened.image, addresses[i]);
		image_is_signal_trampoline(opened.image, addresses[i]);
		image_read(opened.image, addresses[i], bytes, sizeof(bytes));
		assert_true(image_frames(opened.image, addresses[i], frames, 8) >= 1);
	}
	symbolizer_destroy(opened.symbolizer);
}

static size_t interesting_addresses(const char *program, uint64_t *addresses)
{
	static const char *const places[] = { "leaf", "outer", "cold", "local" };
	size_t count = 0;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		count += places_find(program, places[i], 0, &addresses[count]);
	addresses[count++] = 0;
	addresses[count++] = 0x1020;
	addresses[count++] = UINT64_MAX;
	return count;
}

static void file_cut_anywhere_gives_less(void **state)
{
	uint64_t addresses[16];
	size_t size, count = interesting_addresses(PROGRAM, addresses);
	uint8_t *bytes = read_file(PROGRAM, &size);
	char path[512];

	snprintf(path, sizeof(path), "%s/cut", (char *)*state);
	write_file(path, bytes, size);
	while (size) {
		/* Every byte of the headers, and one in a hundred behind. */
		size -= size > 256 ? 101 : 1;
		assert_int_equal(truncate(path, (off_t)size), 0);
		ask_everything(path, addresses, count);
	}
	free(bytes);
}

static void damage(const char *program, void **state, int rounds)
{
	uint64_t addresses[16];
	size_t size, count = interesting_addresses(program, addresses);
	uint8_t *bytes = read_file(program, &size);
	uint8_t *damaged = malloc(size);
	char path[512];

	snprintf(path, sizeof(path), "%s/damaged", (char *)*state);
	srand(1);
	for (int round = 0; round < rounds; round++) {
		memcpy(damaged, bytes, size);
		for (int i = 0; i < 1 + round % 8; i++) {
			/* Half of them in the headers at both ends. */
			size_t at = (size_t)rand() % (round % 2 ? size : 2048);

			if (round % 4 == 2)
				at = size - 1 - at;
			damaged[at] = (uint8_t)(round % 3 ? rand() : damaged[at] ^ 0xff);
		}
		write_file(path, damaged, size);
		ask_everything(path, addresses, count);
	}
	free(damaged);
	free(bytes);
}

/* Skips the test where binutils are older than zstd in ELF files (2.40). */
static char *compress_with_zstd(const char *directory)
{
	char *path = malloc(512);

	snprintf(path, 512, "%s/zstd", directory);
	if (shell_run(directory, "objcopy --compress-debug-sections=zstd %s zstd", PROGRAM)
		    .exit_code) {
		print_message("SKIPPED: objcopy cannot compress with zstd\n");
		free(path);
		skip();
	}
	return path;
}

static void section_compressed_with_zstd_is_inflated(void **state)
{
	static const char *const names[] = { ".debug_info", ".debug_line", ".debug_str" };
	char *path = compress_with_zstd(*state);
	struct elf_file *plain = elf_file_open_path(PROGRAM), *file = elf_file_open_path(path);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct elf_section expected, section, again;

		assert_true(elf_file_debug_section(plain, names[i], &expected));
		assert_true(elf_file_debug_section(file, names[i], &section));
		assert_int_equal(section.size, expected.size);
		assert_memory_equal(section.bytes, expected.bytes, expected.size);
		assert_false(section.flags & SHF_COMPRESSED);
		assert_true(elf_file_debug_section(file, names[i], &again));
		assert_ptr_equal(again.bytes, section.bytes);
	}
	elf_file_close(file);
	elf_file_close(plain);
	free(path);
}

static void file_compressed_with_zstd_has_lines(void **state)
{
	char *path = compress_with_zstd(*state);
	struct opened opened = open_image(path);
	struct frame frames[8];
	uint64_t address;

	assert_true(places_find(path, "leaf", 0, &address));
	assert_int_equal(image_frames(opened.image, address, frames, 8), 3);
	assert_string_equal(frames[0].function, "leaf");
	assert_int_equal(frames[0].line, places_line("places.c", "at leaf"));
	symbolizer_destroy(opened.symbolizer);
	damage(path, state, 300);
	free(path);
}

/* Its size, as the section says it, and its bytes. */
static void section_of_zstd_that_is_damaged_is_none(void **state)
{
	static const uint64_t sizes[] = { 0, 1, 1 << 20, 1ull << 40, UINT64_MAX };
	char *path = compress_with_zstd(*state);
	struct elf_section section;
	struct elf_file *file = elf_file_open_path(path);
	size_t size;
	uint8_t *bytes = read_file(path, &size);

	assert_true(elf_file_section(file, ".debug_info", &section));

	uint8_t *compressed = bytes + (section.bytes - file->bytes);
	Elf64_Chdr *header = (Elf64_Chdr *)compressed;
	uint64_t real_size = header->ch_size;

	elf_file_close(file);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes) + 1; i++) {
		header->ch_size = real_size;
		if (i < sizeof(sizes) / sizeof(*sizes))
			header->ch_size = sizes[i];
		else
			compressed[sizeof(*header) + section.size / 2] ^= 0xff;
		write_file(path, bytes, size);
		file = elf_file_open_path(path);
		if (elf_file_debug_section(file, ".debug_info", &section))
			assert_true(i == sizeof(sizes) / sizeof(*sizes)); /* it has no checksum */
		elf_file_close(file);
	}
	free(bytes);
	free(path);
}

static void damaged_file_gives_less(void **state)
{
	damage(PROGRAM, state, 1000);
	damage(JPROF_PLACES_DIR "/gcc-compressed", state, 300);
	damage(JPROF_PLACES_DIR "/gcc-dwarf4", state, 300);
}

int main(void)
{
#define IN_DIRECTORY(test)                                                                         \
	cmocka_unit_test_setup_teardown(test, scratch_directory_create, scratch_directory_destroy)
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(unwind_sections_are_found_without_section_headers_too),
		cmocka_unit_test(code_is_read_as_the_file_has_it),
		cmocka_unit_test(plt_entry_is_named_by_the_function_it_jumps_to),
		cmocka_unit_test(objects_are_named_from_their_start_to_their_end),
		cmocka_unit_test(slot_is_named_by_the_function_whose_address_it_holds),
		cmocka_unit_test(start_is_the_entry_of_a_program),
		cmocka_unit_test(clone_is_the_entry_of_a_thread),
		cmocka_unit_test(signal_trampoline_is_known_by_its_instructions),
		IN_DIRECTORY(section_compressed_with_zstd_is_inflated),
		IN_DIRECTORY(file_compressed_with_zstd_has_lines),
		IN_DIRECTORY(section_of_zstd_that_is_damaged_is_none),
		IN_DIRECTORY(file_cut_anywhere_gives_less),
		IN_DIRECTORY(damaged_file_gives_less),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

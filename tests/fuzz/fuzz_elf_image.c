/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as an ELF file: opened, and every question asked of addresses all over its code. The
 * sanitizers are the judges.
 */
#include "symbolize/elf_file.h"
#include "symbolize/symbolizer.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { QUESTIONS = 64, FRAMES_MAX = 8 };

static volatile uint8_t sink;

static void touch_section(const struct image_section *section)
{
	for (size_t number = 0; section->bytes && number < section->size; number++)
		sink ^= section->bytes[number];
}

static void ask(struct image *image, uint64_t address)
{
	struct frame frames[FRAMES_MAX];
	struct symbol symbol;
	uint64_t image_address;
	uint8_t bytes[16];

	image_frames(image, address, frames, FRAMES_MAX);
	image_symbol(image, address, &symbol);
	image_data_symbol(image, address, &symbol);
	image_address_of(image, address, &image_address);
	image_read(image, address, bytes, sizeof(bytes));
	image_is_entry(image, address);
	image_is_signal_trampoline(image, address);
}

static void ask_everywhere(struct image *image, const struct elf_file *file)
{
	for (size_t i = 0; i < file->segment_count && i < 4; i++) {
		const struct elf_segment *segment = &file->segments[i];

		for (uint64_t n = 0; n < QUESTIONS; n++)
			ask(image, segment->image_address + segment->file_size / QUESTIONS * n);
	}
	ask(image, file->entry);
	ask(image, UINT64_MAX);
}

static void open_and_ask(const char *path)
{
	const struct symbolizer_options options = {
		.debug_directory = "/nonexistent",
		.build_id_cache = "/nonexistent",
	};
	const struct image_identity identity = { .path = path };
	struct symbolizer *symbolizer = symbolizer_create(&options);
	struct image *image = symbolizer_elf_image(symbolizer, &identity);
	struct elf_file *file = elf_file_open_path(path);
	struct image_unwind_sections sections;

	if (file && image_unwind_sections(image, &sections)) {
		touch_section(&sections.eh_frame);
		touch_section(&sections.eh_frame_hdr);
		touch_section(&sections.debug_frame);
		touch_section(&sections.text);
		ask_everywhere(image, file);
	}
	elf_file_close(file);
	symbolizer_destroy(symbolizer);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	int fd = memfd_create("elf", MFD_CLOEXEC);
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd >= 0 && write(fd, bytes, size) == (ssize_t)size)
		open_and_ask(path);
	close(fd);
	return 0;
}

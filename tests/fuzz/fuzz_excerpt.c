/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as what a recording keeps of files: read, given to an image, and every question asked
 * of that image whose answer may be in it; then taken again. The sanitizers are the judges.
 */
#include "profiler/jprof_section_format.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { QUESTIONS = 256, FRAMES_MAX = 8 };

static volatile uint8_t sink;

static void touch_text(const char *text)
{
	for (; text && *text; text++)
		sink ^= (uint8_t)*text;
}

static void ask(struct image *image, uint64_t address)
{
	struct frame frames[FRAMES_MAX];
	struct symbol symbol;
	uint64_t image_address;
	uint8_t bytes[16];

	for (size_t i = 0; i < image_frames(image, address, frames, FRAMES_MAX); i++) {
		touch_text(frames[i].function);
		touch_text(frames[i].file);
	}
	if (image_symbol(image, address, &symbol))
		touch_text(symbol.name);
	if (image_line(image, address, frames))
		touch_text(frames[0].file);
	image_address_of(image, address, &image_address);
	image_read(image, address, bytes, sizeof(bytes));
	image_is_signal_trampoline(image, address);
}

static void take_again(struct image *image, const struct image_excerpt *excerpt)
{
	struct image_excerpt again = { 0 };
	uint64_t places[QUESTIONS];
	size_t count = 0;

	for (; count < excerpt->place_count && count < QUESTIONS; count++)
		places[count] = excerpt->places[count].image_address;
	image_excerpt_take(&again, image, places, count);
	image_excerpt_deinit(&again);
}

static void use(struct symbolizer *symbolizer, const struct image_excerpt *excerpt)
{
	struct image *image = symbolizer_elf_image(
		symbolizer, &(struct image_identity){ .path = "/nonexistent/file" });

	image_use_excerpt(image, excerpt);
	for (size_t i = 0; i < excerpt->place_count && i < QUESTIONS; i++)
		ask(image, excerpt->places[i].image_address);
	for (size_t i = 0; i < excerpt->code_count && i < QUESTIONS; i++) {
		ask(image, excerpt->code[i].image_address);
		ask(image, excerpt->code[i].image_address + excerpt->code[i].size - 1);
		ask(image, excerpt->code[i].image_address + excerpt->code[i].size);
	}
	for (size_t i = 0; i < excerpt->segment_count && i < QUESTIONS; i++)
		ask(image, excerpt->segments[i].file_offset);
	ask(image, UINT64_MAX);
	take_again(image, excerpt);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct symbolizer *symbolizer = symbolizer_create(&(struct symbolizer_options){ 0 });
	struct jprof_section *section = jprof_section_create();
	struct section_bytes chunk = { 0 };
	size_t count, start = section_begin_chunk(&chunk, SECTION_EXCERPTS, SECTION_VERSION);

	section_put_bytes(&chunk, bytes, size);
	section_end_chunk(&chunk, start);
	jprof_section_parse(section, chunk.bytes, chunk.size);
	const struct image_excerpt *excerpts = jprof_section_excerpts(section, &count);

	for (size_t i = 0; i < count; i++)
		use(symbolizer, &excerpts[i]);
	section_bytes_deinit(&chunk);
	symbolizer_destroy(symbolizer);
	jprof_section_destroy(section);
	return 0;
}

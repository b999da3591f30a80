/* SPDX-License-Identifier: MIT */
/*
 * usage: name_addresses [--linkage] FILE <ADDRESSES
 *
 * Prints what addresses are called, in the layout of llvm-symbolizer: for each frame, innermost
 * first, a line with the function and one with FILE:LINE:COLUMN, then an empty line. --linkage:
 * functions as they were linked, not as a report shows them.
 */
#include "support/address_list.h"
#include "symbolize/elf_image.h"
#include "symbolize/symbolizer_state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES_MAX = 256 };

/* The names behind those of image_frames(), by the same rule. */
static void find_linkage_names(struct image *image, uint64_t address, struct frame *frames,
			       size_t count)
{
	struct symbolizer *symbolizer = image->symbolizer;
	struct elf_image *elf = image->elf;
	struct dwarf_index *dwarf =
		elf_image_dwarf(elf, symbolizer->strings, symbolizer->demangler);
	struct dwarf_frame found[FRAMES_MAX];
	size_t found_count = dwarf ? dwarf_index_frames(dwarf, address, found, FRAMES_MAX) : 0;
	struct elf_symbol symbol;

	for (size_t i = 0; i < count; i++)
		frames[i].function = i < found_count ? found[i].name : NULL;
	if (!frames[count - 1].is_inlined &&
	    elf_symbols_find(elf_image_symbols(elf), address, &symbol))
		frames[count - 1].function = symbol.name;
}

static void print_frames(struct image *image, uint64_t address, bool is_linkage)
{
	struct frame frames[FRAMES_MAX];
	size_t count = image_frames(image, address, frames, FRAMES_MAX);

	if (is_linkage && image->elf)
		find_linkage_names(image, address, frames, count);
	for (size_t i = 0; i < count; i++)
		printf("%s\n%s:%" PRIu32 ":%" PRIu32 "\n",
		       frames[i].function ? frames[i].function : "??",
		       frames[i].file ? frames[i].file : "??", frames[i].line, frames[i].column);
	putchar('\n');
}

int main(int argc, char **argv)
{
	const struct symbolizer_options options = { 0 };
	bool is_linkage = argc > 1 && !strcmp(argv[1], "--linkage");
	char *path = argc == 2 + is_linkage ? realpath(argv[argc - 1], NULL) : NULL;
	const struct image_identity identity = { .path = path };
	struct address_list list = { 0 };
	struct symbolizer *symbolizer;
	struct image *image;

	if (!path || !address_list_read(&list, stdin)) {
		fprintf(stderr, "usage: name_addresses [--linkage] FILE <ADDRESSES\n");
		return EXIT_FAILURE;
	}
	symbolizer = symbolizer_create(&options);
	image = symbolizer_elf_image(symbolizer, &identity);
	image_prepare(image, list.items, list.count);
	for (size_t i = 0; i < list.count; i++)
		print_frames(image, list.items[i], is_linkage);
	symbolizer_destroy(symbolizer);
	address_list_deinit(&list);
	free(path);
	return EXIT_SUCCESS;
}

/* SPDX-License-Identifier: MIT */
/*
 * usage: choose_addresses [--anywhere] COUNT FILE
 *
 * Prints so many distinct addresses of an ELF file's code, the same at every run: of functions,
 * or of anything that is code, padding too. Fewer if the file has no more.
 */
#include "support/code_bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* splitmix64 (public domain, Sebastiano Vigna). */
static uint64_t next_random(uint64_t *state)
{
	uint64_t value = *state += 0x9e3779b97f4a7c15;

	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
	value = (value ^ value >> 27) * 0x94d049bb133111eb;
	return value ^ value >> 31;
}

static void print_addresses(const struct code_bytes *bytes, uint64_t count)
{
	bool *is_taken = calloc(bytes->size + 1, sizeof(*is_taken));
	uint64_t state = 0;

	if (count > bytes->size)
		count = bytes->size;
	while (is_taken && count) {
		uint64_t number = next_random(&state) % bytes->size;

		if (is_taken[number])
			continue;
		is_taken[number] = true;
		printf("0x%" PRIx64 "\n", code_bytes_address(bytes, number));
		count--;
	}
	free(is_taken);
}

int main(int argc, char **argv)
{
	bool is_anywhere = argc > 1 && !strcmp(argv[1], "--anywhere");
	struct code_bytes bytes = { 0 };
	struct elf_file *file;

	argv += is_anywhere;
	argc -= is_anywhere;
	if (argc != 3 || !(file = elf_file_open_path(argv[2]))) {
		fprintf(stderr, "usage: choose_addresses [--anywhere] COUNT FILE\n");
		return EXIT_FAILURE;
	}
	if (is_anywhere)
		code_bytes_of_sections(&bytes, file);
	else
		code_bytes_of_functions(&bytes, file);
	print_addresses(&bytes, strtoull(argv[1], NULL, 0));
	code_bytes_deinit(&bytes);
	elf_file_close(file);
	return EXIT_SUCCESS;
}

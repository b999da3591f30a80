/* SPDX-License-Identifier: MIT */
#include "support/code_bytes.h"

#include "jitdump/xalloc.h"

#include <gelf.h>
#include <stdlib.h>

static void add(struct code_bytes *bytes, uint64_t start, uint64_t size)
{
	bytes->parts = xgrow(bytes->parts, bytes->count, &bytes->capacity, sizeof(*bytes->parts));
	bytes->parts[bytes->count++] = (struct code_part){ .start = start, .end = start + size };
}

static int compare_parts(const void *a, const void *b)
{
	const struct code_part *first = a, *second = b;

	return (first->start > second->start) - (first->start < second->start);
}

/* Aliases, and functions that share their end, become one part. */
static void finish(struct code_bytes *bytes)
{
	size_t count = 0;

	if (bytes->count)
		qsort(bytes->parts, bytes->count, sizeof(*bytes->parts), compare_parts);
	for (size_t i = 0; i < bytes->count; i++) {
		struct code_part part = bytes->parts[i];

		if (count && part.start < bytes->parts[count - 1].end)
			part.start = bytes->parts[count - 1].end;
		if (part.start >= part.end)
			continue;
		part.first = bytes->size;
		bytes->size += part.end - part.start;
		bytes->parts[count++] = part;
	}
	bytes->count = count;
}

static bool is_code(const struct elf_file *file, size_t number)
{
	struct elf_section section;

	return number < SHN_LORESERVE && elf_file_section_at(file, number, &section) &&
	       (section.flags & SHF_EXECINSTR);
}

void code_bytes_of_functions(struct code_bytes *bytes, const struct elf_file *file)
{
	struct elf_section table;
	Elf_Data *data;
	GElf_Sym symbol;

	if (!elf_file_section_of_type(file, SHT_SYMTAB, &table) ||
	    !(data = elf_getdata(elf_getscn(file->elf, table.number), NULL)))
		return;
	for (int i = 0; gelf_getsym(data, i, &symbol); i++)
		if (GELF_ST_TYPE(symbol.st_info) == STT_FUNC && is_code(file, symbol.st_shndx))
			add(bytes, symbol.st_value, symbol.st_size);
	finish(bytes);
}

void code_bytes_of_sections(struct code_bytes *bytes, const struct elf_file *file)
{
	struct elf_section section;

	for (size_t i = 1; i < elf_file_section_count(file); i++)
		if (is_code(file, i) && elf_file_section_at(file, i, &section))
			add(bytes, section.image_address, section.size);
	finish(bytes);
}

uint64_t code_bytes_address(const struct code_bytes *bytes, uint64_t number)
{
	size_t low = 0, high = bytes->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (bytes->parts[middle].first <= number)
			low = middle;
		else
			high = middle;
	}
	return bytes->parts[low].start + (number - bytes->parts[low].first);
}

void code_bytes_deinit(struct code_bytes *bytes)
{
	free(bytes->parts);
	*bytes = (struct code_bytes){ 0 };
}

/* SPDX-License-Identifier: MIT */
#include "symbolize/elf_plt.h"

#include "jitdump/xalloc.h"
#include "symbolize/elf_got.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

static uint32_t read_u32(const uint8_t *bytes)
{
	return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

enum { JUMP_BYTES = 6, PUSH_BYTES = 5 };

/*
 * What an entry does first, behind `endbr64` and a `bnd` prefix: `jmp *slot(%rip)`, or `push $n`,
 * n counting the relocations in .rela.plt (the lazy half where .plt.sec has the jumps).
 */
static const struct elf_got_slot *slot_of(const struct elf_got *got, const uint8_t *bytes,
					  size_t size, uint64_t image_address)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	size_t at = 0;

	if (size >= sizeof(endbr64) && !memcmp(bytes, endbr64, sizeof(endbr64)))
		at = sizeof(endbr64);
	if (at < size && bytes[at] == 0xf2)
		at++;
	if (size - at >= JUMP_BYTES && bytes[at] == 0xff && bytes[at + 1] == 0x25)
		return elf_got_find(got, image_address + at + JUMP_BYTES +
						 (uint64_t)(int32_t)read_u32(bytes + at + 2));
	if (size - at >= PUSH_BYTES && bytes[at] == 0x68 &&
	    read_u32(bytes + at + 1) < got->lazy_count)
		return &got->slots[read_u32(bytes + at + 1)];
	return NULL;
}

static void add_entries(struct elf_plt *plt, const struct elf_section *section,
			const struct elf_got *got)
{
	size_t step = section->entry_size == 8 ? 8 : 16;

	if (!section->bytes)
		return;
	for (size_t offset = 0; section->size - offset >= step; offset += step) {
		uint64_t start = section->image_address + offset;
		const struct elf_got_slot *slot =
			slot_of(got, section->bytes + offset, step, start);

		if (!slot)
			continue;
		plt->entries =
			xgrow(plt->entries, plt->count, &plt->capacity, sizeof(*plt->entries));
		plt->entries[plt->count++] = (struct elf_plt_entry){
			.start = start,
			.end = start + step,
			.name = slot->name,
			.resolver = slot->resolver,
		};
	}
}

static int compare_entries(const void *a, const void *b)
{
	const struct elf_plt_entry *first = a, *second = b;

	return first->start < second->start ? -1 : first->start > second->start;
}

void elf_plt_init(struct elf_plt *plt, const struct elf_file *file)
{
	static const char *const names[] = { ".plt", ".plt.sec", ".plt.got" };
	struct elf_section section;
	struct elf_got got;

	*plt = (struct elf_plt){ 0 };
	/* The entries of .plt.got jump through slots that are also read as data. */
	elf_got_init(&got, file, elf_file_section(file, ".plt.got", &section));
	for (size_t i = 0; got.count && i < sizeof(names) / sizeof(*names); i++)
		if (elf_file_section(file, names[i], &section))
			add_entries(plt, &section, &got);
	if (plt->count)
		qsort(plt->entries, plt->count, sizeof(*plt->entries), compare_entries);
	elf_got_deinit(&got);
}

void elf_plt_deinit(struct elf_plt *plt)
{
	free(plt->entries);
	*plt = (struct elf_plt){ 0 };
}

const struct elf_plt_entry *elf_plt_find(const struct elf_plt *plt, uint64_t image_address)
{
	size_t low = 0, high = plt->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct elf_plt_entry *entry = &plt->entries[middle];

		if (image_address < entry->start)
			high = middle;
		else if (image_address >= entry->end)
			low = middle + 1;
		else
			return entry;
	}
	return NULL;
}

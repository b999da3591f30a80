/* SPDX-License-Identifier: MIT */
#include "symbolize/elf_plt.h"

#include "jitdump/xalloc.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

/* A word of the global offset table, and what the dynamic linker puts there. */
struct slot {
	uint64_t image_address;
	uint64_t resolver;
	const char *name;
};

struct slots {
	struct slot *items;
	size_t count, capacity;
	size_t plt_count; /* the first ones, in the order of .rela.plt */
};

static const char *dynamic_name(const struct elf_file *file, uint32_t symbols, uint64_t number)
{
	Elf_Scn *scn = elf_getscn(file->elf, symbols);
	GElf_Shdr header;
	GElf_Sym symbol;
	Elf_Data *data;
	const char *name;

	if (!scn || !gelf_getshdr(scn, &header) || !(data = elf_getdata(scn, NULL)) ||
	    !gelf_getsym(data, (int)number, &symbol))
		return NULL;
	name = elf_strptr(file->elf, header.sh_link, symbol.st_name);
	return name && *name ? name : NULL;
}

static void add_slots(struct slots *slots, const struct elf_file *file, const char *section_name)
{
	struct elf_section section;
	GElf_Shdr header;
	GElf_Rela rela;
	Elf_Data *data;
	Elf_Scn *scn;

	if (!elf_file_section(file, section_name, &section) || section.type != SHT_RELA ||
	    !(scn = elf_getscn(file->elf, section.number)) || !gelf_getshdr(scn, &header) ||
	    !(data = elf_getdata(scn, NULL)))
		return;
	for (int i = 0; gelf_getrela(data, i, &rela); i++) {
		uint64_t type = GELF_R_TYPE(rela.r_info);
		struct slot slot = { .image_address = rela.r_offset };

		if (type == R_X86_64_IRELATIVE)
			slot.resolver = (uint64_t)rela.r_addend;
		else if (type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT)
			slot.name = dynamic_name(file, header.sh_link, GELF_R_SYM(rela.r_info));
		else
			continue;
		slots->items =
			xgrow(slots->items, slots->count, &slots->capacity, sizeof(*slots->items));
		slots->items[slots->count++] = slot;
	}
}

static int compare_slots(const void *a, const void *b)
{
	const struct slot *first = a, *second = b;

	return first->image_address < second->image_address
		       ? -1
		       : first->image_address > second->image_address;
}

static uint32_t read_u32(const uint8_t *bytes)
{
	return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

enum { JUMP_BYTES = 6, PUSH_BYTES = 5 };

/*
 * What an entry does first, behind `endbr64` and a `bnd` prefix: `jmp *slot(%rip)`, or `push $n`,
 * n counting the relocations in .rela.plt (the lazy half where .plt.sec has the jumps).
 */
static const struct slot *slot_of(const struct slots *by_order, const struct slots *by_address,
				  const uint8_t *bytes, size_t size, uint64_t image_address)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	size_t at = 0;

	if (size >= sizeof(endbr64) && !memcmp(bytes, endbr64, sizeof(endbr64)))
		at = sizeof(endbr64);
	if (at < size && bytes[at] == 0xf2)
		at++;
	if (size - at >= JUMP_BYTES && bytes[at] == 0xff && bytes[at + 1] == 0x25) {
		struct slot key = {
			.image_address = image_address + at + JUMP_BYTES +
					 (uint64_t)(int32_t)read_u32(bytes + at + 2),
		};

		return bsearch(&key, by_address->items, by_address->count, sizeof(key),
			       compare_slots);
	}
	if (size - at >= PUSH_BYTES && bytes[at] == 0x68 &&
	    read_u32(bytes + at + 1) < by_order->plt_count)
		return &by_order->items[read_u32(bytes + at + 1)];
	return NULL;
}

static void add_entries(struct elf_plt *plt, const struct elf_section *section,
			const struct slots *by_order, const struct slots *by_address)
{
	size_t step = section->entry_size == 8 ? 8 : 16;

	if (!section->bytes)
		return;
	for (size_t offset = 0; section->size - offset >= step; offset += step) {
		uint64_t start = section->image_address + offset;
		const struct slot *slot =
			slot_of(by_order, by_address, section->bytes + offset, step, start);

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
	struct slots by_order = { 0 }, by_address;
	struct elf_section section;

	*plt = (struct elf_plt){ 0 };
	if (file->machine != EM_X86_64)
		return;
	add_slots(&by_order, file, ".rela.plt");
	by_order.plt_count = by_order.count;
	/* Its entries jump through slots that are also read as data. */
	if (elf_file_section(file, ".plt.got", &section))
		add_slots(&by_order, file, ".rela.dyn");
	if (!by_order.count)
		return;
	by_address = by_order;
	by_address.items = xmalloc(by_order.count * sizeof(*by_order.items));
	memcpy(by_address.items, by_order.items, by_order.count * sizeof(*by_order.items));
	qsort(by_address.items, by_address.count, sizeof(*by_address.items), compare_slots);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (elf_file_section(file, names[i], &section))
			add_entries(plt, &section, &by_order, &by_address);
	if (plt->count)
		qsort(plt->entries, plt->count, sizeof(*plt->entries), compare_entries);
	free(by_address.items);
	free(by_order.items);
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

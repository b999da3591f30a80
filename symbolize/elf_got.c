/* SPDX-License-Identifier: MIT */
#include "symbolize/elf_got.h"

#include "jitdump/xalloc.h"
#include "symbolize/address_sort.h"

#include <gelf.h>

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

static void add_slots(struct elf_got *got, const struct elf_file *file, const char *section_name)
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
		struct elf_got_slot slot = { .start = rela.r_offset };

		if (type == R_X86_64_IRELATIVE)
			slot.resolver = (uint64_t)rela.r_addend;
		else if (type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT)
			slot.name = dynamic_name(file, header.sh_link, GELF_R_SYM(rela.r_info));
		else
			continue;
		got->slots = xgrow(got->slots, got->count, &got->capacity, sizeof(*got->slots));
		got->slots[got->count++] = slot;
	}
}

void elf_got_init(struct elf_got *got, const struct elf_file *file, bool with_all)
{
	*got = (struct elf_got){ 0 };
	if (file->machine != EM_X86_64)
		return;
	add_slots(got, file, ".rela.plt");
	got->lazy_count = got->count;
	if (with_all)
		add_slots(got, file, ".rela.dyn");
	if (!got->count)
		return;
	got->by_address = xmalloc(got->count * sizeof(*got->slots));
	memcpy(got->by_address, got->slots, got->count * sizeof(*got->slots));
	got->by_address = address_sort(got->by_address, got->count, sizeof(*got->slots));
}

void elf_got_deinit(struct elf_got *got)
{
	free(got->by_address);
	free(got->slots);
	*got = (struct elf_got){ 0 };
}

const struct elf_got_slot *elf_got_find(const struct elf_got *got, uint64_t image_address)
{
	size_t low = 0, high = got->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct elf_got_slot *slot = &got->by_address[middle];

		if (image_address < slot->start)
			high = middle;
		else if (image_address - slot->start >= ELF_GOT_SLOT_BYTES)
			low = middle + 1;
		else
			return slot;
	}
	return NULL;
}

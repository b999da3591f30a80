/* SPDX-License-Identifier: MIT */
#include "symbolize/elf_symbol_table.h"

#include "jitdump/xalloc.h"
#include "symbolize/address_sort.h"
#include "symbolize/symbol_name.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

/* A symbol while the table is being made. */
struct candidate {
	uint64_t start;
	uint64_t size;
	uint32_t name;	  /* offset in the string table */
	uint16_t section; /* SHN_*, or a section's number */
	uint8_t type;	  /* STT_* */
	uint8_t binding;  /* STB_* */
};

struct candidates {
	struct candidate *items;
	size_t count;
	const char *names; /* the string table, up to its last NUL */
	size_t names_size;
	const struct elf_file *file;
	enum elf_symbols_of meant;
};

static bool is_code_section(const struct elf_file *file, uint16_t number)
{
	struct elf_section section;

	return number < SHN_LORESERVE && elf_file_section_at(file, number, &section) &&
	       (section.flags & SHF_EXECINSTR);
}

/* Functions, and what else lies in code: labels of hand-written assembly, tables. Names are not
 * looked at unless they must be: they are most of the table's pages. */
static bool is_code(const struct candidates *candidates, const GElf_Sym *symbol)
{
	const char *name = candidates->names + symbol->st_name;

	switch (GELF_ST_TYPE(symbol->st_info)) {
	case STT_FUNC:
	case STT_GNU_IFUNC:
		return true;
	case STT_NOTYPE:
	case STT_OBJECT:
		return is_code_section(candidates->file, symbol->st_shndx) && name[0] != '.' &&
		       !symbol_name_is_mapping(name);
	default:
		return false;
	}
}

static bool is_data(const struct candidates *candidates, const GElf_Sym *symbol)
{
	return GELF_ST_TYPE(symbol->st_info) == STT_OBJECT && symbol->st_size &&
	       symbol->st_shndx < SHN_LORESERVE &&
	       !is_code_section(candidates->file, symbol->st_shndx);
}

static bool is_candidate(const struct candidates *candidates, const GElf_Sym *symbol)
{
	if (symbol->st_shndx == SHN_UNDEF || !symbol->st_name ||
	    symbol->st_name >= candidates->names_size)
		return false;
	return candidates->meant == ELF_SYMBOLS_OF_CODE ? is_code(candidates, symbol)
							: is_data(candidates, symbol);
}

static void collect(struct candidates *candidates, Elf_Data *data)
{
	size_t size = gelf_fsize(candidates->file->elf, ELF_T_SYM, 1, EV_CURRENT);
	GElf_Sym symbol;

	candidates->items = xmalloc((data->d_size / size + 1) * sizeof(*candidates->items));
	for (size_t i = 0; i < data->d_size / size && gelf_getsym(data, (int)i, &symbol); i++) {
		if (!is_candidate(candidates, &symbol))
			continue;
		/* Bit 0 says Thumb there. */
		if (candidates->file->machine == EM_ARM)
			symbol.st_value &= ~(GElf_Addr)1;
		candidates->items[candidates->count++] = (struct candidate){
			.start = symbol.st_value,
			.size = symbol.st_size,
			.name = symbol.st_name,
			.section = symbol.st_shndx,
			.type = GELF_ST_TYPE(symbol.st_info),
			.binding = GELF_ST_BIND(symbol.st_info),
		};
	}
}

static int type_rank(const struct candidate *candidate)
{
	if (candidate->type == STT_NOTYPE)
		return 1;
	return candidate->type == STT_OBJECT ? 2 : 0;
}

/* A weak name is as good as any: libraries give their public names so. */
static int binding_rank(const struct candidate *candidate)
{
	return candidate->binding == STB_LOCAL;
}

/* Of two that start at one place. */
static bool is_better(const struct candidates *candidates, const struct candidate *first,
		      const struct candidate *second)
{
	const char *name = candidates->names + first->name;
	const char *other = candidates->names + second->name;
	int order = type_rank(first) - type_rank(second);

	if (!order)
		order = !first->size - !second->size;
	if (!order)
		order = binding_rank(first) - binding_rank(second);
	if (!order)
		order = symbol_name_compare_plainness(name, other);
	if (!order)
		order = symbol_name_compare(name, other);
	return order < 0;
}

static uint64_t section_end(const struct elf_file *file, const struct candidate *candidate)
{
	struct elf_section section;

	if (candidate->section >= SHN_LORESERVE ||
	    !elf_file_section_at(file, candidate->section, &section) ||
	    candidate->start - section.image_address >= section.size)
		return candidate->start;
	return section.image_address + section.size;
}

/* A symbol without a size reaches to the next one, or to the end of its section. */
static uint64_t candidate_end(const struct candidates *candidates,
			      const struct candidate *candidate, size_t next)
{
	uint64_t end;

	if (candidate->size) {
		end = candidate->start + candidate->size;
		return end < candidate->start ? UINT64_MAX : end;
	}
	end = section_end(candidates->file, candidate);
	if (next < candidates->count && candidates->items[next].start < end)
		end = candidates->items[next].start;
	return end;
}

static void fill_ranges(struct range_table *ranges, struct candidates *candidates)
{
	uint64_t covered = 0; /* by functions whose size is known */
	size_t next;

	candidates->items =
		address_sort(candidates->items, candidates->count, sizeof(*candidates->items));
	for (size_t i = 0; i < candidates->count; i = next) {
		const struct candidate *best = &candidates->items[i];
		uint64_t end;

		for (next = i + 1; next < candidates->count; next++) {
			const struct candidate *other = &candidates->items[next];

			if (other->start != best->start)
				break;
			if (is_better(candidates, other, best))
				best = other;
		}
		/* A label within a function is no function of its own. */
		if (best->type == STT_NOTYPE && !best->size && best->start < covered)
			continue;
		end = candidate_end(candidates, best, next);
		range_table_add(ranges, best->start, end, best->name);
		if (best->size && end > covered)
			covered = end;
	}
	range_table_sort(ranges);
}

bool elf_symbol_table_read(struct elf_symbol_table *table, const struct elf_file *file,
			   uint32_t type, enum elf_symbols_of meant)
{
	struct candidates candidates = { .file = file, .meant = meant };
	struct elf_section symbols, names;
	Elf_Data *data;
	const char *last;

	if (!file || !elf_file_section_of_type(file, type, &symbols) || !symbols.bytes ||
	    !(data = elf_getdata(elf_getscn(file->elf, symbols.number), NULL)) ||
	    !elf_file_section_at(file, symbols.link, &names) || !names.bytes)
		return false;
	last = memrchr(names.bytes, '\0', names.size);
	if (!last)
		return false;
	candidates.names = (const char *)names.bytes;
	candidates.names_size = (size_t)(last - candidates.names) + 1;
	collect(&candidates, data);
	fill_ranges(&table->ranges, &candidates);
	free(candidates.items);
	table->names = candidates.names;
	return table->ranges.count > 0;
}

void elf_symbol_table_deinit(struct elf_symbol_table *table)
{
	range_table_deinit(&table->ranges);
	table->names = NULL;
}

bool elf_symbol_table_find(const struct elf_symbol_table *table, uint64_t image_address,
			   struct elf_symbol *symbol)
{
	const struct nested_range *range = range_table_find(&table->ranges, image_address);

	if (!range || !table->names[range->number])
		return false;
	*symbol = (struct elf_symbol){
		.name = table->names + range->number,
		.start = range->start,
		.end = range->end,
	};
	return true;
}

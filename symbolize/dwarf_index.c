/* SPDX-License-Identifier: MIT */
#include "symbolize/dwarf_index.h"

#include "jitdump/xalloc.h"
#include "symbolize/build_id.h"
#include "symbolize/dwarf_functions.h"
#include "symbolize/dwarf_lines.h"
#include "symbolize/dwarf_split.h"

#include <dwarf.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	/* Calls inlined into each other at one place; compilers stop long before. */
	SCOPES_MAX = 256,
	THREADS_MAX = 8,
};

/* What was read of a unit. */
struct read_unit {
	bool was_hit, was_read;
	struct dwarf_unit *unit;	   /* where its entries are; NULL: not known */
	struct dwarf_functions *functions; /* NULL: none */
	struct dwarf_lines *lines;	   /* NULL: none */
};

struct dwarf_index {
	struct dwarf_file *dwarf;
	struct dwarf_split *split;
	struct elf_file *supplement_file; /* what dwz moved out of several files; NULL: none */
	struct dwarf_file *supplement;
	struct string_pool *strings;
	struct demangler *demangler;
	const char *missing;	   /* see dwarf_index_missing() */
	struct range_table code;   /* the executable sections */
	struct range_table ranges; /* of the units, numbered from the last one */
	struct read_unit *units;   /* as in `dwarf` */
};

static void find_code(struct dwarf_index *index, const struct elf_file *file)
{
	struct elf_section section;

	for (size_t i = 1; i < elf_file_section_count(file); i++)
		if (elf_file_section_at(file, i, &section) && (section.flags & SHF_EXECINSTR))
			range_table_add(&index->code, section.image_address,
					section.image_address + section.size, 0);
	range_table_sort(&index->code);
}

/* References can lead to any unit: what is read when it is first needed is read now, for several
 * threads can come to it. */
static void read_bases(struct dwarf_file *dwarf)
{
	struct dwarf_entry entry;

	for (size_t i = 0; i < dwarf->unit_count; i++)
		dwarf_unit_read(&dwarf->units[i], &entry);
}

/* The file that .gnu_debugaltlink names, by a path that may be relative to the file that has it; or
 * the one of its build-id. */
static void open_supplement(struct dwarf_index *index, const struct elf_file *file,
			    const struct debug_places *places)
{
	struct elf_section link;
	struct build_id build_id = { 0 };
	const char *name, *slash = strrchr(file->path, '/');
	size_t length;
	char *path;

	if (!elf_file_section(file, ".gnu_debugaltlink", &link) || !link.bytes)
		return;
	name = (const char *)link.bytes;
	length = strnlen(name, link.size);
	if (length == link.size || link.size - length - 1 > IMAGE_BUILD_ID_MAX)
		return;
	build_id.size = (uint8_t)(link.size - length - 1);
	memcpy(build_id.bytes, name + length + 1, build_id.size);
	path = name[0] == '/' || !slash
		       ? xstrdup(name)
		       : xasprintf("%.*s/%s", (int)(slash - file->path), file->path, name);
	index->supplement_file = debug_file_open_supplement(path, &build_id, places);
	free(path);
	if (!index->supplement_file)
		return;
	index->supplement = dwarf_file_create(index->supplement_file, false);
	index->dwarf->supplement = index->supplement;
	read_bases(index->supplement);
}

/* The unit itself, or the one that it is the skeleton of. NULL: that was not found. */
static struct dwarf_unit *find_unit(struct dwarf_index *index, const struct dwarf_entry *entry)
{
	struct dwarf_unit *unit;

	if (!dwarf_entry_has(entry, DWARF_DWO_NAME))
		return entry->unit;
	unit = dwarf_split_unit(index->split, entry);
	if (!unit && !index->missing)
		index->missing = dwarf_entry_string(entry, DWARF_DWO_NAME);
	return unit;
}

/* Opens the files that a unit is in. */
static void hit_unit(struct dwarf_index *index, uint32_t number)
{
	struct dwarf_unit *unit = &index->dwarf->units[number];
	struct read_unit *read = &index->units[number];
	struct dwarf_entry entry;

	if (read->was_hit)
		return;
	read->was_hit = true;
	if (dwarf_entry_read(unit, unit->entries, &entry))
		read->unit = find_unit(index, &entry);
}

/* Reads a unit's functions and lines. Touches what is the unit's alone: several units can be read
 * at the same time. */
static void read_unit(const struct dwarf_index *index, uint32_t number)
{
	struct dwarf_unit *skeleton = &index->dwarf->units[number];
	struct read_unit *read = &index->units[number];
	struct dwarf_entry entry;

	if (read->was_read)
		return;
	read->was_read = true;
	if (read->unit)
		read->functions = dwarf_functions_create(read->unit, &index->code);
	if (dwarf_entry_read(skeleton, skeleton->entries, &entry) &&
	    dwarf_entry_has(&entry, DWARF_STMT_LIST))
		read->lines = dwarf_lines_create(
			index->dwarf, dwarf_entry_number(&entry, DWARF_STMT_LIST),
			skeleton->sizes.address_size, dwarf_entry_string(&entry, DWARF_COMP_DIR),
			&index->code);
}

static struct read_unit *get_unit(struct dwarf_index *index, uint32_t number)
{
	hit_unit(index, number);
	read_unit(index, number);
	return &index->units[number];
}

/* Of several units that have the same code (linkers keep one of equal functions, and lead all to it)
 * the first one counts, as for other tools: a table of ranges prefers the greatest number. */
static uint32_t unit_from_last(const struct dwarf_index *index, uint32_t number)
{
	return (uint32_t)index->dwarf->unit_count - 1 - number;
}

/* Some units have code but do not say where: then their functions do. */
static void add_unit(struct dwarf_index *index, uint32_t number)
{
	struct dwarf_unit *unit = &index->dwarf->units[number];
	uint32_t from_last = unit_from_last(index, number);
	struct dwarf_entry entry;
	struct read_unit *read;

	if (unit->type == DW_UT_type || !dwarf_entry_read(unit, unit->entries, &entry) ||
	    dwarf_ranges_add(&entry, &index->code, from_last, &index->ranges) ||
	    dwarf_ranges_are_said(&entry) || entry.tag != DW_TAG_compile_unit)
		return;
	read = get_unit(index, number);
	if (read->functions)
		dwarf_functions_add_ranges(read->functions, from_last, &index->ranges);
}

struct dwarf_index *dwarf_index_create(const struct elf_file *file,
				       const struct debug_places *places,
				       struct string_pool *strings, struct demangler *demangler)
{
	struct dwarf_index *index = xcalloc(1, sizeof(*index));

	index->strings = strings;
	index->demangler = demangler;
	index->dwarf = dwarf_file_create(file, false);
	index->split = dwarf_split_create(file, places);
	index->units = xcalloc(index->dwarf->unit_count + 1, sizeof(*index->units));
	open_supplement(index, file, places);
	read_bases(index->dwarf);
	find_code(index, file);
	for (size_t i = 0; i < index->dwarf->unit_count; i++)
		add_unit(index, (uint32_t)i);
	range_table_sort(&index->ranges);
	return index;
}

void dwarf_index_destroy(struct dwarf_index *index)
{
	if (!index)
		return;
	for (size_t i = 0; i < index->dwarf->unit_count; i++) {
		dwarf_functions_destroy(index->units[i].functions);
		dwarf_lines_destroy(index->units[i].lines);
	}
	free(index->units);
	range_table_deinit(&index->ranges);
	range_table_deinit(&index->code);
	dwarf_split_destroy(index->split);
	dwarf_file_destroy(index->dwarf);
	dwarf_file_destroy(index->supplement);
	elf_file_close(index->supplement_file);
	free(index);
}

static const char *file_path(const struct dwarf_index *index, const struct read_unit *unit,
			     uint32_t number)
{
	return unit->lines
		       ? dwarf_files_path(dwarf_lines_files(unit->lines), number, index->strings)
		       : NULL;
}

/* The place in the source alone. */
static bool find_line(const struct dwarf_index *index, const struct read_unit *unit,
		      uint64_t address, struct dwarf_frame *frame)
{
	struct dwarf_row row;

	*frame = (struct dwarf_frame){ 0 };
	if (!unit->lines || !dwarf_lines_find(unit->lines, address, &row))
		return false;
	frame->file = file_path(index, unit, row.file);
	frame->line = row.line;
	frame->column = row.column;
	return true;
}

/* Each function is at the place where the one that was inlined into it was called. */
static size_t find_frames(const struct dwarf_index *index, const struct read_unit *unit,
			  uint64_t address, struct dwarf_frame *frames, size_t max)
{
	uint32_t scopes[SCOPES_MAX];
	struct dwarf_frame place;
	size_t count = unit->functions ? dwarf_functions_find(unit->functions, address, scopes,
							      max < SCOPES_MAX ? max : SCOPES_MAX)
				       : 0;

	if (!count)
		return 0;
	find_line(index, unit, address, &place);
	for (size_t i = 0; i < count; i++) {
		struct dwarf_scope *scope = dwarf_functions_scope(unit->functions, scopes[i]);

		if (!scope->shown && scope->name)
			scope->shown = demangle(index->demangler, scope->name);
		frames[i] = place;
		frames[i].name = scope->name;
		frames[i].shown = scope->shown;
		frames[i].is_inlined = scope->is_inlined;
		if (!scope->is_inlined)
			break;
		place = (struct dwarf_frame){
			.file = file_path(index, unit, scope->call_file),
			.line = scope->call_line,
			.column = scope->call_column,
		};
	}
	return count;
}

/* Linkers fold equal functions of several units into one: any that has the function will do. */
size_t dwarf_index_frames(struct dwarf_index *index, uint64_t image_address,
			  struct dwarf_frame *frames, size_t max)
{
	const struct nested_range *first = range_table_find(&index->ranges, image_address);

	for (const struct nested_range *range = first; range;
	     range = range_table_find_outer(&index->ranges, range, image_address)) {
		size_t count =
			find_frames(index, get_unit(index, unit_from_last(index, range->number)),
				    image_address, frames, max);

		if (count)
			return count;
	}
	if (!first || !max)
		return 0;
	return find_line(index, get_unit(index, unit_from_last(index, first->number)),
			 image_address, &frames[0]);
}

/* An address in its unit. */
struct asked {
	uint32_t unit;
	uint64_t address;
};

/* Addresses by unit: whoever takes a unit reads it, and what was inlined at its addresses. */
struct preparation {
	const struct dwarf_index *index;
	struct asked *asked;
	size_t count;
	size_t *begins; /* of the units, and one behind the last */
	size_t unit_count;
	atomic_size_t taken;
};

static void *prepare_units(void *opaque)
{
	struct preparation *preparation = opaque;
	uint32_t scopes[SCOPES_MAX];
	size_t taken;

	while ((taken = atomic_fetch_add(&preparation->taken, 1)) < preparation->unit_count) {
		const struct asked *asked = &preparation->asked[preparation->begins[taken]];
		const struct asked *end = &preparation->asked[preparation->begins[taken + 1]];
		struct read_unit *unit = &preparation->index->units[asked->unit];

		read_unit(preparation->index, asked->unit);
		for (; unit->functions && asked < end; asked++)
			dwarf_functions_find(unit->functions, asked->address, scopes, SCOPES_MAX);
	}
	return NULL;
}

/* The caller's own thread takes part: should there be no other, it does all. */
static void run_threads(struct preparation *preparation)
{
	long cpu_count = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t threads[THREADS_MAX];
	size_t count = 0;

	while (count + 1 < (size_t)cpu_count && count < THREADS_MAX &&
	       count + 1 < preparation->unit_count &&
	       !pthread_create(&threads[count], NULL, prepare_units, preparation))
		count++;
	prepare_units(preparation);
	while (count)
		pthread_join(threads[--count], NULL);
}

static int compare_asked(const void *a, const void *b)
{
	const struct asked *first = a, *second = b;

	if (first->unit != second->unit)
		return first->unit < second->unit ? -1 : 1;
	return first->address < second->address ? -1 : first->address > second->address;
}

static void group_by_unit(struct preparation *preparation)
{
	const struct asked *asked = preparation->asked;

	qsort(preparation->asked, preparation->count, sizeof(*asked), compare_asked);
	preparation->begins = xcalloc(preparation->count + 1, sizeof(*preparation->begins));
	for (size_t i = 0; i < preparation->count; i++)
		if (!i || asked[i].unit != asked[i - 1].unit)
			preparation->begins[preparation->unit_count++] = i;
	preparation->begins[preparation->unit_count] = preparation->count;
}

void dwarf_index_prepare(struct dwarf_index *index, const uint64_t *addresses, size_t count)
{
	struct preparation preparation = {
		.index = index,
		.asked = xcalloc(count + 1, sizeof(*preparation.asked)),
	};

	for (size_t i = 0; i < count; i++) {
		const struct nested_range *range = range_table_find(&index->ranges, addresses[i]);
		struct asked *asked = &preparation.asked[preparation.count];

		if (!range)
			continue;
		*asked = (struct asked){ unit_from_last(index, range->number), addresses[i] };
		hit_unit(index, asked->unit);
		preparation.count++;
	}
	group_by_unit(&preparation);
	run_threads(&preparation);
	free(preparation.begins);
	free(preparation.asked);
}

const char *dwarf_index_missing(const struct dwarf_index *index)
{
	return index->missing;
}

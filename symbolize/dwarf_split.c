/* SPDX-License-Identifier: MIT */
#include "symbolize/dwarf_split.h"

#include "jitdump/xalloc.h"
#include "symbolize/dwarf_package.h"

#include <dwarf.h>
#include <stdlib.h>

struct split_file {
	struct elf_file *elf;
	struct dwarf_file *dwarf;
};

struct dwarf_split {
	const struct elf_file *file;
	const struct debug_places *places; /* borrowed */
	struct split_file package;	   /* the .dwp file; NULLs: none */
	bool has_package;		   /* it was looked for */
	struct split_file *objects;	   /* the .dwo files that were opened */
	size_t object_count, object_capacity;
};

struct dwarf_split *dwarf_split_create(const struct elf_file *file,
				       const struct debug_places *places)
{
	struct dwarf_split *split = xcalloc(1, sizeof(*split));

	split->file = file;
	split->places = places;
	return split;
}

static void close_file(struct split_file *file)
{
	dwarf_file_destroy(file->dwarf);
	elf_file_close(file->elf);
}

void dwarf_split_destroy(struct dwarf_split *split)
{
	if (!split)
		return;
	for (size_t i = 0; i < split->object_count; i++)
		close_file(&split->objects[i]);
	free(split->objects);
	close_file(&split->package);
	free(split);
}

/* Frees `path`. */
static struct split_file open_file(char *path)
{
	struct split_file file = { .elf = elf_file_open_path(path) };

	free(path);
	if (file.elf)
		file.dwarf = dwarf_file_create(file.elf, true);
	return file;
}

/* Beside the file as it was opened, and as it was mapped; a debug file's is the executable's. */
static struct split_file open_package(const struct dwarf_split *split)
{
	const struct debug_places *places = split->places;
	struct split_file package = open_file(xasprintf("%s.dwp", split->file->path));

	if (!package.elf)
		package = open_file(xasprintf("%s%s.dwp", places->root, places->path));
	return package;
}

/* Before DWARF 5 the id is an attribute of the unit. */
static bool has_id(struct dwarf_unit *unit, uint64_t id)
{
	struct dwarf_entry entry;

	if (unit->type == DW_UT_split_type || unit->type == DW_UT_type)
		return false;
	if (unit->sizes.version >= 5)
		return unit->split_id == id;
	return dwarf_entry_read(unit, unit->entries, &entry) &&
	       dwarf_entry_has(&entry, DWARF_DWO_ID) &&
	       dwarf_entry_number(&entry, DWARF_DWO_ID) == id;
}

static struct dwarf_unit *find_unit(const struct split_file *object, uint64_t id)
{
	for (size_t i = 0; object->dwarf && i < object->dwarf->unit_count; i++)
		if (has_id(&object->dwarf->units[i], id))
			return &object->dwarf->units[i];
	return NULL;
}

/* Frees `path`. */
static struct dwarf_unit *try_object(struct dwarf_split *split, char *path, uint64_t id)
{
	struct split_file object = open_file(path);
	struct dwarf_unit *unit = find_unit(&object, id);

	if (!unit) {
		close_file(&object);
		return NULL;
	}
	split->objects = xgrow(split->objects, split->object_count, &split->object_capacity,
			       sizeof(*split->objects));
	split->objects[split->object_count++] = object;
	return unit;
}

/* Where the compiler left it, as its process's file system has it and as ours; and, for programs
 * that were moved with what belongs to them, beside the executable. */
static struct dwarf_unit *find_object(struct dwarf_split *split, const struct dwarf_entry *entry)
{
	const char *name = dwarf_entry_string(entry, DWARF_DWO_NAME);
	const char *directory = dwarf_entry_string(entry, DWARF_COMP_DIR);
	const char *root = split->places->root, *path = split->places->path;
	uint64_t id = entry->unit->split_id;
	const char *slash = strrchr(path, '/');
	struct dwarf_unit *unit = NULL;
	char *built;

	if (!name)
		return NULL;
	built = name[0] == '/' || !directory ? xstrdup(name) : xasprintf("%s/%s", directory, name);
	if (*root && built[0] == '/')
		unit = try_object(split, xasprintf("%s%s", root, built), id);
	if (!unit)
		unit = try_object(split, xstrdup(built), id);
	if (!unit && slash)
		unit = try_object(
			split,
			xasprintf("%s%.*s/%s", root, (int)(slash - path), path, basename(name)),
			id);
	free(built);
	return unit;
}

struct dwarf_unit *dwarf_split_unit(struct dwarf_split *split, const struct dwarf_entry *entry)
{
	struct dwarf_unit *unit = NULL;
	struct dwarf_entry first;

	if (!split->has_package) {
		split->has_package = true;
		split->package = open_package(split);
	}
	if (split->package.dwarf)
		unit = dwarf_package_unit(split->package.dwarf, entry->unit->split_id);
	if (!unit)
		unit = find_object(split, entry);
	if (!unit || (unit->skeleton && unit->skeleton != entry->unit))
		return NULL;
	unit->skeleton = entry->unit;
	return dwarf_unit_read(unit, &first) ? unit : NULL;
}

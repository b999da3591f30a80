/* SPDX-License-Identifier: MIT */
#include "symbolize/dwarf_files.h"

#include "jitdump/xalloc.h"

#include <dwarf.h>
#include <stdlib.h>

/* What is said of a file or directory. */
struct description {
	const char *name; /* NULL: nothing */
	uint64_t directory;
};

static uint32_t place_of(const struct dwarf_files *files, const struct dwarf_cursor *cursor)
{
	return (uint32_t)(cursor->next - files->dwarf->sections[DWARF_LINE].next);
}

static void note(uint32_t **places, uint32_t *count, size_t *capacity, uint32_t place)
{
	*places = xgrow(*places, *count, capacity, sizeof(**places));
	(*places)[(*count)++] = place;
}

/* Until DWARF 4: names, each with numbers behind it if it is a file's; an empty one ends them. */
static void read_names(struct dwarf_files *files, bool are_files, struct dwarf_cursor *cursor)
{
	uint32_t **places = are_files ? &files->files : &files->directories;
	uint32_t *count = are_files ? &files->file_count : &files->directory_count;
	size_t capacity = 0;

	note(places, count, &capacity, 0); /* the number 0 stands for none */
	for (;;) {
		uint32_t place = place_of(files, cursor);
		const char *name = dwarf_cursor_string(cursor);

		if (!name || !*name)
			return;
		note(places, count, &capacity, place);
		for (int i = 0; are_files && i < 3; i++) /* directory, time, size */
			dwarf_cursor_uleb(cursor);
	}
}

/* DWARF 5: the format is a count of pairs (content type, form). */
static uint64_t skip_format(struct dwarf_cursor *cursor, uint64_t *offset,
			    const struct dwarf_files *files)
{
	uint64_t count = dwarf_cursor_u8(cursor);

	*offset = place_of(files, cursor) - 1;
	for (uint64_t i = 0; i < 2 * count; i++)
		dwarf_cursor_uleb(cursor);
	return count;
}

/* Reads or skips one description, as its format says. */
static struct description read_description(const struct dwarf_files *files, uint64_t format,
					   struct dwarf_cursor *cursor)
{
	struct dwarf_cursor pairs = dwarf_file_at(files->dwarf, DWARF_LINE, format);
	struct description description = { 0 };

	for (uint64_t count = dwarf_cursor_u8(&pairs); count; count--) {
		uint64_t type = dwarf_cursor_uleb(&pairs), form = dwarf_cursor_uleb(&pairs);
		uint8_t size = files->sizes.offset_size;

		if (type == DW_LNCT_path && form == DW_FORM_line_strp)
			description.name = dwarf_file_string(files->dwarf, DWARF_LINE_STR,
							     dwarf_cursor_unsigned(cursor, size));
		else if (type == DW_LNCT_path && form == DW_FORM_strp)
			description.name = dwarf_file_string(files->dwarf, DWARF_STR,
							     dwarf_cursor_unsigned(cursor, size));
		else if (type == DW_LNCT_path && form == DW_FORM_string)
			description.name = dwarf_cursor_string(cursor);
		else if (type == DW_LNCT_directory_index && form == DW_FORM_udata)
			description.directory = dwarf_cursor_uleb(cursor);
		else if (type == DW_LNCT_directory_index && form == DW_FORM_data1)
			description.directory = dwarf_cursor_u8(cursor);
		else if (type == DW_LNCT_directory_index && form == DW_FORM_data2)
			description.directory = dwarf_cursor_u16(cursor);
		else
			dwarf_form_skip(form, files->sizes, cursor);
	}
	return description;
}

/* Notes where each description begins. */
static void read_descriptions(struct dwarf_files *files, bool are_files,
			      struct dwarf_cursor *cursor)
{
	uint32_t **places = are_files ? &files->files : &files->directories;
	uint32_t *count = are_files ? &files->file_count : &files->directory_count;
	uint64_t *format = are_files ? &files->file_format : &files->directory_format;
	size_t capacity = 0;
	uint64_t left;

	skip_format(cursor, format, files);
	left = dwarf_cursor_uleb(cursor);
	for (; left && dwarf_cursor_left(cursor); left--) {
		const uint8_t *begin = cursor->next;

		note(places, count, &capacity, place_of(files, cursor));
		read_description(files, *format, cursor);
		/* No bytes can be that often. */
		if (cursor->next == begin)
			return;
	}
}

void dwarf_files_init(struct dwarf_files *files, const struct dwarf_file *dwarf,
		      struct dwarf_sizes sizes, const char *comp_dir, struct dwarf_cursor *header)
{
	*files = (struct dwarf_files){
		.dwarf = dwarf,
		.sizes = sizes,
		.comp_dir = comp_dir,
	};
	for (int are_files = 0; are_files < 2; are_files++) {
		if (sizes.version >= 5)
			read_descriptions(files, are_files, header);
		else
			read_names(files, are_files, header);
	}
}

void dwarf_files_deinit(struct dwarf_files *files)
{
	free(files->directories);
	free(files->files);
	free(files->paths);
	*files = (struct dwarf_files){ 0 };
}

static struct description describe_file(const struct dwarf_files *files, uint32_t number)
{
	struct dwarf_cursor cursor = dwarf_file_at(files->dwarf, DWARF_LINE, files->files[number]);
	struct description description = { 0 };

	if (files->sizes.version >= 5)
		return read_description(files, files->file_format, &cursor);
	if (!number)
		return description;
	description.name = dwarf_cursor_string(&cursor);
	description.directory = dwarf_cursor_uleb(&cursor);
	return description;
}

/* NULL: the number stands for the compiler's own directory, or for none. */
static const char *directory_name(const struct dwarf_files *files, uint64_t number)
{
	struct dwarf_cursor cursor;

	if (!number || number >= files->directory_count)
		return NULL;
	cursor = dwarf_file_at(files->dwarf, DWARF_LINE, files->directories[number]);
	if (files->sizes.version >= 5)
		return read_description(files, files->directory_format, &cursor).name;
	return dwarf_cursor_string(&cursor);
}

/* Whether the path says already where it is. Where a build maps its directory to a relative one, the
 * compiler's and the files' directories are relative to the same. */
static bool is_below(const char *directory, const char *path)
{
	size_t length = directory ? strlen(directory) : 0;

	return path[0] == '/' || !length ||
	       (!strncmp(path, directory, length) && path[length] == '/');
}

/* Puts the directory before the path where it is to be. Frees `path`. */
static char *below(const char *directory, char *path)
{
	char *joined;

	if (is_below(directory, path))
		return path;
	joined = xasprintf("%s/%s", directory, strncmp(path, "./", 2) ? path : path + 2);
	free(path);
	return joined;
}

const char *dwarf_files_path(struct dwarf_files *files, uint32_t number,
			     struct string_pool *strings)
{
	struct description description;
	char *path;

	if (number >= files->file_count)
		return NULL;
	if (!files->paths)
		files->paths = xcalloc(files->file_count, sizeof(*files->paths));
	if (files->paths[number])
		return files->paths[number];
	description = describe_file(files, number);
	if (!description.name || !*description.name)
		return NULL;
	path = below(directory_name(files, description.directory), xstrdup(description.name));
	path = below(files->comp_dir, path);
	files->paths[number] = string_pool_add_printable(strings, path, strlen(path));
	free(path);
	return files->paths[number];
}

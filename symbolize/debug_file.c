/* SPDX-License-Identifier: MIT */
#include "symbolize/debug_file.h"

#include "jitdump/xalloc.h"
#include "symbolize/build_id.h"
#include "symbolize/dwarf_file.h"
#include "symbolize/elf_symbols.h"

#include <elfutils/libdwelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What .gnu_debuglink says. */
struct link {
	const char *name; /* of a file, without directory */
	uint32_t checksum;
};

/* The checksum of .gnu_debuglink: CRC-32 as in zlib (gdb manual, "Separate Debug Files"). */
static uint32_t checksum_of(const uint8_t *bytes, size_t size)
{
	static const uint32_t nibbles[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < size; i++) {
		crc = nibbles[(crc ^ bytes[i]) & 15] ^ crc >> 4;
		crc = nibbles[(crc ^ bytes[i] >> 4) & 15] ^ crc >> 4;
	}
	return ~crc;
}

struct search {
	const struct elf_file *file;
	const struct debug_places *places;
	const struct link *link; /* NULL: the file has none */
	struct elf_file *found;	 /* in the symbols directory */
	char *refusal;
};

/* Takes `refusal` over. */
static void refuse(struct search *search, char *refusal)
{
	if (search->refusal)
		free(refusal);
	else
		search->refusal = refusal;
}

/* NULL: it is the file's. `link` NULL: only the build-id counts. */
static const char *why_not(const struct elf_file *found, const struct elf_file *file,
			   const struct link *link)
{
	if (found->machine != file->machine)
		return "it is for another machine";
	if (file->build_id.size && (found->build_id.size || !link))
		return build_id_is_equal(&found->build_id, &file->build_id)
			       ? NULL
			       : "its build-id differs";
	if (link && checksum_of(found->bytes, found->size) == link->checksum)
		return NULL;
	return "its checksum is not the one in .gnu_debuglink";
}

/* A stripped file may lie where its debug file is looked for, and have its build-id. */
static bool has_debug_information(const struct elf_file *file)
{
	return elf_symbols_are_in(file) || dwarf_is_in(file);
}

/* Takes `found` over. */
static struct elf_file *check(struct search *search, struct elf_file *found,
			      const struct link *link)
{
	const char *reason = why_not(found, search->file, link);

	if (!reason && has_debug_information(found))
		return found;
	if (reason)
		refuse(search, xasprintf("%s is not its debug file: %s", found->path, reason));
	elf_file_close(found);
	return NULL;
}

/* Frees `path`, which may be NULL. */
static struct elf_file *try_path(struct search *search, char *path, const struct link *link)
{
	struct elf_file *found = path ? elf_file_open_path(path) : NULL;

	if (found)
		found = check(search, found, link);
	else if (path && !access(path, F_OK))
		refuse(search, xasprintf("%s cannot be read, or is not an ELF file", path));
	free(path);
	return found;
}

static bool try_users(void *context, const char *path)
{
	struct search *search = context;

	search->found = try_path(search, xstrdup(path), search->link);
	return search->found != NULL;
}

static struct elf_file *find_in_symbols_directory(struct search *search)
{
	struct symbols_directory *directory = search->places->symbols_directory;
	const struct symbols_wanted wanted = {
		.path = search->places->path,
		.build_id = &search->file->build_id,
		.is_debug_file = true,
	};

	if (!directory)
		return NULL;
	if (!symbols_directory_visit(directory, &wanted, try_users, search) && search->link)
		return try_path(
			search,
			xasprintf("%s/%s", symbols_directory_path(directory), search->link->name),
			search->link);
	return search->found;
}

static struct elf_file *find_by_build_id(struct search *search)
{
	const struct build_id *build_id = &search->file->build_id;
	const struct debug_places *places = search->places;
	struct elf_file *found =
		try_path(search, build_id_path(places->debug_directory, build_id, ".debug"), NULL);

	if (!found && *places->root) {
		char *prefix = xasprintf("%s%s", places->root, places->debug_directory);

		found = try_path(search, build_id_path(prefix, build_id, ".debug"), NULL);
		free(prefix);
	}
	if (!found && places->build_id_cache)
		found = try_path(search, build_id_path(places->build_id_cache, build_id, "/debug"),
				 NULL);
	return found;
}

/* In the order of gdb: beside the file, in .debug there, and in the global directory. */
static struct elf_file *find_by_link(struct search *search)
{
	const struct debug_places *places = search->places;
	const struct link *link = search->link;
	const char *slash = strrchr(places->path, '/');
	int length = slash ? (int)(slash - places->path) : 0;
	const char *root = places->root, *directory = places->path;
	struct elf_file *found =
		try_path(search, xasprintf("%s%.*s/%s", root, length, directory, link->name), link);

	if (!found)
		found = try_path(search,
				 xasprintf("%s%.*s/.debug/%s", root, length, directory, link->name),
				 link);
	if (!found)
		found = try_path(search,
				 xasprintf("%s%.*s/%s", places->debug_directory, length, directory,
					   link->name),
				 link);
	if (!found && *root)
		found = try_path(search,
				 xasprintf("%s%s%.*s/%s", root, places->debug_directory, length,
					   directory, link->name),
				 link);
	return found;
}

static bool read_link(const struct elf_file *file, struct link *link)
{
	GElf_Word checksum;

	link->name = dwelf_elf_gnu_debuglink(file->elf, &checksum);
	if (!link->name || !*link->name || strchr(link->name, '/'))
		return false;
	link->checksum = checksum;
	return true;
}

/* What was refused is no matter where another was found. */
static char *end_search(struct search *search, const struct elf_file *found)
{
	if (!found)
		return search->refusal;
	free(search->refusal);
	return NULL;
}

struct elf_file *debug_file_open(const struct elf_file *file, const struct debug_places *places,
				 char **refusal)
{
	struct search search = { .file = file, .places = places };
	struct elf_file *found;
	struct link link;

	if (read_link(file, &link))
		search.link = &link;
	found = find_in_symbols_directory(&search);
	if (!found)
		found = find_by_build_id(&search);
	if (!found && search.link)
		found = find_by_link(&search);
	*refusal = end_search(&search, found);
	return found;
}

/* NULL also where there are no servers. */
static struct elf_file *download(const struct debug_places *places, const struct build_id *build_id,
				 const char *file_path)
{
	struct elf_file *found;
	char *path;
	int fd = -1;

	if (places->servers)
		fd = debuginfod_servers_open(places->servers, DEBUGINFOD_DEBUG_FILE, build_id,
					     basename(file_path), &path);
	if (fd < 0)
		return NULL;
	found = elf_file_open(fd, path);
	close(fd);
	free(path);
	return found;
}

struct elf_file *debug_file_download(const struct elf_file *file, const struct debug_places *places,
				     char **refusal)
{
	struct search search = { .file = file, .places = places, .refusal = *refusal };
	struct elf_file *found = download(places, &file->build_id, places->path);

	if (found)
		found = check(&search, found, NULL);
	*refusal = end_search(&search, found);
	return found;
}

/* Takes `found` over, which may be NULL. */
static struct elf_file *with_build_id(struct elf_file *found, const struct build_id *build_id)
{
	if (!found || build_id_is_equal(&found->build_id, build_id))
		return found;
	elf_file_close(found);
	return NULL;
}

/* Frees `path`. */
static struct elf_file *open_with_build_id(char *path, const struct build_id *build_id)
{
	struct elf_file *found = path ? elf_file_open_path(path) : NULL;

	free(path);
	return with_build_id(found, build_id);
}

struct supplement {
	const struct build_id *build_id;
	struct elf_file *found;
};

static bool try_users_supplement(void *context, const char *path)
{
	struct supplement *supplement = context;

	supplement->found = open_with_build_id(xstrdup(path), supplement->build_id);
	return supplement->found != NULL;
}

static struct elf_file *find_users_supplement(const char *path, const struct build_id *build_id,
					      const struct debug_places *places)
{
	struct supplement supplement = { .build_id = build_id };
	const struct symbols_wanted wanted = { .path = path,
					       .build_id = build_id,
					       .is_debug_file = true };

	if (places->symbols_directory)
		symbols_directory_visit(places->symbols_directory, &wanted, try_users_supplement,
					&supplement);
	return supplement.found;
}

struct elf_file *debug_file_open_supplement(const char *path, const struct build_id *build_id,
					    const struct debug_places *places)
{
	struct elf_file *found = find_users_supplement(path, build_id, places);

	if (!found && *places->root && path[0] == '/')
		found = open_with_build_id(xasprintf("%s%s", places->root, path), build_id);
	if (!found)
		found = open_with_build_id(xstrdup(path), build_id);
	if (!found)
		found = open_with_build_id(
			build_id_path(places->debug_directory, build_id, ".debug"), build_id);
	if (!found)
		found = with_build_id(download(places, build_id, path), build_id);
	return found;
}

/* SPDX-License-Identifier: MIT */
#include "symbolize/debug_file.h"

#include "jitdump/xalloc.h"
#include "symbolize/build_id.h"

#include <elfutils/libdwelf.h>
#include <stdlib.h>
#include <string.h>

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

static bool belongs_to(const struct elf_file *found, const struct elf_file *file,
		       const struct link *link)
{
	if (found->machine != file->machine)
		return false;
	if (file->build_id.size && (found->build_id.size || !link))
		return build_id_is_equal(&found->build_id, &file->build_id);
	return link && checksum_of(found->bytes, found->size) == link->checksum;
}

/* Frees `path`. `link` NULL: only the build-id counts. */
static struct elf_file *try_path(char *path, const struct elf_file *file, const struct link *link)
{
	struct elf_file *found = path ? elf_file_open_path(path) : NULL;

	free(path);
	if (found && !belongs_to(found, file, link)) {
		elf_file_close(found);
		return NULL;
	}
	return found;
}

static struct elf_file *find_by_build_id(const struct elf_file *file,
					 const struct debug_places *places)
{
	const struct build_id *build_id = &file->build_id;
	struct elf_file *found =
		try_path(build_id_path(places->debug_directory, build_id, ".debug"), file, NULL);

	if (!found && *places->root) {
		char *prefix = xasprintf("%s%s", places->root, places->debug_directory);

		found = try_path(build_id_path(prefix, build_id, ".debug"), file, NULL);
		free(prefix);
	}
	if (!found && places->build_id_cache)
		found = try_path(build_id_path(places->build_id_cache, build_id, "/debug"), file,
				 NULL);
	return found;
}

/* In the order of gdb: beside the file, in .debug there, and in the global directory. */
static struct elf_file *find_by_link(const struct elf_file *file, const struct debug_places *places,
				     const struct link *link)
{
	const char *slash = strrchr(places->path, '/');
	int length = slash ? (int)(slash - places->path) : 0;
	const char *root = places->root, *directory = places->path;
	struct elf_file *found =
		try_path(xasprintf("%s%.*s/%s", root, length, directory, link->name), file, link);

	if (!found)
		found = try_path(xasprintf("%s%.*s/.debug/%s", root, length, directory, link->name),
				 file, link);
	if (!found)
		found = try_path(xasprintf("%s%.*s/%s", places->debug_directory, length, directory,
					   link->name),
				 file, link);
	if (!found && *root)
		found = try_path(xasprintf("%s%s%.*s/%s", root, places->debug_directory, length,
					   directory, link->name),
				 file, link);
	return found;
}

struct elf_file *debug_file_open(const struct elf_file *file, const struct debug_places *places)
{
	struct elf_file *found = find_by_build_id(file, places);
	struct link link;
	GElf_Word checksum;

	if (found)
		return found;
	link.name = dwelf_elf_gnu_debuglink(file->elf, &checksum);
	if (!link.name || !*link.name || strchr(link.name, '/'))
		return NULL;
	link.checksum = checksum;
	return find_by_link(file, places, &link);
}

/* Frees `path`. */
static struct elf_file *open_with_build_id(char *path, const struct build_id *build_id)
{
	struct elf_file *found = path ? elf_file_open_path(path) : NULL;

	free(path);
	if (found && !build_id_is_equal(&found->build_id, build_id)) {
		elf_file_close(found);
		return NULL;
	}
	return found;
}

struct elf_file *debug_file_open_supplement(const char *path, const struct build_id *build_id,
					    const struct debug_places *places)
{
	struct elf_file *found = NULL;

	if (*places->root && path[0] == '/')
		found = open_with_build_id(xasprintf("%s%s", places->root, path), build_id);
	if (!found)
		found = open_with_build_id(xstrdup(path), build_id);
	if (!found)
		found = open_with_build_id(
			build_id_path(places->debug_directory, build_id, ".debug"), build_id);
	return found;
}

/* SPDX-License-Identifier: MIT */
/* Which file an identity means: the candidates in order, each compared before it is used. */
#include "symbolize/build_id.h"
#include "symbolize/elf_image.h"
#include "symbolize/symbolizer_state.h"

#include "jitdump/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

static const char deleted[] = " (deleted)";

struct search {
	struct known_image *known;
	char *reason; /* why the first candidate that was there could not be used */
	bool was_there;
};

/* The first file that is there has more to say than any that is not. */
static void note(struct search *search, bool is_there, char *reason)
{
	if (search->reason && (search->was_there || !is_there)) {
		free(reason);
		return;
	}
	free(search->reason);
	search->reason = reason;
	search->was_there = is_there;
}

/*
 * On these, stat(2) tells a device of its own making, another than the mmap event has: overlayfs
 * (containers), where also the upper half of the inode number may say which layer it is of, and
 * btrfs, one for each subvolume.
 */
static bool has_own_devices(int fd)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) &&
	       (fs.f_type == OVERLAYFS_SUPER_MAGIC || fs.f_type == BTRFS_SUPER_MAGIC);
}

static bool is_same_inode(const struct image_identity *identity, int fd, const struct stat *stat)
{
	if (identity->inode == stat->st_ino && identity->major == major(stat->st_dev) &&
	    identity->minor == minor(stat->st_dev))
		return true;
	return (uint32_t)identity->inode == (uint32_t)stat->st_ino && has_own_devices(fd);
}

static bool has_identity(const struct image_identity *identity, const struct elf_file *file, int fd,
			 const struct stat *stat)
{
	if (identity->build_id.size)
		return build_id_is_equal(&identity->build_id, &file->build_id);
	return !identity->inode || is_same_inode(identity, fd, stat);
}

static struct elf_file *check(struct search *search, int fd, const char *path)
{
	struct elf_file *file;
	struct stat stat;

	if (fstat(fd, &stat) || !S_ISREG(stat.st_mode)) {
		note(search, true, xasprintf("%s is not a regular file", path));
		return NULL;
	}
	file = elf_file_open(fd, path);
	if (!file) {
		note(search, true, xasprintf("%s is not an ELF file", path));
		return NULL;
	}
	if (has_identity(&search->known->identity, file, fd, &stat))
		return file;
	elf_file_close(file);
	note(search, true,
	     xasprintf("%s is not the file that was mapped: its %s differs, it was replaced since",
		       path, search->known->identity.build_id.size ? "build-id" : "inode"));
	return NULL;
}

static void use(struct known_image *known, struct elf_file *file, const char *root,
		const char *path)
{
	const struct symbolizer *symbolizer = known->image.symbolizer;
	struct debug_places places = {
		.debug_directory = symbolizer->debug_directory,
		.build_id_cache = symbolizer->build_id_cache,
		.root = root,
		.path = string_pool_add(symbolizer->strings, path),
	};

	known->image.elf = elf_image_create(file, &places);
	known->image.build_id = file->build_id;
	known->image.status = "";
}

/* `path` below `root`. */
static bool try_path(struct search *search, const char *root, const char *path)
{
	char *full = xasprintf("%s%s", root, path);
	struct elf_file *file = NULL;
	int fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0) {
		note(search, errno != ENOENT,
		     xasprintf("cannot read %s: %s", full, strerror(errno)));
	} else {
		file = check(search, fd, full);
		close(fd);
	}
	if (file)
		use(search->known, file, root, path);
	free(full);
	return file;
}

/* The path as mapped, and without what the kernel appends to it when the file is gone. */
static bool try_below(struct search *search, const char *root)
{
	const char *path = search->known->identity.path;
	size_t length = strlen(path), end = sizeof(deleted) - 1;
	bool is_found;
	char *before;

	if (try_path(search, root, path))
		return true;
	if (length <= end || strcmp(path + length - end, deleted))
		return false;
	before = xstrndup(path, length - end);
	is_found = try_path(search, root, before);
	free(before);
	return is_found;
}

static bool try_copy(struct search *search, const char *prefix, const char *suffix)
{
	char *path = build_id_path(prefix, &search->known->identity.build_id, suffix);
	bool is_found = path && try_path(search, "", path);

	free(path);
	return is_found;
}

static bool try_copies(struct search *search)
{
	const struct symbolizer *symbolizer = search->known->image.symbolizer;

	if (try_copy(search, symbolizer->debug_directory, ""))
		return true;
	return symbolizer->build_id_cache &&
	       (try_copy(search, symbolizer->build_id_cache, "/elf") ||
		try_copy(search, symbolizer->build_id_cache, ""));
}

void image_file_open(struct known_image *known)
{
	const struct image_identity *identity = &known->identity;
	struct search search = { .known = known };

	if (identity->path[0] != '/')
		return;
	if (!(identity->root && try_below(&search, identity->root)) && !try_copies(&search) &&
	    !try_below(&search, "") && search.reason)
		known->image.status =
			string_pool_add(known->image.symbolizer->strings, search.reason);
	free(search.reason);
}

/* How many bytes of the vDSO there are: it ends with its section headers, within two pages of
 * code and data each (arch/x86/entry/vdso). */
static size_t vdso_size(const Elf64_Ehdr *header)
{
	return header->e_shoff + (size_t)header->e_shnum * header->e_shentsize;
}

void image_file_open_vdso(struct known_image *known)
{
	Elf64_Ehdr *header = (Elf64_Ehdr *)getauxval(AT_SYSINFO_EHDR);
	struct elf_file *file;

	if (!header) {
		known->image.status = "this process has no vDSO to read its names from";
		return;
	}
	file = elf_file_open_memory(header, vdso_size(header));
	if (!file)
		return;
	if (known->identity.build_id.size &&
	    !build_id_is_equal(&known->identity.build_id, &file->build_id)) {
		elf_file_close(file);
		known->image.status = "the vDSO is of another kernel than the one that runs";
		return;
	}
	use(known, file, "", "[vdso]");
}

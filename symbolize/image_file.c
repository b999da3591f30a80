/* SPDX-License-Identifier: MIT */
/* Which file an identity means: the candidates in order, each compared before it is used. */
#include "symbolize/build_id.h"
#include "symbolize/elf_image.h"
#include "symbolize/mapped_path.h"
#include "symbolize/symbolizer_state.h"

#include "jitdump/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

struct search {
	struct known_image *known;
	char *reason; /* why the first candidate that was there could not be used */
	bool was_there;
	bool is_users;	       /* what lies in the symbols directory is looked at */
	bool is_taken_by_name; /* nothing else told that it is the file */
};

/* The first file that is there has the most to say; of those that are not, the path as mapped, which
 * comes last. */
static void note(struct search *search, bool is_there, char *reason)
{
	if (search->reason && search->was_there) {
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

static bool has_identity(struct search *search, const struct elf_file *file, int fd,
			 const struct stat *stat)
{
	const struct image_identity *identity = &search->known->identity;
	bool is_same;

	if (identity->build_id.size)
		return build_id_is_equal(&identity->build_id, &file->build_id);
	is_same = identity->inode && is_same_inode(identity, fd, stat);
	search->is_taken_by_name = search->is_users && !is_same;
	return search->is_users || !identity->inode || is_same;
}

static char *why_another(const struct search *search, const char *path)
{
	bool by_build_id = search->known->identity.build_id.size;

	return xasprintf("%s is not the file that was mapped: its %s differs%s", path,
			 by_build_id ? "build-id" : "inode",
			 search->is_users ? "" : ", it was replaced since");
}

/* Of a mapped file, its debug file is not; whoever knows a path and nothing else may mean one. */
static bool is_only_named(const struct image_identity *identity)
{
	return !identity->build_id.size && !identity->inode;
}

static struct elf_file *check(struct search *search, int fd, const char *path)
{
	const struct image_identity *identity = &search->known->identity;
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
	if (!elf_file_has_code(file) && !is_only_named(identity))
		note(search, true, xasprintf("%s has no code: it is a debug file", path));
	else if (has_identity(search, file, fd, &stat))
		return file;
	else
		note(search, true, why_another(search, path));
	elf_file_close(file);
	return NULL;
}

/* What the file is, and what lies beside it, its path as mapped tells, wherever it was opened. */
static void use(struct known_image *known, struct elf_file *file, const char *root)
{
	const struct symbolizer *symbolizer = known->image.symbolizer;
	const char *path = known->identity.path;
	char *mapped = xstrndup(path, mapped_path_length(path));
	struct debug_places places = {
		.symbols_directory = symbolizer->symbols_directory,
		.debug_directory = symbolizer->debug_directory,
		.build_id_cache = symbolizer->build_id_cache,
		.root = root,
		.path = string_pool_add(symbolizer->strings, mapped),
		.servers = known->image.kind == IMAGE_ELF ? symbolizer->servers : NULL,
	};

	free(mapped);

	known->image.elf = elf_image_create(file, &places);
	known->image.build_id = file->build_id;
	known->image.status = "";
}

/* NULL: there is none, or it is another file. */
static struct elf_file *open_file(struct search *search, const char *path)
{
	/* Should it be a pipe or a terminal: not to wait, nor to become jprof's own. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct elf_file *file;

	if (fd < 0) {
		note(search, errno != ENOENT,
		     xasprintf("cannot read %s: %s", path, strerror(errno)));
		return NULL;
	}
	file = check(search, fd, path);
	close(fd);
	return file;
}

/* `path` below `root`. */
static bool try_path(struct search *search, const char *root, const char *path)
{
	char *full = xasprintf("%s%s", root, path);
	struct elf_file *file = open_file(search, full);

	free(full);
	if (file)
		use(search->known, file, root);
	return file != NULL;
}

/* The path as mapped, and as it was before the file was deleted. */
static bool try_below(struct search *search, const char *root)
{
	const char *path = search->known->identity.path;
	size_t length = mapped_path_length(path);
	bool is_found;
	char *before;

	if (try_path(search, root, path))
		return true;
	if (!path[length])
		return false;
	before = xstrndup(path, length);
	is_found = try_path(search, root, before);
	free(before);
	return is_found;
}

/* Whether a line of /proc/PID/maps is a mapping of the file; where it is then. */
static bool is_mapping(const struct image_identity *identity, const char *line, uint64_t *start,
		       uint64_t *end)
{
	size_t length = mapped_path_length(identity->path);
	uint64_t inode;
	int path_at = 0;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %*s %*s %" SCNu64 " %n", start, end, &inode,
		   &path_at) != 3 ||
	    !path_at || (identity->inode && inode != identity->inode))
		return false;
	return !strncmp(line + path_at, identity->path, length) &&
	       (line[path_at + length] == '\n' || line[path_at + length] == ' ');
}

/* A file that was replaced is still there, behind the mappings of a process that has it. */
static bool try_mappings(struct search *search)
{
	const struct image_identity *identity = &search->known->identity;
	static const char suffix[] = "/root";
	int length = (int)strlen(identity->root) - (int)strlen(suffix);
	struct elf_file *file = NULL;
	char path[64], line[4096];
	uint64_t start, end;
	FILE *maps;

	if (length < 0 || strcmp(identity->root + length, suffix) != 0)
		return false;
	snprintf(path, sizeof(path), "%.*s/maps", length, identity->root);
	maps = fopen(path, "re");
	while (maps && !file && fgets(line, sizeof(line), maps)) {
		if (!is_mapping(identity, line, &start, &end))
			continue;
		snprintf(path, sizeof(path), "%.*s/map_files/%" PRIx64 "-%" PRIx64, length,
			 identity->root, start, end);
		file = open_file(search, path);
		break;
	}
	if (maps)
		fclose(maps);
	if (file)
		use(search->known, file, identity->root);
	return file != NULL;
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

static bool try_root(struct search *search)
{
	const char *root = search->known->identity.root;

	return root && (try_below(search, root) || try_mappings(search));
}

static bool try_users(void *context, const char *path)
{
	return try_path(context, "", path);
}

/* Takes `status` over. */
static void set_status(struct known_image *known, char *status)
{
	known->image.status =
		string_pool_add_printable(known->image.symbolizer->strings, status, strlen(status));
	free(status);
}

static bool try_symbols_directory(struct search *search)
{
	struct known_image *known = search->known;
	struct symbols_directory *directory = known->image.symbolizer->symbols_directory;
	const struct symbols_wanted wanted = {
		.path = known->identity.path,
		.build_id = &known->identity.build_id,
	};
	bool is_found;

	if (!directory)
		return false;
	search->is_users = true;
	is_found = symbols_directory_visit(directory, &wanted, try_users, search);
	search->is_users = false;
	if (is_found && search->is_taken_by_name)
		set_status(known, xasprintf("%s is taken for %s because of its name: the recording "
					    "has no build-id to compare",
					    known->image.elf->file->path, known->image.path));
	return is_found;
}

static bool try_servers(struct search *search)
{
	struct known_image *known = search->known;
	struct debuginfod_servers *servers = known->image.symbolizer->servers;
	struct elf_file *file;
	char *path;
	int fd;

	if (!servers)
		return false;
	fd = debuginfod_servers_open(servers, DEBUGINFOD_PROGRAM, &known->identity.build_id,
				     known->image.name, &path);
	if (fd < 0)
		return false;
	file = check(search, fd, path);
	if (file)
		use(known, file, "");
	close(fd);
	free(path);
	return file != NULL;
}

void image_file_open(struct known_image *known)
{
	struct search search = { .known = known };

	if (known->identity.path[0] != '/')
		return;
	if (!try_symbols_directory(&search) && !try_root(&search) && !try_copies(&search) &&
	    !try_below(&search, "") && !try_servers(&search) && search.reason) {
		set_status(known, search.reason);
		return;
	}
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
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): that is how the kernel tells it */
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
	use(known, file, "");
}

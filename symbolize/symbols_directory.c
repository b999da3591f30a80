/* SPDX-License-Identifier: MIT */
#include "symbolize/symbols_directory.h"

#include "jitdump/xalloc.h"
#include "symbolize/build_id.h"
#include "symbolize/elf_file.h"
#include "symbolize/hash_index.h"
#include "symbolize/mapped_path.h"

#include <elf.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENTRIES_MAX = 200000, DEPTH_MAX = 64 };

struct symbols_file {
	char *path;
	struct build_id build_id;
};

struct symbols_directory {
	char *path;
	struct symbols_file *files; /* below it, with a build-id */
	size_t count, capacity;
	struct hash_index index;
	bool was_scanned;
};

struct symbols_directory *symbols_directory_create(const char *path)
{
	struct symbols_directory *directory = xcalloc(1, sizeof(*directory));

	directory->path = xstrdup(path);
	return directory;
}

void symbols_directory_destroy(struct symbols_directory *directory)
{
	if (!directory)
		return;
	for (size_t i = 0; i < directory->count; i++)
		free(directory->files[i].path);
	free(directory->files);
	hash_index_deinit(&directory->index);
	free(directory->path);
	free(directory);
}

const char *symbols_directory_path(const struct symbols_directory *directory)
{
	return directory->path;
}

/* Equal ids may differ in zeros at the end. */
static uint64_t hash_of(const struct build_id *build_id)
{
	uint64_t beginning = 0;

	memcpy(&beginning, build_id->bytes,
	       build_id->size < sizeof(beginning) ? build_id->size : sizeof(beginning));
	return hash_u64(beginning);
}

/* Looks at the first bytes before libelf does: most files of a large tree are no ELF files. */
static struct elf_file *open_elf(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct elf_file *file = NULL;
	char magic[SELFMAG];
	struct stat stat;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &stat) && S_ISREG(stat.st_mode) &&
	    pread(fd, magic, sizeof(magic), 0) == (ssize_t)sizeof(magic) &&
	    !memcmp(magic, ELFMAG, sizeof(magic)))
		file = elf_file_open(fd, path);
	close(fd);
	return file;
}

static void add_file(struct symbols_directory *directory, const char *path)
{
	struct elf_file *file = open_elf(path);

	if (file && file->build_id.size) {
		directory->files = xgrow(directory->files, directory->count, &directory->capacity,
					 sizeof(*directory->files));
		hash_index_add(&directory->index, hash_of(&file->build_id),
			       (uint32_t)directory->count);
		directory->files[directory->count++] =
			(struct symbols_file){ xstrdup(path), file->build_id };
	}
	elf_file_close(file);
}

static int by_name(const FTSENT **first, const FTSENT **second)
{
	return strcmp((*first)->fts_name, (*second)->fts_name);
}

static void scan(struct symbols_directory *directory)
{
	char *const roots[] = { directory->path, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	size_t left = ENTRIES_MAX;

	for (FTSENT *entry; tree && left && (entry = fts_read(tree)); left--) {
		if (entry->fts_level > DEPTH_MAX)
			fts_set(tree, entry, FTS_SKIP);
		else if (entry->fts_info == FTS_F || entry->fts_info == FTS_SL)
			add_file(directory, entry->fts_path);
	}
	if (tree)
		fts_close(tree);
}

static bool visit_scanned(struct symbols_directory *directory, const struct build_id *build_id,
			  symbols_visitor visitor, void *context)
{
	if (!build_id->size)
		return false;
	if (!directory->was_scanned)
		scan(directory);
	directory->was_scanned = true;
	for (struct hash_cursor c = hash_index_begin(&directory->index, hash_of(build_id));
	     hash_index_next(&directory->index, &c);) {
		const struct symbols_file *file = &directory->files[c.number];

		if (build_id_is_equal(&file->build_id, build_id) && visitor(context, file->path))
			return true;
	}
	return false;
}

/* Frees `path`, which may be NULL. */
static bool visit(char *path, symbols_visitor visitor, void *context)
{
	bool is_it = path && visitor(context, path);

	free(path);
	return is_it;
}

/* A debug file may have the program's own name, as in simpleperf's "binary cache". */
static bool visit_named(const char *directory, const char *path, bool is_debug_file,
			symbols_visitor visitor, void *context)
{
	int length = (int)mapped_path_length(path);

	if (is_debug_file &&
	    visit(xasprintf("%s%.*s.debug", directory, length, path), visitor, context))
		return true;
	return visit(xasprintf("%s%.*s", directory, length, path), visitor, context);
}

bool symbols_directory_visit(struct symbols_directory *directory,
			     const struct symbols_wanted *wanted, symbols_visitor visitor,
			     void *context)
{
	const char *suffix = wanted->is_debug_file ? ".debug" : "";
	const char *name = strrchr(wanted->path, '/');

	if (visit(build_id_path(directory->path, wanted->build_id, suffix), visitor, context) ||
	    visit_named(directory->path, wanted->path, wanted->is_debug_file, visitor, context))
		return true;
	if (name && name != wanted->path &&
	    visit_named(directory->path, name, wanted->is_debug_file, visitor, context))
		return true;
	return visit_scanned(directory, wanted->build_id, visitor, context);
}

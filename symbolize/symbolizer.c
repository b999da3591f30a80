/* SPDX-License-Identifier: MIT */
#include "symbolize/symbolizer.h"

#include "jitdump/xalloc.h"
#include "symbolize/build_id.h"
#include "symbolize/elf_image.h"
#include "symbolize/mapped_path.h"
#include "symbolize/perf_map.h"
#include "symbolize/symbolizer_state.h"

#include <stdlib.h>
#include <string.h>

static const char *base_name(const struct symbolizer *symbolizer, const char *path)
{
	size_t length = mapped_path_length(path);
	const char *slash;

	if (path[0] != '/')
		return string_pool_add_printable(symbolizer->strings, path, strlen(path));
	slash = memrchr(path, '/', length);
	return string_pool_add_printable(symbolizer->strings, slash + 1,
					 length - (size_t)(slash + 1 - path));
}

static struct known_image *add(struct symbolizer *symbolizer, enum image_kind kind,
			       const char *path)
{
	struct known_image *known = xcalloc(1, sizeof(*known));

	path = string_pool_add(symbolizer->strings, path);
	known->image = (struct image){
		.id = (uint32_t)symbolizer->image_count,
		.kind = kind,
		.path = path,
		.name = base_name(symbolizer, path),
		.status = "",
		.symbolizer = symbolizer,
	};
	known->identity.path = path;
	symbolizer->images = xgrow(symbolizer->images, symbolizer->image_count,
				   &symbolizer->image_capacity, sizeof(struct known_image *));
	symbolizer->images[symbolizer->image_count++] = known;
	return known;
}

static const char *default_build_id_cache(struct string_pool *strings)
{
	const char *home = getenv("HOME"), *interned;
	char *path;

	if (!home)
		return NULL;
	path = xasprintf("%s/.debug", home);
	interned = string_pool_add(strings, path);
	free(path);
	return interned;
}

struct symbolizer *symbolizer_create(const struct symbolizer_options *options)
{
	struct symbolizer *symbolizer = xcalloc(1, sizeof(*symbolizer));
	struct string_pool *strings = string_pool_create();

	symbolizer->strings = strings;
	if (options->symbols_directory)
		symbolizer->symbols_directory =
			symbols_directory_create(options->symbols_directory);
	symbolizer->debug_directory = string_pool_add(
		strings, options->debug_directory ? options->debug_directory : "/usr/lib/debug");
	symbolizer->build_id_cache = options->build_id_cache
					     ? string_pool_add(strings, options->build_id_cache)
					     : default_build_id_cache(strings);
	if (options->watch_download)
		symbolizer->servers = debuginfod_servers_create(options->watch_download,
								options->download_context);
	symbolizer->demangler = demangler_create(strings);
	symbolizer->kernel_symbols = kernel_symbols_create(strings);
	symbolizer->kernel = &add(symbolizer, IMAGE_KERNEL, "[kernel.kallsyms]")->image;
	symbolizer->unknown = &add(symbolizer, IMAGE_UNKNOWN, "[unknown]")->image;
	return symbolizer;
}

void symbolizer_destroy(struct symbolizer *symbolizer)
{
	if (!symbolizer)
		return;
	for (size_t i = 0; i < symbolizer->image_count; i++) {
		struct known_image *known = symbolizer->images[i];

		elf_image_destroy(known->image.elf);
		perf_map_destroy(known->image.perf_map);
		free(known);
	}
	free(symbolizer->images);
	hash_index_deinit(&symbolizer->image_index);
	kernel_symbols_destroy(symbolizer->kernel_symbols);
	kernel_memory_close(symbolizer->kernel_memory);
	demangler_destroy(symbolizer->demangler);
	debuginfod_servers_destroy(symbolizer->servers);
	symbols_directory_destroy(symbolizer->symbols_directory);
	string_pool_destroy(symbolizer->strings);
	free(symbolizer);
}

const char *symbolizer_download_problem(const struct symbolizer *symbolizer)
{
	return symbolizer->servers ? debuginfod_servers_problem(symbolizer->servers) : "";
}

struct string_pool *symbolizer_strings(struct symbolizer *symbolizer)
{
	return symbolizer->strings;
}

struct kernel_symbols *symbolizer_kernel_symbols(struct symbolizer *symbolizer)
{
	return symbolizer->kernel_symbols;
}

static bool has_identity(const struct known_image *known, const struct image_identity *identity)
{
	const struct image_identity *own = &known->identity;

	if (strcmp(own->path, identity->path) != 0 || own->build_id.size != identity->build_id.size)
		return false;
	if (own->build_id.size)
		return !memcmp(own->build_id.bytes, identity->build_id.bytes, own->build_id.size);
	return own->inode == identity->inode && own->major == identity->major &&
	       own->minor == identity->minor;
}

static uint64_t hash_of(const struct image_identity *identity)
{
	uint64_t hash = hash_bytes(identity->path, strlen(identity->path));

	if (identity->build_id.size)
		return hash_pair(hash,
				 hash_bytes(identity->build_id.bytes, identity->build_id.size));
	return hash_pair(hash, identity->inode);
}

/* The same file by way of another process, whose root may still be there when it is needed. */
static void take_root(struct known_image *known, const char *root)
{
	if (!root || known->image.elf)
		return;
	root = string_pool_add(known->image.symbolizer->strings, root);
	if (known->identity.root == root)
		return;
	known->identity.root = root;
	known->was_opened = false;
}

struct image *symbolizer_elf_image(struct symbolizer *symbolizer,
				   const struct image_identity *identity)
{
	uint64_t hash = hash_of(identity);
	struct known_image *known;

	for (struct hash_cursor c = hash_index_begin(&symbolizer->image_index, hash);
	     hash_index_next(&symbolizer->image_index, &c);) {
		known = symbolizer->images[c.number];
		if (has_identity(known, identity)) {
			take_root(known, identity->root);
			return &known->image;
		}
	}
	known = add(symbolizer, IMAGE_ELF, identity->path);
	hash_index_add(&symbolizer->image_index, hash, known->image.id);
	known->image.build_id = identity->build_id;
	known->identity.build_id = identity->build_id;
	known->identity.major = identity->major;
	known->identity.minor = identity->minor;
	known->identity.inode = identity->inode;
	take_root(known, identity->root);
	return &known->image;
}

struct image *symbolizer_vdso_image(struct symbolizer *symbolizer, const struct build_id *build_id)
{
	static const struct build_id unknown;
	struct known_image *known;

	if (!build_id)
		build_id = &unknown;
	for (size_t i = 0; i < symbolizer->image_count; i++) {
		known = symbolizer->images[i];
		if (known->image.kind == IMAGE_VDSO &&
		    !memcmp(&known->identity.build_id, build_id, sizeof(*build_id)))
			return &known->image;
	}
	known = add(symbolizer, IMAGE_VDSO, "[vdso]");
	known->image.build_id = *build_id;
	known->identity.build_id = *build_id;
	return &known->image;
}

struct image *symbolizer_kernel_image(struct symbolizer *symbolizer)
{
	return symbolizer->kernel;
}

struct image *symbolizer_unknown_image(struct symbolizer *symbolizer)
{
	return symbolizer->unknown;
}

struct image *symbolizer_add_image(struct symbolizer *symbolizer, enum image_kind kind,
				   const char *path, struct perf_map *perf_map)
{
	struct image *image = &add(symbolizer, kind, path)->image;

	image->perf_map = perf_map;
	return image;
}

void symbolizer_give_back_pages(const struct symbolizer *symbolizer)
{
	for (size_t i = 0; i < symbolizer->image_count; i++) {
		const struct elf_image *elf = symbolizer->images[i]->image.elf;

		if (elf)
			elf_image_give_back_pages(elf);
	}
}

struct image *symbolizer_image(const struct symbolizer *symbolizer, uint32_t id)
{
	return &symbolizer->images[id]->image;
}

uint32_t symbolizer_image_count(const struct symbolizer *symbolizer)
{
	return (uint32_t)symbolizer->image_count;
}

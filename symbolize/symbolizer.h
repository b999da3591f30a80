/* SPDX-License-Identifier: MIT */
/*
 * All images of a session, each opened once, and where to look for their files.
 *
 * You give the identity that a mapping had when it was made; you get the image, opened lazily. It
 * never uses a file whose identity differs: the image's status says so then.
 */
#ifndef SYMBOLIZE_SYMBOLIZER_H
#define SYMBOLIZE_SYMBOLIZER_H

#include "symbolize/debuginfod.h"
#include "symbolize/image.h"
#include "symbolize/string_pool.h"

/* What is known about a mapped file. Zeroed members are not known and not compared. */
struct image_identity {
	const char *path; /* as in the mmap event, in the process's mount namespace */
	const char *root; /* prefix under which path is looked for first, e.g.
				       "/proc/42/root"; NULL: none */
	struct build_id build_id;
	uint32_t major, minor; /* of the device */
	uint64_t inode;
};

struct symbolizer_options {
	const char *symbols_directory; /* looked in before all other places; NULL: none */
	const char *debug_directory;   /* NULL: /usr/lib/debug */
	const char *build_id_cache;    /* files kept by `perf record`; NULL: ~/.debug */
	download_watch watch_download; /* NULL: nothing is downloaded */
	void *download_context;
};

struct symbolizer *symbolizer_create(const struct symbolizer_options *options);
void symbolizer_destroy(struct symbolizer *symbolizer);

/* A sentence: why downloads ended early; "" if they did not. */
const char *symbolizer_download_problem(const struct symbolizer *symbolizer);

/* Names and paths that are to live as long as the images. */
struct string_pool *symbolizer_strings(struct symbolizer *symbolizer);

/* The ELF image with this identity; equal identities give the same image. Never NULL. */
struct image *symbolizer_elf_image(struct symbolizer *symbolizer,
				   const struct image_identity *identity);

/* The vDSO: named from this machine's own if the build-id is equal or not known. */
struct image *symbolizer_vdso_image(struct symbolizer *symbolizer, const struct build_id *build_id);

/* The kernel with its modules and BPF programs: one image, named by run-time address. */
struct image *symbolizer_kernel_image(struct symbolizer *symbolizer);

/* The one image for addresses of which nothing is known. */
struct image *symbolizer_unknown_image(struct symbolizer *symbolizer);

/* A new image of this kind (JIT, PERF_MAP): every call makes another. `perf_map` is owned from
 * here on (NULL for JIT). */
struct image *symbolizer_add_image(struct symbolizer *symbolizer, enum image_kind kind,
				   const char *path, struct perf_map *perf_map);

/* What of the images' files is in memory is given back, to be read again where it is needed: for who
 * goes on for hours with names that are known. */
void symbolizer_give_back_pages(const struct symbolizer *symbolizer);

struct image *symbolizer_image(const struct symbolizer *symbolizer, uint32_t id);
uint32_t symbolizer_image_count(const struct symbolizer *symbolizer);

#endif

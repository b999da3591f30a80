/* SPDX-License-Identifier: MIT */
/*
 * A directory with programs and debug files that the user gave (--symbols).
 *
 * You give what is known of a mapped file; you get paths in the directory where it, or its debug
 * file, may lie: by build-id, by the path as mapped, by the base name, and last every ELF file
 * anywhere below that has the build-id. The tree is gone through once, when it is first needed,
 * up to 200,000 entries, without following links to directories. It never decides whether a file is the right one.
 */
#ifndef SYMBOLIZE_SYMBOLS_DIRECTORY_H
#define SYMBOLIZE_SYMBOLS_DIRECTORY_H

#include "symbolize/image.h"

struct symbols_directory;

/* Both borrowed during the call. */
struct symbols_wanted {
	const char *path;		 /* as mapped, from "/" on */
	const struct build_id *build_id; /* size 0: not known */
	bool is_debug_file;
};

/* True: that was it, no other is wanted. */
typedef bool (*symbols_visitor)(void *context, const char *path);

struct symbols_directory *symbols_directory_create(const char *path);
void symbols_directory_destroy(struct symbols_directory *directory);

const char *symbols_directory_path(const struct symbols_directory *directory);

/* Visits the places in order, whether anything lies there or not. True: a visitor said so. */
bool symbols_directory_visit(struct symbols_directory *directory,
			     const struct symbols_wanted *wanted, symbols_visitor visitor,
			     void *context);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The separate debug file of an ELF file.
 *
 * You give the file and places to look in; you get the one whose build-id is equal, or that
 * .gnu_debuglink names with the right checksum; or why what lay there is another's. It never takes a
 * file by its name alone.
 */
#ifndef SYMBOLIZE_DEBUG_FILE_H
#define SYMBOLIZE_DEBUG_FILE_H

#include "symbolize/debuginfod.h"
#include "symbolize/elf_file.h"
#include "symbolize/symbols_directory.h"

/* Looked in by this order. */
struct debug_places {
	struct symbols_directory *symbols_directory; /* NULL: none */
	const char *debug_directory;		     /* "/usr/lib/debug" */
	const char *build_id_cache;		     /* perf's, "/home/me/.debug"; NULL: none */
	const char *root; /* where the file's process has its "/", "" or "/proc/42/root" */
	const char *path; /* of the file, below root */
	struct debuginfod_servers *servers; /* NULL: none */
};

/* Asks no servers. NULL: there is none; *refusal is then NULL or half a sentence, to be freed: why the
 * first file that was in such a place is not used. */
struct elf_file *debug_file_open(const struct elf_file *file, const struct debug_places *places,
				 char **refusal);

/* Asks the servers alone. *refusal as above; what it holds stays, unless a file is found. */
struct elf_file *debug_file_download(const struct elf_file *file, const struct debug_places *places,
				     char **refusal);

/* What dwz took out of several debug files: at the path that one of them tells, or by its build-id,
 * which it must have; servers are asked too. NULL: there is none. */
struct elf_file *debug_file_open_supplement(const char *path, const struct build_id *build_id,
					    const struct debug_places *places);

#endif

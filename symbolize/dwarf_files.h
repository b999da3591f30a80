/* SPDX-License-Identifier: MIT */
/*
 * The source files of a line table, by number.
 *
 * You give the header of the table; you get the path of a file, made when it is first asked for.
 * It never looks whether the file is there.
 */
#ifndef SYMBOLIZE_DWARF_FILES_H
#define SYMBOLIZE_DWARF_FILES_H

#include "symbolize/dwarf_file.h"
#include "symbolize/string_pool.h"

struct dwarf_files {
	const struct dwarf_file *dwarf;
	struct dwarf_sizes sizes;
	const char *comp_dir; /* what relative directories are relative to; may be NULL */
	/* Where each one's description begins, in .debug_line. Both count from 0 in DWARF 5, and
	 * from 1 before. */
	uint32_t *directories, *files;
	uint32_t directory_count, file_count;
	uint64_t directory_format, file_format; /* where these are, from DWARF 5 on */
	const char **paths;			/* NULL: not asked for yet */
};

/* `header` stands at the first directory (DWARF 5: at the format of directories), and behind the
 * last file afterwards. */
void dwarf_files_init(struct dwarf_files *files, const struct dwarf_file *dwarf,
		      struct dwarf_sizes sizes, const char *comp_dir, struct dwarf_cursor *header);
void dwarf_files_deinit(struct dwarf_files *files);

/* Interned and printable. NULL: there is no file of this number. */
const char *dwarf_files_path(struct dwarf_files *files, uint32_t number,
			     struct string_pool *strings);

#endif

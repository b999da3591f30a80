/* SPDX-License-Identifier: MIT */
#include "support/core_file.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

void core_file_write(const char *path, const struct core_piece *pieces, size_t count)
{
	Elf64_Ehdr header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64 },
		.e_type = ET_CORE,
		.e_phoff = sizeof(header),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = (Elf64_Half)count,
	};
	uint64_t offset = sizeof(header) + count * sizeof(Elf64_Phdr);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fwrite(&header, sizeof(header), 1, file);
	for (size_t i = 0; i < count; i++) {
		const Elf64_Phdr segment = {
			.p_type = PT_LOAD,
			.p_offset = offset,
			.p_vaddr = pieces[i].address,
			.p_filesz = pieces[i].size,
		};

		fwrite(&segment, sizeof(segment), 1, file);
		offset += pieces[i].size;
	}
	for (size_t i = 0; i < count; i++)
		fwrite(pieces[i].bytes, pieces[i].size, 1, file);
	assert_int_equal(fclose(file), 0);
}

/* SPDX-License-Identifier: MIT */
/*
 * One ELF file as it lies on disk (or in memory: the vDSO), whatever its class, byte order or
 * machine.
 *
 * You give a descriptor; you get its segments, sections and build-id. It never trusts the file:
 * everything handed out lies within it. Symbols and DWARF are read elsewhere, through `elf`.
 */
#ifndef SYMBOLIZE_ELF_FILE_H
#define SYMBOLIZE_ELF_FILE_H

#include "symbolize/elf_segment.h"
#include "symbolize/image.h"
#include "symbolize/inflated_sections.h"

#include <libelf.h>

struct elf_file {
	Elf *elf;
	const uint8_t *bytes; /* the whole file, mapped */
	size_t size;
	uint16_t type, machine; /* ET_*, EM_* */
	uint64_t entry;		/* image address, 0: none */
	struct elf_segment *segments;
	size_t segment_count;
	struct build_id build_id;
	bool has_interpreter; /* PT_INTERP */
	char *path;	      /* where it was opened */
	struct inflated_sections *inflated;
	bool is_mapped; /* here, and not memory of somebody else */
	void *heap;	/* what elf_file_open_heap() was given */
};

/* A section as its header describes it, within the file. */
struct elf_section {
	uint32_t number;
	uint32_t type;	/* SHT_* */
	uint64_t flags; /* SHF_* */
	uint64_t image_address;
	uint64_t entry_size;
	uint32_t link;	      /* the section's number that sh_link names */
	const uint8_t *bytes; /* NULL for SHT_NOBITS, and where it reaches beyond the file */
	size_t size;	      /* in memory */
};

/* NULL if it is not an ELF file that can be read. The descriptor stays the caller's, and is not
 * needed afterwards; `path` is copied. */
struct elf_file *elf_file_open(int fd, const char *path);
/* Opens the path itself. NULL also if it cannot be opened. */
struct elf_file *elf_file_open_path(const char *path);
/* Reads memory that outlives the file. */
struct elf_file *elf_file_open_memory(void *bytes, size_t size);
/* The same, and owns the memory, which is from malloc(): also when it returns NULL. */
struct elf_file *elf_file_open_heap(void *bytes, size_t size);
void elf_file_close(struct elf_file *file);

/* What of a mapped file is in memory is given back, to be read again where it is needed. */
void elf_file_give_back_pages(const struct elf_file *file);

/* Its numbers are not in this machine's byte order. */
bool elf_file_is_swapped(const struct elf_file *file);

/* By number (from 1 on) and by name. False: there is none. */
bool elf_file_section_at(const struct elf_file *file, size_t number, struct elf_section *section);
bool elf_file_section(const struct elf_file *file, const char *name, struct elf_section *section);
size_t elf_file_section_count(const struct elf_file *file);

/* False for a debug file, from which the code was taken out. */
bool elf_file_has_code(const struct elf_file *file);

/* The first section of this type (SHT_SYMTAB, SHT_DYNSYM). */
bool elf_file_section_of_type(const struct elf_file *file, uint32_t type,
			      struct elf_section *section);

/* The bytes of a debug section, inflated if it is compressed (`name` without the "z" of the old
 * kind); they live as long as the file. */
bool elf_file_debug_section(const struct elf_file *file, const char *name,
			    struct elf_section *section);

/* The segment that holds the address in memory, from the file's bytes. NULL: none. */
const struct elf_segment *elf_file_segment(const struct elf_file *file, uint64_t image_address);

/* The bytes from an address to the end of what its segment has in the file. NULL: none. */
const uint8_t *elf_file_at(const struct elf_file *file, uint64_t image_address, size_t *size);

/* See image_address_of(). */
bool elf_file_address_of(const struct elf_file *file, uint64_t file_offset,
			 uint64_t *image_address);

#endif

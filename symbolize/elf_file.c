/* SPDX-License-Identifier: MIT */
#include "symbolize/elf_file.h"

#include "jitdump/xalloc.h"

#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void add_segment(struct elf_file *file, const GElf_Phdr *header)
{
	uint64_t room = file->size - header->p_offset;

	if (!header->p_filesz || header->p_offset >= file->size ||
	    header->p_vaddr + header->p_memsz < header->p_vaddr)
		return;
	file->segments[file->segment_count++] = (struct elf_segment){
		.file_offset = header->p_offset,
		.file_size = header->p_filesz < room ? header->p_filesz : room,
		.image_address = header->p_vaddr,
		.memory_size = header->p_memsz,
		.is_executable = header->p_flags & PF_X,
	};
}

static void read_segments(struct elf_file *file)
{
	GElf_Phdr header;
	size_t count;

	/* Also checks that so many lie within the file. */
	if (elf_getphdrnum(file->elf, &count) || !count)
		return;
	file->segments = xcalloc(count, sizeof(*file->segments));
	for (size_t i = 0; i < count && gelf_getphdr(file->elf, (int)i, &header); i++) {
		if (header.p_type == PT_LOAD)
			add_segment(file, &header);
		else if (header.p_type == PT_INTERP)
			file->has_interpreter = true;
	}
}

static void read_build_id(struct elf_file *file)
{
	const void *bytes;
	ssize_t size = dwelf_elf_gnu_build_id(file->elf, &bytes);

	if (size <= 0)
		return;
	/* The kernel and perf know no longer ones. */
	file->build_id.size = size < IMAGE_BUILD_ID_MAX ? (uint8_t)size : IMAGE_BUILD_ID_MAX;
	memcpy(file->build_id.bytes, bytes, file->build_id.size);
}

static struct elf_file *open_elf(Elf *elf, const char *path)
{
	struct elf_file *file;
	GElf_Ehdr header;
	char *bytes;
	size_t size;

	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header) ||
	    !(bytes = elf_rawfile(elf, &size))) {
		elf_end(elf);
		return NULL;
	}
	file = xcalloc(1, sizeof(*file));
	file->elf = elf;
	file->bytes = (const uint8_t *)bytes;
	file->size = size;
	file->type = header.e_type;
	file->machine = header.e_machine;
	file->entry = header.e_entry;
	file->path = xstrdup(path);
	file->inflated = xcalloc(1, sizeof(*file->inflated));
	read_segments(file);
	read_build_id(file);
	return file;
}

struct elf_file *elf_file_open(int fd, const char *path)
{
	struct elf_file *file;
	struct stat status;
	void *bytes;

	if (fstat(fd, &status) || status.st_size <= 0)
		return NULL;
	/* Private and writable, since inflating a section overwrites its header. */
	bytes = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return NULL;
	elf_version(EV_CURRENT);
	file = open_elf(elf_memory(bytes, (size_t)status.st_size), path);
	if (file)
		file->is_mapped = true;
	else
		munmap(bytes, (size_t)status.st_size);
	return file;
}

struct elf_file *elf_file_open_path(const char *path)
{
	/* Should it be a pipe or a terminal: not to wait, nor to become its process's own. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct elf_file *file;

	if (fd < 0)
		return NULL;
	file = elf_file_open(fd, path);
	close(fd);
	return file;
}

struct elf_file *elf_file_open_memory(void *bytes, size_t size)
{
	elf_version(EV_CURRENT);
	return open_elf(elf_memory(bytes, size), "");
}

struct elf_file *elf_file_open_heap(void *bytes, size_t size)
{
	struct elf_file *file = elf_file_open_memory(bytes, size);

	if (file)
		file->heap = bytes;
	else
		free(bytes);
	return file;
}

void elf_file_close(struct elf_file *file)
{
	if (!file)
		return;
	elf_end(file->elf);
	if (file->is_mapped)
		munmap((uint8_t *)file->bytes, file->size);
	inflated_sections_deinit(file->inflated);
	free(file->inflated);
	free(file->segments);
	free(file->path);
	free(file->heap);
	free(file);
}

/* Whole pages of [start, end). */
static void give_back(const struct elf_file *file, size_t start, size_t end)
{
	size_t page_size = (size_t)sysconf(_SC_PAGESIZE);

	start = (start + page_size - 1) / page_size * page_size;
	end = end / page_size * page_size;
	if (start < end)
		madvise((uint8_t *)file->bytes + start, end - start, MADV_DONTNEED);
}

void elf_file_give_back_pages(const struct elf_file *file)
{
	GElf_Ehdr header;
	size_t sections, end;

	/* What was written over stays: the headers of inflated sections, and the file's own. */
	if (!file->is_mapped || !gelf_getehdr(file->elf, &header))
		return;
	sections = header.e_shoff < file->size ? header.e_shoff : file->size;
	end = sections + elf_file_section_count(file) * sizeof(GElf_Shdr);
	give_back(file, 1, sections);
	give_back(file, end, file->size);
}

size_t elf_file_section_count(const struct elf_file *file)
{
	size_t count;

	return elf_getshdrnum(file->elf, &count) ? 0 : count;
}

static void describe_section(const struct elf_file *file, size_t number, const GElf_Shdr *header,
			     struct elf_section *section)
{
	*section = (struct elf_section){
		.number = (uint32_t)number,
		.type = header->sh_type,
		.flags = header->sh_flags,
		.image_address = header->sh_addr,
		.entry_size = header->sh_entsize,
		.link = header->sh_link,
		.size = header->sh_size,
	};
	if (header->sh_type != SHT_NOBITS && header->sh_offset <= file->size &&
	    header->sh_size <= file->size - header->sh_offset)
		section->bytes = file->bytes + header->sh_offset;
}

bool elf_file_is_swapped(const struct elf_file *file)
{
	const char *identity = elf_getident(file->elf, NULL);

	return identity && (identity[EI_DATA] == ELFDATA2MSB) != (__BYTE_ORDER == __BIG_ENDIAN);
}

bool elf_file_section_at(const struct elf_file *file, size_t number, struct elf_section *section)
{
	Elf_Scn *scn = elf_getscn(file->elf, number);
	GElf_Shdr header;

	if (!scn || !gelf_getshdr(scn, &header))
		return false;
	describe_section(file, number, &header, section);
	return true;
}

static Elf_Scn *find_section(const struct elf_file *file, const char *name, GElf_Shdr *header)
{
	size_t names;

	if (elf_getshdrstrndx(file->elf, &names))
		return NULL;
	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(file->elf, scn));) {
		const char *found;

		if (gelf_getshdr(scn, header) &&
		    (found = elf_strptr(file->elf, names, header->sh_name)) && !strcmp(found, name))
			return scn;
	}
	return NULL;
}

bool elf_file_section(const struct elf_file *file, const char *name, struct elf_section *section)
{
	GElf_Shdr header;
	Elf_Scn *scn = find_section(file, name, &header);

	if (!scn)
		return false;
	describe_section(file, elf_ndxscn(scn), &header, section);
	return true;
}

bool elf_file_section_of_type(const struct elf_file *file, uint32_t type,
			      struct elf_section *section)
{
	GElf_Shdr header;

	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(file->elf, scn));) {
		if (gelf_getshdr(scn, &header) && header.sh_type == type) {
			describe_section(file, elf_ndxscn(scn), &header, section);
			return true;
		}
	}
	return false;
}

bool elf_file_has_code(const struct elf_file *file)
{
	GElf_Shdr header;

	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(file->elf, scn));)
		if (gelf_getshdr(scn, &header) && (header.sh_flags & SHF_EXECINSTR) &&
		    header.sh_type == SHT_NOBITS)
			return false;
	return true;
}

static Elf_Scn *find_debug_section(const struct elf_file *file, const char *name, GElf_Shdr *header)
{
	Elf_Scn *scn = find_section(file, name, header);
	char old_name[32];

	if (scn) {
		if (header->sh_flags & SHF_COMPRESSED)
			elf_compress(scn, 0, 0);
		return scn;
	}
	snprintf(old_name, sizeof(old_name), ".z%s", name + 1);
	scn = find_section(file, old_name, header);
	if (scn)
		elf_compress_gnu(scn, 0, 0);
	return scn;
}

bool elf_file_debug_section(const struct elf_file *file, const char *name,
			    struct elf_section *section)
{
	GElf_Shdr header;
	Elf_Scn *scn = find_debug_section(file, name, &header);
	Elf_Data *data;

	if (!scn || !gelf_getshdr(scn, &header) || header.sh_type == SHT_NOBITS)
		return false;
	*section = (struct elf_section){
		.number = (uint32_t)elf_ndxscn(scn),
		.type = header.sh_type,
		.flags = header.sh_flags & ~(GElf_Xword)SHF_COMPRESSED,
	};
	if (header.sh_flags & SHF_COMPRESSED) {
		section->bytes =
			inflated_sections_get(file->inflated, file->elf, scn, &section->size);
	} else if ((data = elf_rawdata(scn, NULL))) {
		section->bytes = data->d_buf;
		section->size = data->d_size;
	}
	return section->bytes != NULL;
}

const struct elf_segment *elf_file_segment(const struct elf_file *file, uint64_t image_address)
{
	for (size_t i = 0; i < file->segment_count; i++) {
		const struct elf_segment *segment = &file->segments[i];

		if (image_address - segment->image_address < segment->file_size)
			return segment;
	}
	return NULL;
}

const uint8_t *elf_file_at(const struct elf_file *file, uint64_t image_address, size_t *size)
{
	const struct elf_segment *segment = elf_file_segment(file, image_address);
	uint64_t offset;

	if (!segment)
		return NULL;
	offset = image_address - segment->image_address;
	*size = segment->file_size - offset;
	return file->bytes + segment->file_offset + offset;
}

bool elf_file_address_of(const struct elf_file *file, uint64_t file_offset, uint64_t *image_address)
{
	return elf_segments_address_of(file->segments, file->segment_count, file_offset,
				       image_address);
}

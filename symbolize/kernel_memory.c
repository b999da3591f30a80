/* SPDX-License-Identifier: MIT */
#include "symbolize/kernel_memory.h"

#include "jitdump/xalloc.h"
#include "symbolize/symbolizer_state.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A segment for each range of memory; machines have dozens. */
enum { SEGMENTS_MAX = 4096 };

struct kernel_memory {
	int fd;
	Elf64_Phdr *segments;
	size_t count;
};

static const char *reason_of(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return "the kernel's code is not to be read (/proc/kcore): only root may, and not "
		       "where the kernel is locked down";
	case ENOENT:
		return "the kernel's code cannot be read: this kernel was built without "
		       "/proc/kcore";
	default:
		return "the kernel's code cannot be read: /proc/kcore is not what it should be";
	}
}

static bool read_all(int fd, void *bytes, size_t size, uint64_t offset)
{
	return pread(fd, bytes, size, (off_t)offset) == (ssize_t)size;
}

static bool read_segments(struct kernel_memory *memory)
{
	static const uint8_t wanted[] = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64 };
	Elf64_Ehdr header;

	if (!read_all(memory->fd, &header, sizeof(header), 0) ||
	    memcmp(header.e_ident, wanted, sizeof(wanted)) != 0 || header.e_type != ET_CORE ||
	    header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum > SEGMENTS_MAX)
		return false;
	memory->count = header.e_phnum;
	memory->segments = xcalloc(memory->count + 1, sizeof(*memory->segments));
	return read_all(memory->fd, memory->segments, memory->count * sizeof(*memory->segments),
			header.e_phoff);
}

struct kernel_memory *kernel_memory_open(const char *path, const char **reason)
{
	struct kernel_memory *memory;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		*reason = reason_of(errno);
		return NULL;
	}
	memory = xcalloc(1, sizeof(*memory));
	memory->fd = fd;
	if (read_segments(memory))
		return memory;
	*reason = reason_of(EINVAL);
	kernel_memory_close(memory);
	return NULL;
}

void kernel_memory_close(struct kernel_memory *memory)
{
	if (!memory)
		return;
	close(memory->fd);
	free(memory->segments);
	free(memory);
}

size_t kernel_memory_read(const struct kernel_memory *memory, uint64_t address, void *bytes,
			  size_t size)
{
	for (size_t i = 0; memory && i < memory->count; i++) {
		const Elf64_Phdr *segment = &memory->segments[i];
		uint64_t distance = address - segment->p_vaddr;
		ssize_t got;

		if (segment->p_type != PT_LOAD || address < segment->p_vaddr ||
		    distance >= segment->p_filesz)
			continue;
		if (size > segment->p_filesz - distance)
			size = segment->p_filesz - distance;
		got = pread(memory->fd, bytes, size, (off_t)(segment->p_offset + distance));
		return got > 0 ? (size_t)got : 0;
	}
	return 0;
}

const char *symbolizer_use_kernel_memory(struct symbolizer *symbolizer, const char *path)
{
	const char *reason = "";

	if (!symbolizer->kernel_memory)
		symbolizer->kernel_memory = kernel_memory_open(path, &reason);
	return reason;
}

/* SPDX-License-Identifier: MIT */
/* Where the stacks of a process, a thread and a signal handler begin. */
#include "symbolize/elf_image.h"

#include <gelf.h>
#include <string.h>

enum {
	/* _start is 34 bytes on x86-64 and 48 on aarch64 (glibc 2.36). */
	ENTRY_BYTES = 64,
	/* Where it has a symbol it may be longer, but not by much: what is further away needs no
	 * look at the symbols, which a large program takes a while to read. */
	ENTRY_MAX = 4096,
};

/* Where the symbol, or without one a few instructions, at `entry` end. */
static uint64_t entry_end(struct elf_image *image, uint64_t entry)
{
	const struct elf_symbols *symbols = elf_image_symbols(image);
	struct elf_symbol symbol;
	uint64_t next;

	if (elf_symbols_find(symbols, entry, &symbol) && symbol.start == entry)
		return symbol.end;
	next = elf_symbols_next(symbols, entry);
	return next - entry < ENTRY_BYTES ? next : entry + ENTRY_BYTES;
}

/* ld-linux-x86-64.so.2, ld-musl-x86_64.so.1, ld.so.1, ld-2.31.so */
static bool is_interpreter(const struct elf_image *image)
{
	const char *name = basename(image->places.path);

	return !strncmp(name, "ld-", 3) || !strncmp(name, "ld.", 3) || !strcmp(name, "libc.so");
}

static bool is_position_independent_executable(const struct elf_file *file)
{
	Elf_Data *data;
	GElf_Dyn entry;
	struct elf_section section;

	if (!elf_file_section_of_type(file, SHT_DYNAMIC, &section) ||
	    !(data = elf_getdata(elf_getscn(file->elf, section.number), NULL)))
		return false;
	for (int i = 0; gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; i++)
		if (entry.d_tag == DT_FLAGS_1)
			return entry.d_un.d_val & DF_1_PIE;
	return false;
}

/* Linkers before 2022 gave shared libraries an entry point too, at the start of .text. */
static bool is_started_by_kernel(const struct elf_image *image)
{
	const struct elf_file *file = image->file;

	return file->type == ET_EXEC ||
	       (file->type == ET_DYN && (file->has_interpreter || is_interpreter(image) ||
					 is_position_independent_executable(file)));
}

static bool has_system_call(const struct elf_file *file, const struct elf_symbol *symbol)
{
	static const uint8_t syscall[] = { 0x0f, 0x05 }, svc[] = { 0x01, 0x00, 0x00, 0xd4 };
	size_t size;
	const uint8_t *bytes = elf_file_at(file, symbol->start, &size);

	if (!bytes)
		return false;
	if (symbol->end - symbol->start < size)
		size = symbol->end - symbol->start;
	if (file->machine == EM_X86_64)
		return memmem(bytes, size, syscall, sizeof(syscall));
	return file->machine == EM_AARCH64 && memmem(bytes, size, svc, sizeof(svc));
}

/* The images that can have one: a C library, or a program with all of it inside. */
static bool may_start_threads(const struct elf_image *image)
{
	const char *name = basename(image->places.path);

	return !strncmp(name, "libc.", 5) || !strncmp(name, "libc-", 5) ||
	       !strncmp(name, "ld-musl-", 8) ||
	       (!image->file->has_interpreter && is_started_by_kernel(image));
}

/* A new thread begins in the C library's wrapper of clone(2), behind its system call: glibc's
 * clone and clone3, musl's __clone. Programs have functions called "clone" too. */
static bool is_thread_start(struct elf_image *image, uint64_t image_address)
{
	static const char *const names[] = {
		"clone", "__clone", "clone3", "__clone3", "thread_start",
	};
	struct elf_symbol symbol;

	if (!may_start_threads(image) ||
	    !elf_symbols_find(elf_image_symbols(image), image_address, &symbol) || symbol.suffix)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		size_t length = strlen(names[i]);

		if (!strncmp(symbol.name, names[i], length) &&
		    (symbol.name[length] == '\0' || symbol.name[length] == '@'))
			return has_system_call(image->file, &symbol);
	}
	return false;
}

/* glibc's _start of the interpreter goes on under another name, which calls the constructors. */
static bool is_interpreter_start(struct elf_image *image, uint64_t image_address)
{
	struct elf_symbol symbol;

	return is_interpreter(image) &&
	       elf_symbols_find(elf_image_symbols(image), image_address, &symbol) &&
	       !strcmp(symbol.name, "_dl_start_user");
}

bool elf_image_is_entry(struct elf_image *image, uint64_t image_address)
{
	uint64_t entry = image->file->entry;

	if (entry && image_address >= entry && image_address - entry < ENTRY_MAX &&
	    image_address < entry_end(image, entry) && is_started_by_kernel(image))
		return true;
	return is_interpreter_start(image, image_address) || is_thread_start(image, image_address);
}

struct instructions {
	uint16_t machine;
	uint8_t size;
	uint8_t last_at; /* where the system call itself is */
	uint8_t bytes[9];
};

bool elf_image_is_signal_trampoline(const struct elf_image *image, uint64_t image_address)
{
	static const struct instructions trampolines[] = {
		/* mov $15, %rax; syscall */
		{ EM_X86_64, 9, 7, { 0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05 } },
		/* mov $15, %eax; syscall */
		{ EM_X86_64, 7, 5, { 0xb8, 0x0f, 0, 0, 0, 0x0f, 0x05 } },
		/* mov x8, #139; svc #0 */
		{ EM_AARCH64, 8, 4, { 0x68, 0x11, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4 } },
	};

	for (size_t i = 0; i < sizeof(trampolines) / sizeof(*trampolines); i++) {
		const struct instructions *code = &trampolines[i];

		if (code->machine != image->file->machine)
			continue;
		for (size_t back = 0; back <= code->last_at; back += code->last_at) {
			size_t size;
			const uint8_t *bytes =
				elf_file_at(image->file, image_address - back, &size);

			if (bytes && size >= code->size && !memcmp(bytes, code->bytes, code->size))
				return true;
		}
	}
	return false;
}

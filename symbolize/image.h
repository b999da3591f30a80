/* SPDX-License-Identifier: MIT */
/*
 * An image: a body of code with an identity. An ELF file, the kernel, the vDSO, one jitdump's
 * code, one perf map, or memory that nobody described.
 *
 * You give a place in it (an image address); you get what it is called, as frames, and for ELF
 * files the raw sections that unwinding reads. It never knows a process, a sample or a time, and
 * it cannot fail: where something is missing you get less, and `status` says why.
 *
 * An image address is the ELF virtual address for ELF images, the vDSO and the kernel (there: the
 * run-time address), (version << 32 | offset) for JIT code, and the process's address for a perf
 * map. Not thread-safe.
 */
#ifndef SYMBOLIZE_IMAGE_H
#define SYMBOLIZE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct image_excerpt;
struct symbolizer;

enum image_kind {
	IMAGE_ELF,
	IMAGE_VDSO,
	IMAGE_KERNEL,
	IMAGE_JIT, /* versions are the profiler's (profiler/jit_code.h): no frames from here */
	IMAGE_PERF_MAP,
	IMAGE_UNKNOWN, /* anonymous or unmapped memory */
};

enum { IMAGE_BUILD_ID_MAX = 20 };

struct build_id {
	uint8_t bytes[IMAGE_BUILD_ID_MAX];
	uint8_t size; /* 0: not known */
};

/* What an ELF image lacks because no debug file of it was found. */
enum image_lack {
	IMAGE_LACKS_NOTHING, /* or its status tells more */
	IMAGE_LACKS_LINES,
	IMAGE_LACKS_NAMES, /* but those of exported functions */
};

/* Whose image addresses are what. All is owned by the symbolizer, for its whole life. */
struct image {
	uint32_t id; /* index in the symbolizer, from 0 */
	enum image_kind kind;
	const char *path; /* as mapped, or "[kernel.kallsyms]", "[vdso]", "[jit]", "[unknown]" */
	const char *name; /* the module column: base name of the path, printable */
	struct build_id build_id;
	const char *status; /* "" or a sentence: why names, lines or unwind tables are missing */
	enum image_lack lack;
	struct elf_image *elf; /* NULL until first needed, and where the file cannot be used */
	const struct image_excerpt *excerpt; /* what a recording keeps of the file; else NULL */
	struct perf_map *perf_map;	     /* IMAGE_PERF_MAP */
	struct symbolizer *symbolizer;
};

/* One name for a location; a location has one or more, the innermost inlined function first. */
struct frame {
	const char *function; /* NULL: no name. Demangled; interned, lives with the symbolizer */
	const char *file;     /* NULL: no line information */
	uint32_t line;	      /* 0: not known */
	uint32_t column;
	bool is_inlined; /* into the frame after it */
};

/* The symbol that covers a place, as the ELF symbol table (or kallsyms, or a perf map) has it. */
struct symbol {
	const char *name; /* demangled, interned */
	uint64_t start;	  /* image address */
	uint64_t size;
	const char *module; /* kernel module, else NULL */
};

/* [address, address + size) of an ELF image as loaded, with its bytes; borrowed from the image. */
struct image_section {
	uint64_t image_address;
	const uint8_t *bytes; /* NULL: the image has no such section */
	size_t size;
};

/* What an unwinder reads. .debug_frame may come from the separate debug file. */
struct image_unwind_sections {
	struct image_section eh_frame;
	struct image_section eh_frame_hdr;
	struct image_section debug_frame; /* image_address 0: it is not loaded */
	struct image_section text;	  /* .text, the base of DW_EH_PE_textrel */
	uint64_t got_address;		  /* the base of DW_EH_PE_datarel in FDEs */
};

/*
 * The frames of a place, innermost first; at most `max`, at least 1 (a frame without a name where
 * nothing is known). For a return address pass the address less one.
 */
size_t image_frames(struct image *image, uint64_t image_address, struct frame *frames, size_t max);

/* Reads what the frames of these places need, on all CPUs. Worth it where there are many. */
void image_prepare(struct image *image, const uint64_t *image_addresses, size_t count);

/* The innermost line of a place: `file`, `line` and `column` of the frame. False if it has none. */
bool image_line(struct image *image, uint64_t image_address, struct frame *frame);

/* False if no symbol covers the place. */
bool image_symbol(struct image *image, uint64_t image_address, struct symbol *symbol);

/* The same of data: the object that covers the place, or the slot of the global offset table there
 * ("puts@got"). */
bool image_data_symbol(struct image *image, uint64_t image_address, struct symbol *symbol);

/* The ELF virtual address of a byte of the file, by the segments. False if no segment holds it or
 * the file cannot be used. */
bool image_address_of(struct image *image, uint64_t file_offset, uint64_t *image_address);

/* Copies up to `size` bytes of the loaded image (code, read-only data, unwind tables); returns
 * how many were there. Of the kernel see kernel_memory.h. */
size_t image_read(struct image *image, uint64_t image_address, void *bytes, size_t size);

/* EM_* of <elf.h>; 0: not known, as of what is no ELF file. */
uint16_t image_machine(struct image *image);

/* False where the image has no usable file. */
bool image_unwind_sections(struct image *image, struct image_unwind_sections *sections);

/* True of a file that is open and that nobody would find who looks for it by its path and build-id:
 * it was deleted or replaced, or is only in a process's own root. */
bool image_is_lost(const struct image *image);

/* True in the code where a process or a thread begins: the function at the ELF entry point
 * (_start), or a C library's thread start (clone, clone3, __clone, thread_start). */
bool image_is_entry(struct image *image, uint64_t image_address);

/* True in the code that the kernel makes a signal handler return to (rt_sigreturn): the frame
 * above it was interrupted, not called. Recognised by its instructions, as libunwind does. */
bool image_is_signal_trampoline(struct image *image, uint64_t image_address);

#endif

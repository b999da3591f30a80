/* SPDX-License-Identifier: MIT */
/*
 * libjitdump: announces JIT-compiled code to profilers.
 *
 * You give a function that your JIT has just emitted: its name, where it lies, its source lines
 * and its unwind table. You get a jit-PID.dump in the jitdump format of Linux perf, which
 * `jprof record` reads while it grows and `perf inject --jit` reads afterwards. It never logs,
 * never exits, never changes signal dispositions, and needs nothing but libc.
 *
 * Every function that returns int returns 0, or a negative errno value and then the file still
 * ends at its last whole record. One writer may be used by any number of threads at once, but by
 * no signal handler. No call is a cancellation point. After fork(2) the child's first announcement
 * starts a file of its own; it never writes to its parent's, nor to a descriptor that the program
 * has closed and reused. Options and descriptions are plain structs: zero what you do not use, for
 * a zeroed member always means "the usual".
 *
 * Stability: the ABI is versioned (export map LIBJITDUMP_1); a struct grows only at its end, and
 * its first member `size` tells the library which members the caller knows. A member that the
 * library does not know yet may be there, but only zeroed (-EINVAL otherwise).
 */
#ifndef LIBJITDUMP_H
#define LIBJITDUMP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define JITDUMP_API __attribute__((visibility("default")))
#else
#define JITDUMP_API
#endif

#define LIBJITDUMP_VERSION_MAJOR 1
#define LIBJITDUMP_VERSION_MINOR 0

/* What a piece of code is. A writer can be told to leave some kinds out. */
enum jitdump_kind {
	JITDUMP_KIND_FUNCTION = 0,
	JITDUMP_KIND_STUB = 1,
	JITDUMP_KIND_BUILTIN = 2,
	JITDUMP_KIND_INTERPRETER = 3, /* an interpreter's entry or a bytecode handler */
};
#define JITDUMP_KIND_BIT(kind) (1u << (kind))

/* Where announcements go. */
#define JITDUMP_TO_DUMP	    1u /* jit-PID.dump */
#define JITDUMP_TO_PERF_MAP 2u /* perf-PID.map, in /tmp where profilers look for it */

struct jitdump_options {
	size_t size;		   /* sizeof(struct jitdump_options) */
	const char *directory;	   /* NULL: $JITDUMPDIR, else /tmp */
	const char *file_name;	   /* NULL: "jit-%p.dump"; every %p becomes the pid, %% a percent
				       sign. At least one %p, for a forked child needs a name of its
				       own. perf finds only that name; jprof any that ends in
				       ".dump" */
	const char *map_directory; /* NULL: /tmp */
	unsigned outputs;	   /* JITDUMP_TO_*; 0: the dump alone */
	unsigned skipped_kinds;	   /* JITDUMP_KIND_BIT()s that are not written */
	unsigned permissions;	   /* of the dump, less the umask; 0: 0600 */
	int delete_after_open;	   /* unlink the dump at once: only a profiler that already watches
				       can read it (jprof does, perf cannot) */
};

struct jitdump_writer;

/*
 * Opens the dump of this process, or takes one more reference to it if a writer with the same
 * directory and file name is open already (several JITs in one process share one file; the first
 * opener's other options hold). The file is created, O_CLOEXEC, never through a symbolic link, its
 * header is written, and then one page of it is mapped executable: the mmap event that tells a
 * profiler where it lies. A file of that name is replaced if it is yours and no living writer has
 * it open. `options` NULL means the usual throughout.
 * Errors: -EINVAL (a zero or unknown `size`, a bad pattern), -ELOOP (a symbolic link is in the
 * way), -EEXIST (something that is not yours is), -EBUSY (another writer is: a second copy of this
 * library in the process, or the same pid in another container), -EPERM (the file system is
 * mounted noexec), -ENOMEM, or what open(2), write(2), mmap(2) and madvise(2) say. *writer is NULL
 * then.
 */
JITDUMP_API int jitdump_open(const struct jitdump_options *options, struct jitdump_writer **writer);

/*
 * Gives back one reference. The last one writes CODE_CLOSE, removes the marker mapping, closes the
 * file and frees the writer, whatever it returns. NULL is allowed and does nothing. A process that
 * ends without it leaves a file that is just as good.
 */
JITDUMP_API int jitdump_close(struct jitdump_writer *writer);

/* The path of the dump of the calling process, "" before a forked child's first announcement.
 * Copies at most `size` bytes with the NUL and returns the whole length, as snprintf does. */
JITDUMP_API int jitdump_path(struct jitdump_writer *writer, char *path, size_t size);

/*
 * One row of a line table: from this code offset up to the next row's (or the function's end) the
 * code belongs to file:line:column. Rows ascend by offset. `file` NULL: the same as the row
 * before. Rows of code inlined from other files simply name those files.
 */
struct jitdump_line {
	uint64_t code_offset;
	const char *file;
	uint32_t line;
	uint32_t column; /* 0: not known */
};

/* The code index of a function that was not written, because of its kind or an error. */
#define JITDUMP_NOT_WRITTEN UINT64_MAX

/* One piece of generated code, already at its final address. All memory is read during the call
 * and may be freed afterwards. */
struct jitdump_function {
	size_t size;		 /* sizeof(struct jitdump_function) */
	const char *name;	 /* not NULL, not empty; control characters are replaced */
	uint64_t code_address;	 /* where it runs */
	const void *code;	 /* code_size bytes; NULL: read at code_address */
	uint64_t code_size;	 /* not 0 */
	uint64_t reserved_after; /* bytes after the code that nothing else will use. At least
					     jitdump_reserve_size() of them and `perf inject` can use
					     the unwind table too; jprof does not need them */
	const struct jitdump_line *lines; /* line_count rows, or NULL */
	size_t line_count;
	const void *eh_frame;	  /* from jitdump_eh_frame_build(); NULL with size 0: the
					     function keeps a standard frame pointer */
	size_t eh_frame_size;	  /* both sections together */
	size_t eh_frame_hdr_size; /* the last bytes of them */
	enum jitdump_kind kind;
};

/*
 * Announces one function: its lines, its unwind table and its code, written as one unit in the
 * order that the format demands, so that no other thread's record comes between. Call it before
 * the code first runs: the record is stamped with CLOCK_MONOTONIC, the clock of the samples.
 * *code_index (may be NULL) is the number to give to jitdump_move(), or JITDUMP_NOT_WRITTEN. There
 * is no call for code that was freed: a later announcement over its addresses ends it.
 * Errors: -EINVAL (empty name, no code, rows that do not ascend or lie outside, an unwind table
 * whose sizes disagree), -EMSGSIZE (a record above 4 GiB), -EFAULT (code that cannot be read),
 * -EFBIG (RLIMIT_FSIZE; no SIGXFSZ is raised), -EBADF (the program has closed the descriptor),
 * -EIO (somebody has cut the file), -ENOMEM, or what write(2) says. In a forked child also those
 * of jitdump_open().
 */
JITDUMP_API int jitdump_add(struct jitdump_writer *writer, const struct jitdump_function *function,
			    uint64_t *code_index);

/*
 * Announces that code_size bytes of function `code_index` now run at new_address; nothing runs at
 * old_address from here on. JITDUMP_NOT_WRITTEN is allowed and does nothing.
 * Errors: -EINVAL (an index that was never given out, no code), and those of jitdump_add().
 */
JITDUMP_API int jitdump_move(struct jitdump_writer *writer, uint64_t code_index,
			     uint64_t old_address, uint64_t new_address, uint64_t code_size);

/* How many bytes to reserve after code_size bytes of code with an unwind table of eh_frame_size,
 * so that `perf inject` can map the table behind the code. */
JITDUMP_API uint64_t jitdump_reserve_size(uint64_t code_size, size_t eh_frame_size);

/*
 * The unwind table of one function, described as an assembler's .cfi directives do: at these code
 * offsets these things become true. Offsets ascend; every step takes effect for the instruction
 * that starts at code_offset. Registers are DWARF numbers of the CPU (JITDUMP_X86_64_*,
 * JITDUMP_AARCH64_*). Before the first step the CPU's call convention holds: on x86-64 the CFA is
 * rsp+8 and the return address is at CFA-8; on aarch64 the CFA is sp and the return address is in
 * x30.
 */
enum jitdump_cfi_op {
	JITDUMP_CFI_DEF_CFA,	      /* CFA = reg + value (value is not negative) */
	JITDUMP_CFI_DEF_CFA_OFFSET,   /* CFA = same register + value */
	JITDUMP_CFI_DEF_CFA_REGISTER, /* CFA = reg + same offset */
	JITDUMP_CFI_SAVED, /* the caller's reg is at CFA + value (value is negative, a multiple of 8) */
	JITDUMP_CFI_RESTORED,	   /* reg is as the call convention has it again */
	JITDUMP_CFI_SAME,	   /* reg holds the caller's value */
	JITDUMP_CFI_UNDEFINED,	   /* reg is lost; for the return address: the outermost frame */
	JITDUMP_CFI_REMEMBER,	   /* push the rules ... */
	JITDUMP_CFI_RESTORE_STATE, /* ... and pop them (after an epilogue in the middle) */
};

struct jitdump_cfi_step {
	uint64_t code_offset;
	enum jitdump_cfi_op op;
	uint16_t reg;
	int64_t value;
};

enum jitdump_cpu {
	JITDUMP_CPU_NATIVE = 0, /* the CPU the library was compiled for */
	JITDUMP_CPU_X86_64 = 62,
	JITDUMP_CPU_AARCH64 = 183,
};

enum jitdump_x86_64_register {
	JITDUMP_X86_64_RAX = 0,
	JITDUMP_X86_64_RDX = 1,
	JITDUMP_X86_64_RCX = 2,
	JITDUMP_X86_64_RBX = 3,
	JITDUMP_X86_64_RSI = 4,
	JITDUMP_X86_64_RDI = 5,
	JITDUMP_X86_64_RBP = 6,
	JITDUMP_X86_64_RSP = 7,
	JITDUMP_X86_64_R8 = 8,
	JITDUMP_X86_64_R9 = 9,
	JITDUMP_X86_64_R10 = 10,
	JITDUMP_X86_64_R11 = 11,
	JITDUMP_X86_64_R12 = 12,
	JITDUMP_X86_64_R13 = 13,
	JITDUMP_X86_64_R14 = 14,
	JITDUMP_X86_64_R15 = 15,
	JITDUMP_X86_64_RETURN_ADDRESS = 16,
};

/* x0 to x30 are 0 to 30. */
enum jitdump_aarch64_register {
	JITDUMP_AARCH64_X19 = 19,
	JITDUMP_AARCH64_FP = 29,
	JITDUMP_AARCH64_LR = 30,
	JITDUMP_AARCH64_SP = 31,
};

/* A built table: .eh_frame (one CIE, one FDE) and behind it .eh_frame_hdr, in perf's layout. */
struct jitdump_eh_frame {
	uint8_t *bytes; /* freed by jitdump_eh_frame_free() */
	size_t size;
	size_t hdr_size; /* the last bytes of `size` */
};

/*
 * Builds the table for a function of code_size bytes. It holds no address, so the same table
 * serves equal code anywhere (as long as code_size is equal).
 * Errors: -EINVAL (steps that do not ascend or lie outside the code or, on aarch64, within an
 * instruction; an unknown register, operation or CPU; a restore without a remember; 2 GiB of
 * code), -ENOMEM. The table is zeroed then.
 */
JITDUMP_API int jitdump_eh_frame_build(enum jitdump_cpu cpu, uint64_t code_size,
				       const struct jitdump_cfi_step *steps, size_t step_count,
				       struct jitdump_eh_frame *table);

/*
 * The table of a standard frame: x86-64 `push rbp; mov rbp, rsp` at prologue_offset, and, if
 * epilogue_offset is not 0, `pop rbp` (or `leave`) ending at epilogue_offset, followed by a `ret`
 * of one byte; aarch64 `stp x29, x30, [sp, #-16]!; mov x29, sp` and `ldp x29, x30, [sp], #16`,
 * `ret`. Behind the `ret` the frame stands again. Errors: those of jitdump_eh_frame_build().
 */
JITDUMP_API int jitdump_eh_frame_build_standard(enum jitdump_cpu cpu, uint64_t code_size,
						uint64_t prologue_offset, uint64_t epilogue_offset,
						struct jitdump_eh_frame *table);

/* Frees the bytes and zeroes the table. NULL and zeroed tables are allowed. */
JITDUMP_API void jitdump_eh_frame_free(struct jitdump_eh_frame *table);

#ifdef __cplusplus
}
#endif

#endif

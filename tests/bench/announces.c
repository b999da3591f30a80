/* SPDX-License-Identifier: MIT */
/*
 * usage: announces FUNCTIONS
 *
 * Announces so many functions to profilers, each with twenty source lines and an unwind table, as
 * a JIT that does all it can would; runs none of them.
 */
#include <libjitdump.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CODE_BYTES = 400, SLOT_BYTES = 1024, LINE_COUNT = 20 };

/* push rbp; push rbx; sub rsp, 40 ... add rsp, 40; pop rbx; pop rbp; ret */
static const struct jitdump_cfi_step steps[] = {
	{ 1, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 16 },
	{ 1, JITDUMP_CFI_SAVED, JITDUMP_X86_64_RBP, -16 },
	{ 2, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 24 },
	{ 2, JITDUMP_CFI_SAVED, JITDUMP_X86_64_RBX, -24 },
	{ 6, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 64 },
	{ CODE_BYTES - 3, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 24 },
	{ CODE_BYTES - 2, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 16 },
	{ CODE_BYTES - 1, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 8 },
};

static void check(int status, const char *what)
{
	if (status == 0)
		return;
	fprintf(stderr, "announces: %s: %s\n", what, strerror(-status));
	exit(1);
}

static void announce(struct jitdump_writer *writer, const struct jitdump_eh_frame *table,
		     unsigned number, uint8_t *slot)
{
	struct jitdump_line lines[LINE_COUNT];
	char name[64], file[64];

	snprintf(name, sizeof(name), "module%u::function%u(int, double)", number / 50, number);
	snprintf(file, sizeof(file), "/source/of/module%u.script", number / 50);
	for (unsigned i = 0; i < LINE_COUNT; i++)
		lines[i] = (struct jitdump_line){ i * (CODE_BYTES / LINE_COUNT), i ? NULL : file,
						  number % 50 * LINE_COUNT + i + 1, 5 };
	memset(slot, 0x90, CODE_BYTES);
	struct jitdump_function function = {
		.size = sizeof(function),
		.name = name,
		.code_address = (uintptr_t)slot,
		.code_size = CODE_BYTES,
		.reserved_after = SLOT_BYTES - CODE_BYTES,
		.lines = lines,
		.line_count = LINE_COUNT,
		.eh_frame = table->bytes,
		.eh_frame_size = table->size,
		.eh_frame_hdr_size = table->hdr_size,
	};

	check(jitdump_add(writer, &function, NULL), "add");
}

int main(int argc, char **argv)
{
	unsigned count = argc > 1 ? (unsigned)atoi(argv[1]) : 0;
	struct jitdump_writer *writer;
	struct jitdump_eh_frame table = { 0 };
	uint8_t *slots =
		mmap(NULL, (size_t)(count + 1) * SLOT_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (count == 0 || slots == MAP_FAILED)
		return 2;
	check(jitdump_open(NULL, &writer), "open");
	check(jitdump_eh_frame_build(JITDUMP_CPU_X86_64, CODE_BYTES, steps,
				     sizeof(steps) / sizeof(steps[0]), &table),
	      "build");
	for (unsigned number = 0; number < count; number++)
		announce(writer, &table, number, slots + (size_t)number * SLOT_BYTES);
	jitdump_eh_frame_free(&table);
	check(jitdump_close(writer), "close");
	return 0;
}

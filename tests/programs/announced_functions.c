/* SPDX-License-Identifier: MIT */
/*
 * Spins in six functions, one after the other; the last one is moved before it runs. Every other
 * one has an unwind table; the others keep a frame pointer. ITERATIONS is each one's share.
 */
#include <libjitdump.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { FUNCTION_COUNT = 6, SLOT_BYTES = 1024 };

/* sub rsp, 24; mov ecx, edi; again: dec ecx; jnz again; add rsp, 24; ret */
static const uint8_t without_frame[] = { 0x48, 0x83, 0xec, 0x18, 0x89, 0xf9, 0xff, 0xc9,
					 0x75, 0xfc, 0x48, 0x83, 0xc4, 0x18, 0xc3 };

static const struct jitdump_cfi_step steps[] = {
	{ 4, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 32 },
	{ 14, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 8 },
};

/* push rbp; mov rbp, rsp; mov ecx, edi; again: dec ecx; jnz again; pop rbp; ret */
static const uint8_t with_frame[] = { 0x55, 0x48, 0x89, 0xe5, 0x89, 0xf9,
				      0xff, 0xc9, 0x75, 0xfc, 0x5d, 0xc3 };

static void check(int status, const char *what)
{
	if (status == 0)
		return;
	fprintf(stderr, "%s: %s\n", what, strerror(-status));
	exit(1);
}

static uint64_t announce(struct jitdump_writer *writer, int number, uint8_t *slot)
{
	char name[32];
	struct jitdump_eh_frame table = { 0 };
	struct jitdump_function function = {
		.size = sizeof(function),
		.name = name,
		.code_address = (uintptr_t)slot,
		.code_size = sizeof(with_frame),
	};
	uint64_t index;

	snprintf(name, sizeof(name), "announced%d", number);
	memcpy(slot, with_frame, sizeof(with_frame));
	if (number % 2 == 1) {
		memcpy(slot, without_frame, sizeof(without_frame));
		check(jitdump_eh_frame_build(JITDUMP_CPU_X86_64, sizeof(without_frame), steps, 2,
					     &table),
		      "build");
		function.code_size = sizeof(without_frame);
		function.eh_frame = table.bytes;
		function.eh_frame_size = table.size;
		function.eh_frame_hdr_size = table.hdr_size;
		function.reserved_after = SLOT_BYTES - sizeof(without_frame);
	}
	check(jitdump_add(writer, &function, &index), "add");
	jitdump_eh_frame_free(&table);
	return index;
}

static void spin(const uint8_t *slot, int iterations)
{
	((void (*)(int))slot)(iterations);
}

int main(int argc, char **argv)
{
	int iterations = argc > 1 ? atoi(argv[1]) : 1000;
	uint8_t(*slots)[SLOT_BYTES] =
		mmap(NULL, (FUNCTION_COUNT + 1) * sizeof(*slots),
		     PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint8_t *last = slots[FUNCTION_COUNT - 1];
	uint8_t *moved = slots[FUNCTION_COUNT];
	struct jitdump_writer *writer;
	uint64_t index = 0;

	if (slots == MAP_FAILED)
		return 1;
	check(jitdump_open(NULL, &writer), "open");
	for (int number = 0; number < FUNCTION_COUNT; number++)
		index = announce(writer, number, slots[number]);
	for (int number = 0; number < FUNCTION_COUNT - 1; number++)
		spin(slots[number], iterations);
	memcpy(moved, last, sizeof(without_frame));
	check(jitdump_move(writer, index, (uintptr_t)last, (uintptr_t)moved, sizeof(without_frame)),
	      "move");
	memset(last, 0xcc, SLOT_BYTES);
	spin(moved, iterations);
	check(jitdump_close(writer), "close");
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* The steps of a frame that keeps its frame pointer. */
#include <errno.h>
#include <stdbool.h>

#include "jitdump/libjitdump.h"

#define STANDARD_STEPS_MAX 9

/* push rbp (1 byte); mov rbp, rsp (3 bytes) ... pop rbp or leave; ret (1 byte) */
static size_t standard_x86_64(struct jitdump_cfi_step *steps, uint64_t prologue, uint64_t epilogue)
{
	const uint16_t rbp = JITDUMP_X86_64_RBP;
	size_t count = 0;

	steps[count++] =
		(struct jitdump_cfi_step){ prologue + 1, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 16 };
	steps[count++] = (struct jitdump_cfi_step){ prologue + 1, JITDUMP_CFI_SAVED, rbp, -16 };
	steps[count++] =
		(struct jitdump_cfi_step){ prologue + 4, JITDUMP_CFI_DEF_CFA_REGISTER, rbp, 0 };
	if (epilogue == 0)
		return count;
	steps[count++] = (struct jitdump_cfi_step){ epilogue, JITDUMP_CFI_REMEMBER, 0, 0 };
	steps[count++] =
		(struct jitdump_cfi_step){ epilogue, JITDUMP_CFI_DEF_CFA, JITDUMP_X86_64_RSP, 8 };
	steps[count++] = (struct jitdump_cfi_step){ epilogue, JITDUMP_CFI_RESTORED, rbp, 0 };
	steps[count++] = (struct jitdump_cfi_step){ epilogue + 1, JITDUMP_CFI_RESTORE_STATE, 0, 0 };
	return count;
}

/* stp x29, x30, [sp, #-16]!; mov x29, sp ... ldp x29, x30, [sp], #16; ret (4 bytes each) */
static size_t standard_aarch64(struct jitdump_cfi_step *steps, uint64_t prologue, uint64_t epilogue)
{
	const uint16_t fp = JITDUMP_AARCH64_FP;
	const uint16_t lr = JITDUMP_AARCH64_LR;
	size_t count = 0;

	steps[count++] =
		(struct jitdump_cfi_step){ prologue + 4, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 16 };
	steps[count++] = (struct jitdump_cfi_step){ prologue + 4, JITDUMP_CFI_SAVED, fp, -16 };
	steps[count++] = (struct jitdump_cfi_step){ prologue + 4, JITDUMP_CFI_SAVED, lr, -8 };
	steps[count++] =
		(struct jitdump_cfi_step){ prologue + 8, JITDUMP_CFI_DEF_CFA_REGISTER, fp, 0 };
	if (epilogue == 0)
		return count;
	steps[count++] = (struct jitdump_cfi_step){ epilogue, JITDUMP_CFI_REMEMBER, 0, 0 };
	steps[count++] =
		(struct jitdump_cfi_step){ epilogue, JITDUMP_CFI_DEF_CFA, JITDUMP_AARCH64_SP, 0 };
	steps[count++] = (struct jitdump_cfi_step){ epilogue, JITDUMP_CFI_RESTORED, fp, 0 };
	steps[count++] = (struct jitdump_cfi_step){ epilogue, JITDUMP_CFI_RESTORED, lr, 0 };
	steps[count++] = (struct jitdump_cfi_step){ epilogue + 4, JITDUMP_CFI_RESTORE_STATE, 0, 0 };
	return count;
}

static bool is_x86_64(enum jitdump_cpu cpu)
{
#if defined(__x86_64__)
	return cpu == JITDUMP_CPU_X86_64 || cpu == JITDUMP_CPU_NATIVE;
#else
	return cpu == JITDUMP_CPU_X86_64;
#endif
}

int jitdump_eh_frame_build_standard(enum jitdump_cpu cpu, uint64_t code_size,
				    uint64_t prologue_offset, uint64_t epilogue_offset,
				    struct jitdump_eh_frame *table)
{
	struct jitdump_cfi_step steps[STANDARD_STEPS_MAX];
	size_t count;

	*table = (struct jitdump_eh_frame){ 0 };
	if (prologue_offset >= code_size || epilogue_offset >= code_size)
		return -EINVAL;
	if (is_x86_64(cpu))
		count = standard_x86_64(steps, prologue_offset, epilogue_offset);
	else
		count = standard_aarch64(steps, prologue_offset, epilogue_offset);
	/* The function may end with its `ret`: then there is nothing to go back to. */
	if (epilogue_offset != 0 && steps[count - 1].code_offset == code_size)
		count--;
	return jitdump_eh_frame_build(cpu, code_size, steps, count, table);
}

/* SPDX-License-Identifier: MIT */
#include "profiler/frame_pointer.h"

/*
 *     fp     -> the caller's fp
 *     fp + 8 -> return address
 *     fp + 16   the caller's stack pointer
 */
bool frame_pointer_step(struct stack_memory *memory, struct registers *registers)
{
	uint64_t fp = registers->value[REGISTER_FP];
	struct registers caller = { 0 };
	uint64_t caller_fp, return_address;

	if (!register_is_known(registers, REGISTER_FP) || fp % 8 != 0 ||
	    fp < registers->value[REGISTER_SP] || fp > UINT64_MAX - 16)
		return false;
	memory->has_failed = false;
	if (!stack_memory_read_stack(memory, fp, &caller_fp) ||
	    !stack_memory_read_stack(memory, fp + 8, &return_address))
		return false;
	register_set(&caller, REGISTER_FP, caller_fp);
	register_set(&caller, REGISTER_SP, fp + 16);
	register_set(&caller, REGISTER_IP, return_address);
	*registers = caller;
	return true;
}

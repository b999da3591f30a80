// SPDX-License-Identifier: MIT
#include "jitdump/libjitdump.h"

int announce(jitdump_writer *writer, const void *code, uint64_t size)
{
	const jitdump_cfi_step step = { 1, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 16 };
	jitdump_eh_frame table = {};
	jitdump_function function = {};
	uint64_t index = JITDUMP_NOT_WRITTEN;

	function.size = sizeof(function);
	function.name = "f";
	function.code = code;
	function.code_size = size;
	function.kind = JITDUMP_KIND_INTERPRETER;
	if (jitdump_eh_frame_build(JITDUMP_CPU_NATIVE, size, &step, 1, &table) == 0) {
		function.eh_frame = table.bytes;
		function.eh_frame_size = table.size;
		function.eh_frame_hdr_size = table.hdr_size;
	}
	int status = jitdump_add(writer, &function, &index);
	jitdump_eh_frame_free(&table);
	return status;
}

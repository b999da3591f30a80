/* SPDX-License-Identifier: MIT */
#include "profiler/kernel_code.h"

#include "profiler/kernel_boot.h"
#include "profiler/session_state.h"
#include "symbolize/kernel_memory.h"
#include "symbolize/kernel_symbols.h"

static bool is_here(const struct session *session)
{
	if (session->options.is_live)
		return true;
	return session->options.is_this_kernel && session->kernel_symbol &&
	       kernel_boot_is(session->kernel_symbol, session->kernel_symbol_address);
}

const char *kernel_code_use(struct session *session)
{
	const char *reason;

	if (!is_here(session))
		return "there are no bytes of the kernel's code: another kernel runs here, or it "
		       "was started anew since";
	reason = symbolizer_use_kernel_memory(session->symbolizer, KERNEL_MEMORY_PATH);
	/* It keeps the names of what was sampled alone. */
	if (!*reason && session->is_self_contained && !session->has_all_kernel_names)
		kernel_symbols_load_later(symbolizer_kernel_symbols(session->symbolizer),
					  KALLSYMS_PATH);
	session->has_all_kernel_names |= !*reason;
	return reason;
}

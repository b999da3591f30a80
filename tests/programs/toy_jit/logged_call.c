/* SPDX-License-Identifier: MIT */
#include "logged_call.h"

#include "shadow.h"

struct logged_call logged_call_begin(struct emitter *emitter, bool keeps_shadow,
				     enum frame_caller caller)
{
	struct logged_call call = { .is_logged = keeps_shadow, .start = (uint32_t)emitter->size };

	if (!keeps_shadow)
		return call;
	emit_move(emitter, RDI, R15);
	call.return_operand = emit_address_ahead(emitter, RSI);
	if (caller == CALLED_BY_NATIVE_CODE)
		emit_load(emitter, RDX, emitter->cfa_offset - 8);
	else
		emit_number(emitter, RDX, 0);
	emit_call_native(emitter, (const void *)shadow_push);
	return call;
}

void logged_call_end(struct emitter *emitter, const struct logged_call *call, const char *native)
{
	struct call_site site = { .start = call->start,
				  .return_offset = (uint32_t)emitter->size,
				  .native = native };

	if (!call->is_logged)
		return;
	emit_land(emitter, call->return_operand);
	emit_move(emitter, RDI, R15);
	emit_move(emitter, RSI, RAX);
	emit_call_native(emitter, (const void *)shadow_pop);
	site.end = (uint32_t)emitter->size;
	emit_note_call(emitter, site);
}

void quiet_call(struct emitter *emitter, const void *function)
{
	uint32_t offset = emit_call_native(emitter, function);

	emit_note_call(emitter, (struct call_site){ offset, offset, offset, NULL });
}

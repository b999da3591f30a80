/* SPDX-License-Identifier: MIT */
#include "jitdump/xalloc.h"
#include "profiler/jprof_section_format.h"

void jprof_section_put_kernel_symbols(struct section_bytes *out,
				      const struct stored_symbol *symbols, size_t count)
{
	struct section_texts texts = { 0 };
	uint64_t address = 0;

	if (!count)
		return;
	size_t start = section_begin_chunk(out, SECTION_KERNEL_SYMBOLS, SECTION_VERSION);

	for (size_t i = 0; i < count; i++) {
		section_put_delta(out, symbols[i].address, &address);
		section_put_varint(out, symbols[i].size);
		section_put_text(out, &texts, symbols[i].name);
		section_put_text(out, &texts, symbols[i].module);
	}
	section_end_chunk(out, start);
	section_texts_deinit(&texts);
}

void section_read_kernel_symbols(struct jprof_section *section, struct section_cursor *cursor)
{
	uint64_t address = 0;

	while (byte_cursor_left(&cursor->bytes)) {
		struct stored_symbol symbol;

		symbol.address = section_take_delta(cursor, &address);
		symbol.size = section_take_varint(cursor);
		symbol.name = section_take_text(cursor);
		symbol.module = section_take_text(cursor);
		if (!symbol.name)
			cursor->bytes.has_failed = true;
		if (cursor->bytes.has_failed)
			return;
		section->kernel_symbols =
			xgrow(section->kernel_symbols, section->kernel_symbol_count,
			      &section->kernel_symbol_capacity, sizeof(symbol));
		section->kernel_symbols[section->kernel_symbol_count++] = symbol;
	}
}

void jprof_section_put_map_symbols(struct section_bytes *out,
				   const struct stored_map_symbol *symbols, size_t count)
{
	struct section_texts texts = { 0 };
	uint64_t address = 0;

	if (!count)
		return;
	size_t start = section_begin_chunk(out, SECTION_MAP_SYMBOLS, SECTION_VERSION);

	for (size_t i = 0; i < count; i++) {
		section_put_varint(out, symbols[i].pid);
		section_put_delta(out, symbols[i].address, &address);
		section_put_varint(out, symbols[i].size);
		section_put_text(out, &texts, symbols[i].name);
	}
	section_end_chunk(out, start);
	section_texts_deinit(&texts);
}

void section_read_map_symbols(struct jprof_section *section, struct section_cursor *cursor)
{
	uint64_t address = 0;

	while (byte_cursor_left(&cursor->bytes)) {
		struct stored_map_symbol symbol;

		symbol.pid = section_take_u32(cursor);
		symbol.address = section_take_delta(cursor, &address);
		symbol.size = section_take_varint(cursor);
		symbol.name = section_take_text(cursor);
		if (!symbol.name)
			cursor->bytes.has_failed = true;
		if (cursor->bytes.has_failed)
			return;
		section->map_symbols = xgrow(section->map_symbols, section->map_symbol_count,
					     &section->map_symbol_capacity, sizeof(symbol));
		section->map_symbols[section->map_symbol_count++] = symbol;
	}
}

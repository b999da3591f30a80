/* SPDX-License-Identifier: MIT */
#include "support/dump_builder.h"

#include "support/cfi_writer.h"

#include <byteswap.h>
#include <string.h>

void dump_free(struct dump_builder *dump)
{
	bytes_free(&dump->file);
}

void dump_u32(struct dump_builder *dump, uint32_t value)
{
	bytes_u32(&dump->file, dump->is_swapped ? bswap_32(value) : value);
}

void dump_u64(struct dump_builder *dump, uint64_t value)
{
	bytes_u64(&dump->file, dump->is_swapped ? bswap_64(value) : value);
}

void dump_text(struct dump_builder *dump, const char *text)
{
	bytes_add(&dump->file, text, strlen(text) + 1);
}

void dump_header(struct dump_builder *dump, uint32_t pid)
{
	dump_u32(dump, JITDUMP_MAGIC);
	dump_u32(dump, JITDUMP_VERSION);
	dump_u32(dump, 40);
	dump_u32(dump, 62);
	dump_u32(dump, 0);
	dump_u32(dump, pid);
	dump_u64(dump, 1);
	dump_u64(dump, 0);
}

size_t dump_begin(struct dump_builder *dump, uint32_t id, uint64_t time_ns)
{
	size_t start = dump->file.size;

	dump_u32(dump, id);
	dump_u32(dump, 0);
	dump_u64(dump, time_ns);
	return start;
}

void dump_end(struct dump_builder *dump, size_t start)
{
	uint32_t size = (uint32_t)(dump->file.size - start);

	if (dump->is_swapped)
		size = bswap_32(size);
	memcpy(dump->file.bytes + start + 4, &size, sizeof(size));
}

void dump_load(struct dump_builder *dump, uint64_t time_ns, uint64_t address, uint64_t index,
	       const char *name, struct dump_code code)
{
	size_t start = dump_begin(dump, JITDUMP_CODE_LOAD, time_ns);

	dump_u32(dump, 42);
	dump_u32(dump, 42);
	dump_u64(dump, address);
	dump_u64(dump, address);
	dump_u64(dump, code.size);
	dump_u64(dump, index);
	dump_text(dump, name);
	bytes_add(&dump->file, code.bytes, code.size);
	dump_end(dump, start);
}

void dump_move(struct dump_builder *dump, uint64_t time_ns, uint64_t from, uint64_t to,
	       uint64_t size, uint64_t index)
{
	size_t start = dump_begin(dump, JITDUMP_CODE_MOVE, time_ns);

	dump_u32(dump, 42);
	dump_u32(dump, 42);
	dump_u64(dump, from);
	dump_u64(dump, from);
	dump_u64(dump, to);
	dump_u64(dump, size);
	dump_u64(dump, index);
	dump_end(dump, start);
}

void dump_debug(struct dump_builder *dump, uint64_t time_ns, uint64_t address,
		const struct dump_row *rows, size_t count)
{
	size_t start = dump_begin(dump, JITDUMP_DEBUG_INFO, time_ns);

	dump_u64(dump, address);
	dump_u64(dump, count);
	for (size_t i = 0; i < count; i++) {
		dump_u64(dump, rows[i].address);
		dump_u32(dump, rows[i].line);
		dump_u32(dump, rows[i].column);
		dump_text(dump, rows[i].file);
	}
	dump_end(dump, start);
}

void dump_close(struct dump_builder *dump, uint64_t time_ns)
{
	dump_end(dump, dump_begin(dump, JITDUMP_CODE_CLOSE, time_ns));
}

void dump_unwinding(struct dump_builder *dump, uint64_t time_ns, const void *table, size_t size,
		    size_t header_size)
{
	size_t start = dump_begin(dump, JITDUMP_UNWINDING_INFO, time_ns);

	dump_u64(dump, size);
	dump_u64(dump, header_size);
	dump_u64(dump, 0);
	bytes_add(&dump->file, table, size);
	dump_end(dump, start);
}

void dump_empty_table(struct dump_builder *dump, uint64_t time_ns)
{
	static const uint8_t header[20] = { 1, 0x1b, 0x03, 0x3b };

	dump_unwinding(dump, time_ns, header, sizeof(header), sizeof(header));
}

void dump_table(struct dump_builder *dump, uint64_t time_ns, uint64_t address, uint64_t size)
{
	struct cfi_writer writer = { .address = address + ((size + 7) & ~UINT64_C(7)) };
	size_t cie = cfi_write_cie(&writer, 0x1b, USUAL_START);
	size_t fde = cfi_write_fde(&writer, cie, 0x1b, address, size, NO_PROGRAM);
	uint64_t header = writer.address + writer.size;

	cfi_write(&writer, 0x3b031b01, 4);
	cfi_write(&writer, writer.address - (header + 4), 4);
	cfi_write(&writer, 1, 4);
	cfi_write(&writer, address - header, 4);
	cfi_write(&writer, writer.address + fde - header, 4);
	dump_unwinding(dump, time_ns, writer.bytes, writer.size, 20);
}

/* SPDX-License-Identifier: MIT */
#include "profiler/cfi_index.h"

#include "jitdump/xalloc.h"
#include "profiler/jit_code.h"
#include "symbolize/hash_index.h"

#include <stdlib.h>
#include <string.h>

/* A JIT table up to this size is walked when asked, which costs about what building a sorted one
 * would: most hold the one FDE of their function. */
#define WALKED_TABLE_BYTES 4096

struct image_cfi {
	bool is_loaded;
	struct cfi_table eh_frame, debug_frame;
};

/* A sorted table for a JIT unwind table that serves many functions (LLVM ORC: one per object). */
struct jit_table {
	const uint8_t *eh_frame;
	struct cfi_table table;
};

struct cfi_index {
	struct image_cfi *images; /* by image id */
	size_t image_count;
	struct jit_table *jit_tables;
	size_t jit_table_count, jit_table_capacity;
	struct hash_index jit_table_index; /* by the table's place in memory */
};

struct cfi_index *cfi_index_create(void)
{
	return xcalloc(1, sizeof(struct cfi_index));
}

void cfi_index_destroy(struct cfi_index *index)
{
	if (!index)
		return;
	for (size_t i = 0; i < index->image_count; i++) {
		cfi_table_deinit(&index->images[i].eh_frame);
		cfi_table_deinit(&index->images[i].debug_frame);
	}
	for (size_t i = 0; i < index->jit_table_count; i++)
		cfi_table_deinit(&index->jit_tables[i].table);
	hash_index_deinit(&index->jit_table_index);
	free(index->jit_tables);
	free(index->images);
	free(index);
}

static void load_image(struct image *image, struct image_cfi *cfi)
{
	struct image_unwind_sections sections;
	struct cfi_sections eh_frame, debug_frame;

	cfi->is_loaded = true;
	if (!image_unwind_sections(image, &sections))
		return;
	eh_frame = (struct cfi_sections){
		.format = CFI_EH_FRAME,
		.bytes = sections.eh_frame.bytes,
		.size = sections.eh_frame.size,
		.address = sections.eh_frame.image_address,
		.header = sections.eh_frame_hdr.bytes,
		.header_size = sections.eh_frame_hdr.size,
		.header_address = sections.eh_frame_hdr.image_address,
		.text_address = sections.text.image_address,
		.data_address = sections.got_address,
	};
	debug_frame = (struct cfi_sections){
		.format = CFI_DEBUG_FRAME,
		.bytes = sections.debug_frame.bytes,
		.size = sections.debug_frame.size,
	};
	cfi_table_init(&cfi->eh_frame, &eh_frame);
	cfi_table_init(&cfi->debug_frame, &debug_frame);
}

static struct image_cfi *image_cfi(struct cfi_index *index, struct image *image)
{
	if (image->id >= index->image_count) {
		size_t count = 2 * ((size_t)image->id + 1);

		index->images = xrealloc(index->images, count * sizeof(*index->images));
		memset(index->images + index->image_count, 0,
		       (count - index->image_count) * sizeof(*index->images));
		index->image_count = count;
	}
	if (!index->images[image->id].is_loaded)
		load_image(image, &index->images[image->id]);
	return &index->images[image->id];
}

static struct cfi_table *jit_table(struct cfi_index *index, const struct cfi_sections *sections)
{
	uint64_t hash = hash_u64((uintptr_t)sections->bytes);
	struct hash_cursor cursor = hash_index_begin(&index->jit_table_index, hash);
	struct jit_table *table;

	while (hash_index_next(&index->jit_table_index, &cursor))
		if (index->jit_tables[cursor.number].eh_frame == sections->bytes)
			return &index->jit_tables[cursor.number].table;
	index->jit_tables = xgrow(index->jit_tables, index->jit_table_count,
				  &index->jit_table_capacity, sizeof(*index->jit_tables));
	hash_index_add(&index->jit_table_index, hash, (uint32_t)index->jit_table_count);
	table = &index->jit_tables[index->jit_table_count++];
	table->eh_frame = sections->bytes;
	cfi_table_init(&table->table, sections);
	return &table->table;
}

static void move_function(struct cfi_function *function, uint64_t distance)
{
	function->start += distance;
	function->end += distance;
	function->program_address += distance;
}

/* `distance` is how far the code lies from where its table says. */
static bool find_jit(struct cfi_index *index, const struct jitdump_unwind_table *unwind,
		     uint64_t distance, uint64_t address, struct cfi_function *function)
{
	struct cfi_sections sections = { .format = CFI_EH_FRAME,
					 .bytes = unwind->eh_frame,
					 .size = unwind->eh_frame_size,
					 .address = unwind->eh_frame_address };
	bool is_found =
		sections.size > WALKED_TABLE_BYTES
			? cfi_table_find(jit_table(index, &sections), address - distance, function)
			: cfi_sections_find(&sections, address - distance, function);

	if (is_found)
		move_function(function, distance);
	return is_found;
}

bool cfi_index_find(struct cfi_index *index, const struct code *code, uint64_t address,
		    struct cfi_function *function)
{
	struct image_cfi *cfi;

	if (code->version && code->version->load)
		return find_jit(index, &code->version->load->unwind,
				code->version->address - code->version->load->address, address,
				function);
	if (code->kind != CODE_FILE)
		return false;
	cfi = image_cfi(index, code->image);
	if (!cfi_table_find(&cfi->eh_frame, code->image_address, function) &&
	    !cfi_table_find(&cfi->debug_frame, code->image_address, function))
		return false;
	move_function(function, code->bias);
	return true;
}

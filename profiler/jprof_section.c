/* SPDX-License-Identifier: MIT */
#include "profiler/jprof_section.h"

#include "jitdump/xalloc.h"
#include "profiler/data_format.h"
#include "profiler/jprof_section_format.h"
#include "profiler/section_packed.h"

#include <stdlib.h>
#include <string.h>

struct jprof_section *jprof_section_create(void)
{
	return xcalloc(1, sizeof(struct jprof_section));
}

void jprof_section_destroy(struct jprof_section *section)
{
	if (!section)
		return;
	for (size_t i = 0; i < section->version_count; i++)
		free((void *)section->versions[i].entry.lines);
	for (size_t i = 0; i < section->block_count; i++)
		free(section->blocks[i]);
	for (size_t i = 0; i < section->excerpt_count; i++)
		image_excerpt_deinit(&section->excerpts[i]);
	free(section->excerpts);
	free(section->frames);
	free(section->chains);
	free(section->remarks);
	free(section->qualities);
	free(section->versions);
	free(section->dump_uses);
	free(section->totals);
	free(section->kernel_symbols);
	free(section->map_symbols);
	free(section->features);
	section_bytes_deinit(&section->unfinished);
	free(section->blocks);
	free(section);
}

typedef void (*chunk_reader)(struct jprof_section *section, struct section_cursor *cursor);

static void read_packed(struct jprof_section *section, struct section_cursor *cursor);

/* NULL: nothing that this version of jprof knows. */
static chunk_reader reader_of(const struct section_chunk_header *header)
{
	static const struct {
		uint32_t tag, version;
		chunk_reader read;
	} readers[] = {
		{ SECTION_QUALITIES, SECTION_VERSION, section_read_unjoined_qualities },
		{ SECTION_QUALITIES, SECTION_QUALITIES_VERSION, section_read_qualities },
		{ SECTION_VERSIONS, SECTION_VERSION, section_read_versions },
		{ SECTION_DUMP_USES, SECTION_VERSION, section_read_dump_uses },
		{ SECTION_TOTALS, SECTION_VERSION, section_read_totals },
		{ SECTION_KERNEL_SYMBOLS, SECTION_VERSION, section_read_kernel_symbols },
		{ SECTION_MAP_SYMBOLS, SECTION_VERSION, section_read_map_symbols },
		{ SECTION_HEALTH, SECTION_VERSION, section_read_health },
		{ SECTION_FEATURE, SECTION_VERSION, section_read_feature },
		{ SECTION_EXCERPTS, SECTION_VERSION, section_read_excerpts },
		{ SECTION_CHAINS, SECTION_VERSION, section_read_chains },
		{ SECTION_IS_PACKED, SECTION_VERSION, section_read_packed_mark },
		{ SECTION_PACKED, SECTION_VERSION, read_packed },
	};

	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		if (readers[i].tag == header->tag && readers[i].version == header->version)
			return readers[i].read;
	}
	return NULL;
}

/* The header of the chunk at `bytes`; false if the chunk does not end within `size`. */
static bool whole_chunk(const uint8_t *bytes, size_t size, struct section_chunk_header *header,
			size_t *chunk_size)
{
	if (size < sizeof(*header))
		return false;
	memcpy(header, bytes, sizeof(*header));
	size_t left = size - sizeof(*header);

	if (header->size > left || -header->size % SECTION_CHUNK_ALIGN > left - header->size)
		return false;
	*chunk_size = sizeof(*header) + header->size + -header->size % SECTION_CHUNK_ALIGN;
	return true;
}

/* Returns how many bytes of whole chunks were read. */
static size_t read_chunks(struct jprof_section *section, const uint8_t *bytes, size_t size,
			  bool *is_sound)
{
	struct section_chunk_header header;
	size_t chunk_size;
	size_t done = 0;

	for (; whole_chunk(bytes + done, size - done, &header, &chunk_size); done += chunk_size) {
		chunk_reader read = reader_of(&header);
		struct section_cursor cursor =
			section_cursor_init(bytes + done + sizeof(header), header.size);

		if (read)
			read(section, &cursor);
		if (cursor.bytes.has_failed)
			*is_sound = false;
		section_cursor_deinit(&cursor);
	}
	return done;
}

static void keep_block(struct jprof_section *section, uint8_t *bytes)
{
	section->blocks = xgrow(section->blocks, section->block_count, &section->block_capacity,
				sizeof(*section->blocks));
	section->blocks[section->block_count++] = bytes;
}

static void read_packed(struct jprof_section *section, struct section_cursor *cursor)
{
	struct section_bytes chunks;
	bool is_sound = !section->is_unpacking;

	if (!is_sound || !section_take_packed(cursor, &chunks)) {
		cursor->bytes.has_failed = true;
		return;
	}
	keep_block(section, chunks.bytes);
	section->is_unpacking = true;
	if (read_chunks(section, chunks.bytes, chunks.size, &is_sound) != chunks.size || !is_sound)
		cursor->bytes.has_failed = true;
	section->is_unpacking = false;
}

bool jprof_section_parse(struct jprof_section *section, const uint8_t *bytes, size_t size)
{
	struct section_bytes *unfinished = &section->unfinished;
	struct section_chunk_header header;
	size_t chunk_size;
	bool is_sound = true;

	section_put_bytes(unfinished, bytes, size);
	if (!whole_chunk(unfinished->bytes, unfinished->size, &header, &chunk_size))
		return true;
	struct section_bytes block = *unfinished;
	size_t done = read_chunks(section, block.bytes, block.size, &is_sound);

	*unfinished = (struct section_bytes){ 0 };
	section_put_bytes(unfinished, block.bytes + done, block.size - done);
	keep_block(section, block.bytes);
	return is_sound;
}

static void copy_packed(struct section_bytes *out, const uint8_t *bytes, size_t size)
{
	struct section_cursor cursor = section_cursor_init(bytes, size);
	struct section_bytes chunks;

	if (section_take_packed(&cursor, &chunks)) {
		jprof_section_copy(out, chunks.bytes, chunks.size);
		section_bytes_deinit(&chunks);
	}
	section_cursor_deinit(&cursor);
}

static bool is_taken_again(uint32_t tag)
{
	return tag == SECTION_EXCERPTS || tag == SECTION_CHAINS || tag == SECTION_FEATURE;
}

void jprof_section_copy(struct section_bytes *out, const uint8_t *bytes, size_t size)
{
	struct section_chunk_header header;
	size_t chunk_size;

	for (; whole_chunk(bytes, size, &header, &chunk_size); size -= chunk_size) {
		if (header.tag == SECTION_PACKED && header.version == SECTION_VERSION)
			copy_packed(out, bytes + sizeof(header), header.size);
		else if (!is_taken_again(header.tag))
			section_put_bytes(out, bytes, chunk_size);
		bytes += chunk_size;
	}
}

size_t jprof_section_unfinished_bytes(const struct jprof_section *section)
{
	return section->unfinished.size;
}

bool jprof_section_is_of_file(const struct jprof_section *section,
			      const struct data_file_header *header)
{
	uint64_t offset = header->attrs.offset + header->attrs.size;

	for (size_t i = 0; i < section->feature_count; i++)
		offset += section->features[i].size + -section->features[i].size % 8;
	return offset == header->data.offset;
}

const struct sample_quality *jprof_section_qualities(const struct jprof_section *section,
						     size_t *count)
{
	*count = section->quality_count;
	return section->qualities;
}

bool jprof_section_tells_joined(const struct jprof_section *section)
{
	return !section->has_unjoined_qualities;
}

const struct stored_version *jprof_section_versions(const struct jprof_section *section,
						    size_t *count)
{
	*count = section->version_count;
	return section->versions;
}

const struct stored_dump_use *jprof_section_dump_uses(const struct jprof_section *section,
						      size_t *count)
{
	*count = section->dump_use_count;
	return section->dump_uses;
}

const struct stored_totals *jprof_section_totals(const struct jprof_section *section, size_t *count)
{
	*count = section->totals_count;
	return section->totals;
}

const struct stored_symbol *jprof_section_kernel_symbols(const struct jprof_section *section,
							 size_t *count)
{
	*count = section->kernel_symbol_count;
	return section->kernel_symbols;
}

const struct stored_map_symbol *jprof_section_map_symbols(const struct jprof_section *section,
							  size_t *count)
{
	*count = section->map_symbol_count;
	return section->map_symbols;
}

const struct stored_feature *jprof_section_features(const struct jprof_section *section,
						    size_t *count)
{
	*count = section->feature_count;
	return section->features;
}

const struct stored_health *jprof_section_health(const struct jprof_section *section)
{
	return section->has_health ? &section->health : NULL;
}

const struct image_excerpt *jprof_section_excerpts(const struct jprof_section *section,
						   size_t *count)
{
	*count = section->excerpt_count;
	return section->excerpts;
}

bool jprof_section_is_self_contained(const struct jprof_section *section)
{
	return section->has_health || section->is_packed;
}

const char *const *jprof_section_remarks(const struct jprof_section *section, size_t *count)
{
	*count = section->remark_count;
	return section->remarks;
}

const struct stored_chain *jprof_section_chains(const struct jprof_section *section, size_t *count)
{
	*count = section->chain_count;
	return section->chains;
}

const struct stored_frame *jprof_section_frames(const struct jprof_section *section)
{
	return section->frames;
}

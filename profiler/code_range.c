/* SPDX-License-Identifier: MIT */
#include "profiler/code_range.h"

#include "jitdump/xalloc.h"
#include "profiler/address_space.h"
#include "profiler/jit_code.h"
#include "symbolize/hash_index.h"

#include <stdlib.h>

/*
 * Keys. The lowest bit is the caller's.
 *
 *     JIT code   1 | image id (18) | number of the version (24) | offset (20) | is_return
 *     files      0 | image id (22) | image address (40)                       | is_return
 */
enum {
	OFFSET_BITS = 20,
	VERSION_BITS = 24,
	JIT_IMAGE_BITS = 18,
	ADDRESS_BITS = 40,
	FILE_IMAGE_BITS = 22,
};

/* Ranges of files are pieces of this size, less where JIT code or the end of a segment is near. */
enum { PIECE_SHIFT = 16, SMALLEST_PIECE_SHIFT = 4, PAGE_BYTES = 4096 };

/* Ranges of JIT code, and of files no more than a page, are found by the 256 bytes they were asked
 * for in. */
enum { JIT_SHIFT = 8 };

enum { PAIR_BITS = 8 };

/* Two ranges whose places have the same hash, the newer one first. */
struct range_pair {
	struct code_range ranges[2];
};

struct code_ranges {
	struct address_space *space;
	uint64_t stamp;
	struct range_pair pairs[1 << PAIR_BITS];
};

static bool fits(uint64_t value, unsigned bits)
{
	return value >> bits == 0;
}

/* `number` is that of the range's start; those behind it follow. */
static void set_key(struct code_range *range, uint64_t number)
{
	range->key_base = 2 * (number - range->start);
}

static bool jit_key(const struct code *code, struct code_range *range)
{
	const struct jit_version *version = code->version;

	if (!fits(code->image->id, JIT_IMAGE_BITS) || !fits(version->number, VERSION_BITS) ||
	    version->size > UINT64_C(1) << OFFSET_BITS)
		return false;
	set_key(range, ((UINT64_C(1) << JIT_IMAGE_BITS | code->image->id) << VERSION_BITS |
			version->number)
			       << OFFSET_BITS);
	return true;
}

static bool file_key(const struct code *code, struct code_range *range)
{
	uint64_t start = range->start - code->bias, last = range->end - 1 - code->bias;

	if (!fits(code->image->id, FILE_IMAGE_BITS) || !fits(start, ADDRESS_BITS) ||
	    !fits(last, ADDRESS_BITS))
		return false;
	set_key(range, (uint64_t)code->image->id << ADDRESS_BITS | start);
	return true;
}

/* The time of the first JIT version from from_ns on that has a byte of the range, which is in
 * `mapping`. */
static uint64_t next_version(const struct address_space *space, const struct mapping *mapping,
			     const struct code_range *range, uint64_t from_ns,
			     const struct jit_version *except)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < space->jit_count; i++) {
		const struct jit_use *use = &space->jits[i];
		uint64_t time_ns =
			jit_code_next(use->code, range->start, range->end, from_ns, except);

		if (time_ns < first && time_ns <= jit_use_until(use, mapping))
			first = time_ns;
	}
	return first;
}

/* Or of none, as all of a file is that cannot be used: segments are made of whole pages. */
static bool is_of_one_segment(const struct code_range *range, const struct mapping *mapping,
			      uint64_t bias)
{
	uint64_t first = range->start - mapping->start + mapping->file_offset;
	uint64_t last = first + (range->end - 1 - range->start);
	uint64_t first_address, last_address;
	bool has_first = image_address_of(mapping->image, first, &first_address);
	bool has_last = image_address_of(mapping->image, last, &last_address);

	if (!has_first && !has_last)
		return first / PAGE_BYTES == last / PAGE_BYTES && first == range->start - bias;
	return has_first && has_last && first_address == range->start - bias &&
	       last_address == range->end - 1 - bias;
}

static bool file_range(const struct address_space *space, uint64_t address, uint64_t time_ns,
		       const struct code *code, struct code_range *range)
{
	const struct mapping *mapping = address_space_find(space, address, time_ns);

	if (!mapping || mapping->until_ns != UINT64_MAX || mapping->from_ns > time_ns)
		return false;
	for (unsigned shift = PIECE_SHIFT; shift >= SMALLEST_PIECE_SHIFT; shift -= 4) {
		uint64_t start = address >> shift << shift;
		uint64_t end = start + (UINT64_C(1) << shift);

		range->start = start > mapping->start ? start : mapping->start;
		range->end = end < mapping->end ? end : mapping->end;
		range->from_ns = mapping->from_ns;
		range->until_ns = next_version(space, mapping, range, mapping->from_ns, NULL);
		if (time_ns < range->until_ns && is_of_one_segment(range, mapping, code->bias))
			return file_key(code, range);
	}
	return false;
}

/* False for code that was announced in the dump of a parent and is taken for the child's: it is only
 * so as long as the child has no dump of its own. */
static bool is_of_space(const struct address_space *space, const struct mapping *mapping,
			const struct code *code)
{
	for (size_t i = 0; i < space->jit_count; i++) {
		const struct jit_use *use = &space->jits[i];

		if (jit_code_image(use->code) == code->image)
			return code->version->time_ns <= jit_use_until(use, mapping);
	}
	return false;
}

static bool version_range(const struct address_space *space, uint64_t address, uint64_t time_ns,
			  const struct code *code, struct code_range *range)
{
	const struct mapping *mapping = address_space_find(space, address, time_ns);
	const struct jit_version *version = code->version;
	uint64_t ended_ns = space->last_end_ns, mapped_ns;

	range->start = version->address;
	range->end = version->address + version->size;
	range->from_ns = version->time_ns > ended_ns ? version->time_ns : ended_ns;
	range->until_ns = next_version(space, mapping, range, version->time_ns, version);
	mapped_ns = address_space_next_file(space, range->start, range->end, version->time_ns);
	if (mapped_ns < range->until_ns)
		range->until_ns = mapped_ns;
	return is_of_space(space, mapping, code) && time_ns >= range->from_ns &&
	       time_ns < range->until_ns && jit_key(code, range);
}

bool code_range_find(const struct address_space *space, uint64_t address, uint64_t time_ns,
		     const struct code *code, struct code_range *range)
{
	range->image = code->image;
	range->version = code->version;
	range->bias = code->bias;
	range->live_pid = code->live_pid;
	if (code->kind == CODE_FILE)
		return file_range(space, address, time_ns, code, range);
	return code->kind == CODE_JIT && code->version && !code->is_late &&
	       version_range(space, address, time_ns, code, range);
}

void code_range_code(const struct code_range *range, uint64_t address, struct code *code)
{
	const struct jit_version *version = range->version;

	*code = (struct code){
		.kind = version ? CODE_JIT : CODE_FILE,
		.image = range->image,
		.image_address =
			version ? jit_image_address(version, address) : address - range->bias,
		.bias = range->bias,
		.version = version,
		.live_pid = range->live_pid,
	};
}

static uint64_t stamp_of(const struct address_space *space)
{
	uint64_t stamp = space->change_count;

	for (size_t i = 0; i < space->jit_count; i++)
		stamp += jit_code_change_count(space->jits[i].code);
	return stamp;
}

struct code_ranges *code_ranges_of(struct address_space *space)
{
	uint64_t stamp = stamp_of(space);

	if (!space->ranges) {
		space->ranges = xcalloc(1, sizeof(*space->ranges));
		space->ranges->space = space;
	} else if (space->ranges->stamp != stamp) {
		*space->ranges = (struct code_ranges){ .space = space };
	}
	space->ranges->stamp = stamp;
	return space->ranges;
}

void code_ranges_destroy(struct code_ranges *ranges)
{
	free(ranges);
}

static size_t pair_of(uint64_t address, unsigned shift)
{
	return (address >> shift) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - PAIR_BITS);
}

static const struct code_range *find_in(const struct range_pair *pair, uint64_t address,
					uint64_t time_ns)
{
	if (code_range_covers(&pair->ranges[0], address, time_ns))
		return &pair->ranges[0];
	return code_range_covers(&pair->ranges[1], address, time_ns) ? &pair->ranges[1] : NULL;
}

const struct code_range *code_ranges_find(const struct code_ranges *ranges, uint64_t address,
					  uint64_t time_ns)
{
	const struct code_range *range =
		find_in(&ranges->pairs[pair_of(address, PIECE_SHIFT)], address, time_ns);

	return range ? range
		     : find_in(&ranges->pairs[pair_of(address, JIT_SHIFT)], address, time_ns);
}

const struct code_range *code_ranges_add(struct code_ranges *ranges, uint64_t address,
					 uint64_t time_ns, const struct code *code)
{
	struct code_range range;
	struct range_pair *pair;
	bool is_piece;

	if (!code_range_find(ranges->space, address, time_ns, code, &range))
		return NULL;
	is_piece = code->kind == CODE_FILE && range.end - range.start > PAGE_BYTES;
	pair = &ranges->pairs[pair_of(address, is_piece ? PIECE_SHIFT : JIT_SHIFT)];
	pair->ranges[1] = pair->ranges[0];
	pair->ranges[0] = range;
	return &pair->ranges[0];
}

/* SPDX-License-Identifier: MIT */
#include "profiler/code.h"

#include "profiler/address_space.h"
#include "profiler/jit_code.h"
#include "symbolize/perf_map.h"

/* What was announced goes before what is only like it, and the newer before the older. */
static bool is_better(const struct jit_version *version, const struct jit_version *than)
{
	if (version->is_provisional != than->is_provisional)
		return than->is_provisional;
	return version->time_ns >= than->time_ns;
}

static struct jit_version *find_in_use(const struct jit_use *use, const struct mapping *mapping,
				       uint64_t address, uint64_t time_ns)
{
	uint64_t until_ns = jit_use_until(use, mapping);

	return jit_code_find(use->code, address, time_ns < until_ns ? time_ns : until_ns);
}

/* The newest version over all dumps of the space. */
static struct jit_version *find_version(const struct address_space *space,
					const struct mapping *mapping, uint64_t address,
					uint64_t time_ns, struct jit_code **owner)
{
	struct jit_version *newest = NULL;

	for (size_t i = 0; i < space->jit_count; i++) {
		const struct jit_use *use = &space->jits[i];
		struct jit_version *version = find_in_use(use, mapping, address, time_ns);

		if (version && (!newest || is_better(version, newest))) {
			newest = version;
			*owner = use->code;
		}
	}
	return newest;
}

static bool has_own_dump(const struct address_space *space)
{
	for (size_t i = 0; i < space->jit_count; i++) {
		if (space->jits[i].forked_ns == UINT64_MAX)
			return true;
	}
	return false;
}

/* A child that writes on into the dump it inherited (LLVM's listener, whose records even have the
 * parent's pid) announces its own code there. */
static struct jit_version *find_of_family(const struct address_space *space, uint64_t address,
					  uint64_t time_ns, struct jit_code **owner)
{
	if (has_own_dump(space))
		return NULL;
	for (size_t i = space->jit_count; i-- > 0;) {
		*owner = space->jits[i].code;
		struct jit_version *version = jit_code_find(*owner, address, time_ns);

		if (version)
			return version;
	}
	return NULL;
}

static struct jit_version *find_later_version(const struct address_space *space,
					      const struct mapping *mapping, uint64_t address,
					      uint64_t time_ns, struct jit_code **owner)
{
	struct jit_version *earliest = NULL;

	for (size_t i = 0; i < space->jit_count; i++) {
		const struct jit_use *use = &space->jits[i];
		struct jit_version *version = jit_code_find_later(use->code, address, time_ns);

		if (version && version->time_ns <= jit_use_until(use, mapping) &&
		    (!earliest || version->time_ns < earliest->time_ns)) {
			earliest = version;
			*owner = use->code;
		}
	}
	return earliest;
}

static uint32_t live_pid(const struct address_space *space)
{
	return space->is_live ? space->pid : 0;
}

static void set_version(struct code *code, const struct address_space *space,
			struct jit_version *version, struct jit_code *owner, uint64_t address,
			bool is_late)
{
	*code = (struct code){
		.kind = version->is_provisional ? CODE_JIT_UNKNOWN : CODE_JIT,
		.image = jit_code_image(owner),
		.image_address = jit_image_address(version, address),
		.version = version,
		.is_provisional = version->is_provisional,
		.live_pid = live_pid(space),
		.is_late = is_late,
	};
}

static void set_file(struct code *code, const struct mapping *mapping, uint64_t address)
{
	uint64_t file_offset = address - mapping->start + mapping->file_offset;

	*code = (struct code){ .kind = CODE_FILE, .image = mapping->image };
	/* Without a usable file the offset in it is all that is known; it still tells places apart. */
	if (!image_address_of(mapping->image, file_offset, &code->image_address))
		code->image_address = file_offset;
	code->bias = address - code->image_address;
}

static bool set_mapped_name(struct code *code, const struct address_space *space,
			    struct image *image, uint64_t address)
{
	struct symbol symbol;

	if (!image || !perf_map_find(image->perf_map, address, &symbol))
		return false;
	*code = (struct code){ .kind = CODE_JIT,
			       .image = image,
			       .image_address = address,
			       .live_pid = live_pid(space) };
	return true;
}

static bool is_file(const struct mapping *mapping)
{
	return mapping && mapping->kind == MAPPING_FILE;
}

/* Whether a file was mapped over the code of a version, before the sample. */
static bool is_replaced(const struct jit_version *version, const struct mapping *mapping,
			uint64_t time_ns)
{
	return is_file(mapping) && mapping->from_ns > version->time_ns &&
	       mapping->from_ns <= time_ns;
}

void code_find(struct address_space *space, uint64_t address, uint64_t time_ns, struct code *code)
{
	const struct mapping *mapping = address_space_find(space, address, time_ns);
	struct jit_code *owner = NULL;
	struct jit_version *version = find_version(space, mapping, address, time_ns, &owner);

	if (version && !is_replaced(version, mapping, time_ns)) {
		set_version(code, space, version, owner, address, false);
		return;
	}
	if (is_file(mapping)) {
		set_file(code, mapping, address);
		return;
	}
	version = find_of_family(space, address, time_ns, &owner);
	if (version) {
		set_version(code, space, version, owner, address, false);
		return;
	}
	version = find_later_version(space, mapping, address, time_ns, &owner);
	if (version) {
		set_version(code, space, version, owner, address, true);
		return;
	}
	if (set_mapped_name(code, space, space->perf_map, address) ||
	    set_mapped_name(code, space, space->parent_perf_map, address))
		return;
	bool is_jit_memory = mapping && mapping->is_executable;

	*code = (struct code){
		.kind = is_jit_memory ? CODE_JIT_UNKNOWN : CODE_UNMAPPED,
		.image = is_jit_memory ? space->unknown_jit : space->unknown,
	};
}

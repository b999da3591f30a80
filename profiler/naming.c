/* SPDX-License-Identifier: MIT */
#include "profiler/naming.h"

#include "jitdump/xalloc.h"
#include "profiler/nameless_code.h"
#include "profiler/session_state.h"
#include "symbolize/perf_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* More inlined functions at one place than any compiler nests. */
enum { FRAMES_MAX = 256 };

struct named_location {
	struct location location;
	struct named_frame *frames;
	struct named_frame *before; /* the module, which somebody may have borrowed; or NULL */
	size_t count;
	bool may_change; /* JIT code that has no name yet */
};

struct naming {
	struct session *session;
	struct symbolizer *symbolizer;
	struct string_pool *strings;
	struct named_location *named;
	size_t count, capacity;
	struct hash_index index;
	bool is_put_off;
	uint32_t *waiting; /* of `named`, what naming_work() is to look up; from `worked` on */
	size_t waiting_count, waiting_capacity, worked;
};

struct naming *naming_create(struct session *session)
{
	struct naming *naming = xcalloc(1, sizeof(*naming));

	naming->session = session;
	naming->symbolizer = session->symbolizer;
	naming->strings = string_pool_create();
	return naming;
}

static void forget_named(struct named_location *named)
{
	free(named->frames);
	free(named->before);
}

void naming_destroy(struct naming *naming)
{
	if (!naming)
		return;
	for (size_t i = 0; i < naming->count; i++)
		forget_named(&naming->named[i]);
	free(naming->named);
	free(naming->waiting);
	string_pool_destroy(naming->strings);
	hash_index_deinit(&naming->index);
	free(naming);
}

void naming_prepare(struct naming *naming, const struct location *locations, size_t count)
{
	uint64_t *addresses = xmalloc((count + 1) * sizeof(*addresses));
	size_t begin = 0;

	for (size_t i = 0; i < count; i++) {
		addresses[i] = locations[i].image_address;
		if (i + 1 < count && locations[i + 1].image_id == locations[i].image_id)
			continue;
		image_prepare(symbolizer_image(naming->symbolizer, locations[i].image_id),
			      &addresses[begin], i + 1 - begin);
		begin = i + 1;
	}
	free(addresses);
}

void naming_renew(struct naming *naming)
{
	hash_index_deinit(&naming->index);
}

static bool name_jit(const struct naming *naming, struct location location,
		     struct named_frame *frame)
{
	struct jit_code *owner;
	const struct jit_version *version = session_jit_version(naming->session, location, &owner);
	uint32_t offset = jit_version_offset(location.image_address);
	struct jitdump_source_line line;

	if (version && version->is_provisional) {
		uint64_t address = version->address + offset;

		/* What was taken for a copy may have been announced since. */
		version = jit_code_find(owner, address, version->time_ns);
		offset = version ? (uint32_t)(address - version->address) : 0;
	}
	if (!version || !version->load || version->is_provisional)
		return false;
	frame->function = string_pool_add(naming->strings, version->load->name);
	if (jit_code_line(owner, version, offset, &line)) {
		frame->file = *line.file ? string_pool_add(naming->strings, line.file) : NULL;
		frame->line = line.line;
		frame->column = line.column;
	}
	return true;
}

static bool name_mapped(const struct naming *naming, const struct image *image,
			struct location location, struct named_frame *frame)
{
	struct symbol symbol;

	if (!perf_map_find(image->perf_map, location.image_address, &symbol))
		return false;
	frame->function = string_pool_add(naming->strings, symbol.name);
	return true;
}

static size_t name_image(struct image *image, struct location location, struct named_frame *frames)
{
	struct frame found[FRAMES_MAX];
	struct named_frame like = frames[0];
	size_t count = image_frames(image, location.image_address, found, FRAMES_MAX);

	for (size_t i = 0; i < count; i++) {
		frames[i] = like;
		frames[i].function = found[i].function;
		frames[i].file = found[i].file;
		frames[i].line = found[i].line;
		frames[i].column = found[i].column;
		frames[i].is_inlined = found[i].is_inlined;
	}
	return count;
}

/* What stands for a function whose name is not known: its module. */
static const char *stand_in(const struct naming *naming, const struct named_frame *frame)
{
	char text[512];

	if (frame->is_jit)
		return string_pool_add(naming->strings, "[jit?]");
	if (frame->module[0] == '[')
		return frame->module;
	snprintf(text, sizeof(text), "[%s]", frame->module);
	return string_pool_add(naming->strings, text);
}

static const char *module_name(const struct naming *naming, const struct image *image)
{
	switch (image->kind) {
	case IMAGE_JIT:
	case IMAGE_PERF_MAP:
		return string_pool_add(naming->strings, "[jit]");
	case IMAGE_KERNEL:
		return string_pool_add(naming->strings, "[kernel]");
	case IMAGE_ELF:
	case IMAGE_VDSO:
	case IMAGE_UNKNOWN:
		break;
	}
	return string_pool_add(naming->strings, image->name);
}

static const char *kernel_module(const struct naming *naming, struct image *image,
				 struct location location, const char *otherwise)
{
	struct symbol symbol;
	char text[128];

	if (!image_symbol(image, location.image_address, &symbol) || !symbol.module)
		return otherwise;
	snprintf(text, sizeof(text), "[%s]", symbol.module);
	return string_pool_add(naming->strings, text);
}

/* Only of the module, without a look into any file. */
static struct named_frame unnamed_frame(const struct naming *naming, const struct image *image)
{
	return (struct named_frame){
		.module = module_name(naming, image),
		.is_kernel = image->kind == IMAGE_KERNEL,
		.is_jit = image->kind == IMAGE_JIT || image->kind == IMAGE_PERF_MAP,
	};
}

static size_t name_frames(struct naming *naming, struct location location,
			  struct named_frame *frames)
{
	struct image *image = symbolizer_image(naming->symbolizer, location.image_id);
	size_t count = 1;

	frames[0] = unnamed_frame(naming, image);
	if (image->kind == IMAGE_KERNEL)
		frames[0].module = kernel_module(naming, image, location, frames[0].module);
	if (image->kind == IMAGE_JIT)
		name_jit(naming, location, &frames[0]);
	else if (image->kind == IMAGE_PERF_MAP)
		name_mapped(naming, image, location, &frames[0]);
	else if (image->kind != IMAGE_UNKNOWN)
		count = name_image(image, location, frames);
	for (size_t i = 0; i < count; i++) {
		frames[i].has_name = frames[i].function != NULL;
		if (!frames[i].has_name)
			frames[i].function = stand_in(naming, &frames[i]);
	}
	return count;
}

static void set_frames(struct named_location *named, const struct named_frame *frames, size_t count)
{
	named->frames = xmalloc(count * sizeof(*frames));
	named->count = count;
	memcpy(named->frames, frames, count * sizeof(*frames));
}

static bool needs_files(const struct image *image)
{
	return image->kind == IMAGE_ELF || image->kind == IMAGE_VDSO || image->kind == IMAGE_KERNEL;
}

static void put_off(struct naming *naming, struct named_location *named, const struct image *image)
{
	struct named_frame frame = unnamed_frame(naming, image);

	frame.function = stand_in(naming, &frame);
	set_frames(named, &frame, 1);
	naming->waiting = xgrow(naming->waiting, naming->waiting_count, &naming->waiting_capacity,
				sizeof(*naming->waiting));
	naming->waiting[naming->waiting_count++] = (uint32_t)(named - naming->named);
}

static void add_named(struct naming *naming, struct location location)
{
	const struct image *image = symbolizer_image(naming->symbolizer, location.image_id);
	struct named_frame frames[FRAMES_MAX];

	naming->named =
		xgrow(naming->named, naming->count, &naming->capacity, sizeof(*naming->named));
	struct named_location *named = &naming->named[naming->count++];

	*named = (struct named_location){ .location = location };
	if (naming->is_put_off && needs_files(image)) {
		put_off(naming, named, image);
		return;
	}
	set_frames(named, frames, name_frames(naming, location, frames));
	named->may_change = naming->session->options.is_live && image->kind == IMAGE_JIT &&
			    !named->frames[0].has_name;
}

static struct named_location *find_named(const struct naming *naming, struct location location,
					 uint64_t hash)
{
	for (struct hash_cursor c = hash_index_begin(&naming->index, hash);
	     hash_index_next(&naming->index, &c);) {
		struct named_location *known = &naming->named[c.number];

		if (known->location.image_id == location.image_id &&
		    known->location.image_address == location.image_address)
			return known;
	}
	return NULL;
}

/* Code that had no name may have one by now; JIT code has a frame alone. */
static void name_again(struct naming *naming, struct named_location *named)
{
	name_frames(naming, named->location, named->frames);
	named->may_change = !named->frames[0].has_name;
}

const struct named_frame *naming_frames(struct naming *naming, struct location location,
					size_t *count)
{
	uint64_t hash = hash_pair(location.image_id, location.image_address);
	struct named_location *named = find_named(naming, location, hash);

	if (!named) {
		hash_index_add(&naming->index, hash, (uint32_t)naming->count);
		add_named(naming, location);
		named = &naming->named[naming->count - 1];
	} else if (named->may_change) {
		name_again(naming, named);
	}
	*count = named->count;
	return named->frames;
}

static void mark_kept(const struct naming *naming, const struct profile *profile, bool *is_kept)
{
	for (size_t i = 0; i < profile->location_count; i++) {
		struct location location = profile->locations[i];
		const struct named_location *named = find_named(
			naming, location, hash_pair(location.image_id, location.image_address));

		if (named)
			is_kept[named - naming->named] = true;
	}
}

/* What waits to be looked up goes on waiting, in the same order. */
static void renumber_waiting(struct naming *naming, const bool *is_kept, const uint32_t *numbers)
{
	size_t left = 0;

	for (size_t i = naming->worked; i < naming->waiting_count; i++) {
		if (is_kept[naming->waiting[i]])
			naming->waiting[left++] = numbers[naming->waiting[i]];
	}
	naming->waiting_count = left;
	naming->worked = 0;
}

void naming_forget(struct naming *naming, const struct profile *const *kept, size_t count)
{
	bool *is_kept = xcalloc(naming->count + 1, sizeof(*is_kept));
	uint32_t *numbers = xcalloc(naming->count + 1, sizeof(*numbers));
	size_t left = 0;

	for (size_t i = 0; i < count; i++)
		mark_kept(naming, kept[i], is_kept);
	hash_index_deinit(&naming->index);
	for (size_t i = 0; i < naming->count; i++) {
		struct named_location *named = &naming->named[i];

		if (!is_kept[i]) {
			forget_named(named);
			continue;
		}
		hash_index_add(&naming->index,
			       hash_pair(named->location.image_id, named->location.image_address),
			       (uint32_t)left);
		numbers[i] = (uint32_t)left;
		naming->named[left++] = *named;
	}
	renumber_waiting(naming, is_kept, numbers);
	naming->count = left;
	free(is_kept);
	free(numbers);
}

size_t naming_text_bytes(const struct naming *naming)
{
	return string_pool_bytes(naming->strings);
}

void naming_put_off(struct naming *naming, bool is_put_off)
{
	naming->is_put_off = is_put_off;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

bool naming_work(struct naming *naming, uint64_t until_ns)
{
	struct named_frame frames[FRAMES_MAX];

	for (; naming->worked < naming->waiting_count; naming->worked++) {
		struct named_location *named = &naming->named[naming->waiting[naming->worked]];

		if (now_ns() >= until_ns)
			return false;
		named->before = named->frames;
		set_frames(named, frames, name_frames(naming, named->location, frames));
	}
	naming->waiting_count = naming->worked = 0;
	return true;
}

bool naming_symbol(struct naming *naming, struct location location, const char **name,
		   uint64_t *offset)
{
	struct image *image = symbolizer_image(naming->symbolizer, location.image_id);
	struct jit_code *owner;
	struct symbol symbol;

	if (image->kind == IMAGE_JIT) {
		const struct jit_version *version =
			session_jit_version(naming->session, location, &owner);

		if (!version || !version->load || version->is_provisional)
			return false;
		*name = version->load->name;
		*offset = jit_version_offset(location.image_address);
		return true;
	}
	if (image->kind == IMAGE_UNKNOWN || !image_symbol(image, location.image_address, &symbol))
		return false;
	*name = symbol.name;
	*offset = location.image_address - symbol.start;
	return true;
}

bool naming_nameless(struct naming *naming, struct location location, const char **name,
		     uint64_t *offset)
{
	struct nameless_code code;

	if (!nameless_code_find(naming->session, location, &code))
		return false;
	*name = code.name;
	*offset = location.image_address - code.start;
	return true;
}

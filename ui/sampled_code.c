/* SPDX-License-Identifier: MIT */
#include "ui/sampled_code.h"

#include "jitdump/xalloc.h"
#include "ui/jit_tier.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

struct collecting {
	struct sampled_codes *codes;
	const struct profile *profile;
	struct naming *naming;
	struct hash_index index;     /* of codes, by start */
	struct call_weight *weights; /* by location of the profile */
	bool *is_met;
};

static struct sampled_code *code_at(struct collecting *collecting, struct location start)
{
	struct sampled_codes *codes = collecting->codes;
	uint64_t hash = hash_pair(start.image_id, start.image_address);

	for (struct hash_cursor c = hash_index_begin(&collecting->index, hash);
	     hash_index_next(&collecting->index, &c);) {
		struct sampled_code *code = &codes->items[c.number];

		if (code->start.image_id == start.image_id &&
		    code->start.image_address == start.image_address)
			return code;
	}
	codes->items = xgrow(codes->items, codes->count, &codes->capacity, sizeof(*codes->items));
	hash_index_add(&collecting->index, hash, (uint32_t)codes->count);
	codes->items[codes->count] = (struct sampled_code){ .start = start };
	return &codes->items[codes->count++];
}

/* The longest name that is taken for one with a mark. */
enum { PLAIN_NAME_MAX = 1024 };

static void set_name(struct collecting *collecting, struct sampled_code *code, const char *name)
{
	char plain[PLAIN_NAME_MAX];

	code->name = code->plain = name;
	code->tier = "";
	if (!code->frame->is_jit)
		return;
	code->tier = jit_tier(name, plain, sizeof(plain));
	if (*code->tier)
		code->plain = string_pool_add(collecting->codes->texts, plain);
}

static void add_location(struct collecting *collecting, uint32_t number)
{
	struct location location = collecting->profile->locations[number];
	struct call_weight self = collecting->weights[number];
	const struct named_frame *frames;
	struct sampled_code *code;
	const char *name;
	uint64_t offset;
	size_t count;

	if (!naming_symbol(collecting->naming, location, &name, &offset) &&
	    !naming_nameless(collecting->naming, location, &name, &offset))
		return;
	frames = naming_frames(collecting->naming, location, &count);
	code = code_at(collecting,
		       (struct location){ location.image_id, location.image_address - offset });
	code->frame = &frames[count - 1];
	code->is_nameless = !code->frame->has_name;
	if (!code->name)
		set_name(collecting, code, name);
	code->self.weight += self.weight;
	code->self.count += self.count;
	code->places = xgrow(code->places, code->place_count, &code->place_capacity,
			     sizeof(*code->places));
	code->places[code->place_count++] = (struct sampled_place){ offset, self, false };
}

/* A stack is met with all its callers. */
static void meet(struct collecting *collecting, const struct stack_sums *sums)
{
	const struct profile *profile = collecting->profile;

	for (size_t i = 0; i < sums->count; i++) {
		uint32_t stack = sums->items[i].stack;

		if (stack == STACK_NONE)
			continue;
		struct call_weight *self = &collecting->weights[profile->stacks[stack].location];

		self->weight += sums->items[i].sum.weight;
		self->count += sums->items[i].sum.count;
		for (; stack != STACK_NONE; stack = profile->stacks[stack].parent)
			collecting->is_met[profile->stacks[stack].location] = true;
	}
}

static int compare_places(const void *a, const void *b)
{
	const struct sampled_place *first = a, *second = b;

	return first->offset < second->offset ? -1 : first->offset > second->offset;
}

/* Versions of one name next to each other, in the order in which they were announced. */
static int compare_names(const void *a, const void *b)
{
	const struct sampled_code *first = a, *second = b;
	int order = strcmp(first->plain, second->plain);

	if (order)
		return order;
	if (first->start.image_id != second->start.image_id)
		return first->start.image_id < second->start.image_id ? -1 : 1;
	if (first->start.image_address != second->start.image_address)
		return first->start.image_address < second->start.image_address ? -1 : 1;
	return 0;
}

static int compare_heat(const void *a, const void *b)
{
	const struct sampled_code *first = a, *second = b;

	if (first->self.weight != second->self.weight)
		return first->self.weight > second->self.weight ? -1 : 1;
	return compare_names(a, b);
}

bool sampled_code_is_version_of(const struct sampled_code *code, const struct sampled_code *other)
{
	return code->version && other->version && !strcmp(code->plain, other->plain);
}

static void number_versions(struct sampled_codes *codes)
{
	for (size_t i = 0; i < codes->count; i++) {
		struct sampled_code *code = &codes->items[i];
		const struct sampled_code *before = i ? &codes->items[i - 1] : NULL;

		if (!code->frame->is_jit)
			continue;
		code->version =
			before && !strcmp(before->plain, code->plain) ? before->version + 1 : 1;
	}
}

void sampled_codes_collect(struct sampled_codes *codes, const struct profile *profile,
			   struct naming *naming, const struct stack_sums *sums)
{
	struct collecting collecting = {
		.codes = codes,
		.profile = profile,
		.naming = naming,
		.weights = xcalloc(profile->location_count + 1, sizeof(*collecting.weights)),
		.is_met = xcalloc(profile->location_count + 1, sizeof(*collecting.is_met)),
	};

	*codes = (struct sampled_codes){ .texts = string_pool_create() };
	meet(&collecting, sums);
	for (size_t i = 0; i < profile->location_count; i++) {
		if (collecting.is_met[i])
			add_location(&collecting, (uint32_t)i);
	}
	for (size_t i = 0; i < codes->count; i++)
		qsort(codes->items[i].places, codes->items[i].place_count,
		      sizeof(*codes->items[i].places), compare_places);
	if (codes->count)
		qsort(codes->items, codes->count, sizeof(*codes->items), compare_names);
	number_versions(codes);
	if (codes->count)
		qsort(codes->items, codes->count, sizeof(*codes->items), compare_heat);
	hash_index_deinit(&collecting.index);
	free(collecting.weights);
	free(collecting.is_met);
}

void sampled_codes_deinit(struct sampled_codes *codes)
{
	for (size_t i = 0; i < codes->count; i++)
		free(codes->items[i].places);
	free(codes->items);
	string_pool_destroy(codes->texts);
	*codes = (struct sampled_codes){ 0 };
}

/* How many inlined functions lie inside of the named one at a place; SIZE_MAX: it is not there. */
static size_t inlined_depth(const struct sampled_code *code, const struct sampled_place *place,
			    struct naming *naming, const char *name)
{
	struct location location = code->start;
	const struct named_frame *frames;
	size_t count;

	location.image_address += place->offset;
	frames = naming_frames(naming, location, &count);
	for (size_t at = 0; at + 1 < count; at++) {
		if (!strcmp(frames[at].function, name))
			return at;
	}
	return SIZE_MAX;
}

static bool has_inlined(const struct sampled_code *code, struct naming *naming, const char *name)
{
	for (size_t i = 0; i < code->place_count; i++) {
		if (inlined_depth(code, &code->places[i], naming, name) != SIZE_MAX)
			return true;
	}
	return false;
}

/* Returns whether there are any. */
static bool mark_places(struct sampled_codes *codes, struct naming *naming, const char *name,
			size_t depth_max)
{
	bool is_any = false;

	for (size_t i = 0; i < codes->count; i++) {
		struct sampled_code *code = &codes->items[i];

		for (size_t at = 0; at < code->place_count; at++) {
			struct sampled_place *place = &code->places[at];
			size_t depth = inlined_depth(code, place, naming, name);

			place->is_marked = depth <= depth_max && depth != SIZE_MAX;
			is_any |= place->is_marked && place->self.weight;
		}
	}
	return is_any;
}

void sampled_codes_mark(struct sampled_codes *codes, struct naming *naming, const char *name)
{
	if (!mark_places(codes, naming, name, 0))
		mark_places(codes, naming, name, SIZE_MAX);
}

struct searching {
	const struct code_search *search;
	struct naming *naming;
	char plain[PLAIN_NAME_MAX]; /* of the name */
};

static bool has_name(const struct searching *searching, const struct sampled_code *code)
{
	if (searching->search->has_all_tiers && code->version)
		return !strcmp(code->plain, searching->plain);
	return !strcmp(code->name, searching->search->name);
}

/* What runtimes and C++ write around a name ends with ':' or a tier's mark, and begins behind it with a
 * space, ':', '<' or '('. */
static bool has_bare_name(const char *full, const char *name)
{
	size_t end = strcspn(full, " <("), length = strlen(name);

	for (const char *at = full; length && (at = strstr(at, name)); at++) {
		size_t from = (size_t)(at - full);

		if (from + length > end)
			return false;
		if ((!from || strchr(":~^*+", at[-1])) &&
		    (from + length == end || at[length] == ':'))
			return true;
	}
	return false;
}

static bool is_match(const struct searching *searching, const struct sampled_code *code,
		     enum code_match match)
{
	const char *name = searching->search->name;

	if (!name)
		return true;
	switch (match) {
	case CODE_MATCH_NAME:
		return has_name(searching, code);
	case CODE_MATCH_PLAIN:
		return code->version && !strcmp(code->plain, name);
	case CODE_MATCH_NAMELESS:
		return code->is_nameless && !strcmp(code->frame->function, name);
	case CODE_MATCH_GLOB:
		return fnmatch(name, code->name, 0) == 0;
	case CODE_MATCH_INLINED:
		return has_inlined(code, searching->naming, name);
	case CODE_MATCH_BARE:
		return has_bare_name(code->name, name);
	case CODE_MATCH_NONE:
		break;
	}
	return false;
}

static bool is_of_search(const struct code_search *search, const struct sampled_code *code)
{
	return (!search->module || code->frame->module == search->module) &&
	       (!search->selection || selection_has_frame(search->selection, code->frame));
}

size_t sampled_codes_find(const struct sampled_codes *codes, struct naming *naming,
			  const struct code_search *search, size_t *numbers, size_t max,
			  enum code_match *match)
{
	struct searching searching = { .search = search, .naming = naming };
	size_t found = 0;

	if (search->name)
		jit_tier(search->name, searching.plain, sizeof(searching.plain));
	for (*match = CODE_MATCH_NAME; *match < CODE_MATCH_NONE; (*match)++) {
		for (size_t i = 0; i < codes->count; i++) {
			if (!is_of_search(search, &codes->items[i]) ||
			    !is_match(&searching, &codes->items[i], *match))
				continue;
			if (found < max)
				numbers[found] = i;
			found++;
		}
		if (found)
			break;
	}
	return found;
}

/* Without "@plt" or "@got". */
static size_t callee_length(const char *name)
{
	size_t length = strlen(name);

	if (length > 4 &&
	    (!strcmp(name + length - 4, "@plt") || !strcmp(name + length - 4, "@got")))
		return length - 4;
	return length;
}

const struct sampled_code *sampled_codes_callee(const struct sampled_codes *codes,
						const struct sampled_code *caller, const char *name,
						uint64_t image_address)
{
	size_t length = name ? callee_length(name) : 0;
	const struct sampled_code *of_name = NULL;

	for (size_t i = 0; i < codes->count; i++) {
		const struct sampled_code *code = &codes->items[i];

		if (!caller->frame->is_jit && code->start.image_id == caller->start.image_id &&
		    code->start.image_address == image_address)
			return code;
		if (!name || strncmp(code->name, name, length) != 0 || code->name[length])
			continue;
		if (!of_name || (of_name->frame->module != caller->frame->module &&
				 code->frame->module == caller->frame->module))
			of_name = code;
	}
	return of_name;
}

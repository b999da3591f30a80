/* SPDX-License-Identifier: MIT */
#include "ui/chosen_code.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sampled_code *code_at(const struct chosen_code *chosen, size_t at)
{
	return &chosen->codes.items[chosen->numbers[at]];
}

static bool draws_one(const struct chosen_code *chosen)
{
	return chosen->drawn < chosen->count;
}

static int compare_versions(const void *a, const void *b, void *context)
{
	const struct sampled_codes *codes = context;
	uint32_t first = codes->items[*(const size_t *)a].version;
	uint32_t second = codes->items[*(const size_t *)b].version;

	return first < second ? -1 : first > second;
}

/* Of what is in no code: memory that no file and no dump tells of. */
static void sum_self(struct chosen_code *chosen, const struct shown *shown)
{
	chosen->self = (struct call_weight){ 0 };
	for (size_t i = 0; i < shown->sums.count; i++) {
		const struct stack_sum *sum = &shown->sums.items[i];
		const struct named_frame *frames;
		size_t count;

		if (sum->stack == STACK_NONE)
			continue;
		frames = naming_frames(
			shown->naming,
			shown->profile->locations[shown->profile->stacks[sum->stack].location],
			&count);
		if (!shown_function_is(shown_function_of(frames), chosen->of))
			continue;
		chosen->self.weight += sum->sum.weight;
		chosen->self.count += sum->sum.count;
	}
}

static void collect(struct chosen_code *chosen, const struct shown *shown)
{
	const struct code_search search = {
		.name = chosen->of.name,
		.module = chosen->of.module,
		.has_all_tiers = true,
	};

	sampled_codes_deinit(&chosen->codes);
	sampled_codes_collect(&chosen->codes, shown->profile, shown->naming, &shown->sums);
	chosen->found = sampled_codes_find(&chosen->codes, shown->naming, &search, chosen->numbers,
					   CHOSEN_CODE_MAX, &chosen->match);
	if (chosen->match == CODE_MATCH_INLINED)
		sampled_codes_mark(&chosen->codes, shown->naming, chosen->of.name);
	if (!chosen->found)
		sum_self(chosen, shown);
	chosen->count = chosen->found < CHOSEN_CODE_MAX ? chosen->found : CHOSEN_CODE_MAX;
}

/* Versions are gone through in the order in which they were announced. */
static void sort_versions(struct chosen_code *chosen)
{
	if (chosen->count && code_at(chosen, 0)->version)
		qsort_r(chosen->numbers, chosen->count, sizeof(*chosen->numbers), compare_versions,
			&chosen->codes);
}

/* The hottest, while they are in that order. */
static struct location start_of_name(const struct chosen_code *chosen, const char *name)
{
	for (size_t i = 0; i < chosen->count; i++) {
		if (!strcmp(code_at(chosen, i)->name, name))
			return code_at(chosen, i)->start;
	}
	return chosen->count ? code_at(chosen, 0)->start : (struct location){ 0 };
}

void chosen_code_draw(struct chosen_code *chosen, struct location start)
{
	for (size_t i = 0; i < chosen->count; i++) {
		const struct location other = code_at(chosen, i)->start;

		if (other.image_id == start.image_id && other.image_address == start.image_address)
			chosen->drawn = i;
	}
}

/* Whether a version has less than half of what all versions have. */
static bool is_spread(const struct chosen_code *chosen, size_t at)
{
	uint64_t all = 0;

	for (size_t i = 0; i < chosen->count; i++)
		all += code_at(chosen, i)->self.weight;
	return code_at(chosen, at)->version && code_at(chosen, at)->self.weight < all / 2;
}

void chosen_code_find(struct chosen_code *chosen, const struct shown *shown,
		      struct shown_function of)
{
	struct location start;

	chosen_code_deinit(chosen);
	chosen->of = of;
	if (!of.name)
		return;
	collect(chosen, shown);
	start = start_of_name(chosen, of.name);
	sort_versions(chosen);
	chosen_code_draw(chosen, start);
	if (chosen->count > 1 &&
	    (chosen->match == CODE_MATCH_NAMELESS || is_spread(chosen, chosen->drawn)))
		chosen->drawn = chosen->count;
}

void chosen_code_renew(struct chosen_code *chosen, const struct shown *shown)
{
	const bool was_one = draws_one(chosen);
	const struct location start =
		was_one ? code_at(chosen, chosen->drawn)->start : (struct location){ 0 };

	collect(chosen, shown);
	sort_versions(chosen);
	chosen->drawn = was_one ? 0 : chosen->count;
	if (was_one)
		chosen_code_draw(chosen, start);
}

void chosen_code_deinit(struct chosen_code *chosen)
{
	sampled_codes_deinit(&chosen->codes);
	*chosen = (struct chosen_code){ 0 };
}

void chosen_code_next(struct chosen_code *chosen, int step)
{
	size_t places = chosen->count + 1;

	if (chosen->count > 1)
		chosen->drawn = (chosen->drawn + places + (size_t)step) % places;
}

const size_t *chosen_code_drawn(const struct chosen_code *chosen, size_t *count)
{
	*count = draws_one(chosen) ? 1 : chosen->count;
	return draws_one(chosen) ? &chosen->numbers[chosen->drawn] : chosen->numbers;
}

const char *chosen_code_name(const struct chosen_code *chosen, char *buffer, size_t size)
{
	if (!chosen->count)
		return chosen->of.name;
	if (draws_one(chosen))
		return code_at(chosen, chosen->drawn)->name;
	if (chosen->match == CODE_MATCH_NAMELESS)
		return chosen->of.name;
	if (chosen->match != CODE_MATCH_INLINED)
		return code_at(chosen, 0)->plain;
	snprintf(buffer, size, "%zu functions", chosen->count);
	return buffer;
}

static const char *version_text(const struct chosen_code *chosen, char *buffer, size_t size)
{
	const struct sampled_code *code = code_at(chosen, chosen->drawn);

	if (chosen->found > 1)
		snprintf(buffer, size, ", version %u of %zu%s%s", code->version, chosen->found,
			 *code->tier ? ", " : "", code->tier);
	else
		snprintf(buffer, size, "%s%s", *code->tier ? ", " : "", code->tier);
	return buffer;
}

/* How many there are, where several can be drawn. */
static const char *count_text(const struct chosen_code *chosen, char *buffer, size_t size)
{
	const char *what = code_at(chosen, 0)->version		  ? "versions"
			   : chosen->match == CODE_MATCH_NAMELESS ? "nameless functions"
								  : "functions";

	if (chosen->found < 2)
		return "";
	if (draws_one(chosen))
		snprintf(buffer, size, ", %zu of %zu %s", chosen->drawn + 1, chosen->found, what);
	else if (chosen->found > chosen->count)
		snprintf(buffer, size, ", the %zu hottest of %zu %s", chosen->count, chosen->found,
			 what);
	else
		snprintf(buffer, size, ", all %zu %s", chosen->count, what);
	return buffer;
}

static const char *inlined_text(const struct chosen_code *chosen, char *buffer, size_t size)
{
	char count[64];

	snprintf(buffer, size, "; %s is inlined into %s%s", chosen->of.name,
		 draws_one(chosen) ? "it" : "them", count_text(chosen, count, sizeof(count)));
	return buffer;
}

const char *chosen_code_text(const struct chosen_code *chosen, char *buffer, size_t size)
{
	if (!chosen->count)
		return "";
	if (chosen->match == CODE_MATCH_INLINED)
		return inlined_text(chosen, buffer, size);
	if (draws_one(chosen) && code_at(chosen, 0)->version)
		return version_text(chosen, buffer, size);
	return count_text(chosen, buffer, size);
}

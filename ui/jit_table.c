/* SPDX-License-Identifier: MIT */
#include "ui/jit_table.h"

#include "jitdump/xalloc.h"
#include "ui/jit_tier.h"

#include <stdlib.h>
#include <string.h>

#define NO_ROW UINT32_MAX

struct known_dump {
	struct jit_dump dump;
	uint32_t *rows; /* by a version's number */
};

struct builder {
	struct jit_table *table;
	const struct shown *shown;
	struct known_dump *dumps;
	size_t dump_count;
	struct hash_index function_index; /* by name, which is interned */
	uint32_t *location_rows;	  /* by the profile's number of a location */
	uint32_t *seen;			  /* by row: the last sum that its total counted, plus 1 */
};

static uint32_t add_row(struct jit_table *table, const struct jit_row *row)
{
	table->rows = xgrow(table->rows, table->count, &table->capacity, sizeof(*table->rows));
	table->rows[table->count] = *row;
	return (uint32_t)table->count++;
}

static uint32_t function_of(struct builder *builder, const char *name)
{
	struct jit_table *table = builder->table;
	uint64_t hash = hash_u64((uintptr_t)name);

	for (struct hash_cursor c = hash_index_begin(&builder->function_index, hash);
	     hash_index_next(&builder->function_index, &c);) {
		if (table->rows[c.number].name == name)
			return c.number;
	}
	uint32_t number = add_row(table, &(struct jit_row){ .name = name,
							    .tier = "",
							    .function = (uint32_t)table->count,
							    .first_ns = UINT64_MAX,
							    .is_loaded_known = true });

	hash_index_add(&builder->function_index, hash, number);
	return number;
}

static uint64_t end_of(const struct jit_code *code, const struct jit_version *version)
{
	uint64_t end = version->address + version->size;

	if (!version->size || end < version->address || version->time_ns == UINT64_MAX)
		return UINT64_MAX;
	return jit_code_next(code, version->address, end, version->time_ns + 1, version);
}

static void add_to_function(struct jit_row *function, const struct jit_row *version, bool is_whole)
{
	function->is_loaded_known &= is_whole;
	if (version->first_ns < function->first_ns)
		function->first_ns = version->first_ns;
	if (version->is_moved)
		return;
	function->loaded++;
	function->sampled += version->was_sampled;
	function->bytes += version->bytes;
	function->has_other_tiers |= function->loaded > 1 && function->tier != version->tier;
	if (version->first_ns < function->last_ns)
		return;
	function->last_ns = version->first_ns;
	function->tier = version->tier;
}

static uint32_t add_version(struct builder *builder, const struct jit_dump *dump,
			    const struct jit_version *version)
{
	struct jit_table *table = builder->table;
	const struct jit_version *origin = jit_code_version(dump->code, version->origin);
	char plain[1024];
	const char *tier = jit_tier(version->load->name, plain, sizeof(plain));
	uint32_t function = function_of(builder, string_pool_add(table->names, plain));
	const struct jit_row row = {
		.name = table->rows[function].name,
		.tier = tier,
		.is_version = true,
		.function = function,
		.bytes = version->size,
		.first_ns = version->time_ns,
		.last_ns = end_of(dump->code, version),
		.address = version->address,
		.start = { jit_code_image(dump->code)->id,
			   jit_image_address(version, version->address) },
		.is_moved = version->origin != version->number,
		.was_sampled = (origin ? origin : version)->was_sampled,
	};

	add_to_function(&table->rows[function], &row, dump->is_whole);
	return add_row(table, &row);
}

static void add_dump(struct builder *builder, struct known_dump *known)
{
	size_t count = jit_code_count(known->dump.code);

	known->rows = xcalloc(count, sizeof(*known->rows));
	for (size_t i = 0; i < count; i++) {
		const struct jit_version *version = jit_code_version(known->dump.code, (uint32_t)i);

		known->rows[i] = NO_ROW;
		if (version && version->load && !version->is_provisional)
			known->rows[i] = add_version(builder, &known->dump, version);
	}
}

static void add_steps(struct jit_table *table, const struct jit_totals *totals)
{
	double span_ns = (double)(table->until_ns - table->from_ns) + 1;
	double step_ns = (double)(totals->until_ns - totals->from_ns) / JIT_TOTALS_STEPS;

	for (int i = 0; i < JIT_TOTALS_STEPS; i++) {
		double at_ns = (double)(totals->from_ns - table->from_ns) + step_ns * (i + 0.5);
		int step = (int)(at_ns / span_ns * JIT_TABLE_STEPS);

		table->steps[step < JIT_TABLE_STEPS ? step : JIT_TABLE_STEPS - 1] +=
			totals->steps[i];
	}
}

static void add_totals(struct builder *builder)
{
	struct jit_table *table = builder->table;

	table->has_totals = true;
	/* All the time there is, and that of loads before it. */
	shown_span(builder->shown, &table->from_ns, &table->until_ns);
	table->start_ns = table->from_ns;
	if (!table->until_ns)
		table->from_ns = UINT64_MAX;
	for (size_t i = 0; i < builder->dump_count; i++) {
		const struct jit_totals *totals = &builder->dumps[i].dump.totals;

		table->has_totals &= builder->dumps[i].dump.has_totals;
		table->load_count += totals->load_count;
		table->load_bytes += totals->load_bytes;
		table->never_count += totals->load_count - totals->sampled_count;
		table->never_bytes += totals->load_bytes - totals->sampled_bytes;
		if (totals->load_count && totals->from_ns < table->from_ns)
			table->from_ns = totals->from_ns;
		if (totals->load_count && totals->until_ns > table->until_ns)
			table->until_ns = totals->until_ns;
	}
	if (table->from_ns == UINT64_MAX)
		table->from_ns = table->start_ns;
	/* The samples of a live profile begin anew, and what is loaded stays. */
	if (!builder->shown->recording)
		table->start_ns = table->from_ns;
	for (size_t i = 0; i < builder->dump_count; i++) {
		if (builder->dumps[i].dump.totals.load_count)
			add_steps(table, &builder->dumps[i].dump.totals);
	}
}

static uint32_t row_of_location(const struct builder *builder, const struct location *location)
{
	for (size_t i = 0; i < builder->dump_count; i++) {
		const struct jit_code *code = builder->dumps[i].dump.code;
		uint32_t number = jit_version_number(location->image_address);

		if (jit_code_image(code)->id == location->image_id)
			return number < jit_code_count(code) ? builder->dumps[i].rows[number]
							     : NO_ROW;
	}
	return NO_ROW;
}

static void locate(struct builder *builder)
{
	const struct profile *profile = builder->shown->profile;

	builder->location_rows = xcalloc(profile->location_count, sizeof(*builder->location_rows));
	for (size_t i = 0; i < profile->location_count; i++)
		builder->location_rows[i] = row_of_location(builder, &profile->locations[i]);
}

static void add_weight(struct call_weight *to, const struct call_weight *weight)
{
	to->weight += weight->weight;
	to->count += weight->count;
}

/* The name that samples have, by which other views know it. */
static void set_shown(struct builder *builder, struct jit_row *row, uint32_t location)
{
	size_t count;
	const struct shown *shown = builder->shown;

	if (!row->shown.name)
		row->shown = shown_function_of(
			naming_frames(shown->naming, shown->profile->locations[location], &count));
}

static void add_frame(struct builder *builder, uint32_t location, const struct call_weight *sum,
		      uint32_t mark, bool is_leaf)
{
	uint32_t row = builder->location_rows[location];

	if (row == NO_ROW)
		return;
	const uint32_t rows[2] = { row, builder->table->rows[row].function };

	for (size_t i = 0; i < 2; i++) {
		struct jit_row *to = &builder->table->rows[rows[i]];

		set_shown(builder, to, location);
		if (is_leaf)
			add_weight(&to->self, sum);
		if (builder->seen[rows[i]] != mark)
			add_weight(&to->total, sum);
		builder->seen[rows[i]] = mark;
	}
}

static void add_leaf(struct builder *builder, uint32_t location, const struct call_weight *sum)
{
	const struct shown *shown = builder->shown;
	size_t count;

	if (builder->location_rows[location] != NO_ROW)
		add_weight(&builder->table->jit, sum);
	else if (naming_frames(shown->naming, shown->profile->locations[location], &count)->is_jit)
		add_weight(&builder->table->mapped, sum);
}

static void add_samples(struct builder *builder)
{
	const struct shown *shown = builder->shown;
	const struct profile *profile = shown->profile;

	builder->seen = xcalloc(builder->table->count, sizeof(*builder->seen));
	for (size_t i = 0; i < shown->sums.count; i++) {
		const struct stack_sum *sum = &shown->sums.items[i];

		if (sum->stack == STACK_NONE)
			continue;
		add_leaf(builder, profile->stacks[sum->stack].location, &sum->sum);
		for (uint32_t at = sum->stack; at != STACK_NONE; at = profile->stacks[at].parent)
			add_frame(builder, profile->stacks[at].location, &sum->sum, (uint32_t)i + 1,
				  at == sum->stack);
	}
}

void jit_table_build(struct jit_table *table, const struct shown *shown)
{
	struct builder builder = { .table = table, .shown = shown };

	jit_table_deinit(table);
	table->names = string_pool_create();
	if (shown->session) {
		jit_dumps_mark_sampled(shown->session, shown->profile);
		builder.dump_count = jit_dump_count(shown->session);
	}
	table->dump_count = builder.dump_count;
	builder.dumps = xcalloc(builder.dump_count, sizeof(*builder.dumps));
	for (size_t i = 0; i < builder.dump_count; i++) {
		builder.dumps[i].dump = jit_dump_at(shown->session, i);
		add_dump(&builder, &builder.dumps[i]);
	}
	add_totals(&builder);
	locate(&builder);
	add_samples(&builder);
	for (size_t i = 0; i < builder.dump_count; i++)
		free(builder.dumps[i].rows);
	free(builder.dumps);
	free(builder.location_rows);
	free(builder.seen);
	hash_index_deinit(&builder.function_index);
}

void jit_table_deinit(struct jit_table *table)
{
	free(table->rows);
	string_pool_destroy(table->names);
	*table = (struct jit_table){ 0 };
}

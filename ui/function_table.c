/* SPDX-License-Identifier: MIT */
#include "ui/function_table.h"

#include "jitdump/xalloc.h"
#include "ui/row_lines.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { NO_LINE = UINT32_MAX, ROW_NOT_KNOWN = UINT32_MAX, ROW_NOT_WANTED = UINT32_MAX - 1 };

/* A frame of a location: what is found once for it, in many thousand stacks. */
struct place {
	const struct named_frame *frame;
	uint32_t row;  /* or one of the above */
	uint32_t line; /* number in lines */
};

struct location_places {
	uint32_t first, count; /* count 0: not asked for yet */
};

struct builder {
	struct function_table *table;
	const struct profile *profile;
	const struct selection *selection;
	struct naming *naming;
	bool has_thread_rows; /* the same place is of different rows in different threads */
	struct location_places *locations;
	struct place *places;
	size_t place_count, place_capacity;
	struct hash_index row_index;
	struct row_lines lines;
	uint32_t *seen; /* by row: the last sum that its total counted, plus 1 */
	size_t seen_capacity;
};

static void choose_columns(struct function_table *table, const struct sort_order *order)
{
	bool has_text_key = false;

	for (size_t i = 0; i < order->count; i++) {
		table->shows[order->keys[i]] = true;
		has_text_key |= order->keys[i] != SORT_SELF && order->keys[i] != SORT_TOTAL;
	}
	if (!has_text_key)
		table->shows[SORT_SYMBOL] = table->shows[SORT_MODULE] = true;
}

static bool is_row_of(const struct function_table *table, const struct function_row *row,
		      const struct named_frame *frame, const struct profile_thread *thread)
{
	const bool *shows = table->shows;

	return (!shows[SORT_SYMBOL] || row->frame->function == frame->function) &&
	       (!shows[SORT_MODULE] || row->frame->module == frame->module) &&
	       (!shows[SORT_LINE] ||
		(row->frame->file == frame->file && row->frame->line == frame->line)) &&
	       (!shows[SORT_COMM] || row->thread->comm == thread->comm) &&
	       (!shows[SORT_PID] || row->thread->pid == thread->pid) &&
	       (!shows[SORT_TID] || row->thread->tid == thread->tid);
}

static uint64_t row_hash(const struct function_table *table, const struct named_frame *frame,
			 const struct profile_thread *thread)
{
	const bool *shows = table->shows;
	uint64_t hash = 0;

	if (shows[SORT_SYMBOL])
		hash = hash_pair(hash, (uintptr_t)frame->function);
	if (shows[SORT_MODULE])
		hash = hash_pair(hash, (uintptr_t)frame->module);
	if (shows[SORT_LINE])
		hash = hash_pair(hash, (uintptr_t)frame->file + frame->line);
	if (shows[SORT_COMM])
		hash = hash_pair(hash, (uintptr_t)thread->comm);
	if (shows[SORT_PID])
		hash = hash_pair(hash, thread->pid);
	if (shows[SORT_TID])
		hash = hash_pair(hash, thread->tid);
	return hash;
}

static uint32_t find_row(struct builder *builder, const struct named_frame *frame,
			 const struct profile_thread *thread)
{
	struct function_table *table = builder->table;
	uint64_t hash = row_hash(table, frame, thread);

	for (struct hash_cursor c = hash_index_begin(&builder->row_index, hash);
	     hash_index_next(&builder->row_index, &c);) {
		assert(c.number < builder->seen_capacity);
		if (is_row_of(table, &table->rows[c.number], frame, thread))
			return c.number;
	}
	table->rows = xgrow(table->rows, table->count, &table->capacity, sizeof(*table->rows));
	builder->seen =
		xgrow(builder->seen, table->count, &builder->seen_capacity, sizeof(*builder->seen));
	hash_index_add(&builder->row_index, hash, (uint32_t)table->count);
	builder->seen[table->count] = 0;
	table->rows[table->count] = (struct function_row){ .frame = frame, .thread = thread };
	return (uint32_t)table->count++;
}

static struct location_places *places_of(struct builder *builder, uint32_t location)
{
	struct location_places *known = &builder->locations[location];
	size_t count;

	if (known->count)
		return known;
	const struct named_frame *frames =
		naming_frames(builder->naming, builder->profile->locations[location], &count);

	*known = (struct location_places){ (uint32_t)builder->place_count, 0 };
	for (size_t i = 0; i < count; i++) {
		if (selection_hides(builder->selection, &frames[i]))
			continue;
		known->count++;
		builder->places = xgrow(builder->places, builder->place_count,
					&builder->place_capacity, sizeof(*builder->places));
		builder->places[builder->place_count++] = (struct place){
			.frame = &frames[i],
			.row = selection_has_frame(builder->selection, &frames[i]) ? ROW_NOT_KNOWN
										   : ROW_NOT_WANTED,
			.line = NO_LINE,
		};
	}
	return known;
}

static void find_row_and_line(struct builder *builder, struct place *place,
			      const struct profile_thread *thread)
{
	if (place->row != ROW_NOT_KNOWN && !builder->has_thread_rows)
		return;
	place->row = find_row(builder, place->frame, thread);
	if (place->frame->file)
		place->line = row_lines_find(&builder->lines, place->row, place->frame);
}

static void add_place(struct builder *builder, struct place *place, const struct stack_sum *sum,
		      uint32_t mark, bool is_leaf)
{
	if (place->row == ROW_NOT_WANTED)
		return;
	find_row_and_line(builder, place, &builder->profile->threads[sum->thread]);
	uint32_t number = place->row;

	assert(number < builder->seen_capacity);
	struct function_row *row = &builder->table->rows[number];
	struct row_line *line = place->line == NO_LINE ? NULL : &builder->lines.items[place->line];

	if (is_leaf) {
		row->self.weight += sum->sum.weight;
		row->self.count += sum->sum.count;
	}
	if (line && is_leaf)
		line->self += sum->sum.weight;
	if (line)
		line->total += sum->sum.weight;
	if (builder->seen[number] == mark)
		return; /* it recurs: counted already */
	builder->seen[number] = mark;
	row->total.weight += sum->sum.weight;
	row->total.count += sum->sum.count;
}

static void set_hottest_lines(struct builder *builder)
{
	const struct row_line **best = row_lines_hottest(&builder->lines, builder->table->count);

	for (size_t i = 0; i < builder->table->count; i++) {
		if (!best[i])
			continue;
		builder->table->rows[i].line_file = best[i]->file;
		builder->table->rows[i].line = best[i]->line;
	}
	free(best);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

/* The larger first, and texts ascending. */
static int compare_by(enum sort_key key, const struct function_row *a, const struct function_row *b)
{
	int order;

	switch (key) {
	case SORT_SELF:
		return compare_numbers(b->self.weight, a->self.weight);
	case SORT_TOTAL:
		return compare_numbers(b->total.weight, a->total.weight);
	case SORT_SYMBOL:
		return compare_texts(a->frame->function, b->frame->function);
	case SORT_MODULE:
		return compare_texts(a->frame->module, b->frame->module);
	case SORT_COMM:
		return compare_texts(a->thread->comm, b->thread->comm);
	case SORT_PID:
		return compare_numbers(a->thread->pid, b->thread->pid);
	case SORT_TID:
		return compare_numbers(a->thread->tid, b->thread->tid);
	case SORT_LINE:
		order = compare_texts(a->line_file, b->line_file);
		return order ? order : compare_numbers(a->line, b->line);
	case SORT_KEY_COUNT:
		break;
	}
	return 0;
}

/* As perf does it: text keys say what a row is, weights alone order the rows. */
static int compare_rows(const void *a, const void *b, void *context)
{
	static const enum sort_key weights[] = { SORT_SELF, SORT_TOTAL };
	static const enum sort_key texts[] = { SORT_SYMBOL, SORT_MODULE, SORT_LINE,
					       SORT_COMM,   SORT_PID,	 SORT_TID };
	const struct sort_order *order = context;
	int result = 0;

	for (size_t i = 0; !result && i < order->count; i++) {
		if (order->keys[i] == SORT_SELF || order->keys[i] == SORT_TOTAL)
			result = compare_by(order->keys[i], a, b);
	}
	for (size_t i = 0; !result && i < sizeof(weights) / sizeof(*weights); i++)
		result = compare_by(weights[i], a, b);
	for (size_t i = 0; !result && i < sizeof(texts) / sizeof(*texts); i++)
		result = compare_by(texts[i], a, b);
	return result;
}

static void add_sum(struct builder *builder, const struct stack_sum *sum, uint32_t mark)
{
	const struct profile *profile = builder->profile;
	bool is_leaf = true;

	for (uint32_t stack = sum->stack; stack != STACK_NONE;
	     stack = profile->stacks[stack].parent) {
		const struct location_places *places =
			places_of(builder, profile->stacks[stack].location);

		for (uint32_t i = 0; i < places->count; i++) {
			assert(places->first + i < builder->place_count);
			add_place(builder, &builder->places[places->first + i], sum, mark, is_leaf);
			is_leaf = false;
		}
	}
}

static void builder_deinit(struct builder *builder)
{
	hash_index_deinit(&builder->row_index);
	row_lines_deinit(&builder->lines);
	free(builder->locations);
	free(builder->places);
	free(builder->seen);
}

void function_table_build(struct function_table *table, const struct sort_order *order,
			  const struct selection *selection, const struct profile *profile,
			  struct naming *naming, const struct stack_sums *sums)
{
	struct builder builder = {
		.table = table,
		.profile = profile,
		.selection = selection,
		.naming = naming,
		.locations = xcalloc(profile->location_count, sizeof(*builder.locations)),
	};

	*table = (struct function_table){ 0 };
	choose_columns(table, order);
	builder.has_thread_rows =
		table->shows[SORT_COMM] || table->shows[SORT_PID] || table->shows[SORT_TID];
	for (size_t i = 0; i < sums->count; i++)
		add_sum(&builder, &sums->items[i], (uint32_t)i + 1);
	set_hottest_lines(&builder);
	if (table->count)
		qsort_r(table->rows, table->count, sizeof(*table->rows), compare_rows,
			(void *)order);
	builder_deinit(&builder);
}

void function_table_deinit(struct function_table *table)
{
	free(table->rows);
	*table = (struct function_table){ 0 };
}

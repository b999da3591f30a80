/* SPDX-License-Identifier: MIT */
#include "ui/task_table.h"

#include "jitdump/xalloc.h"
#include "ui/table_text.h"
#include "ui/thread_rows.h"

#include <stdlib.h>

/* What a row spent in one function itself. */
struct task_function {
	uint32_t row;
	struct shown_function function;
	uint64_t weight;
};

/* While it is built a thread's row is that of `threads`, and its process's is that of the main
 * thread, `threads.count` further on. */
struct builder {
	const struct shown *shown;
	struct thread_rows threads;
	struct task_row *rows;
	struct task_function *functions;
	size_t function_count, function_capacity;
	struct hash_index function_index;
};

static void init_rows(struct builder *builder)
{
	const struct thread_rows *threads = &builder->threads;
	size_t count = threads->count;

	builder->rows = xcalloc(2 * count, sizeof(*builder->rows));
	for (size_t i = 0; i < count; i++) {
		const struct thread_row *thread = &threads->items[i];

		builder->rows[i] = (struct task_row){
			.pid = thread->pid,
			.tid = thread->tid,
			.comm = thread->comm,
			.process = (uint32_t)count + thread->main,
			.first_ns = UINT64_MAX,
		};
		builder->rows[count + i] = builder->rows[i];
		builder->rows[count + i].comm = thread->process_comm;
		builder->rows[count + i].process = TASK_ROW_NONE;
	}
}

static void widen(struct task_row *row, uint64_t time_ns)
{
	if (time_ns < row->first_ns)
		row->first_ns = time_ns;
	if (time_ns > row->last_ns)
		row->last_ns = time_ns;
}

static void set_times(struct builder *builder)
{
	const struct profile *profile = builder->shown->profile;
	size_t count = builder->threads.count;

	for (size_t i = 0; i < profile->sample_count; i++) {
		const struct profile_sample *sample = &profile->samples[i];

		struct task_row *row = &builder->rows[builder->threads.of_thread[sample->thread]];

		widen(row, sample->time_ns);
		widen(row, profile_sample_end_ns(profile, sample));
	}
	for (size_t i = 0; i < count; i++) {
		struct task_row *row = &builder->rows[i];

		if (row->first_ns > row->last_ns)
			continue; /* no sample is of it any more */
		widen(&builder->rows[row->process], row->first_ns);
		widen(&builder->rows[row->process], row->last_ns);
	}
}

static void add_function(struct builder *builder, uint32_t number, struct shown_function function,
			 uint64_t weight)
{
	uint64_t hash =
		hash_pair(hash_pair(number, (uintptr_t)function.name), (uintptr_t)function.module);
	struct task_row *row = &builder->rows[number];
	struct task_function *known = NULL;

	for (struct hash_cursor c = hash_index_begin(&builder->function_index, hash);
	     !known && hash_index_next(&builder->function_index, &c);) {
		if (builder->functions[c.number].row == number &&
		    shown_function_is(builder->functions[c.number].function, function))
			known = &builder->functions[c.number];
	}
	if (!known) {
		builder->functions = xgrow(builder->functions, builder->function_count,
					   &builder->function_capacity, sizeof(*known));
		hash_index_add(&builder->function_index, hash, (uint32_t)builder->function_count);
		known = &builder->functions[builder->function_count++];
		*known = (struct task_function){ number, function, 0 };
	}
	known->weight += weight;
	if (known->weight <= row->hottest_weight)
		return;
	row->hottest = function;
	row->hottest_weight = known->weight;
}

static void add_sum(struct builder *builder, struct stack_path *path, const struct stack_sum *sum)
{
	const struct shown *shown = builder->shown;
	uint32_t row = builder->threads.of_thread[sum->thread];
	const uint32_t rows[2] = { row, builder->rows[row].process };

	selection_set_path(&shown->selection, path, shown->profile, shown->naming, sum->stack);
	for (size_t i = 0; i < 2; i++) {
		builder->rows[rows[i]].sum.weight += sum->sum.weight;
		builder->rows[rows[i]].sum.count += sum->sum.count;
		if (path->count)
			add_function(builder, rows[i], shown_function_of(path->frames[0]),
				     sum->sum.weight);
	}
}

static bool is_wanted(const struct builder *builder, const struct task_row *row)
{
	const struct shown *shown = builder->shown;

	return row->sum.count &&
	       percent_of(row->sum.weight, shown_whole(shown)) >= shown->min_percent;
}

/* A process of one thread is that thread. */
static void count_threads(struct builder *builder)
{
	for (size_t i = 0; i < builder->threads.count; i++) {
		if (is_wanted(builder, &builder->rows[i]))
			builder->rows[builder->rows[i].process].thread_count++;
	}
}

/* Processes first, so that threads know where theirs went. */
static void take_rows(struct builder *builder, struct task_table *table, bool is_flat)
{
	size_t threads = builder->threads.count;
	uint32_t *places = xcalloc(2 * threads, sizeof(*places));

	table->rows = xcalloc(2 * threads, sizeof(*table->rows));
	for (size_t i = threads; i < 2 * threads; i++) {
		places[i] = TASK_ROW_NONE;
		if (is_flat || builder->rows[i].thread_count < 2)
			continue;
		places[i] = (uint32_t)table->count;
		table->rows[table->count++] = builder->rows[i];
	}
	for (size_t i = 0; i < threads; i++) {
		struct task_row *row = &builder->rows[i];

		if (!is_wanted(builder, row))
			continue;
		row->process = places[row->process];
		table->rows[table->count++] = *row;
	}
	free(places);
}

void task_table_build(struct task_table *table, const struct shown *shown, bool is_flat)
{
	struct builder builder = { .shown = shown };
	struct stack_path path = { 0 };
	uint64_t end_ns;

	task_table_deinit(table);
	thread_rows_make(&builder.threads, shown->profile, shown->session);
	init_rows(&builder);
	set_times(&builder);
	shown_span(shown, &table->start_ns, &end_ns);
	for (size_t i = 0; i < shown->sums.count; i++)
		add_sum(&builder, &path, &shown->sums.items[i]);
	count_threads(&builder);
	take_rows(&builder, table, is_flat);
	stack_path_deinit(&path);
	thread_rows_deinit(&builder.threads);
	hash_index_deinit(&builder.function_index);
	free(builder.functions);
	free(builder.rows);
}

void task_table_deinit(struct task_table *table)
{
	free(table->rows);
	*table = (struct task_table){ 0 };
}

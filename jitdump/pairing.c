/* SPDX-License-Identifier: MIT */
#include "jitdump/pairing.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <string.h>

/* As many loads of other threads may stand between a record and its own load. */
enum { PASSED_MAX = 8 };

/* How far before the code lines may claim to begin: Erlang's do so 55 bytes before. */
enum { BEFORE_CODE_MAX = 0x100 };

/* The newest objects, among which a load looks for its table: it follows within a few. */
enum { OBJECTS_SEARCHED_MAX = 64 };

void waiting_record_deinit(struct waiting_record *waiting)
{
	free(waiting->payload);
	*waiting = (struct waiting_record){ 0 };
}

void pairing_init(struct pairing *pairing, struct jitdump_problems *problems)
{
	*pairing = (struct pairing){
		.lines = { .loss = JITDUMP_PROBLEM_LINES_UNUSED },
		.tables = { .loss = JITDUMP_PROBLEM_TABLE_UNUSED },
		.problems = problems,
	};
}

static void forget(struct waiting_list *list)
{
	while (list->count > 0)
		waiting_record_deinit(&list->records[--list->count]);
}

void pairing_forget(struct pairing *pairing)
{
	forget(&pairing->lines);
	forget(&pairing->tables);
}

void pairing_deinit(struct pairing *pairing)
{
	pairing_forget(pairing);
	for (size_t i = 0; i < pairing->object_count; i++) {
		cfi_table_deinit(&pairing->objects[i].index);
		free(pairing->objects[i].payload);
	}
	free(pairing->objects);
	*pairing = (struct pairing){ 0 };
}

static void take_out(struct waiting_list *list, size_t number, struct waiting_record *taken)
{
	*taken = list->records[number];
	list->count--;
	memmove(&list->records[number], &list->records[number + 1],
		(list->count - number) * sizeof(*list->records));
}

static void give_up(struct pairing *pairing, struct waiting_list *list, size_t number)
{
	struct waiting_record lost;

	take_out(list, number, &lost);
	jitdump_problems_add(pairing->problems, list->loss, lost.offset, 0);
	waiting_record_deinit(&lost);
}

static uint8_t *copy_payload(struct jitdump_record *record)
{
	uint8_t *copy = xmalloc(record->payload_size);

	memcpy(copy, record->payload, record->payload_size);
	record->payload = copy;
	return copy;
}

static void add_waiting(struct pairing *pairing, struct waiting_list *list,
			const struct jitdump_record *record, uint64_t offset)
{
	if (list->count == PAIRING_WAITING_MAX)
		give_up(pairing, list, 0);
	struct waiting_record *waiting = &list->records[list->count++];

	*waiting = (struct waiting_record){ .record = *record, .offset = offset };
	waiting->payload = copy_payload(&waiting->record);
}

/* False if the table is not of the kind that its header places in memory. */
static bool add_object(struct pairing *pairing, const struct jitdump_record *record)
{
	struct jitdump_record copy = *record;
	struct object_table object = { 0 };

	if (!unwind_table_in_memory(record, &object.table))
		return false;
	object.payload = copy_payload(&copy);
	unwind_table_in_memory(&copy, &object.table);
	struct cfi_sections sections = unwind_table_sections(&object.table);

	cfi_table_init(&object.index, &sections);
	pairing->objects = xgrow(pairing->objects, pairing->object_count, &pairing->object_capacity,
				 sizeof(*pairing->objects));
	pairing->objects[pairing->object_count++] = object;
	return true;
}

void pairing_add(struct pairing *pairing, const struct jitdump_record *record, uint64_t offset)
{
	if (record->prefix.id == JITDUMP_DEBUG_INFO)
		add_waiting(pairing, &pairing->lines, record, offset);
	else if (!add_object(pairing, record))
		add_waiting(pairing, &pairing->tables, record, offset);
}

/* The newest that is exactly at the address, else the newest that begins near the code. */
bool pairing_take_lines(struct pairing *pairing, uint64_t address, uint64_t size,
			struct waiting_record *lines)
{
	struct waiting_list *list = &pairing->lines;
	size_t near = list->count;

	for (size_t i = list->count; i-- > 0;) {
		uint64_t start = list->records[i].record.debug.code_addr;

		if (start == address) {
			take_out(list, i, lines);
			return true;
		}
		if (near == list->count &&
		    start - address + BEFORE_CODE_MAX < size + BEFORE_CODE_MAX)
			near = i;
	}
	if (near == list->count)
		return false;
	take_out(list, near, lines);
	return true;
}

/* The newest waiting table that is for this code. */
static bool take_own_table(struct pairing *pairing, uint64_t address, uint64_t size,
			   struct arena *arena, struct jitdump_unwind_table *table)
{
	struct waiting_list *list = &pairing->tables;
	struct waiting_record own;

	for (size_t i = list->count; i-- > 0;) {
		if (!unwind_table_for_code(&list->records[i].record, address, size, table))
			continue;
		take_out(list, i, &own);
		table->eh_frame = arena_copy(arena, table->eh_frame, table->eh_frame_size);
		waiting_record_deinit(&own);
		return true;
	}
	return false;
}

static bool take_advice(struct pairing *pairing)
{
	struct waiting_list *list = &pairing->tables;
	struct waiting_record empty;

	for (size_t i = list->count; i-- > 0;) {
		if (!unwind_table_is_empty(&list->records[i].record))
			continue;
		take_out(list, i, &empty);
		waiting_record_deinit(&empty);
		return true;
	}
	return false;
}

static bool find_object_table(const struct pairing *pairing, uint64_t address,
			      struct jitdump_unwind_table *table)
{
	size_t count = pairing->object_count;
	size_t end = count > OBJECTS_SEARCHED_MAX ? count - OBJECTS_SEARCHED_MAX : 0;
	struct cfi_function function;

	for (size_t i = count; i-- > end;) {
		if (!cfi_table_find(&pairing->objects[i].index, address, &function))
			continue;
		*table = pairing->objects[i].table;
		return true;
	}
	return false;
}

bool pairing_take_table(struct pairing *pairing, uint64_t address, uint64_t size,
			struct arena *arena, struct jitdump_unwind_table *table)
{
	if (take_own_table(pairing, address, size, arena, table))
		return true;
	if (take_advice(pairing)) {
		*table = (struct jitdump_unwind_table){ 0 };
		return true;
	}
	return find_object_table(pairing, address, table);
}

static void age(struct pairing *pairing, struct waiting_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		list->records[i].passed_count++;
	while (list->count > 0 && list->records[0].passed_count >= PASSED_MAX)
		give_up(pairing, list, 0);
}

void pairing_end_load(struct pairing *pairing)
{
	age(pairing, &pairing->lines);
	age(pairing, &pairing->tables);
}

void pairing_give_up(struct pairing *pairing)
{
	while (pairing->lines.count > 0)
		give_up(pairing, &pairing->lines, 0);
	while (pairing->tables.count > 0)
		give_up(pairing, &pairing->tables, 0);
}

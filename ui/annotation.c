/* SPDX-License-Identifier: MIT */
#include "ui/annotation.h"

#include "jitdump/xalloc.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An instruction on its way to a row. */
struct item {
	const struct code_instruction *instruction;
	struct call_weight self;
	bool is_marked;
	uint32_t body;
	uint32_t group; /* its line */
	uint32_t row;	/* where it came to be shown */
};

/* A source line. */
struct group {
	const char *file; /* NULL: that of instructions without a line */
	uint32_t line;
	uint32_t file_order; /* files in the order in which the code has them */
	struct call_weight self;
	bool is_marked;
};

/* Versions that are instruction for instruction the same: a JIT often compiles what it had before. */
struct body {
	const struct annotation_part *part; /* the first of them */
	size_t first_item;
	uint32_t alike_count; /* the others */
};

struct building {
	struct annotation *annotation;
	const struct annotation_part *parts;
	size_t part_count;
	struct body *bodies;
	size_t body_count;
	struct item *items; /* by body and offset */
	size_t item_count;
	struct group *groups;
	size_t group_count, group_capacity;
	struct hash_index group_index;
	uint32_t file_count;
};

static void add_weight(struct call_weight *sum, struct call_weight weight)
{
	sum->weight += weight.weight;
	sum->count += weight.count;
}

static uint32_t find_group(struct building *building, const char *file, uint32_t line)
{
	uint64_t hash = hash_pair((uintptr_t)file, line);
	uint32_t file_order = UINT32_MAX;

	for (struct hash_cursor c = hash_index_begin(&building->group_index, hash);
	     hash_index_next(&building->group_index, &c);) {
		assert(c.number < building->group_count);
		if (building->groups[c.number].file == file &&
		    building->groups[c.number].line == line)
			return c.number;
	}
	for (size_t i = 0; file && i < building->group_count; i++) {
		assert(building->groups);
		if (building->groups[i].file == file)
			file_order = building->groups[i].file_order;
	}
	if (file && file_order == UINT32_MAX)
		file_order = building->file_count++;
	building->groups = xgrow(building->groups, building->group_count, &building->group_capacity,
				 sizeof(*building->groups));
	hash_index_add(&building->group_index, hash, (uint32_t)building->group_count);
	building->groups[building->group_count] =
		(struct group){ .file = file, .line = line, .file_order = file_order };
	return (uint32_t)building->group_count++;
}

static void add_items(struct building *building, const struct annotation_part *part)
{
	building->bodies[building->body_count] =
		(struct body){ .part = part, .first_item = building->item_count };
	for (size_t i = 0; i < part->code->count; i++) {
		const struct code_instruction *instruction = &part->code->instructions[i];

		building->items[building->item_count++] = (struct item){
			.instruction = instruction,
			.body = (uint32_t)building->body_count,
			.group = find_group(building, instruction->file,
					    instruction->file ? instruction->line : 0),
		};
	}
	building->body_count++;
}

static bool is_alike(const struct function_code *a, const struct function_code *b)
{
	bool is = a->count == b->count;

	for (size_t i = 0; is && i < a->count; i++) {
		const struct code_instruction *first = &a->instructions[i];
		const struct code_instruction *second = &b->instructions[i];

		is = first->offset == second->offset && first->size == second->size &&
		     first->file == second->file && first->line == second->line &&
		     !strcmp(first->text, second->text);
	}
	return is;
}

static const struct body *find_body(struct building *building, const struct annotation_part *part)
{
	for (size_t i = 0; part->sampled->version && i < building->body_count; i++) {
		if (!is_alike(building->bodies[i].part->code, part->code))
			continue;
		building->bodies[i].alike_count++;
		return &building->bodies[i];
	}
	add_items(building, part);
	return &building->bodies[building->body_count - 1];
}

static void add_place(struct building *building, struct item *item,
		      const struct sampled_place *place)
{
	struct group *group = &building->groups[item->group];

	add_weight(&item->self, place->self);
	add_weight(&group->self, place->self);
	item->is_marked |= place->is_marked;
	group->is_marked |= place->is_marked;
}

/* Places ascend, as instructions do: those up to an instruction's end are its. */
static void weigh(struct building *building, const struct body *body,
		  const struct sampled_code *sampled)
{
	size_t place = 0;

	add_weight(&building->annotation->self, sampled->self);
	for (size_t i = 0; i < body->part->code->count; i++) {
		struct item *item = &building->items[body->first_item + i];
		uint64_t start = item->instruction->offset, end = start;

		end += item->instruction->size ? item->instruction->size : 1;
		for (; place < sampled->place_count && sampled->places[place].offset < end;
		     place++) {
			if (sampled->places[place].offset < start)
				continue;
			add_place(building, item, &sampled->places[place]);
		}
	}
}

static void collect_items(struct building *building)
{
	size_t count = 0;

	for (size_t i = 0; i < building->part_count; i++)
		count += building->parts[i].code->count;
	building->items = xcalloc(count + 1, sizeof(*building->items));
	building->bodies = xcalloc(building->part_count + 1, sizeof(*building->bodies));
	for (size_t i = 0; i < building->part_count; i++) {
		const struct annotation_part *part = &building->parts[i];

		weigh(building, find_body(building, part), part->sampled);
	}
}

static struct annotation_row *add_row(struct annotation *annotation, enum annotation_row_kind kind,
				      struct call_weight self)
{
	struct annotation_row *row;

	annotation->rows = xgrow(annotation->rows, annotation->count, &annotation->capacity,
				 sizeof(*annotation->rows));
	row = &annotation->rows[annotation->count++];
	*row = (struct annotation_row){
		.kind = kind,
		.self = self,
		.text = "",
		.jump_row = ANNOTATION_NO_ROW,
	};
	if (annotation->self.weight)
		row->percent = 100.0 * (double)self.weight / (double)annotation->self.weight;
	return row;
}

static void add_line(struct annotation *annotation, const struct group *group)
{
	struct annotation_row *row = add_row(annotation, ANNOTATION_LINE, group->self);
	const char *text = NULL;

	row->is_marked = group->is_marked;
	row->file = group->file;
	row->line = group->line;
	if (group->file)
		text = source_files_line(&annotation->sources, group->file, group->line);
	if (text)
		row->text = string_pool_add(annotation->texts, text);
}

/* A version of JIT code, or which of several functions. */
static void write_body(const struct body *body, char *text, size_t size)
{
	const struct sampled_code *sampled = body->part->sampled;
	bool has_tier = sampled->tier && *sampled->tier;
	int used;

	if (!sampled->version) {
		snprintf(text, size, "%s", sampled->name ? sampled->name : "");
		return;
	}
	used = snprintf(text, size, "version %u%s%s", sampled->version, has_tier ? ", " : "",
			has_tier ? sampled->tier : "");
	if (body->alike_count)
		snprintf(text + used, size - (size_t)used, " and %u alike", body->alike_count);
}

static void add_gap(struct building *building, const struct item *item, bool is_other_body)
{
	struct annotation_row *row =
		add_row(building->annotation, ANNOTATION_GAP, (struct call_weight){ 0 });
	char text[256];

	if (!is_other_body)
		return;
	write_body(&building->bodies[item->body], text, sizeof(text));
	row->text = string_pool_add_printable(building->annotation->texts, text, strlen(text));
}

/* `before`: the item above, under the same line. NULL: there is none. */
static void add_instruction(struct building *building, struct item *item, const struct item *before)
{
	const struct code_instruction *instruction = item->instruction;
	const struct annotation_part *part = building->bodies[item->body].part;
	struct annotation_row *row;

	if (building->body_count > 1 && (!before || before->body != item->body))
		add_gap(building, item, true);
	else if (before &&
		 before->instruction->offset + before->instruction->size != instruction->offset)
		add_gap(building, item, false);
	item->row = (uint32_t)building->annotation->count;
	row = add_row(building->annotation, ANNOTATION_INSTRUCTION, item->self);
	row->is_marked = item->is_marked;
	row->text = instruction->text;
	row->file = instruction->file;
	row->line = instruction->line;
	row->address = part->code->shown_start + instruction->offset;
	row->instruction = instruction;
	row->sampled = part->sampled;
}

static void add_by_address(struct building *building)
{
	for (size_t i = 0; i < building->item_count; i++)
		add_instruction(building, &building->items[i], i ? &building->items[i - 1] : NULL);
}

static int compare_items(const void *a, const void *b, void *context)
{
	const struct building *building = context;
	const struct item *first = *(struct item *const *)a, *second = *(struct item *const *)b;
	const struct group *first_group = &building->groups[first->group];
	const struct group *second_group = &building->groups[second->group];

	if (first_group->file_order != second_group->file_order)
		return first_group->file_order < second_group->file_order ? -1 : 1;
	if (first_group->line != second_group->line)
		return first_group->line < second_group->line ? -1 : 1;
	return first < second ? -1 : first > second;
}

static void add_by_line(struct building *building)
{
	struct item **order = xcalloc(building->item_count + 1, sizeof(struct item *));
	const struct item *before = NULL;

	for (size_t i = 0; i < building->item_count; i++)
		order[i] = &building->items[i];
	qsort_r(order, building->item_count, sizeof(struct item *), compare_items, building);
	for (size_t i = 0; i < building->item_count; i++) {
		if (!i || order[i]->group != before->group) {
			add_line(building->annotation, &building->groups[order[i]->group]);
			before = NULL;
		}
		add_instruction(building, order[i], before);
		before = order[i];
	}
	free(order);
}

/* The item that begins at the offset; NULL: none does. */
static const struct item *find_item(const struct building *building, uint32_t number,
				    uint64_t offset)
{
	const struct body *body = &building->bodies[number];
	size_t low = body->first_item, high = low + body->part->code->count, end = high;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (building->items[middle].instruction->offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == end || building->items[low].instruction->offset != offset)
		return NULL;
	return &building->items[low];
}

static void draw_jumps(struct building *building)
{
	struct annotation *annotation = building->annotation;
	struct jump *jumps = xcalloc(building->item_count + 1, sizeof(*jumps));
	size_t count = 0;

	for (size_t i = 0; i < building->item_count; i++) {
		const struct item *item = &building->items[i], *target;

		if (item->instruction->jump_target == CODE_NO_TARGET)
			continue;
		target = find_item(building, item->body, item->instruction->jump_target);
		if (!target)
			continue;
		annotation->rows[item->row].jump_row = target->row;
		jumps[count++] = (struct jump){ item->row, target->row };
	}
	jump_arrows_draw(&annotation->arrows, annotation->count, jumps, count);
	free(jumps);
}

static int compare_heat(const void *a, const void *b, void *context)
{
	const struct annotation *annotation = context;
	size_t first = *(const size_t *)a, second = *(const size_t *)b;
	uint64_t first_weight = annotation->rows[first].self.weight;
	uint64_t second_weight = annotation->rows[second].self.weight;

	if (first_weight != second_weight)
		return first_weight > second_weight ? -1 : 1;
	return first < second ? -1 : first > second;
}

static void find_hottest(struct annotation *annotation)
{
	for (int kind = 0; kind < ANNOTATION_ROW_KIND_COUNT; kind++) {
		size_t *rows = xcalloc(annotation->count + 1, sizeof(*rows)), count = 0;

		for (size_t i = 0; i < annotation->count; i++) {
			if (annotation->rows[i].kind == (enum annotation_row_kind)kind &&
			    annotation->rows[i].self.weight)
				rows[count++] = i;
		}
		qsort_r(rows, count, sizeof(*rows), compare_heat, annotation);
		annotation->hottest[kind].rows = rows;
		annotation->hottest[kind].count = count;
	}
}

void annotation_build(struct annotation *annotation, const struct annotation_part *parts,
		      size_t part_count, bool has_lines)
{
	struct building building = {
		.annotation = annotation,
		.parts = parts,
		.part_count = part_count,
	};

	*annotation = (struct annotation){ .texts = string_pool_create() };
	collect_items(&building);
	if (has_lines && building.file_count)
		add_by_line(&building);
	else
		add_by_address(&building);
	draw_jumps(&building);
	find_hottest(annotation);
	hash_index_deinit(&building.group_index);
	free(building.groups);
	free(building.bodies);
	free(building.items);
}

void annotation_deinit(struct annotation *annotation)
{
	free(annotation->rows);
	jump_arrows_deinit(&annotation->arrows);
	for (int kind = 0; kind < ANNOTATION_ROW_KIND_COUNT; kind++)
		free(annotation->hottest[kind].rows);
	source_files_deinit(&annotation->sources);
	string_pool_destroy(annotation->texts);
	*annotation = (struct annotation){ 0 };
}

size_t annotation_hottest(const struct annotation *annotation, enum annotation_row_kind kind,
			  size_t row, int step)
{
	const size_t *rows = annotation->hottest[kind].rows;
	size_t count = annotation->hottest[kind].count;

	if (!count)
		return ANNOTATION_NO_ROW;
	for (size_t i = 0; i < count; i++) {
		if (rows[i] == row)
			return rows[(i + count + (size_t)step) % count];
	}
	return rows[0];
}

size_t annotation_first(const struct annotation *annotation)
{
	enum annotation_row_kind kind = annotation->hottest[ANNOTATION_LINE].count
						? ANNOTATION_LINE
						: ANNOTATION_INSTRUCTION;
	const size_t *rows = annotation->hottest[kind].rows;

	for (size_t i = 0; i < annotation->hottest[kind].count; i++) {
		if (annotation->rows[rows[i]].is_marked)
			return rows[i];
	}
	return annotation->hottest[kind].count ? rows[0] : 0;
}

static bool is_like(const struct annotation_row *a, const struct annotation_row *b)
{
	return a->kind == b->kind && a->line == b->line && a->file == b->file &&
	       a->address == b->address;
}

size_t annotation_row_like(const struct annotation *annotation, const struct annotation_row *row,
			   size_t number)
{
	for (size_t distance = 0; distance < annotation->count || distance <= number; distance++) {
		size_t below = number + distance;

		if (below < annotation->count && is_like(&annotation->rows[below], row))
			return below;
		if (distance <= number && number - distance < annotation->count &&
		    is_like(&annotation->rows[number - distance], row))
			return number - distance;
	}
	return ANNOTATION_NO_ROW;
}

/* SPDX-License-Identifier: MIT */
/* The shown function's source lines, with their instructions, and what each of them spends. */
#include "jitdump/xalloc.h"
#include "ui/advice.h"
#include "ui/annotated_function.h"
#include "ui/annotation_draw.h"
#include "ui/chosen_code.h"
#include "ui/editor.h"
#include "ui/explorer.h"
#include "ui/table_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum action {
	ACTION_HOTTER = 1, /* the next hottest line */
	ACTION_COOLER,
	ACTION_HOTTER_INSTRUCTION,
	ACTION_JUMP,
	ACTION_BACK,
	ACTION_LINES,
	ACTION_SYNTAX,
	ACTION_VERSION,
	ACTION_VERSION_BEFORE,
	ACTION_EDIT,
};

/* Where Enter left a caller. */
struct caller {
	struct shown_function of;
	bool is_one;		   /* is drawn; else all of its bodies */
	struct location start;	   /* of that one */
	struct annotation_row row; /* without its borrowed parts */
	size_t cursor, top;
};

enum { CALLERS_MAX = 32 };

struct source {
	struct view view;
	struct chosen_code chosen;
	struct annotated_function function; /* what is drawn of it */
	bool is_open, hides_lines, is_intel;
	bool has_leapt; /* the cursor, since it was drawn */
	struct caller callers[CALLERS_MAX];
	size_t caller_count;
};

static void close_function(struct source *source)
{
	if (source->is_open)
		annotated_function_close(&source->function);
	source->is_open = false;
	source->view.row_count = 0;
}

static void destroy(struct view *view)
{
	struct source *source = (struct source *)view;

	close_function(source);
	chosen_code_deinit(&source->chosen);
}

/* Of what rows the hottest are looked for: there may be no lines. */
static enum annotation_row_kind hot_kind(const struct source *source)
{
	return source->function.annotation.hottest[ANNOTATION_LINE].count ? ANNOTATION_LINE
									  : ANNOTATION_INSTRUCTION;
}

static void open_function(struct source *source, const struct shown *shown)
{
	size_t count;
	const size_t *numbers = chosen_code_drawn(&source->chosen, &count);

	close_function(source);
	if (!count)
		return;
	annotated_function_open(
		&source->function, shown->session, &source->chosen.codes, numbers, count,
		&(struct annotated_function_options){
			.machine = shown->recording ? recording_machine(shown->recording) : "",
			.hides_lines = source->hides_lines,
			.is_intel = source->is_intel,
			.is_around_places =
				count > 1 && source->chosen.match == CODE_MATCH_NAMELESS,
		});
	source->is_open = true;
	source->view.row_count = source->function.annotation.count;
	source->view.cursor = annotation_first(&source->function.annotation);
	source->has_leapt = true;
}

/* To where the cursor was in what was drawn before, if that is drawn. */
static void put_cursor(struct source *source, const struct annotation_row *row, size_t cursor,
		       size_t top)
{
	struct view *view = &source->view;
	size_t at = annotation_row_like(&source->function.annotation, row, cursor);

	if (at == ANNOTATION_NO_ROW)
		return;
	view->cursor = at;
	source->has_leapt = false;
	view->top = at > cursor - top ? at - (cursor - top) : 0;
}

/* The same function as before, in a live profile: the cursor stays where it was. */
static void renew_function(struct source *source, const struct shown *shown)
{
	struct view *view = &source->view;
	struct annotation_row before = source->function.annotation.rows[view->cursor];
	size_t top = view->top, cursor = view->cursor;

	close_function(source);
	chosen_code_renew(&source->chosen, shown);
	open_function(source, shown);
	if (source->is_open)
		put_cursor(source, &before, cursor, top);
}

static void find_function(struct source *source, const struct shown *shown)
{
	source->caller_count = 0;
	close_function(source);
	chosen_code_find(&source->chosen, shown, shown->function);
	open_function(source, shown);
}

static void update(struct view *view, struct shown *shown)
{
	struct source *source = (struct source *)view;

	if (source->is_open && view->row_count &&
	    shown_function_is(source->chosen.of, shown->function))
		renew_function(source, shown);
	else
		find_function(source, shown);
	if (!shown->has_body)
		return;
	shown->has_body = false;
	chosen_code_draw(&source->chosen, shown->body);
	open_function(source, shown);
}

static void draw_no_function(struct canvas *canvas, struct area area)
{
	canvas_put(canvas, area.row, area.column, area.columns, STYLE_HEAD,
		   "no function is chosen: choose one in another view");
}

/* The name is cut where there is no room for what follows it. Returns the columns it took. */
static int draw_name(const struct source *source, const struct shown *shown, struct canvas *canvas,
		     struct area area)
{
	const struct call_weight *self =
		source->is_open ? &source->function.annotation.self : &source->chosen.self;
	char name[64], rest[256];
	int room, used;

	snprintf(rest, sizeof(rest), "  %s  %.2f%% self", source->chosen.of.module,
		 percent_of(self->weight, shown_whole(shown)));
	room = area.columns - (int)strlen(rest);
	if (room < area.columns / 4)
		room = area.columns / 4;
	canvas_fill(canvas, area.row, area.column, area.columns, STYLE_HEAD, L' ');
	used = canvas_put(canvas, area.row, area.column, room, STYLE_HEAD,
			  chosen_code_name(&source->chosen, name, sizeof(name)));
	return used + canvas_put(canvas, area.row, area.column + used, area.columns - used,
				 STYLE_HEAD, rest);
}

/* Returns how many rows it took: what would be cut off has its own. */
static int draw_title(const struct source *source, const struct shown *shown, struct canvas *canvas,
		      struct area area)
{
	const char *remark =
		source->is_open ? source->function.remark : nameless_advice(source->chosen.of.name);
	char buffer[CODE_TITLE_MAX], below[2 * CODE_TITLE_MAX];
	const char *text = chosen_code_text(&source->chosen, buffer, sizeof(buffer));
	int used = draw_name(source, shown, canvas, area);
	bool is_beside = used + (int)strlen(text) <= area.columns;

	if (is_beside) {
		used += canvas_put(canvas, area.row, area.column + used, area.columns - used,
				   STYLE_HEAD, text);
		text = "";
	}
	if (is_beside && *remark && used + 2 + (int)strlen(remark) <= area.columns) {
		canvas_printf(canvas, area.row, area.column + used, area.columns - used, STYLE_HEAD,
			      ": %s", remark);
		remark = "";
	}
	snprintf(below, sizeof(below), "%s%s%s", *text ? text + strspn(text, ",; ") : "",
		 *text && *remark ? ": " : "", remark);
	return 1 + annotation_draw_remark(below, canvas, area);
}

static void draw(struct view *view, const struct shown *shown, struct canvas *canvas,
		 struct area area)
{
	struct source *source = (struct source *)view;

	if (!source->chosen.of.name) {
		draw_no_function(canvas, area);
		return;
	}
	view->list_row = draw_title(source, shown, canvas, area);
	view->list_rows = area.rows - view->list_row;
	if (source->has_leapt)
		view_scroll_to(view);
	else
		view_scroll(view);
	source->has_leapt = false;
	for (int i = 0; i < view->list_rows && view->top + (size_t)i < view->row_count; i++) {
		struct area row = { area.row + view->list_row + i, area.column, 1, area.columns };

		annotation_draw_row(&source->function.annotation, view->top + (size_t)i, canvas,
				    row);
		canvas_mark_text(canvas, row.row, row.column, row.columns, view->search);
		if (view->top + (size_t)i == view->cursor)
			canvas_mark(canvas, row.row, row.column, row.columns, STYLE_SELECTED);
	}
}

static bool go_to(struct source *source, size_t row)
{
	if (row == ANNOTATION_NO_ROW)
		return false;
	source->view.cursor = row;
	source->has_leapt = true;
	return true;
}

static const struct annotation_row *cursor_row(const struct source *source)
{
	return source->is_open && source->view.cursor < source->view.row_count
		       ? &source->function.annotation.rows[source->view.cursor]
		       : NULL;
}

static void edit(const struct source *source, struct explorer *explorer)
{
	const struct annotation_row *row = cursor_row(source);
	struct editor_command command;
	const char *path;

	if (!row || !row->file || !row->line) {
		explorer_say(explorer, "there is no source line here");
		return;
	}
	path = source_files_path((struct source_files *)&source->function.annotation.sources,
				 row->file);
	if (!path) {
		explorer_say(explorer, "%s is not on this machine", row->file);
		return;
	}
	editor_command_init(&command, path, row->line);
	if (!explorer_run_command(explorer, command.argv))
		explorer_say(explorer, "cannot run %s: set EDITOR", command.name);
	editor_command_deinit(&command);
}

static bool step_hottest(struct source *source, enum annotation_row_kind kind, int step)
{
	return source->is_open &&
	       go_to(source, annotation_hottest(&source->function.annotation, kind,
						source->view.cursor, step));
}

/* The one that was left first is forgotten where there are too many. */
static void note_caller(struct source *source)
{
	size_t count;
	const size_t *numbers = chosen_code_drawn(&source->chosen, &count);

	if (source->caller_count == CALLERS_MAX)
		memmove(source->callers, source->callers + 1,
			--source->caller_count * sizeof(*source->callers));
	source->callers[source->caller_count++] = (struct caller){
		.of = source->chosen.of,
		.is_one = count == 1,
		.start = source->chosen.codes.items[numbers[0]].start,
		.row = *cursor_row(source),
		.cursor = source->view.cursor,
		.top = source->view.top,
	};
}

/* Draws another function in place of this one. */
static void go_into(struct source *source, struct shown *shown, struct shown_function of,
		    struct location start)
{
	close_function(source);
	shown->function = of;
	chosen_code_find(&source->chosen, shown, of);
	chosen_code_draw(&source->chosen, start);
	open_function(source, shown);
}

static bool enter_callee(struct source *source, struct shown *shown, struct explorer *explorer)
{
	const struct annotation_row *row = cursor_row(source);
	const struct code_instruction *call = row ? row->instruction : NULL;
	const struct sampled_code *callee;

	if (!call || (!call->callee && call->callee_address == CODE_NO_TARGET)) {
		if (call && call->kind == INSTRUCTION_CALL)
			explorer_say(explorer, "it calls what a register or memory says then");
		return call && call->kind == INSTRUCTION_CALL;
	}
	callee = sampled_codes_callee(&source->chosen.codes, row->sampled, call->callee,
				      call->callee_address);
	if (!callee) {
		explorer_say(explorer, "%s has no samples",
			     call->callee ? call->callee : "what is there");
		return true;
	}
	note_caller(source);
	go_into(source, shown, shown_function_of(callee->frame), callee->start);
	return true;
}

/* False where no call was followed: then Esc leaves the view. */
static bool go_back(struct source *source, struct shown *shown)
{
	const struct caller *caller;

	if (!source->caller_count)
		return false;
	caller = &source->callers[--source->caller_count];
	go_into(source, shown, caller->of, caller->start);
	if (!caller->is_one && source->chosen.count > 1) {
		source->chosen.drawn = source->chosen.count;
		open_function(source, shown);
	}
	if (source->is_open)
		put_cursor(source, &caller->row, caller->cursor, caller->top);
	return true;
}

static bool act(struct view *view, struct shown *shown, struct explorer *explorer, int action)
{
	struct source *source = (struct source *)view;
	const struct annotation_row *row = cursor_row(source);

	switch (action) {
	case ACTION_HOTTER:
		return step_hottest(source, hot_kind(source), 1);
	case ACTION_COOLER:
		return step_hottest(source, hot_kind(source), -1);
	case ACTION_HOTTER_INSTRUCTION:
		return step_hottest(source, ANNOTATION_INSTRUCTION, 1);
	case ACTION_JUMP:
		return row &&
		       (go_to(source, row->jump_row) || enter_callee(source, shown, explorer));
	case ACTION_BACK:
		return go_back(source, shown);
	case ACTION_LINES:
		source->hides_lines = !source->hides_lines;
		open_function(source, shown);
		return true;
	case ACTION_SYNTAX:
		source->is_intel = !source->is_intel;
		open_function(source, shown);
		return true;
	case ACTION_VERSION:
	case ACTION_VERSION_BEFORE:
		chosen_code_next(&source->chosen, action == ACTION_VERSION ? 1 : -1);
		open_function(source, shown);
		return true;
	case ACTION_EDIT:
		edit(source, explorer);
		return true;
	default:
		return false;
	}
}

static const char *row_text(struct view *view, const struct shown *shown, size_t row, char *buffer,
			    size_t size)
{
	const char *text = ((struct source *)view)->function.annotation.rows[row].text;

	(void)shown;
	(void)buffer;
	(void)size;
	return text ? text : "";
}

static const struct key_binding bindings[] = {
	{ { 't' }, "hottest", "to the next hottest line", ACTION_HOTTER },
	{ { 'T' }, NULL, "to the hotter one before", ACTION_COOLER },
	{ { 'i' }, "instruction", "to the next hottest instruction", ACTION_HOTTER_INSTRUCTION },
	{ { TERMINAL_KEY_ENTER },
	  "jump",
	  "to where this instruction jumps, or into what it calls",
	  ACTION_JUMP },
	{ { 'u', TERMINAL_KEY_BACKSPACE, TERMINAL_KEY_ESCAPE },
	  "caller",
	  "back to the caller, where Enter left it",
	  ACTION_BACK },
	{ { 'v' },
	  "version",
	  "the next version of a JIT function, then all together",
	  ACTION_VERSION },
	{ { 'V' }, NULL, "the version before", ACTION_VERSION_BEFORE },
	{ { 'L' }, "lines", "instructions alone, or under their source lines", ACTION_LINES },
	{ { 'y' }, "syntax", "AT&T's or Intel's syntax", ACTION_SYNTAX },
	{ { 'o' }, "editor", "open $EDITOR at this line", ACTION_EDIT },
	{ { 0 }, NULL, NULL, 0 },
};

const struct view_kind source_view = {
	.name = "Source",
	.bindings = bindings,
	.size = sizeof(struct source),
	.destroy = destroy,
	.update = update,
	.draw = draw,
	.act = act,
	.row_text = row_text,
};

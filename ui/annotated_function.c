/* SPDX-License-Identifier: MIT */
#include "ui/annotated_function.h"

#include "jitdump/xalloc.h"
#include "ui/advice.h"

#include <stdlib.h>

/* Some instructions before and after a place. */
enum { AROUND_BYTES = 24 };

static void read_part(struct annotated_function *function, struct session *session,
		      const struct sampled_code *sampled,
		      const struct annotated_function_options *options)
{
	struct function_code *code = &function->codes[function->part_count];
	uint64_t *places = xcalloc(sampled->place_count + 1, sizeof(*places));
	struct location location = sampled->start;

	for (size_t i = 0; i < sampled->place_count; i++)
		places[i] = sampled->places[i].offset;
	/* A packed recording knows what sampled places are called, and no others. */
	location.image_address += sampled->places[0].offset;
	if (function_code_read(code, session, location,
			       &(struct function_code_options){
				       .machine = options->machine,
				       .is_intel = options->is_intel,
				       .around_bytes = options->is_around_places ? AROUND_BYTES : 0,
				       .places = places,
				       .place_count = sampled->place_count,
			       }))
		function->parts[function->part_count++] = (struct annotation_part){ code, sampled };
	free(places);
}

static bool has_line(const struct function_code *code)
{
	for (size_t i = 0; i < code->count; i++) {
		if (code->instructions[i].file)
			return true;
	}
	return false;
}

/* Without names the remedy is the one that other views tell. */
static const char *status_of(const struct annotation_part *part)
{
	const char *advice;

	if (!part->sampled->is_nameless)
		return part->code->image->status;
	return image_lack_text(part->code->image, &advice) ? advice : "no symbol covers this code";
}

static const char *remark_of(const struct annotated_function *function)
{
	for (size_t i = 0; i < function->part_count; i++) {
		const struct function_code *code = function->parts[i].code;

		if (*code->lack)
			return code->lack;
		if (!has_line(code))
			return status_of(&function->parts[i]);
	}
	return "";
}

void annotated_function_open(struct annotated_function *function, struct session *session,
			     const struct sampled_codes *codes, const size_t *numbers, size_t count,
			     const struct annotated_function_options *options)
{
	*function = (struct annotated_function){
		.codes = xcalloc(count + 1, sizeof(*function->codes)),
		.parts = xcalloc(count + 1, sizeof(*function->parts)),
	};
	for (size_t i = 0; i < count; i++)
		read_part(function, session, &codes->items[numbers[i]], options);
	function->remark = remark_of(function);
	annotation_build(&function->annotation, function->parts, function->part_count,
			 !options->hides_lines);
}

void annotated_function_close(struct annotated_function *function)
{
	annotation_deinit(&function->annotation);
	for (size_t i = 0; i < function->part_count; i++)
		function_code_deinit(&function->codes[i]);
	free(function->codes);
	free(function->parts);
	*function = (struct annotated_function){ 0 };
}

/* SPDX-License-Identifier: MIT */
#include "ui/annotated_function.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <sys/utsname.h>

static void read_part(struct annotated_function *function, const struct recording *recording,
		      const struct sampled_code *sampled, bool is_intel)
{
	const char *machine = data_reader_features(recording->reader)->arch;
	struct function_code *code = &function->codes[function->part_count];
	uint64_t *places = xcalloc(sampled->place_count + 1, sizeof(*places));
	struct location location = sampled->start;
	struct utsname here;

	/* A recording that was cut or came by a pipe may not tell. */
	if (!*machine && uname(&here) == 0)
		machine = here.machine;
	for (size_t i = 0; i < sampled->place_count; i++)
		places[i] = sampled->places[i].offset;
	/* A packed recording knows what sampled places are called, and no others. */
	location.image_address += sampled->places[0].offset;
	const struct function_code_options options = {
		.machine = machine,
		.is_intel = is_intel,
		.places = places,
		.place_count = sampled->place_count,
	};

	if (function_code_read(code, recording->session, location, &options))
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

static const char *remark_of(const struct annotated_function *function,
			     const struct recording *recording)
{
	for (size_t i = 0; i < function->part_count; i++) {
		const struct function_code *code = function->parts[i].code;

		if (*code->lack)
			return code->lack;
		if (!has_line(code))
			return symbolizer_image(recording->symbolizer, code->start.image_id)
				->status;
	}
	return "";
}

void annotated_function_open(struct annotated_function *function, const struct recording *recording,
			     const struct sampled_codes *codes, const size_t *numbers, size_t count,
			     bool has_lines, bool is_intel)
{
	*function = (struct annotated_function){
		.codes = xcalloc(count + 1, sizeof(*function->codes)),
		.parts = xcalloc(count + 1, sizeof(*function->parts)),
	};
	for (size_t i = 0; i < count; i++)
		read_part(function, recording, &codes->items[numbers[i]], is_intel);
	function->remark = remark_of(function, recording);
	annotation_build(&function->annotation, function->parts, function->part_count, has_lines);
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

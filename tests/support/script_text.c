/* SPDX-License-Identifier: MIT */
#include "support/script_text.h"

#include "jitdump/xalloc.h"

#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { HEAD_GROUPS = 7 };

static uint64_t number_at(const char *line, const regmatch_t *group)
{
	return strtoull(line + group->rm_so, NULL, 10);
}

static void parse_head(struct script_text *script, char *line, const regex_t *head)
{
	regmatch_t groups[HEAD_GROUPS];

	if (regexec(head, line, HEAD_GROUPS, groups, 0) != 0)
		fail_msg("no head of a sample: %s", line);
	script->samples =
		xgrow(script->samples, script->count, &script->capacity, sizeof(*script->samples));
	line[groups[1].rm_eo] = '\0';
	script->samples[script->count++] = (struct script_sample){
		.comm = line,
		.pid = (uint32_t)number_at(line, &groups[2]),
		.tid = (uint32_t)number_at(line, &groups[3]),
		.time_ns = number_at(line, &groups[5]) * 1000000000 + number_at(line, &groups[6]),
	};
}

/* "\t7f00 symbol with spaces+0x10 (module (deleted))": modules begin at the last " (" that closes
 * at the end of the line. */
static void parse_frame(struct script_sample *sample, char *line)
{
	size_t length = strlen(line);
	char *symbol, *module, *offset;
	uint64_t address = strtoull(line, &symbol, 16);

	if (*symbol != ' ' || line[length - 1] != ')')
		fail_msg("no frame: %s", line);
	line[length - 1] = '\0';
	module = strstr(symbol, " (/");
	if (!module)
		module = strstr(symbol, " ([");
	if (!module)
		fail_msg("no module: %s", line);
	*module = '\0';
	offset = strstr(symbol, "+0x");
	if (offset)
		*offset = '\0';
	sample->frames = xgrow(sample->frames, sample->frame_count, &sample->frame_capacity,
			       sizeof(*sample->frames));
	sample->frames[sample->frame_count++] =
		(struct script_frame){ address, symbol + 1, module + 2 };
}

void script_text_parse(struct script_text *script, char *text)
{
	static const char pattern[] =
		"^(.*[^ ]) +([0-9]+)/([0-9]+) +(\\[[0-9]+\\] )? *([0-9]+)\\.([0-9]{9}): ";
	char *rest = NULL;
	regex_t head;

	*script = (struct script_text){ 0 };
	assert_int_equal(regcomp(&head, pattern, REG_EXTENDED), 0);
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (*line != '\t')
			parse_head(script, line, &head);
		else
			parse_frame(&script->samples[script->count - 1], line);
	}
	regfree(&head);
}

void script_text_free(struct script_text *script)
{
	for (size_t i = 0; i < script->count; i++)
		free(script->samples[i].frames);
	free(script->samples);
	*script = (struct script_text){ 0 };
}

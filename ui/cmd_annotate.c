/* SPDX-License-Identifier: MIT */
/* jprof annotate: one function's source lines and instructions, with where its samples are. */
#include "jitdump/xalloc.h"
#include "profiler/profile_collect.h"
#include "ui/advice.h"
#include "ui/annotate_head.h"
#include "ui/annotated_function.h"
#include "ui/annotation_text.h"
#include "ui/command.h"
#include "ui/near_names.h"
#include "ui/printable.h"
#include "ui/recording.h"
#include "ui/table_text.h"

#include <getopt.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

struct annotate {
	struct recording_options recording_options;
	struct selection selection; /* its modules and symbols choose functions, not samples */
	const char *symbol;	    /* NULL: the hottest function */
	bool all_versions, no_source, is_intel;
	uint64_t version; /* 0: the hottest */
	double min_percent;
	struct recording recording;
	struct profile *profile;
	size_t shown_count; /* of events */
};

/* clang-format off */
enum {
	ANNOTATE_ALL_VERSIONS = OPTION_LONG,
	ANNOTATE_VERSION, ANNOTATE_NO_SOURCE, ANNOTATE_INTEL, ANNOTATE_MIN_PERCENT, ANNOTATE_STDIO,
};

static const struct option_row rows[] = {
	RECORDING_OPTION_ROWS,
	{ ANNOTATE_VERSION, "version", "N", "of JIT code: this version instead of the hottest" },
	{ ANNOTATE_ALL_VERSIONS, "all-versions", NULL, "of JIT code: all versions together" },
	{ ANNOTATE_NO_SOURCE, "no-source", NULL, "instructions alone, by address" },
	{ 'M', "disassembler-style", "STYLE", "how x86 is written: att (default) or intel" },
	{ ANNOTATE_INTEL, "intel", NULL, "the same as -M intel" },
	{ ANNOTATE_MIN_PERCENT, "min-percent", "P", "leave out what is below P percent" },
	{ ANNOTATE_STDIO, "stdio", NULL, "text, also on a terminal" },
	SELECTION_OPTION_ROWS,
	{ 0 },
};
/* clang-format on */

static const char usage[] = "jprof annotate [OPTION...] [SYMBOL]\n\n"
			    "Shows a function's source lines and instructions with the samples in "
			    "them: of SYMBOL, or of\n"
			    "the hottest function. Percentages are of the function's own weight.";

static bool is_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool is = locale && !strcmp(nl_langinfo_l(CODESET, locale), "UTF-8");

	if (locale)
		freelocale(locale);
	return is;
}

/* Percentages are of all samples that were chosen, whatever function is shown. */
static void sum_samples(const struct annotate *annotate, uint32_t event, struct stack_sums *sums,
			struct sampled_codes *codes)
{
	struct selection samples = annotate->selection;

	samples.modules = samples.symbols = (struct text_list){ 0 };
	selection_sum(&samples, annotate->profile, annotate->recording.naming, event, sums);
	sampled_codes_collect(codes, annotate->profile, annotate->recording.naming, sums);
}

static void print_event(struct annotate *annotate, uint32_t event)
{
	size_t count;
	const struct data_event *events = data_reader_events(annotate->recording.reader, &count);

	if (annotate->shown_count++)
		putchar('\n');
	annotate_head_print_field("event:", events[event].name);
}

/* Functions without a name are shown together. */
static size_t choose_hottest(const struct findings *findings)
{
	enum { NAMELESS_MAX = 64 };
	size_t count = findings->count < NAMELESS_MAX ? findings->count : NAMELESS_MAX;

	for (size_t i = 0; i < count; i++)
		findings->chosen[i] = findings->numbers[i];
	return count;
}

/* Of JIT code: a name with the mark of a tier means the versions of that tier. 0, with a sentence,
 * where there is no such version. */
static size_t choose_versions(const struct annotate *annotate, const struct sampled_codes *codes,
			      const struct findings *findings)
{
	const struct sampled_code *first = &codes->items[findings->numbers[0]];
	bool is_of_tier = annotate->symbol && findings->match == CODE_MATCH_NAME;
	size_t count = 0;

	for (size_t i = 0; i < codes->count; i++) {
		const struct sampled_code *code = &codes->items[i];

		if (!sampled_code_is_version_of(code, first))
			continue;
		if (annotate->version ? code->version == annotate->version
				      : !is_of_tier || !strcmp(code->name, first->name))
			findings->chosen[count++] = i;
	}
	if (!first->version)
		command_fail("'%s' is no JIT code: it has no versions", first->name);
	else if (!count)
		command_fail("'%s' has no version %" PRIu64 ", but %" PRIu32, first->name,
			     annotate->version, findings_count_versions(codes, first));
	return count;
}

static size_t choose(const struct annotate *annotate, const struct sampled_codes *codes,
		     const struct findings *findings)
{
	const struct sampled_code *first = &codes->items[findings->numbers[0]];

	if (findings->match == CODE_MATCH_NAMELESS)
		return choose_hottest(findings);
	if (annotate->version || (annotate->all_versions && first->version))
		return choose_versions(annotate, codes, findings);
	findings->chosen[0] = findings->numbers[0];
	return 1;
}

static int compare_versions(const void *a, const void *b, void *context)
{
	const struct sampled_codes *codes = context;
	uint32_t first = codes->items[*(const size_t *)a].version;
	uint32_t second = codes->items[*(const size_t *)b].version;

	return first < second ? -1 : first > second;
}

static void print_function(struct annotate *annotate, struct sampled_codes *codes,
			   const struct findings *findings, struct call_weight all)
{
	const struct sampled_code *shown = &codes->items[findings->chosen[0]];
	const struct annotation_text_options options = {
		.min_percent = annotate->min_percent,
		.is_utf8 = is_utf8(),
	};
	struct annotated_function function;

	if (findings->match == CODE_MATCH_INLINED)
		sampled_codes_mark(codes, annotate->recording.naming, annotate->symbol);
	if (shown->version)
		qsort_r(findings->chosen, findings->chosen_count, sizeof(*findings->chosen),
			compare_versions, codes);
	annotated_function_open(
		&function, annotate->recording.session, codes, findings->chosen,
		findings->chosen_count,
		&(struct annotated_function_options){
			.machine = recording_machine(&annotate->recording),
			.hides_lines = annotate->no_source,
			.is_intel = annotate->is_intel,
			.is_around_places = findings->chosen_count > 1 && shown->is_nameless,
		});
	annotate_head_print(codes, findings, &function, all);
	annotation_text_print(stdout, &function.annotation, &options);
	annotated_function_close(&function);
}

/* False where the event has no such function. */
static bool show_event(struct annotate *annotate, uint32_t event, int *result)
{
	struct sampled_codes codes;
	struct stack_sums sums;
	const struct code_search search = { .name = annotate->symbol,
					    .selection = &annotate->selection };
	struct findings findings = { .symbol = annotate->symbol };

	sum_samples(annotate, event, &sums, &codes);
	findings.numbers = xcalloc(codes.count + 1, sizeof(*findings.numbers));
	findings.chosen = xcalloc(codes.count + 1, sizeof(*findings.chosen));
	findings.count = sampled_codes_find(&codes, annotate->recording.naming, &search,
					    findings.numbers, codes.count, &findings.match);
	if (findings.count)
		findings.chosen_count = choose(annotate, &codes, &findings);
	if (findings.chosen_count) {
		print_event(annotate, event);
		print_function(annotate, &codes, &findings, sums.all);
	} else if (findings.count) {
		*result = EXIT_FAILED;
	}
	free(findings.numbers);
	free(findings.chosen);
	sampled_codes_deinit(&codes);
	stack_sums_deinit(&sums);
	return findings.count;
}

/* "[jit?]" and the like, in some stack. */
static bool is_in_stacks(const struct annotate *annotate, const char *name)
{
	for (size_t i = 0; i < annotate->profile->location_count; i++) {
		size_t count;
		const struct named_frame *frames = naming_frames(
			annotate->recording.naming, annotate->profile->locations[i], &count);

		if (!frames[0].has_name && !strcmp(frames[0].function, name))
			return true;
	}
	return false;
}

/* One sentence: there are no samples, or what may have been meant. */
static int refuse_symbol(const struct annotate *annotate)
{
	struct near_names near = { .wanted = annotate->symbol ? annotate->symbol : "" };
	char text[512] = "", *end = text;
	struct sampled_codes codes;
	struct stack_sums sums;
	int result;

	sum_samples(annotate, SELECTION_ALL_EVENTS, &sums, &codes);
	for (size_t i = 0; annotate->symbol && i < codes.count; i++)
		near_names_add(&near, codes.items[i].is_nameless ? codes.items[i].frame->function
								 : codes.items[i].name);
	for (size_t i = 0; i < near.count; i++) {
		const char *before = i ? ", " : "; similar names: ";
		size_t room = sizeof(text) - (size_t)(end - text);
		int size = snprintf(end, room, "%s%s", before, near.names[i]);

		end += (size_t)size < room ? (size_t)size : room - 1;
	}
	if (!sums.all.count)
		result = command_fail("no sample is of what the options select");
	else if (annotate->symbol && is_in_stacks(annotate, annotate->symbol))
		result = command_fail("%s has no code to be shown: %s", annotate->symbol,
				      nameless_advice(annotate->symbol));
	else if (near.count && !strcmp(near.names[0], annotate->symbol))
		result = command_fail("the options leave '%s' out", annotate->symbol);
	else if (annotate->symbol)
		result = command_fail("no sample is in a function '%s'%s", annotate->symbol, text);
	else
		result = command_fail("no sample is in a function that has a name");
	sampled_codes_deinit(&codes);
	stack_sums_deinit(&sums);
	return result;
}

static int show(struct annotate *annotate)
{
	int result = EXIT_DONE;
	bool is_shown = false;
	struct error err;
	size_t count;

	annotate->profile = profile_create();
	if (!recording_open(&annotate->recording, &annotate->recording_options, profile_collect,
			    annotate->profile, &err)) {
		profile_destroy(annotate->profile);
		return command_fail("%s", err.text);
	}
	recording_read(&annotate->recording);
	data_reader_events(annotate->recording.reader, &count);
	for (size_t i = 0; i < count; i++)
		is_shown |= show_event(annotate, (uint32_t)i, &result);
	if (!is_shown)
		result = refuse_symbol(annotate);
	recording_print_remarks(&annotate->recording, stderr, "jprof: ");
	recording_close(&annotate->recording);
	profile_destroy(annotate->profile);
	return command_output(result);
}

static bool take_style(struct annotate *annotate, const char *style)
{
	annotate->is_intel = !strcmp(style, "intel");
	return annotate->is_intel || !strcmp(style, "att");
}

/* False when the value cannot be read. */
static bool take_option(struct annotate *annotate, int letter, const char *argument)
{
	bool bad = false;

	if (recording_option(&annotate->recording_options, letter, argument) ||
	    selection_option(&annotate->selection, letter, argument, &bad))
		return !bad;
	switch (letter) {
	case ANNOTATE_VERSION:
		return option_number(argument, 1, UINT32_MAX, &annotate->version);
	case ANNOTATE_MIN_PERCENT:
		return option_decimal(argument, &annotate->min_percent) &&
		       annotate->min_percent >= 0 && annotate->min_percent <= 100;
	case 'M':
		return take_style(annotate, argument);
	case ANNOTATE_INTEL:
		annotate->is_intel = true;
		break;
	case ANNOTATE_ALL_VERSIONS:
		annotate->all_versions = true;
		break;
	case ANNOTATE_NO_SOURCE:
		annotate->no_source = true;
		break;
	case ANNOTATE_STDIO:
		break;
	}
	return true;
}

int cmd_annotate(int argc, char **argv)
{
	struct annotate annotate = { 0 };
	struct options options;
	int letter, result = -1;

	options_init(&options, rows, usage, true);
	recording_options_init(&annotate.recording_options);
	selection_init(&annotate.selection);
	while (result < 0 && (letter = options_next(&options, argc, argv)) != OPTIONS_END) {
		if (letter == OPTIONS_BAD || letter == OPTIONS_HELP)
			result = letter == OPTIONS_HELP ? EXIT_DONE : EXIT_USAGE;
		else if (!take_option(&annotate, letter, options.argument))
			result = options_refuse(&options, "annotate", letter);
	}
	if (result < 0 && optind < argc)
		annotate.symbol = argv[optind++];
	if (result < 0 && optind < argc)
		result = command_usage("annotate",
				       "one function is expected, but there is also '%s'",
				       argv[optind]);
	if (result < 0 && annotate.version && annotate.all_versions)
		result = command_usage("annotate", "it is either --version or --all-versions");
	if (result < 0)
		result = show(&annotate);
	selection_deinit(&annotate.selection);
	recording_options_deinit(&annotate.recording_options);
	options_deinit(&options);
	return result;
}

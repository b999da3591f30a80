/* SPDX-License-Identifier: MIT */
#include "ui/recording.h"

#include "jitdump/xalloc.h"
#include "profiler/jit_survey.h"
#include "ui/command.h"
#include "ui/printable.h"
#include "ui/stop_signal.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Of a recording from another machine every file may be missing: a few tell it. */
enum { FILE_REMARKS_MAX = 5 };

void recording_options_init(struct recording_options *options)
{
	*options = (struct recording_options){ .path = "jprof.data" };
}

void recording_options_deinit(struct recording_options *options)
{
	free(options->jitdumps);
	free(options->perf_maps);
	*options = (struct recording_options){ 0 };
}

/* "42:/tmp/jit-42.dump", or a path alone. */
static struct named_file parse_named(const char *text)
{
	char *end;
	unsigned long pid = strtoul(text, &end, 10);

	if (isdigit((unsigned char)*text) && *end == ':' && pid > 0 && pid < UINT32_MAX)
		return (struct named_file){ (uint32_t)pid, end + 1 };
	return (struct named_file){ 0, text };
}

bool recording_option(struct recording_options *options, int letter, const char *argument)
{
	switch (letter) {
	case 'i':
		options->path = argument;
		options->is_path_given = true;
		return true;
	case 'f':
		options->force = true;
		return true;
	case RECORDING_JITDUMP:
		options->jitdumps = xgrow(options->jitdumps, options->jitdump_count,
					  &options->jitdump_capacity, sizeof(*options->jitdumps));
		options->jitdumps[options->jitdump_count++] = parse_named(argument);
		return true;
	case RECORDING_PERF_MAP:
		options->perf_maps =
			xgrow(options->perf_maps, options->perf_map_count,
			      &options->perf_map_capacity, sizeof(*options->perf_maps));
		options->perf_maps[options->perf_map_count++] = parse_named(argument);
		return true;
	case RECORDING_SYMBOLS:
		options->symbols_directory = argument;
		return true;
	case RECORDING_NO_DEBUGINFOD:
		options->no_debuginfod = true;
		return true;
	default:
		return false;
	}
}

int recording_options_finish(struct recording_options *options, int argc, char **argv)
{
	if (optind == argc)
		return -1;
	if (argc - optind > 1)
		return command_usage(argv[0],
				     "one recording is expected, but there are '%s' and '%s'",
				     argv[optind], argv[optind + 1]);
	if (options->is_path_given)
		return command_usage(argv[0],
				     "one recording is expected, but there are -i %s and '%s'",
				     options->path, argv[optind]);
	options->path = argv[optind];
	return -1;
}

/* Its release is this machine's; whether it is the same boot the session finds out. */
static bool is_this_kernel(const struct data_reader *reader)
{
	struct utsname name;

	return uname(&name) == 0 && !strcmp(data_reader_features(reader)->os_release, name.release);
}

static void add_build_ids(struct recording *recording)
{
	size_t count;
	const struct data_build_id *build_ids = data_reader_build_ids(recording->reader, &count);

	for (size_t i = 0; i < count; i++) {
		if (!build_ids[i].is_kernel)
			session_add_build_id(recording->session, build_ids[i].path,
					     &build_ids[i].build_id);
	}
}

static bool add_named(struct recording *recording, const struct recording_options *options,
		      struct error *err)
{
	for (size_t i = 0; i < options->jitdump_count; i++) {
		const struct named_file *file = &options->jitdumps[i];
		uint32_t pid = file->pid;

		if (!pid && !jit_survey_dump(recording->reader, recording->symbolizer, file->path,
					     &pid, err))
			return false;
		if (!session_add_jitdump(recording->session, pid, file->path, err))
			return false;
	}
	for (size_t i = 0; i < options->perf_map_count; i++) {
		const struct named_file *file = &options->perf_maps[i];
		uint32_t pid = file->pid;

		if (!pid && !jit_survey_perf_map(recording->reader, recording->symbolizer,
						 file->path, &pid, err))
			return false;
		if (!session_add_perf_map(recording->session, pid, file->path, err))
			return false;
	}
	return true;
}

static void draw_download(struct progress *progress, const struct download *download)
{
	static const char hint[] = "Ctrl-C goes on without";

	if (download->total_bytes)
		progress_draw(progress, "downloading for %s: %.1f of %.1f MB (%s)", download->name,
			      (double)download->done_bytes / 1e6,
			      (double)download->total_bytes / 1e6, hint);
	else
		progress_draw(progress, "asking debuginfod for %s (%s)", download->name, hint);
}

/* Ctrl-C ends the downloads, and the report goes on without; at any other time, and the second
 * time, it ends the program. */
static bool watch_download(void *context, const struct download *download)
{
	struct recording *recording = context;

	if (!recording->is_downloading)
		stop_signal_catch_interrupt(&recording->before_download);
	recording->is_downloading = !download->is_over;
	if (download->is_over) {
		stop_signal_release(&recording->before_download);
		progress_erase(&recording->progress);
	} else if (progress_is_due(&recording->progress)) {
		draw_download(&recording->progress, download);
	}
	return !stop_signal.signal_number;
}

/* A name that was mistyped shall not look like a directory without symbols. */
static bool is_directory(const char *path, struct error *err)
{
	DIR *directory = opendir(path);

	if (!directory)
		return error_set(err, errno, "cannot read the directory %s of --symbols: %s", path,
				 strerror(errno));
	closedir(directory);
	return true;
}

bool recording_open(struct recording *recording, const struct recording_options *options,
		    session_sink sink, void *sink_context, struct error *err)
{
	*recording = (struct recording){ 0 };
	if (options->symbols_directory && !is_directory(options->symbols_directory, err))
		return false;
	recording->reader = data_reader_open(options->path, options->force, err);
	if (!recording->reader)
		return false;
	progress_init(&recording->progress, STDERR_FILENO, NULL);
	recording->shows_reading = !options->is_printed_while_read || !isatty(STDOUT_FILENO);
	recording->symbolizer = symbolizer_create(&(struct symbolizer_options){
		.symbols_directory = options->symbols_directory,
		.watch_download = options->no_debuginfod ? NULL : watch_download,
		.download_context = recording,
	});
	recording->session = session_create(
		&(struct session_options){
			.symbolizer = recording->symbolizer,
			.method = UNWIND_AUTO,
			.is_this_kernel = is_this_kernel(recording->reader),
			.is_to_be_stored = options->is_to_be_stored,
			.sink = sink,
			.sink_context = sink_context,
		},
		data_reader_layout(recording->reader));
	recording->naming = naming_create(recording->session);
	add_build_ids(recording);
	if (data_reader_section(recording->reader))
		session_use_section(recording->session, data_reader_section(recording->reader));
	if (!add_named(recording, options, err)) {
		recording_close(recording);
		return false;
	}
	return true;
}

void recording_close(struct recording *recording)
{
	naming_destroy(recording->naming);
	session_destroy(recording->session);
	symbolizer_destroy(recording->symbolizer);
	data_reader_close(recording->reader);
	*recording = (struct recording){ 0 };
}

static void draw_reading(struct recording *recording)
{
	const struct data_reader *reader = recording->reader;
	uint64_t read_bytes = data_reader_read_bytes(reader);
	uint64_t file_bytes = data_reader_file_bytes(reader);

	if (!recording->shows_reading || !progress_is_due(&recording->progress))
		return;
	if (data_reader_features(reader)->is_compressed || read_bytes > file_bytes)
		progress_draw(&recording->progress, "reading: %.1f MB", (double)read_bytes / 1e6);
	else
		progress_draw(&recording->progress, "reading: %.1f of %.1f MB",
			      (double)read_bytes / 1e6, (double)file_bytes / 1e6);
}

bool recording_may_download(const struct recording_options *options)
{
	const char *urls = getenv("DEBUGINFOD_URLS");

	return !options->no_debuginfod && urls && *urls;
}

const char *recording_machine(const struct recording *recording)
{
	return data_reader_features(recording->reader)->arch;
}

void recording_read(struct recording *recording)
{
	const struct perf_event_header *record;

	while ((record = data_reader_next(recording->reader))) {
		session_feed(recording->session, record);
		draw_reading(recording);
	}
	session_finish(recording->session);
	progress_erase(&recording->progress);
}

static void print_remark(FILE *out, const char *prefix, const char *sentence)
{
	if (!*sentence)
		return;
	fputs(prefix, out);
	print_printable(out, sentence);
	fputc('\n', out);
}

/* Files are opened when first asked for, so only those that samples are in have a status. What many
 * may lack alike is report_header.c's to say. */
static void print_file_remarks(const struct recording *recording, FILE *out, const char *prefix)
{
	uint32_t count = symbolizer_image_count(recording->symbolizer), remark_count = 0;

	for (uint32_t i = 0; i < count; i++) {
		const struct image *image = symbolizer_image(recording->symbolizer, i);

		bool is_file = image->kind == IMAGE_ELF || image->kind == IMAGE_VDSO;

		if (!is_file || !*image->status || image->lack || ++remark_count > FILE_REMARKS_MAX)
			continue;
		print_remark(out, prefix, image->status);
	}
	if (remark_count > FILE_REMARKS_MAX)
		fprintf(out, "%s%u more files are incomplete or cannot be used\n", prefix,
			remark_count - FILE_REMARKS_MAX);
}

void recording_print_remarks(const struct recording *recording, FILE *out, const char *prefix)
{
	for (size_t i = 0; i < session_remark_count(recording->session); i++)
		print_remark(out, prefix, session_remark(recording->session, i));
	print_remark(out, prefix, symbolizer_download_problem(recording->symbolizer));
	print_file_remarks(recording, out, prefix);
	print_remark(out, prefix, data_reader_damage(recording->reader));
}

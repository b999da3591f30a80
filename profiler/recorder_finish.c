/* SPDX-License-Identifier: MIT */
/* The end of a recording: the file, the figures, the command. */
#include "profiler/recorder_state.h"

#include "jitdump/xalloc.h"
#include "profiler/section_packed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Sentences of the session, a line each. */
static char *join_remarks(const struct recorder *recorder)
{
	char *joined = xstrdup("");

	for (size_t i = 0; i < session_remark_count(recorder->session); i++) {
		char *longer = xasprintf("%s%s%s", joined, i ? "\n" : "",
					 session_remark(recorder->session, i));

		free(joined);
		joined = longer;
	}
	return joined;
}

static void put_health(struct recorder *recorder, struct section_bytes *out)
{
	const struct session_counts counts = session_counts(recorder->session);
	char *remarks = join_remarks(recorder);
	const struct stored_health health = {
		.rate_asked_hz = recorder->how.rate_hz,
		.lost_records = counts.lost,
		.throttled = counts.throttled,
		.undecodable = counts.undecodable,
		.jit_late = counts.jit_late,
		.parked = counts.parked,
		.parked_expired = counts.parked_expired,
		.behind_horizon = counts.behind_horizon,
		.unwind_skipped = counts.unwind_skipped,
		.unwound_frames = counts.unwound_frames,
		.fallback_frames = counts.fallback_frames,
		.start_ns = recorder->started_ns,
		.end_ns = recorder->ended_ns,
		.online_cpus = recorder->rings.count,
		.stack_copy_size = recorder->how.stack == SAMPLED_STACK_COPY
					   ? recorder->how.stack_copy_bytes
					   : 0,
		.method = recorder->options.no_call_graph ? UINT32_MAX : recorder->options.method,
		.remarks = remarks,
	};

	jprof_section_put_health(out, &health);
	free(remarks);
}

/* By these a reader knows the files again, whatever lies at their paths then. */
static void put_build_ids(struct recorder *recorder)
{
	for (uint32_t i = 0; i < symbolizer_image_count(recorder->symbolizer); i++) {
		const struct image *image = symbolizer_image(recorder->symbolizer, i);

		if (image->kind == IMAGE_ELF && image->elf)
			data_writer_build_id(recorder->writer, image->path, &image->build_id);
	}
}

/* Everything that is known now goes into the file, and the file is closed. */
static void finish_file(struct recorder *recorder)
{
	struct section_bytes section = { 0 }, packed = { 0 };
	struct error err;
	bool is_written;

	session_finish(recorder->session);
	session_store(recorder->session,
		      &(struct session_store_options){ .keep_stacks = recorder->options.keep_stacks,
						       .embed = recorder->options.embed },
		      &section);
	put_health(recorder, &section);
	put_build_ids(recorder);
	section_put_packed(&packed, &section);
	is_written = data_writer_put_section(recorder->writer, &packed, &err);
	recorder_check_written(recorder, is_written, &err);
	section_bytes_deinit(&packed);
	section_bytes_deinit(&section);
	is_written = data_writer_close(recorder->writer, &recorder->result.file_bytes, &err);
	recorder_check_written(recorder, is_written, &err);
	recorder->writer = NULL;
}

/* What would help: a larger ring, where that is what limits the copies; a larger copy, up to what a
 * record can hold. */
static void note_truncated(struct recorder *recorder)
{
	const char *remedy = "";

	if (recorder->is_stack_shrunk)
		remedy = ": try a larger -m";
	else if (recorder->how.stack_copy_bytes < SAMPLED_STACK_MAX)
		remedy = ": try --stack-size 65528";
	recorder_add_note(recorder, false, "%" PRIu64 " stacks were longer than their copies%s",
			  recorder->truncated, remedy);
}

static void note_remarks(struct recorder *recorder)
{
	const struct session_counts counts = session_counts(recorder->session);

	for (size_t i = 0; i < session_remark_count(recorder->session); i++)
		recorder_add_note(recorder, false, "%s", session_remark(recorder->session, i));
	recorder_add_note(recorder, true,
			  "%" PRIu64 " samples waited for JIT code, %" PRIu64 " of them in vain; "
			  "%" PRIu64 " records came late",
			  counts.parked, counts.parked_expired, counts.behind_horizon);
	if (counts.lost)
		recorder_add_note(recorder, false,
				  "%" PRIu64 " records were lost: try a larger -m or a lower -F",
				  counts.lost);
	if (recorder->truncated > recorder->result.unwound / 20)
		note_truncated(recorder);
	if (counts.unwind_skipped)
		recorder_add_note(recorder, false,
				  "%" PRIu64 " samples came too fast to be unwound: try a lower -F",
				  counts.unwind_skipped);
	if (counts.throttled)
		recorder_add_note(recorder, false,
				  "the kernel throttled sampling %" PRIu64 " times: try a lower -F",
				  counts.throttled);
}

/* The command's exit code. That it was we who ended it is no failure of it. */
void recorder_wait_for_command(struct recorder *recorder)
{
	bool was_ended = recorder->terminated_ns || !launch_has_ended(&recorder->command);
	int signal_number;

	if (!recorder->command.pid)
		return;
	if (!recorder->terminated_ns && !recorder->is_signal_passed_on)
		launch_signal(&recorder->command, SIGTERM);
	recorder->result.exit_code = launch_wait(&recorder->command, &signal_number);
	if (was_ended && signal_number == SIGTERM)
		recorder->result.exit_code = 0;
}

void recorder_finish(struct recorder *recorder)
{
	finish_file(recorder);
	note_remarks(recorder);
	recorder_wait_for_command(recorder);
	recorder->result.lost = session_counts(recorder->session).lost;
}

void recorder_discard(struct recorder *recorder)
{
	const char *output = recorder->options.output;
	char *old = xasprintf("%s.old", output);
	struct error err;

	data_writer_close(recorder->writer, NULL, &err);
	recorder->writer = NULL;
	if (recorder->is_new_file) {
		unlink(output);
		if (recorder->has_old_file)
			rename(old, output);
	}
	free(old);
}

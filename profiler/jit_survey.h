/* SPDX-License-Identifier: MIT */
/*
 * To which process of a recording a dump or a perf map belongs that the user named without a pid.
 *
 * You give the recording and the file; you get a pid: the process whose marker mmap has that base
 * name (answered as 0: the session attaches it there, to each if several), else whose pid the
 * file's header or name has, else the only process with executable samples that nothing explains.
 * It reads the recording through and leaves the reader at its beginning.
 */
#ifndef PROFILER_JIT_SURVEY_H
#define PROFILER_JIT_SURVEY_H

#include "profiler/data_reader.h"
#include "symbolize/symbolizer.h"

/* False with a sentence if no process, or more than one, can be meant. */
bool jit_survey_dump(struct data_reader *reader, struct symbolizer *symbolizer, const char *path,
		     uint32_t *pid, struct error *err);
bool jit_survey_perf_map(struct data_reader *reader, struct symbolizer *symbolizer,
			 const char *path, uint32_t *pid, struct error *err);

#endif

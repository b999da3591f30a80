/* SPDX-License-Identifier: MIT */
/*
 * A whole recording of six samples, one of each kind: complete, guessed, in the kernel, truncated,
 * unknown JIT code, a kernel thread.
 *
 * You get the bytes of a perf.data, as perf would write it, or with what jprof alone keeps: stack
 * ends, JIT code with its lines, kernel names, the recording's health.
 */
#ifndef SUPPORT_SMALL_RECORDING_H
#define SUPPORT_SMALL_RECORDING_H

#include "support/byte_builder.h"

#include <stdbool.h>

enum { SMALL_RECORDING_SAMPLES = 6 };

/* With the first `sample_count` samples. */
struct byte_builder small_recording(size_t sample_count, bool is_ours);

#endif

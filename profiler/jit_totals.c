/* SPDX-License-Identifier: MIT */
#include "profiler/jit_totals.h"

#include "profiler/jit_code.h"

static bool is_load(const struct jit_version *version)
{
	return version && version->load && !version->is_provisional &&
	       version->origin == version->number;
}

static void count_version(struct jit_totals *totals, const struct jit_version *version)
{
	if (!is_load(version)) {
		totals->move_count += version && version->load && !version->is_provisional;
		return;
	}
	if (!totals->load_count || version->time_ns < totals->from_ns)
		totals->from_ns = version->time_ns;
	if (version->time_ns > totals->until_ns)
		totals->until_ns = version->time_ns;
	totals->load_count++;
	totals->load_bytes += version->size;
	totals->sampled_count += version->was_sampled;
	totals->sampled_bytes += version->was_sampled ? version->size : 0;
}

static void count_step(struct jit_totals *totals, uint64_t time_ns)
{
	double span_ns = (double)(totals->until_ns - totals->from_ns) + 1;
	double step = (double)(time_ns - totals->from_ns) / span_ns * JIT_TOTALS_STEPS;

	totals->steps[step < JIT_TOTALS_STEPS ? (int)step : JIT_TOTALS_STEPS - 1]++;
}

bool jit_totals_count(struct jit_totals *totals, const struct jit_code *code)
{
	bool is_all = true;

	*totals = (struct jit_totals){ 0 };
	for (size_t i = 0; i < jit_code_count(code); i++) {
		const struct jit_version *version = jit_code_version(code, (uint32_t)i);

		count_version(totals, version);
		is_all &= version != NULL;
	}
	for (size_t i = 0; i < jit_code_count(code); i++) {
		const struct jit_version *version = jit_code_version(code, (uint32_t)i);

		if (is_load(version))
			count_step(totals, version->time_ns);
	}
	return is_all;
}

/* SPDX-License-Identifier: MIT */
#include "jitdump/problem.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>

void jitdump_problems_deinit(struct jitdump_problems *problems)
{
	free(problems->kept);
	*problems = (struct jitdump_problems){ 0 };
}

void jitdump_problems_add(struct jitdump_problems *problems, enum jitdump_problem_kind kind,
			  uint64_t offset, uint64_t detail)
{
	problems->counts[kind]++;
	if (problems->kept_count == PROBLEMS_KEPT_MAX)
		return;
	problems->kept = xgrow(problems->kept, problems->kept_count, &problems->capacity,
			       sizeof(*problems->kept));
	problems->kept[problems->kept_count++] = (struct jitdump_problem){ kind, offset, detail };
}

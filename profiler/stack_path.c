/* SPDX-License-Identifier: MIT */
#include "profiler/stack_path.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>

void stack_path_deinit(struct stack_path *path)
{
	free(path->frames);
	*path = (struct stack_path){ 0 };
}

void stack_path_set(struct stack_path *path, const struct profile *profile, struct naming *naming,
		    uint32_t stack)
{
	path->count = 0;
	for (; stack != STACK_NONE; stack = profile->stacks[stack].parent) {
		struct location location = profile->locations[profile->stacks[stack].location];
		size_t count;
		const struct named_frame *frames = naming_frames(naming, location, &count);

		for (size_t i = 0; i < count; i++) {
			path->frames = xgrow(path->frames, path->count, &path->capacity,
					     sizeof(*path->frames));
			path->frames[path->count++] = &frames[i];
		}
	}
}

/* SPDX-License-Identifier: MIT */
#include "support/view_stage.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct named_profile named;
struct lone_view stage;

int view_stage_begin(const struct view_kind *kind, int rows, int columns)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return -1;
	named_profile_init(&named);
	lone_view_init(&stage, kind, named.profile, named.naming, NULL);
	lone_view_resize(&stage, rows, columns);
	return 0;
}

int view_stage_end(void **state)
{
	(void)state;
	lone_view_deinit(&stage);
	named_profile_deinit(&named);
	return 0;
}

void view_stage_press(const char *keys)
{
	for (; *keys; keys++)
		lone_view_press(&stage, *keys);
}

struct shown_function view_stage_function(const char *name, const char *module)
{
	return (struct shown_function){ string_pool_add(named.profile->strings, name),
					string_pool_add(named.profile->strings, module) };
}

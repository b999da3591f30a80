/* SPDX-License-Identifier: MIT */
/* Names that are put off: of this program's own functions. */
#include "profiler/naming.h"

#include "profiler/session.h"
#include "support/session_world.h"

#include <elf.h>
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct session_world world;

static int begin(void **state)
{
	(void)state;
	session_world_init(&world, true, false);
	return 0;
}

static int end(void **state)
{
	(void)state;
	session_world_deinit(&world);
	return 0;
}

/* Where this program was loaded. The first that is told is the program itself. */
static int take_base(struct dl_phdr_info *info, size_t size, void *base)
{
	(void)size;
	*(uint64_t *)base = info->dlpi_addr;
	return 1;
}

static struct location location_of(int (*function)(void **state))
{
	struct image *image = symbolizer_elf_image(
		world.symbolizer, &(struct image_identity){ .path = "/proc/self/exe" });
	uint64_t base = 0;

	dl_iterate_phdr(take_base, &base);
	return (struct location){ image->id, (uintptr_t)function - base };
}

static int take_nothing(void **state)
{
	return *state != NULL;
}

static const struct named_frame *frame_at(struct location location)
{
	size_t count;
	const struct named_frame *frames = naming_frames(world.naming, location, &count);

	assert_true(count > 0);
	return &frames[count - 1];
}

static void a_name_that_is_put_off_is_the_module_until_it_is_looked_up(void **state)
{
	struct location location = location_of(begin);

	(void)state;
	naming_put_off(world.naming, true);
	const struct named_frame *before = frame_at(location);

	assert_string_equal(before->function, "[exe]");
	assert_false(before->has_name);
	assert_false(naming_work(world.naming, 0)); /* there is no time */
	assert_string_equal(frame_at(location)->function, "[exe]");
	assert_true(naming_work(world.naming, UINT64_MAX));
	assert_string_equal(frame_at(location)->function, "begin");
	assert_true(frame_at(location)->has_name);
	assert_non_null(strstr(frame_at(location)->file, "test_naming.c"));
	/* Whoever shows it still may. */
	assert_string_equal(before->function, "[exe]");
}

static void a_name_that_is_not_put_off_is_there_at_once(void **state)
{
	(void)state;
	assert_string_equal(frame_at(location_of(end))->function, "end");
	naming_put_off(world.naming, true);
	assert_string_equal(frame_at(location_of(end))->function, "end");
	naming_put_off(world.naming, false);
	assert_string_equal(frame_at(location_of(begin))->function, "begin");
	assert_true(naming_work(world.naming, 0));
}

static void what_no_profile_has_is_forgotten_and_what_waits_goes_on_waiting(void **state)
{
	struct profile *kept = profile_create();
	const struct location locations[] = { location_of(begin), location_of(end),
					      location_of(take_nothing) };
	const struct named_frame *known;

	(void)state;
	known = frame_at(locations[0]);
	naming_put_off(world.naming, true);
	frame_at(locations[1]);
	frame_at(locations[2]);
	profile_location(kept, locations[0]);
	profile_location(kept, locations[2]);
	naming_forget(world.naming, (const struct profile *[]){ kept }, 1);
	assert_ptr_equal(frame_at(locations[0]), known);
	assert_true(naming_work(world.naming, UINT64_MAX));
	assert_string_equal(frame_at(locations[2])->function, "take_nothing");
	/* It is put off anew. */
	assert_string_equal(frame_at(locations[1])->function, "[exe]");
	assert_true(naming_text_bytes(world.naming) > 0);
	profile_destroy(kept);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_name_that_is_put_off_is_the_module_until_it_is_looked_up),
		EACH(a_name_that_is_not_put_off_is_there_at_once),
		EACH(what_no_profile_has_is_forgotten_and_what_waits_goes_on_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
#include "profiler/nameless_code.h"

#include "profiler/session_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What is shown of code that nobody says the beginning of. */
enum { BYTES_BEHIND = 32 };

static bool find_by_unwind_table(struct session *session, struct image *image,
				 uint64_t image_address, struct nameless_code *code)
{
	const struct code place = {
		.kind = CODE_FILE,
		.image = image,
		.image_address = image_address,
	};
	struct cfi_function function;

	if (image->kind == IMAGE_KERNEL || (image->excerpt && !image->elf))
		return false;
	if (!session->nameless)
		session->nameless = cfi_index_create();
	if (!cfi_index_find(session->nameless, &place, image_address, &function))
		return false;
	code->start = function.start;
	code->size = function.end - function.start;
	return true;
}

/* A module that has brackets already, as the vDSO's, gets no others. */
static const char *name_of(const struct session *session, const struct image *image, uint64_t start)
{
	const char *module = image->kind == IMAGE_KERNEL ? "kernel" : image->name;
	bool is_bracketed = module[0] == '[';
	size_t length = strlen(module);
	char text[512];

	snprintf(text, sizeof(text), "[%.*s+0x%" PRIx64 "]",
		 (int)(is_bracketed && length > 1 ? length - 2 : length), module + is_bracketed,
		 start);
	return string_pool_add(session->strings, text);
}

bool nameless_code_find(struct session *session, struct location location,
			struct nameless_code *code)
{
	struct image *image = symbolizer_image(session->symbolizer, location.image_id);

	if (image->kind != IMAGE_ELF && image->kind != IMAGE_VDSO && image->kind != IMAGE_KERNEL)
		return false;
	if (!find_by_unwind_table(session, image, location.image_address, code)) {
		code->start = location.image_address;
		code->size = BYTES_BEHIND;
	}
	code->name = name_of(session, image, code->start);
	return true;
}

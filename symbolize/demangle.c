/* SPDX-License-Identifier: MIT */
#include "symbolize/demangle.h"

#include "jitdump/text.h"
#include "jitdump/xalloc.h"
#include "symbolize/hash_index.h"
#include "symbolize/string_pool.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* libiberty keeps its parse tree on the stack, 80 bytes for each byte of the name, and
	 * recurses as deep as the name is long. Its own limit, 1,024 bytes, is less than what
	 * template-heavy programs have. */
	MANGLED_MAX = 8 * 1024,
	/* Back references can make a short name grow exponentially. */
	DEMANGLED_MAX = 32 * 1024,
};

struct known_name {
	const char *name, *demangled;
};

struct demangler {
	struct string_pool *strings;
	struct hash_index index;
	struct known_name *known;
	size_t known_count, known_capacity;
};

struct demangler *demangler_create(struct string_pool *strings)
{
	struct demangler *demangler = xcalloc(1, sizeof(*demangler));

	demangler->strings = strings;
	return demangler;
}

void demangler_destroy(struct demangler *demangler)
{
	if (!demangler)
		return;
	hash_index_deinit(&demangler->index);
	free(demangler->known);
	free(demangler);
}

struct output {
	jmp_buf too_long;
	size_t size;
	char text[DEMANGLED_MAX];
};

/* The only way to stop libiberty; its C++ printer holds no memory, its Rust printer at most one
 * decoded identifier. */
static void append(const char *text, size_t size, void *opaque)
{
	struct output *output = opaque;

	if (size > sizeof(output->text) - output->size)
		longjmp(output->too_long, 1);
	memcpy(output->text + output->size, text, size);
	output->size += size;
}

/* Rust's legacy names are C++ names too, but with a hash at the end: Rust is asked first. */
static bool run_demangler(const char *name, struct output *output)
{
	output->size = 0;
	if (setjmp(output->too_long))
		return false;
	if (rust_demangle_callback(name, DMGL_NO_OPTS, append, output))
		return output->size > 0;
	output->size = 0;
	return cplus_demangle_v3_callback(name, DMGL_NO_RECURSE_LIMIT, append, output) &&
	       output->size > 0;
}

static bool may_be_mangled(const char *name)
{
	return (name[0] == '_' && (name[1] == 'Z' || name[1] == 'R' || !strncmp(name, "__Z", 3))) ||
	       !strncmp(name, "_GLOBAL_", 8);
}

static const char *work_out(struct string_pool *strings, const char *name, size_t size)
{
	struct output *output;
	const char *text;
	char *copy;

	if (!may_be_mangled(name) || size > MANGLED_MAX)
		return string_pool_add_printable(strings, name, size);
	output = xmalloc(sizeof(*output));
	copy = xstrndup(name, size);
	if (run_demangler(copy, output)) {
		text_replace_controls(output->text, output->size);
		text = string_pool_add_bytes(strings, output->text, output->size);
	} else {
		text = string_pool_add_printable(strings, name, size);
	}
	free(copy);
	free(output);
	return text;
}

const char *demangle(struct demangler *demangler, const char *name)
{
	uint64_t hash = hash_u64((uintptr_t)name);
	const char *demangled;

	for (struct hash_cursor c = hash_index_begin(&demangler->index, hash);
	     hash_index_next(&demangler->index, &c);)
		if (demangler->known[c.number].name == name)
			return demangler->known[c.number].demangled;
	demangled = work_out(demangler->strings, name, strcspn(name, "@"));
	demangler->known = xgrow(demangler->known, demangler->known_count,
				 &demangler->known_capacity, sizeof(*demangler->known));
	hash_index_add(&demangler->index, hash, (uint32_t)demangler->known_count);
	demangler->known[demangler->known_count++] = (struct known_name){ name, demangled };
	return demangled;
}

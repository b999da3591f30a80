/* SPDX-License-Identifier: MIT */
/*
 * Loads and unloads two shared objects in turn, with the hot code in them: mostly both get the
 * same addresses, so that only the time of a sample says whose code it hit. They lie beside the
 * program: dlopens_first.so with spin_in_first_object, dlopens_second.so with
 * spin_in_second_object.
 */
#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "duration.h"

static unsigned call_object(const char *directory, const char *name, const char *function,
			    unsigned seed)
{
	char path[PATH_MAX + 32];
	unsigned (*spin)(unsigned seed);
	void *object;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	object = dlopen(path, RTLD_NOW);
	spin = object ? (unsigned (*)(unsigned))dlsym(object, function) : NULL;
	if (!spin) {
		fprintf(stderr, "dlopens: %s\n", dlerror());
		exit(1);
	}
	for (int i = 0; i < 50; i++)
		seed = spin(seed);
	dlclose(object);
	return seed;
}

int main(int argc, char **argv)
{
	uint64_t end_ns = end_time_ns(argc, argv);
	char program[PATH_MAX] = "";
	const char *directory;
	unsigned seed = 1;

	if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0)
		return 1;
	directory = dirname(program);
	while (now_ns() < end_ns) {
		seed = call_object(directory, "dlopens_first.so", "spin_in_first_object", seed);
		seed = call_object(directory, "dlopens_second.so", "spin_in_second_object", seed);
	}
	printf("%u\n", seed);
	return 0;
}

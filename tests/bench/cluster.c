/* SPDX-License-Identifier: MIT */
/*
 * usage: cluster SECONDS
 *
 * Keeps a big C++ library busy for so much CPU time: begins to connect to a Ceph cluster, which
 * reads some thousand options and starts threads, and stops before it does. Without Ceph's headers.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef int (*create_cluster)(void **cluster, const char *id);
typedef int (*set_option)(void *cluster, const char *option, const char *value);
typedef void (*shutdown_cluster)(void *cluster);

static double cpu_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 1;
	void *library = dlopen("librados.so.2", RTLD_NOW);
	create_cluster create = library ? (create_cluster)dlsym(library, "rados_create") : NULL;
	set_option set = library ? (set_option)dlsym(library, "rados_conf_set") : NULL;
	shutdown_cluster stop = library ? (shutdown_cluster)dlsym(library, "rados_shutdown") : NULL;
	void *cluster;

	if (!create || !set || !stop) {
		fprintf(stderr, "cluster: %s\n", dlerror());
		return EXIT_FAILURE;
	}
	do {
		if (create(&cluster, "admin") < 0)
			return EXIT_FAILURE;
		set(cluster, "mon_host", "127.0.0.1");
		stop(cluster);
	} while (cpu_seconds() < seconds);
	return EXIT_SUCCESS;
}

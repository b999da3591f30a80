/* SPDX-License-Identifier: MIT */
#include "symbolize/debuginfod.h"

#include "jitdump/xalloc.h"
#include "symbolize/build_id.h"

#include <dlfcn.h>
#include <elfutils/debuginfod.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct missing_file {
	enum debuginfod_kind kind;
	struct build_id build_id;
};

/*
 * What is used of libdebuginfod. It is loaded when it is first needed, as libdw does: with it come
 * curl and all of curl's libraries, which cost a recorder five times its own start.
 */
struct library {
	void *handle; /* NULL: not loaded */
	typeof(debuginfod_begin) *begin;
	typeof(debuginfod_end) *end;
	typeof(debuginfod_find_executable) *find_executable;
	typeof(debuginfod_find_debuginfo) *find_debuginfo;
	typeof(debuginfod_set_progressfn) *set_progressfn;
	typeof(debuginfod_set_user_data) *set_user_data;
};

struct debuginfod_servers {
	struct library library;
	debuginfod_client *client; /* NULL: not needed yet */
	download_watch watch;
	void *context;
	struct download download; /* the one that goes on */
	bool was_stopped;
	char *problem; /* NULL: none */
	struct missing_file *missing;
	size_t missing_count, missing_capacity;
};

struct debuginfod_servers *debuginfod_servers_create(download_watch watch, void *context)
{
	const char *urls = getenv(DEBUGINFOD_URLS_ENV_VAR);
	struct debuginfod_servers *servers;

	if (!urls || !urls[strspn(urls, " ")])
		return NULL;
	servers = xcalloc(1, sizeof(*servers));
	servers->watch = watch;
	servers->context = context;
	return servers;
}

void debuginfod_servers_destroy(struct debuginfod_servers *servers)
{
	if (!servers)
		return;
	if (servers->client)
		servers->library.end(servers->client);
	if (servers->library.handle)
		dlclose(servers->library.handle);
	free(servers->problem);
	free(servers->missing);
	free(servers);
}

const char *debuginfod_servers_problem(const struct debuginfod_servers *servers)
{
	return servers->problem ? servers->problem : "";
}

static bool tell(struct debuginfod_servers *servers)
{
	if (!servers->watch(servers->context, &servers->download))
		servers->was_stopped = true;
	return !servers->was_stopped;
}

/* `done` counts bytes only where `total` is known (debuginfod_find_debuginfo(3)). */
static int progress(debuginfod_client *client, long done, long total)
{
	/* The only way to the caller's data is in the library, which is loaded by now. */
	typeof(debuginfod_get_user_data) *get_user_data =
		dlsym(RTLD_DEFAULT, "debuginfod_get_user_data");
	struct debuginfod_servers *servers = get_user_data(client);

	if (done >= 0 && total > 0) {
		servers->download.done_bytes = (uint64_t)done;
		servers->download.total_bytes = (uint64_t)total;
	}
	return !tell(servers);
}

static bool load(struct library *library)
{
	/* Global, for progress() to find what it needs. */
	void *handle = dlopen("libdebuginfod.so.1", RTLD_LAZY | RTLD_GLOBAL);

	if (!handle)
		return false;
	library->handle = handle;
	library->begin = dlsym(handle, "debuginfod_begin");
	library->end = dlsym(handle, "debuginfod_end");
	library->find_executable = dlsym(handle, "debuginfod_find_executable");
	library->find_debuginfo = dlsym(handle, "debuginfod_find_debuginfo");
	library->set_progressfn = dlsym(handle, "debuginfod_set_progressfn");
	library->set_user_data = dlsym(handle, "debuginfod_set_user_data");
	return library->begin && library->end && library->find_executable &&
	       library->find_debuginfo && library->set_progressfn && library->set_user_data &&
	       dlsym(handle, "debuginfod_get_user_data");
}

static bool has_begun(struct debuginfod_servers *servers)
{
	if (servers->client)
		return true;
	if (load(&servers->library))
		servers->client = servers->library.begin();
	if (!servers->client) {
		servers->problem = xstrdup("DEBUGINFOD_URLS is set, but libdebuginfod.so.1 cannot "
					   "be used: install libdebuginfod1");
		return false;
	}
	servers->library.set_user_data(servers->client, servers);
	servers->library.set_progressfn(servers->client, progress);
	return true;
}

static bool is_missing(const struct debuginfod_servers *servers, enum debuginfod_kind kind,
		       const struct build_id *build_id)
{
	for (size_t i = 0; i < servers->missing_count; i++) {
		const struct missing_file *missing = &servers->missing[i];

		if (missing->kind == kind && build_id_is_equal(&missing->build_id, build_id))
			return true;
	}
	return false;
}

/* Whether a file is missing or too large (DEBUGINFOD_MAXSIZE) says nothing of the next one. */
static void remember_failure(struct debuginfod_servers *servers, struct missing_file file, int code)
{
	if (servers->was_stopped) {
		servers->problem = xstrdup("downloads from debuginfod were stopped: files that "
					   "it may have are missing");
	} else if (code == ENOENT || code == EFBIG) {
		servers->missing = xgrow(servers->missing, servers->missing_count,
					 &servers->missing_capacity, sizeof(*servers->missing));
		servers->missing[servers->missing_count++] = file;
	} else {
		servers->problem =
			xasprintf("debuginfod was asked for %s in vain, and for nothing more: %s "
				  "(DEBUGINFOD_URLS is \"%s\")",
				  servers->download.name,
				  code == ETIME ? "it did not answer in time" : strerror(code),
				  getenv(DEBUGINFOD_URLS_ENV_VAR));
	}
}

static int find(struct debuginfod_servers *servers, struct missing_file wanted, char **path)
{
	const uint8_t *bytes = wanted.build_id.bytes;
	int size = wanted.build_id.size, result;

	if (!tell(servers))
		result = -EINTR;
	else if (wanted.kind == DEBUGINFOD_PROGRAM)
		result = servers->library.find_executable(servers->client, bytes, size, path);
	else
		result = servers->library.find_debuginfo(servers->client, bytes, size, path);
	servers->download.is_over = true;
	tell(servers);
	return result;
}

int debuginfod_servers_open(struct debuginfod_servers *servers, enum debuginfod_kind kind,
			    const struct build_id *build_id, const char *name, char **path)
{
	const struct missing_file wanted = { kind, *build_id };
	int result;

	if (!build_id->size || servers->problem || is_missing(servers, kind, build_id) ||
	    !has_begun(servers))
		return -1;
	servers->download = (struct download){ .name = name };
	result = find(servers, wanted, path);
	if (result < 0)
		remember_failure(servers, wanted, -result);
	servers->download.name = NULL;
	return result;
}

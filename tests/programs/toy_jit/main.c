/* SPDX-License-Identifier: MIT */
/*
 * toy_jit: a small JIT compiler that tells profilers about its code with libjitdump.
 *
 * Reading order: program.h (the language), compiler.h, emitter.h (code with its unwind table and
 * lines), runtime.h (announcing, moving, discarding), shadow.h (the ground truth for tests).
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <libjitdump.h>

#include "jitdump/xalloc.h"

#include "program.h"
#include "worker.h"

#define MAX_THREADS 64

static const char usage[] =
	"usage: toy_jit [OPTIONS] [SOURCE]\n"
	"Compiles a toy program (toy_demo.src) and runs its main(round) again and again.\n"
	"  --seconds S      for about S seconds (2)\n"
	"  --iterations N   N times in each thread\n"
	"  --threads N      in N threads at once (1)\n"
	"  --churn          move and discard code between the rounds\n"
	"  --fork           go on in a forked child too, after the first round\n"
	"  --dump-dir DIR   where jit-PID.dump is written ($JITDUMPDIR, else /tmp)\n"
	"  --shadow FILE    log every call, return and page touch\n";

struct options {
	struct worker worker; /* what all of them start from */
	unsigned thread_count;
	const char *dump_directory;
	const char *shadow_path;
	const char *source_path;
};

static void fail_usage(const char *what, const char *value)
{
	fprintf(stderr, "toy_jit: %s%s\n%s", what, value, usage);
	exit(2);
}

static double parse_number(const char *text, double max)
{
	char *end;
	double number = strtod(text, &end);

	if (end == text || *end != '\0' || !(number > 0 && number <= max))
		fail_usage("not a usable number: ", text);
	return number;
}

static uint64_t time_from_now_ns(double seconds)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec +
	       (uint64_t)(seconds * 1e9);
}

static void parse_option(struct options *options, int option)
{
	switch (option) {
	case 's':
		options->worker.end_time_ns = time_from_now_ns(parse_number(optarg, 1e6));
		break;
	case 'i':
		options->worker.round_limit = (unsigned)parse_number(optarg, 1e9);
		break;
	case 't':
		options->thread_count = (unsigned)parse_number(optarg, MAX_THREADS);
		break;
	case 'c':
		options->worker.churns = true;
		break;
	case 'f':
		options->worker.forks = true;
		break;
	case 'd':
		options->dump_directory = optarg;
		break;
	case 'l':
		options->shadow_path = optarg;
		break;
	case 'h':
		fputs(usage, stdout);
		exit(0);
	default:
		fail_usage("see below", "");
	}
}

static struct options parse_options(int argc, char **argv)
{
	static const struct option names[] = {
		{ "seconds", required_argument, NULL, 's' },
		{ "iterations", required_argument, NULL, 'i' },
		{ "threads", required_argument, NULL, 't' },
		{ "churn", no_argument, NULL, 'c' },
		{ "fork", no_argument, NULL, 'f' },
		{ "dump-dir", required_argument, NULL, 'd' },
		{ "shadow", required_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct options options = { .thread_count = 1, .source_path = TOY_DEMO_SOURCE };
	int option;

	while ((option = getopt_long(argc, argv, "h", names, NULL)) != -1)
		parse_option(&options, option);
	if (argc - optind > 1)
		fail_usage("one source at most, not also ", argv[optind + 1]);
	if (optind < argc)
		options.source_path = argv[optind];
	if (options.worker.round_limit == 0 && options.worker.end_time_ns == 0)
		options.worker.end_time_ns = time_from_now_ns(2);
	return options;
}

static void *run_worker(void *worker)
{
	worker_run(worker);
	return NULL;
}

static void start_thread(struct worker *worker)
{
	int result = pthread_create(&worker->thread, NULL, run_worker, worker);

	if (result != 0) {
		fprintf(stderr, "toy_jit: cannot start a thread: %s\n", strerror(result));
		exit(1);
	}
}

/* The first worker is this thread; the others are not there in its forked child. */
static void run_workers(struct worker *workers, unsigned count)
{
	for (unsigned i = 1; i < count; i++)
		start_thread(&workers[i]);
	worker_run(&workers[0]);
	for (unsigned i = 1; i < count && !workers[0].is_child; i++)
		pthread_join(workers[i].thread, NULL);
}

/* False if the child failed. */
static bool wait_for_child(pid_t child)
{
	int status;

	return child == 0 || (waitpid(child, &status, 0) == child && WIFEXITED(status) &&
			      WEXITSTATUS(status) == 0);
}

static void report(const struct runtime *runtime, const struct worker *worker)
{
	printf("toy_jit: main returned %" PRId64 " in the last of %u rounds%s; %zu functions "
	       "compiled, %zu moved, %zu discarded, %zu placed where other code was\n",
	       worker->result, worker->round_count, worker->is_child ? " of the child" : "",
	       runtime->compiled_count, runtime->moved_count, runtime->discarded_count,
	       runtime->space.reused_count);
	fflush(stdout);
}

static struct jitdump_writer *open_writer(const struct options *options)
{
	struct jitdump_options writer_options = { .size = sizeof(writer_options),
						  .directory = options->dump_directory };
	struct jitdump_writer *writer;
	int result = jitdump_open(&writer_options, &writer);

	if (result != 0) {
		fprintf(stderr, "toy_jit: cannot open the dump: %s\n", strerror(-result));
		exit(1);
	}
	return writer;
}

static struct worker *create_workers(const struct options *options, struct runtime *runtime)
{
	struct worker *workers = xcalloc(options->thread_count, sizeof(*workers));

	for (unsigned i = 0; i < options->thread_count; i++) {
		workers[i] = options->worker;
		workers[i].runtime = runtime;
		workers[i].churns &= i == 0;
		workers[i].forks &= i == 0;
	}
	return workers;
}

/* A forked child cannot free what other threads, which it does not have, had allocated: it is not
 * for exit() and a leak checker to look at. */
static void end_child(bool is_good)
{
	fflush(stdout);
	_exit(is_good ? 0 : 1);
}

static bool run_program(const struct options *options, const struct program *program)
{
	struct jitdump_writer *writer = open_writer(options);
	struct shadow_log shadow_log;
	struct worker *workers;
	struct runtime runtime;
	bool is_good, is_child;

	if (options->shadow_path)
		shadow_log_open(&shadow_log, options->shadow_path);
	runtime_init(&runtime, program, writer, options->shadow_path ? &shadow_log : NULL);
	workers = create_workers(options, &runtime);
	run_workers(workers, options->thread_count);
	report(&runtime, &workers[0]);
	is_good = wait_for_child(workers[0].child);
	is_child = workers[0].is_child;
	free(workers);
	runtime_deinit(&runtime);
	if (options->shadow_path)
		shadow_log_close(&shadow_log);
	jitdump_close(writer);
	if (is_child)
		end_child(is_good);
	return is_good;
}

int main(int argc, char **argv)
{
	struct options options = parse_options(argc, argv);
	struct program program;
	bool is_good;

	program_parse(&program, options.source_path);
	if (program_find(&program, "main") == program.function_count) {
		fprintf(stderr, "toy_jit: %s has no function main\n", options.source_path);
		exit(1);
	}
	is_good = run_program(&options, &program);
	program_destroy(&program);
	return is_good ? 0 : 1;
}

/* SPDX-License-Identifier: MIT */
/*
 * usage: query SECONDS
 *
 * Keeps sqlite busy, whose amalgamation it is linked with, for so much CPU time: inserts,
 * joins, sorts, and forgets all again.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char workload[] =
	"CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, town INTEGER);"
	"CREATE INDEX by_name ON person (name);"
	"CREATE TABLE town (id INTEGER PRIMARY KEY, name TEXT);"
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
	" INSERT INTO person SELECT i, printf('%x-%d', i * 7919 % 10007, i), i % 89 FROM n;"
	"INSERT INTO town SELECT DISTINCT town, upper(hex(town)) FROM person;"
	"SELECT town.name, count(*), max(length(person.name)), group_concat(person.name)"
	" FROM person JOIN town ON town.id = person.town WHERE person.name LIKE '%a%'"
	" GROUP BY town.name ORDER BY 2 DESC, 1;"
	"UPDATE person SET name = name || '.' WHERE id % 3 = 0;"
	"SELECT name FROM person ORDER BY substr(name, 2), id DESC;"
	"DROP TABLE person; DROP TABLE town;";

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 1;
	struct timespec start, time;
	char *error = NULL;
	sqlite3 *database;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	if (sqlite3_open(":memory:", &database) != SQLITE_OK)
		return EXIT_FAILURE;
	do {
		if (sqlite3_exec(database, workload, NULL, NULL, &error) != SQLITE_OK) {
			fprintf(stderr, "query: %s\n", error);
			return EXIT_FAILURE;
		}
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	} while ((double)(time.tv_sec - start.tv_sec) +
			 (double)(time.tv_nsec - start.tv_nsec) / 1e9 <
		 seconds);
	sqlite3_close(database);
	return EXIT_SUCCESS;
}

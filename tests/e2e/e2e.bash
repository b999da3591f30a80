# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Sourced by the end-to-end tests, whose arguments are JPROF (the program) and PROGRAMS (where
# tests/programs are built): a scratch directory to be in, recording, and looking at what was
# recorded. A test exits with 77, and says why, where it cannot run.
set -euo pipefail

jprof=$(realpath "$1")
programs=$(realpath "$2")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export jprof programs here sources=$here/../programs

# Where threads begin. Without its debug package Debian's libc names neither function.
export thread_start='(__)?clone3?(;.*)?;start_thread|\[libc\.so\.6\];\[libc\.so\.6\]'

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
export HOME=$directory JITDUMPDIR=$directory
unset DEBUGINFOD_URLS

skip() {
	echo "SKIPPED: $1"
	exit 77
}

fail() {
	echo "FAILED: $1"
	exit 1
}

needs_perf_events() {
	local why
	why=$("$programs/can_sample" 2>&1) || skip "$why"
}

# record NAME OPTION... [--] COMMAND...: into NAME.data; the command's output is in NAME.out.
record() {
	local name=$1
	"$jprof" record -o "$name.data" "${@:2}" >"$name.out" 2>"$name.err" ||
		fail "recording $name: exit code $?: $(tail -3 "$name.err")"
}

# script NAME OPTION...: into NAME.script
script() {
	"$jprof" script --ns "${@:2}" -i "$1.data" >"$1.script" 2>"$1.err" ||
		fail "script of $1: exit code $?: $(tail -3 "$1.err")"
}

# flame NAME: NAME.folded holds the folded stacks, NAME.stats the statistics.
look_at() {
	"$jprof" report -i "$1.data" --flame >"$1.folded" 2>"$1.err" ||
		fail "report --flame of $1: exit code $?: $(tail -3 "$1.err")"
	"$jprof" report -i "$1.data" --stats >"$1.stats" 2>"$1.err" ||
		fail "report --stats of $1: exit code $?: $(tail -3 "$1.err")"
}

stat_of() {
	awk -F ': *' -v key="$2" '$1 == key { print $2 }' "$1.stats"
}

# expect_stat NAME KEY OPERATOR NUMBER: as awk compares. A value that cannot be told fails.
expect_stat() {
	local value
	value=$(stat_of "$1" "$2")
	awk -v value="$value" "BEGIN { exit !(value ~ /^[0-9.]+\$/ && value + 0 $3 $4) }" ||
		fail "$1: $2 is '$value', not $3 $4:"$'\n'"$(cat "$1.stats")"
}

# expect_stack NAME REGEX WHAT: some folded stack matches.
expect_stack() {
	grep -Eq -- "$2" "$1.folded" ||
		fail "$1: $3: no stack matches $2:"$'\n'"$(sort -t' ' -k2 -rn "$1.folded" | head -20)"
}

expect_no_stack() {
	! grep -Em3 -- "$2" "$1.folded" || fail "$1: $3"
}

# percent_of NAME REGEX [REGEX]: of the samples whose stack matches the second (all), how many
# match the first.
percent_of() {
	awk -v wanted="$2" -v among="${3:-.}" '
		$0 ~ among { all += $NF; if ($0 ~ wanted) some += $NF }
		END { printf "%.2f\n", all ? 100 * some / all : 0 }' "$1.folded"
}

# expect_percent NAME PERCENT REGEX WHAT [AMONG]: at least PERCENT of the samples match.
expect_percent() {
	local percent
	percent=$(percent_of "$1" "$3" "${5:-.}")
	awk -v percent="$percent" -v wanted="$2" 'BEGIN { exit !(percent >= wanted) }' ||
		fail "$1: $4: $percent percent, not $2:"$'\n'"$(grep -Ev -- "$3" "$1.folded" | head -20)"
}

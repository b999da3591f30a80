# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Sourced by the benchmarks, whose argument is BUILD (where everything is built): an empty directory
# to be in, figures of several runs, and rows that compare their medians. Runs of jprof and of its
# peer take turns, so that a busy machine slows both.
set -euo pipefail
export LC_ALL=C

build=$(realpath "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
jprof=$build/jprof
programs=$build/tests/bench
node_switches=(--perf-prof --perf-prof-unwinding-info --interpreted-frames-native-stack)
export here jprof programs node_switches

directory=$build/bench/$(basename "$0")
rm -rf "$directory"
mkdir -p "$directory"
cd "$directory"
export JITDUMPDIR=$directory

# has PROGRAM WHAT...: whether it is there; else says what is left out.
has() {
	command -v "$1" >/dev/null && return
	echo "  there is no $1: left out: ${*:2}"
	return 1
}

declare -A figures=()

# keep KEY NUMBER: one run's.
keep() {
	figures[$1]+="$2 "
}

median() {
	tr ' ' '\n' <<<"${figures[$1]:-}" | sed '/^$/d' | sort -g |
		awk '{ value[NR] = $1 } END { print NR ? value[int((NR + 1) / 2)] : "-" }'
}

# pair LABEL DIGITS KEY KEY: the medians of jprof's and its peer's.
pair() {
	awk -v label="$1" -v digits="$2" -v ours="$(median "$3")" -v peers="$(median "$4")" '
		function show(value) { return value == "-" ? value : sprintf("%.*f", digits, value) }
		BEGIN { printf "  %-46s %10s %10s\n", label, show(ours), show(peers) }'
}

# row LABEL DIGITS KEY KEY: and how many times jprof's its peer's is.
row() {
	printf '%s %8s\n' "$(pair "$@")" "$(awk -v ours="$(median "$3")" -v peers="$(median "$4")" '
		BEGIN { print(ours > 0 && peers != "-" ? sprintf("%.1fx", peers / ours) : "-") }')"
}

# heading TEXT PEER
heading() {
	printf '\n  %-46s %10s %10s %8s\n' "$1" jprof "$2" ratio
}

# seconds EXPRESSION: an awk expression of two $EPOCHREALTIMEs.
seconds() {
	awk "BEGIN { print $1 }"
}

# SPDX-License-Identifier: MIT
# bash completion for jprof: commands and options come from the program's own --help.
# shellcheck shell=bash

_jprof_commands() {
	"$1" --help 2>/dev/null | sed -nE 's/^  ([a-z]+) .*/\1/p'
}

# "  -p, --pid PID   ...", "      --tree   ...", "  -g   ...", "  -z, --compression-level[=LEVEL]"
_jprof_options() {
	"$1" "$2" --help 2>/dev/null |
		sed -nE 's/^ +((-[a-zA-Z], )?--[a-z-]+|-[a-zA-Z])(\[=[A-Z]+\])?( .*)?$/\1/p' | tr -d ','
}

# What the value of option $1 may be, one a line; fails if that is for the caller to say.
_jprof_values() {
	case $1 in
	-e | --event)
		printf '%s\n' cpu-clock task-clock cycles instructions page-faults context-switches \
			cpu-migrations cache-misses branch-misses
		;;
	--call-graph) printf '%s\n' auto dwarf fp no ;;
	--unwinder) printf '%s\n' fast libunwind ;;
	-s | --sort) printf '%s\n' self total symbol module comm pid tid line \
		sym dso srcline ;;
	-M | --disassembler-style) printf '%s\n' att intel ;;
	-p | --pid | -t | --tid) (cd /proc && printf '%s\n' [0-9]*) ;;
	--user) compgen -u ;;
	*) return 1 ;;
	esac
}

_jprof() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]} values

	# "--sort=" is two words, and the value a third.
	if [ "$word" = = ]; then
		word=
	elif [ "$before" = = ]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_jprof_commands "$program") --help --version" -- "$word")
	elif [ "$before" = --symbols ]; then
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
	elif values=$(_jprof_values "$before"); then
		mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word")
	elif [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_jprof_options "$program" "$command")" -- "$word")
	elif [[ $command =~ ^(record|top)$ && $before != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -cf -- "$word")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}

complete -o filenames -F _jprof jprof

# SPDX-License-Identifier: MIT
# bash completion for jprof: the options come from the commands' own --help.
# shellcheck shell=bash

_jprof_options() {
	"$1" "$2" --help 2>/dev/null | grep -oE -- '(^| |, )--?[a-zA-Z][a-z-]*' | tr -d ' ,'
}

_jprof_events() {
	printf '%s\n' cpu-clock task-clock cycles instructions page-faults context-switches \
		cpu-migrations cache-misses branch-misses
}

_jprof() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]}

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W 'record report script jitdump --help --version' -- "$word")
		return
	fi
	case $before in
	-e | --event)
		mapfile -t COMPREPLY < <(compgen -W "$(_jprof_events)" -- "$word")
		return
		;;
	--call-graph)
		mapfile -t COMPREPLY < <(compgen -W 'auto dwarf fp no' -- "$word")
		return
		;;
	--unwinder)
		mapfile -t COMPREPLY < <(compgen -W 'fast libunwind' -- "$word")
		return
		;;
	-s | --sort)
		mapfile -t COMPREPLY < <(compgen -W 'self total symbol module comm pid tid line' -- "$word")
		return
		;;
	-p | --pid | -t | --tid)
		mapfile -t COMPREPLY < <(compgen -W "$(cd /proc && echo [0-9]*)" -- "$word")
		return
		;;
	esac
	if [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_jprof_options "${COMP_WORDS[0]}" "$command")" -- "$word")
	elif [ "$command" = record ]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$word"; compgen -f -- "$word")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}

complete -o filenames -F _jprof jprof

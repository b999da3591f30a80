# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Sourced behind e2e.bash by tests of the terminal UI: a terminal of fixed size, what is pressed in it
# and what it shows. A tmux server of its own, with one session `ui` at a time.
command -v tmux >/dev/null || skip 'there is no tmux'
locale -a | grep -qi '^c\.utf-\?8$' || skip 'there is no locale C.UTF-8'

server=jprof-$$
# shellcheck disable=SC2154 # e2e.bash's
trap 'tmux -L "$server" kill-server 2>/dev/null || true; rm -rf "$directory"' EXIT

tmux -L "$server" -f /dev/null start-server \; set-option -s exit-empty off

# open_terminal COLUMNS ROWS COMMAND...
open_terminal() {
	tmux -L "$server" new-session -d -s ui -x "$1" -y "$2" \
		env LANG=C.UTF-8 LC_ALL=C.UTF-8 "${@:3}"
	tmux -L "$server" set-option -t ui status off
	tmux -L "$server" resize-window -t ui -x "$1" -y "$2"
}

close_terminal() {
	tmux -L "$server" kill-session -t ui
}

screen() {
	tmux -L "$server" capture-pane -p -t ui
}

# settle: until the screen is the same for a while; a busy machine draws late.
settle() {
	local before now same=0
	before=$(screen)
	for _ in {1..200}; do
		sleep 0.05
		now=$(screen)
		if [ "$now" = "$before" ] && [ -n "${now//[$' \n']/}" ]; then
			same=$((same + 1))
			[ $same -lt 3 ] || return 0
		else
			same=0
		fi
		before=$now
	done
	fail "the screen does not come to rest"
}

# press KEY...: as tmux names them.
press() {
	tmux -L "$server" send-keys -t ui "$@"
}

# send_text TEXT: as it is, control characters too.
send_text() {
	tmux -L "$server" send-keys -t ui -l "$1"
}

# terminal_state: "alternate screen, mouse, SGR mouse", each 0 or 1.
terminal_state() {
	tmux -L "$server" display-message -p -t ui \
		'#{alternate_on}#{mouse_standard_flag}#{mouse_sgr_flag}'
}

# await REGEX WHAT: until the screen has it.
await() {
	for _ in {1..200}; do
		! screen | grep -Eq -- "$1" || return 0
		sleep 0.05
	done
	fail "$2: nothing matches $1:"$'\n'"$(screen)"
}

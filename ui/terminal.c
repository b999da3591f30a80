/* SPDX-License-Identifier: MIT */
#include "ui/terminal.h"

#include "jitdump/xalloc.h"

#include <locale.h>
#include <ncurses.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
	DOUBLE_CLICK_MS = 400,
	ESCAPE_MS = 25, /* how long what follows Esc of a key may take */
	COLOURS_MANY = 256,
};

struct terminal {
	SCREEN *screen;
	bool has_colours;
	struct terminal_event last_click;
	uint64_t last_click_ms;
};

/* How a style looks: attributes without colours, colours of 8, and of 256. -1: the default. */
struct look {
	attr_t plain, attributes;
	short few[2], many[2]; /* foreground, background */
};

static const struct look looks[STYLE_FLAME_FIRST] = {
	[STYLE_TEXT] = { A_NORMAL, A_NORMAL, { -1, -1 }, { -1, -1 } },
	[STYLE_DIM] = { A_DIM, A_DIM, { -1, -1 }, { 245, -1 } },
	[STYLE_TITLE] = { A_BOLD, A_BOLD, { -1, -1 }, { -1, -1 } },
	[STYLE_HEAD] = { A_REVERSE, A_NORMAL, { COLOR_BLACK, COLOR_GREEN }, { 16, 71 } },
	[STYLE_HOT] = { A_BOLD, A_BOLD, { COLOR_RED, -1 }, { 203, -1 } },
	[STYLE_WARM] = { A_NORMAL, A_NORMAL, { COLOR_GREEN, -1 }, { 114, -1 } },
	[STYLE_KERNEL] = { A_NORMAL, A_NORMAL, { COLOR_YELLOW, -1 }, { 179, -1 } },
	[STYLE_JIT] = { A_NORMAL, A_NORMAL, { COLOR_CYAN, -1 }, { 80, -1 } },
	[STYLE_INLINED] = { A_DIM, A_NORMAL, { COLOR_BLUE, -1 }, { 110, -1 } },
	[STYLE_SOURCE] = { A_BOLD, A_BOLD, { -1, -1 }, { -1, -1 } },
	[STYLE_WARNING] = { A_BOLD, A_BOLD, { COLOR_RED, -1 }, { 203, -1 } },
	[STYLE_KEY] = { A_BOLD, A_BOLD, { -1, -1 }, { -1, -1 } },
	[STYLE_LABEL] = { A_REVERSE, A_NORMAL, { COLOR_BLACK, COLOR_CYAN }, { 16, 74 } },
	[STYLE_TAB] = { A_NORMAL, A_NORMAL, { -1, -1 }, { 250, -1 } },
	[STYLE_TAB_SHOWN] = { A_REVERSE, A_BOLD, { COLOR_BLACK, COLOR_GREEN }, { 16, 71 } },
};

static const short flame_few[] = { COLOR_RED, COLOR_YELLOW, COLOR_MAGENTA };
static const short flame_many[STYLE_FLAME_COUNT] = { 202, 208, 214, 220, 178, 172,
						     209, 215, 221, 180, 174, 223 };

/*
 * What puts the terminal back, for the handler of a crash, which may not ask ncurses: the one thing
 * here that a signal handler reads.
 */
static struct {
	volatile sig_atomic_t is_set;
	struct termios modes;
	char text[256];
} restoring;

static void restore_and_die(int signal_number)
{
	if (restoring.is_set) {
		restoring.is_set = 0;
		if (write(STDOUT_FILENO, restoring.text, strlen(restoring.text)) > 0)
			tcsetattr(STDIN_FILENO, TCSANOW, &restoring.modes);
	}
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static void add_restoring(const char *text)
{
	size_t used = strlen(restoring.text);

	if (text && text != (char *)-1 && used + strlen(text) < sizeof(restoring.text))
		memcpy(restoring.text + used, text, strlen(text) + 1);
}

/* What ends the program without ncurses' knowing; SIGBUS is ui/bus_signal.h's. */
static void catch_crashes(void)
{
	static const int signals[] = { SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGHUP, SIGQUIT };

	/* xterm's mouse; terminals without one ignore it. */
	add_restoring("\033[?1000l\033[?1006l");
	add_restoring(tigetstr("rmkx"));
	add_restoring(tigetstr("sgr0"));
	add_restoring(tigetstr("cnorm"));
	add_restoring(tigetstr("rmcup"));
	restoring.is_set = 1;
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], restore_and_die);
}

bool terminal_is_there(void)
{
	const char *type = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && type && *type &&
	       strcmp(type, "dumb") != 0;
}

/* Ctrl-C is a key like others, which leaves; Ctrl-Z stays the terminal's. */
static void take_interrupt_key(void)
{
	struct termios modes;

	if (tcgetattr(STDIN_FILENO, &modes))
		return;
	modes.c_cc[VINTR] = _POSIX_VDISABLE;
	tcsetattr(STDIN_FILENO, TCSANOW, &modes);
	def_prog_mode();
}

static void set_colours(struct terminal *terminal)
{
	const char *no_color = getenv("NO_COLOR");

	terminal->has_colours = has_colors() && !(no_color && *no_color) && start_color() == OK;
	if (!terminal->has_colours)
		return;
	use_default_colors();
	for (int style = 0; style < STYLE_COUNT; style++) {
		int flame = style - STYLE_FLAME_FIRST;
		const short *pair;

		if (flame >= 0) {
			bool has_many = COLORS >= COLOURS_MANY;

			init_extended_pair(style + 1, has_many ? 16 : COLOR_BLACK,
					   has_many ? flame_many[flame] : flame_few[flame % 3]);
			continue;
		}
		pair = COLORS >= COLOURS_MANY ? looks[style].many : looks[style].few;
		init_extended_pair(style + 1, pair[0], pair[1]);
	}
}

struct terminal *terminal_open(struct error *err)
{
	struct terminal *terminal;
	SCREEN *screen;

	setlocale(LC_CTYPE, "");
	tcgetattr(STDIN_FILENO, &restoring.modes);
	screen = newterm(NULL, stdout, stdin);
	if (!screen) {
		error_set(err, 0,
			  "the terminal's type, TERM=%s, is not known here: set another one "
			  "(xterm), or use --stdio",
			  getenv("TERM"));
		return NULL;
	}
	terminal = xcalloc(1, sizeof(*terminal));
	terminal->screen = screen;
	set_escdelay(ESCAPE_MS);
	cbreak();
	noecho();
	nonl();
	take_interrupt_key();
	keypad(stdscr, true);
	curs_set(0);
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	mouseinterval(0);
	set_colours(terminal);
	catch_crashes();
	return terminal;
}

void terminal_close(struct terminal *terminal)
{
	if (!terminal)
		return;
	endwin();
	restoring.is_set = 0;
	delscreen(terminal->screen);
	free(terminal);
}

void terminal_size(const struct terminal *terminal, int *rows, int *columns)
{
	(void)terminal;
	*rows = LINES;
	*columns = COLS;
}

static void set_look(const struct terminal *terminal, unsigned int style)
{
	unsigned int base = style & ~(unsigned int)(STYLE_SELECTED | STYLE_MATCH);
	bool is_flame = base >= STYLE_FLAME_FIRST;
	attr_t attributes;

	if (terminal->has_colours)
		attributes = is_flame ? A_NORMAL : looks[base].attributes;
	else
		attributes = is_flame ? A_NORMAL : looks[base].plain;
	if (style & STYLE_SELECTED)
		attributes ^= A_REVERSE;
	if (style & STYLE_MATCH)
		attributes |= A_BOLD | A_UNDERLINE;
	attr_set(attributes, terminal->has_colours ? (short)(base + 1) : 0, NULL);
}

static void draw_row(const struct terminal *terminal, const struct canvas *canvas, int row)
{
	const struct canvas_cell *cells = &canvas->cells[(size_t)row * (size_t)canvas->columns];
	wchar_t run[512];
	int length = 0;

	move(row, 0);
	for (int i = 0; i < canvas->columns; i++) {
		if (cells[i].character)
			run[length++] = cells[i].character;
		if (length && (i + 1 == canvas->columns || cells[i + 1].style != cells[i].style ||
			       length == sizeof(run) / sizeof(*run) - 1)) {
			set_look(terminal, cells[i].style);
			addnwstr(run, length);
			length = 0;
		}
	}
}

void terminal_draw(struct terminal *terminal, const struct canvas *canvas)
{
	for (int row = 0; row < canvas->rows && row < LINES; row++)
		draw_row(terminal, canvas, row);
	refresh();
}

static uint64_t now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static struct terminal_event read_mouse(struct terminal *terminal)
{
	struct terminal_event event = { .kind = TERMINAL_NOTHING };
	uint64_t now = now_ms();
	MEVENT mouse;

	if (getmouse(&mouse) != OK)
		return event;
	event.row = mouse.y;
	event.column = mouse.x;
	if (mouse.bstate & BUTTON4_PRESSED)
		event.kind = TERMINAL_WHEEL_UP;
	else if (mouse.bstate & BUTTON5_PRESSED)
		event.kind = TERMINAL_WHEEL_DOWN;
	else if (!(mouse.bstate & BUTTON1_PRESSED))
		return event;
	else if (event.row == terminal->last_click.row &&
		 event.column == terminal->last_click.column &&
		 now - terminal->last_click_ms < DOUBLE_CLICK_MS)
		event.kind = TERMINAL_DOUBLE_CLICK;
	else
		event.kind = TERMINAL_CLICK;
	terminal->last_click = event;
	terminal->last_click_ms = event.kind == TERMINAL_CLICK ? now : 0;
	return event;
}

/* ncurses' numbers of special keys, and what some terminals send instead. */
static int special_key(wint_t key)
{
	static const struct {
		int curses, ours;
	} keys[] = {
		{ KEY_UP, TERMINAL_KEY_UP },	     { KEY_DOWN, TERMINAL_KEY_DOWN },
		{ KEY_LEFT, TERMINAL_KEY_LEFT },     { KEY_RIGHT, TERMINAL_KEY_RIGHT },
		{ KEY_PPAGE, TERMINAL_KEY_PAGE_UP }, { KEY_NPAGE, TERMINAL_KEY_PAGE_DOWN },
		{ KEY_HOME, TERMINAL_KEY_HOME },     { KEY_END, TERMINAL_KEY_END },
		{ KEY_ENTER, TERMINAL_KEY_ENTER },   { KEY_BACKSPACE, TERMINAL_KEY_BACKSPACE },
		{ KEY_DC, TERMINAL_KEY_DELETE },     { KEY_BTAB, TERMINAL_KEY_BACK_TAB },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i].curses == (int)key)
			return keys[i].ours;
	if (key >= KEY_F(1) && key <= KEY_F(12))
		return TERMINAL_KEY_F1 + (int)key - KEY_F(1);
	return 0;
}

static int plain_key(wint_t key)
{
	switch (key) {
	case '\r':
	case '\n':
		return TERMINAL_KEY_ENTER;
	case 27:
		return TERMINAL_KEY_ESCAPE;
	case '\t':
		return TERMINAL_KEY_TAB;
	case 127:
	case '\b':
		return TERMINAL_KEY_BACKSPACE;
	default:
		return (int)key;
	}
}

struct terminal_event terminal_wait(struct terminal *terminal, int milliseconds)
{
	struct terminal_event event = { .kind = TERMINAL_NOTHING };
	wint_t key;
	int kind;

	timeout(milliseconds < 0 ? -1 : milliseconds);
	kind = get_wch(&key);
	if (kind == ERR)
		return event;
	if (kind == KEY_CODE_YES && key == KEY_MOUSE)
		return read_mouse(terminal);
	if (kind == KEY_CODE_YES && key == KEY_RESIZE) {
		event.kind = TERMINAL_RESIZED;
		return event;
	}
	event.key = kind == KEY_CODE_YES ? special_key(key) : plain_key(key);
	event.kind = event.key ? TERMINAL_KEY : TERMINAL_NOTHING;
	return event;
}

bool terminal_run(struct terminal *terminal, char *const *argv)
{
	int status = -1;
	pid_t child;

	(void)terminal;
	def_prog_mode();
	endwin();
	child = fork();
	if (!child) {
		execvp(argv[0], argv);
		_exit(127);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0)
		;
	reset_prog_mode();
	clearok(curscr, true);
	refresh();
	return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) != 127;
}

/* SPDX-License-Identifier: MIT */
#include "ui/terminal.h"

#include "jitdump/xalloc.h"
#include "ui/stop_signal.h"
#include "ui/terminal_input.h"

#include <errno.h>
#include <locale.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
	DOUBLE_CLICK_MS = 400,
	COLOURS_MANY = 256,
	KEYS_MAX = 32, /* that TERM tells */
};

/* xterm's: presses and the wheel, and as numbers, for there are more columns than a byte tells. */
#define MOUSE_ON  "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

struct terminal {
	SCREEN *screen;
	bool has_colours;
	struct key_text keys[KEYS_MAX];
	struct terminal_input input;
	char bytes[256]; /* read, and not yet taken: those from first_byte on */
	size_t first_byte, byte_count;
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
 * What puts the terminal back, for handlers of signals, which may not ask ncurses: this is all that
 * they read.
 */
static struct {
	volatile sig_atomic_t is_set, has_mouse, is_resized;
	struct termios modes;
	char text[256];
	struct sigaction curses_stop;
} handlers;

/* What cannot be written is lost: nobody is there. */
static void send(const char *text)
{
	size_t left = strlen(text);
	ssize_t written;

	for (; left && (written = write(STDOUT_FILENO, text, left)) > 0; left -= (size_t)written)
		text += written;
}

void terminal_restore(void)
{
	if (!handlers.is_set)
		return;
	handlers.is_set = 0;
	send(handlers.text);
	tcsetattr(STDIN_FILENO, TCSANOW, &handlers.modes);
}

static void restore_and_die(int signal_number)
{
	terminal_restore();
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static void send_mouse(bool is_on)
{
	if (handlers.has_mouse)
		send(is_on ? MOUSE_ON : MOUSE_OFF);
}

/* ncurses' own handler stops the program, and returns when it goes on. */
static void stop(int signal_number)
{
	send_mouse(false);
	handlers.curses_stop.sa_handler(signal_number);
	send_mouse(true);
	handlers.is_resized = 1; /* perhaps it was, unseen */
}

static void note_resize(int signal_number)
{
	(void)signal_number;
	handlers.is_resized = 1;
}

static const char *terminfo_text(const char *name)
{
	const char *text = tigetstr(name);

	return text && text != (char *)-1 ? text : NULL;
}

static void add_restoring(const char *text)
{
	size_t used = strlen(handlers.text);

	if (text && used + strlen(text) < sizeof(handlers.text))
		memcpy(handlers.text + used, text, strlen(text) + 1);
}

/* What ends the program without ncurses' knowing; SIGBUS is ui/bus_signal.h's, and those that ask it
 * to end are ui/stop_signal.h's. */
static void catch_crashes(void)
{
	static const int signals[] = { SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGQUIT };

	*handlers.text = '\0';
	add_restoring(MOUSE_OFF);
	add_restoring(terminfo_text("rmkx"));
	add_restoring(terminfo_text("sgr0"));
	add_restoring(terminfo_text("cnorm"));
	add_restoring(terminfo_text("rmcup"));
	handlers.is_set = 1;
	atexit(terminal_restore);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], restore_and_die);
}

static void catch_changes(void)
{
	struct sigaction resize = { .sa_handler = note_resize }, before;

	sigaction(SIGWINCH, &resize, NULL);
	if (sigaction(SIGTSTP, NULL, &handlers.curses_stop) ||
	    handlers.curses_stop.sa_handler == SIG_DFL ||
	    handlers.curses_stop.sa_handler == SIG_IGN)
		return;
	before = handlers.curses_stop;
	before.sa_handler = stop;
	sigaction(SIGTSTP, &before, NULL);
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

static void learn_key(struct terminal *terminal, const char *name, int key)
{
	struct terminal_input *input = &terminal->input;
	const char *text = terminfo_text(name);

	if (text && input->more_count < KEYS_MAX)
		terminal->keys[input->more_count++] = (struct key_text){ text, key };
}

/* Some terminals send others than most do; and that there is a mouse is told as a key. */
static void learn_keys(struct terminal *terminal)
{
	static const struct {
		const char *name;
		int key;
	} names[] = {
		{ "kcuu1", TERMINAL_KEY_UP },	  { "kcud1", TERMINAL_KEY_DOWN },
		{ "kcub1", TERMINAL_KEY_LEFT },	  { "kcuf1", TERMINAL_KEY_RIGHT },
		{ "kpp", TERMINAL_KEY_PAGE_UP },  { "knp", TERMINAL_KEY_PAGE_DOWN },
		{ "khome", TERMINAL_KEY_HOME },	  { "kend", TERMINAL_KEY_END },
		{ "kent", TERMINAL_KEY_ENTER },	  { "kbs", TERMINAL_KEY_BACKSPACE },
		{ "kdch1", TERMINAL_KEY_DELETE }, { "kcbt", TERMINAL_KEY_BACK_TAB },
	};
	static const char *const function_names[] = { "kf1", "kf2", "kf3", "kf4",  "kf5",  "kf6",
						      "kf7", "kf8", "kf9", "kf10", "kf11", "kf12" };

	terminal->input.more = terminal->keys;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		learn_key(terminal, names[i].name, names[i].key);
	for (int i = 0; i < 12; i++)
		learn_key(terminal, function_names[i], TERMINAL_KEY_F1 + i);
	handlers.has_mouse = terminfo_text("kmous") != NULL;
}

struct terminal *terminal_open(struct error *err)
{
	struct terminal *terminal;
	SCREEN *screen;

	setlocale(LC_CTYPE, "");
	tcgetattr(STDIN_FILENO, &handlers.modes);
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
	cbreak();
	noecho();
	nonl();
	take_interrupt_key();
	keypad(stdscr, true);
	curs_set(0);
	set_colours(terminal);
	learn_keys(terminal);
	catch_crashes();
	catch_changes();
	send_mouse(true);
	return terminal;
}

void terminal_close(struct terminal *terminal)
{
	if (!terminal)
		return;
	send_mouse(false);
	endwin();
	handlers.is_set = 0;
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

/* The second of two clicks on the same place. */
static void tell_double(struct terminal *terminal, struct terminal_event *event)
{
	uint64_t now = now_ms();

	if (event->row == terminal->last_click.row &&
	    event->column == terminal->last_click.column &&
	    now - terminal->last_click_ms < DOUBLE_CLICK_MS)
		event->kind = TERMINAL_DOUBLE_CLICK;
	terminal->last_click = *event;
	terminal->last_click_ms = event->kind == TERMINAL_CLICK ? now : 0;
}

/* Signals that came before end the waiting as well as those that come meanwhile do. */
static int wait_for_bytes(int milliseconds)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH };
	struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000L };
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	sigset_t blocked, before;
	int ready = -1;

	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaddset(&blocked, signals[i]);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	if (!stop_signal.signal_number && !handlers.is_resized)
		ready = ppoll(&input, 1, milliseconds < 0 ? NULL : &time, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ready;
}

/* What is no input. */
static enum terminal_event_kind take_signals(void)
{
	struct winsize size;

	if (stop_signal.signal_number)
		return TERMINAL_END;
	if (!handlers.is_resized)
		return TERMINAL_NOTHING;
	handlers.is_resized = 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
		resize_term(size.ws_row, size.ws_col);
	clearok(curscr, true);
	return TERMINAL_RESIZED;
}

static struct terminal_event take_bytes(struct terminal *terminal)
{
	struct terminal_event event;

	terminal->first_byte +=
		terminal_input_take(&terminal->input, terminal->bytes + terminal->first_byte,
				    terminal->byte_count - terminal->first_byte, &event);
	if (event.kind == TERMINAL_CLICK)
		tell_double(terminal, &event);
	return event;
}

static struct terminal_event read_bytes(struct terminal *terminal)
{
	ssize_t size = read(STDIN_FILENO, terminal->bytes, sizeof(terminal->bytes));

	terminal->first_byte = 0;
	terminal->byte_count = size > 0 ? (size_t)size : 0;
	if (!size || (size < 0 && errno != EINTR && errno != EAGAIN))
		return (struct terminal_event){ .kind = TERMINAL_END };
	return take_bytes(terminal);
}

struct terminal_event terminal_wait(struct terminal *terminal, int milliseconds)
{
	struct terminal_event event = { .kind = take_signals() };
	int ready;

	if (event.kind == TERMINAL_NOTHING)
		event = take_bytes(terminal);
	while (event.kind == TERMINAL_NOTHING) {
		int patience_ms = terminal_input_patience_ms(&terminal->input);

		ready = wait_for_bytes(patience_ms < 0 ? milliseconds : patience_ms);
		if (ready > 0)
			event = read_bytes(terminal);
		else if (ready < 0)
			event.kind = take_signals();
		else if (patience_ms < 0)
			return event;
		else
			event = terminal_input_give_up(&terminal->input);
	}
	return event;
}

/* As system(3) does: what Ctrl-C and Ctrl-\ mean is the command's affair. */
static void ignore_keys(struct sigaction *interrupt, struct sigaction *quit)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGINT, &ignore, interrupt);
	sigaction(SIGQUIT, &ignore, quit);
}

static void run_child(char *const *argv)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	execvp(argv[0], argv);
	_exit(127);
}

/* Who asks this program to end asks the command. */
static int wait_for_child(pid_t child, void (*meanwhile)(void *context), void *context)
{
	int status = -1;
	pid_t ended;

	while (child > 0) {
		ended = waitpid(child, &status, meanwhile ? WNOHANG : 0);
		if (ended > 0 || (ended < 0 && errno != EINTR))
			break;
		if (stop_signal.signal_number)
			kill(child, stop_signal.signal_number);
		if (meanwhile)
			meanwhile(context);
	}
	return status;
}

bool terminal_run(struct terminal *terminal, char *const *argv, void (*meanwhile)(void *context),
		  void *context)
{
	struct sigaction interrupt, quit;
	pid_t child;
	int status;

	(void)terminal;
	send_mouse(false);
	def_prog_mode();
	endwin();
	ignore_keys(&interrupt, &quit);
	child = fork();
	if (!child)
		run_child(argv);
	status = wait_for_child(child, meanwhile, context);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	reset_prog_mode();
	send_mouse(true);
	clearok(curscr, true);
	refresh();
	return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) != 127;
}

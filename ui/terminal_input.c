/* SPDX-License-Identifier: MIT */
#include "ui/terminal_input.h"

#include <stdlib.h>
#include <string.h>

enum {
	ESCAPE_MS = 25,	   /* what follows Esc of a key comes with it */
	SEQUENCE_MS = 250, /* what follows "Esc [" may come in another packet */
	MARK_SHIFT_CONTROL_META = 4 + 8 + 16,
	MOUSE_WHEEL = 64,
	MOUSE_RELEASE = 3, /* of protocols that do not say of which button */
	FIRST_CELL = 33,   /* as a byte, of the mouse protocol without 1006 */
	CELLS_MAX = 0xffff,
};

static int plain_key(wchar_t character)
{
	switch (character) {
	case '\r':
	case '\n':
		return TERMINAL_KEY_ENTER;
	case '\t':
		return TERMINAL_KEY_TAB;
	case 127:
	case '\b':
		return TERMINAL_KEY_BACKSPACE;
	default:
		return character >= 0x80 && character < 0xa0 ? 0 : (int)character;
	}
}

static struct terminal_event key_event(int key)
{
	return (struct terminal_event){ .kind = key ? TERMINAL_KEY : TERMINAL_NOTHING, .key = key };
}

/* Of one byte or, together with those before it, of several; false if it is not of those before. */
static bool take_plain(struct terminal_input *input, char byte, struct terminal_event *event)
{
	bool is_begun = !mbsinit(&input->character);
	wchar_t character;
	size_t size = mbrtowc(&character, &byte, 1, &input->character);

	if (size == (size_t)-1) {
		memset(&input->character, 0, sizeof(input->character));
		return !is_begun;
	}
	if (size == 1)
		*event = key_event(plain_key(character));
	return true;
}

/* Which key "Esc [ N ~" is; with Shift and the like function keys are other ones. */
static int numbered_key(long number, bool is_modified)
{
	static const int keys[] = {
		[1] = TERMINAL_KEY_HOME,    [3] = TERMINAL_KEY_DELETE,	  [4] = TERMINAL_KEY_END,
		[5] = TERMINAL_KEY_PAGE_UP, [6] = TERMINAL_KEY_PAGE_DOWN, [7] = TERMINAL_KEY_HOME,
		[8] = TERMINAL_KEY_END,
	};
	/* The VT220 left gaps between its blocks of keys. */
	static const int function_keys[] = {
		[11] = 1, [12] = 2, [13] = 3, [14] = 4,	 [15] = 5,  [17] = 6,
		[18] = 7, [19] = 8, [20] = 9, [21] = 10, [23] = 11, [24] = 12,
	};

	if (number < 0 || number >= (long)(sizeof(function_keys) / sizeof(*function_keys)))
		return 0;
	if (number < (long)(sizeof(keys) / sizeof(*keys)))
		return keys[number];
	if (!function_keys[number] || is_modified)
		return 0;
	return TERMINAL_KEY_F1 + function_keys[number] - 1;
}

/* Which key a letter at a sequence's end is; behind numbers it tells other things, too. */
static int lettered_key(char letter, bool has_numbers)
{
	switch (letter) {
	case 'A':
		return TERMINAL_KEY_UP;
	case 'B':
		return TERMINAL_KEY_DOWN;
	case 'C':
		return TERMINAL_KEY_RIGHT;
	case 'D':
		return TERMINAL_KEY_LEFT;
	case 'F':
		return TERMINAL_KEY_END;
	case 'H':
		return TERMINAL_KEY_HOME;
	case 'M': /* the keypad's, as SS3 alone */
		return has_numbers ? 0 : TERMINAL_KEY_ENTER;
	case 'P':
	case 'Q':
	case 'R':
	case 'S':
		return has_numbers ? 0 : TERMINAL_KEY_F1 + letter - 'P';
	case 'Z':
		return TERMINAL_KEY_BACK_TAB;
	default:
		return 0;
	}
}

static struct terminal_event mouse_event(long buttons, bool is_release, long column, long row)
{
	struct terminal_event event = { .kind = TERMINAL_NOTHING,
					.row = (int)row,
					.column = (int)column };

	buttons &= ~(long)MARK_SHIFT_CONTROL_META;
	if (is_release || row < 0 || column < 0 || row > CELLS_MAX || column > CELLS_MAX)
		return event;
	if (buttons == MOUSE_WHEEL)
		event.kind = TERMINAL_WHEEL_UP;
	else if (buttons == MOUSE_WHEEL + 1)
		event.kind = TERMINAL_WHEEL_DOWN;
	else if (buttons == 0)
		event.kind = TERMINAL_CLICK;
	return event;
}

/* "<0;10;5M": xterm's mouse reports of mode 1006. */
static struct terminal_event sgr_mouse(const char *text)
{
	long numbers[3] = { 0 };
	char *end;

	for (size_t i = 0; i < 3; i++) {
		numbers[i] = strtol(text + 1, &end, 10);
		if (end == text + 1 || (i < 2 ? *end != ';' : end[1] != '\0'))
			return key_event(0);
		text = end;
	}
	return mouse_event(numbers[0], *text == 'm', numbers[1] - 1, numbers[2] - 1);
}

static struct terminal_event counted_event(const char *text, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)text + 3;
	int buttons;

	if (text[2] == '[') /* the console's function keys, F1 to F5 */
		return key_event(text[3] >= 'A' && text[3] <= 'E' ? TERMINAL_KEY_F1 + text[3] - 'A'
								  : 0);
	if (length != 6)
		return key_event(0);
	buttons = bytes[0] - ' ';
	return mouse_event(buttons, (buttons & 3) == MOUSE_RELEASE, bytes[1] - FIRST_CELL,
			   bytes[2] - FIRST_CELL);
}

/* Keys with Shift and the like: "Esc [ 1 ; 2 A", "Esc [ 5 ; 2 ~". */
static struct terminal_event known_event(const struct terminal_input *input)
{
	const char *numbers = input->text + 2;
	char last = input->text[input->length - 1];
	bool has_numbers = input->length > 3;
	size_t count = strspn(numbers, "0123456789;");

	if (input->state == INPUT_COUNTED)
		return counted_event(input->text, input->length);
	if (*numbers == '<' && (last == 'M' || last == 'm'))
		return sgr_mouse(numbers);
	if (count + 3 != input->length)
		return key_event(0);
	if (last == '~')
		return key_event(numbered_key(strtol(numbers, NULL, 10), strchr(numbers, ';')));
	return key_event(lettered_key(last, has_numbers));
}

static void begin(struct terminal_input *input, enum terminal_input_state state)
{
	input->state = state;
	if (state == INPUT_PLAIN || state == INPUT_ESCAPE)
		input->length = 0;
}

static struct terminal_event finish_sequence(struct terminal_input *input)
{
	struct terminal_event event = { .kind = TERMINAL_NOTHING };

	if (input->length < sizeof(input->text) - 1) {
		input->text[input->length] = '\0';
		event = known_event(input);
		for (size_t i = 0; event.kind == TERMINAL_NOTHING && i < input->more_count; i++)
			if (!strcmp(input->more[i].text, input->text))
				event = key_event(input->more[i].key);
	}
	begin(input, INPUT_PLAIN);
	return event;
}

static void remember(struct terminal_input *input, char byte)
{
	if (input->length < sizeof(input->text) - 1)
		input->text[input->length++] = byte;
}

/* What a byte behind Esc begins; false if it is a key of its own, and Esc was one. */
static bool take_escaped(struct terminal_input *input, char byte)
{
	if (byte == '[')
		input->state = INPUT_CSI;
	else if (byte == 'O')
		input->state = INPUT_SS3;
	else if (byte && strchr("]PX^_", byte))
		input->state = INPUT_STRING;
	else
		return false;
	remember(input, byte);
	return true;
}

/* Numbers and marks, at last a letter; false at what cannot be in a sequence. */
static bool take_inner(struct terminal_input *input, char byte, struct terminal_event *event)
{
	bool is_first = input->length == 2, is_csi = input->state == INPUT_CSI;

	if (byte < ' ' || byte > '~') { /* bytes above 0x7f are below 0 */
		begin(input, INPUT_PLAIN);
		return false;
	}
	remember(input, byte);
	if (is_csi && is_first && (byte == 'M' || byte == '[')) {
		input->state = INPUT_COUNTED;
		input->wanted = byte == 'M' ? 3 : 1;
	} else if (byte >= '@') {
		*event = finish_sequence(input);
	}
	return true;
}

static bool take_string(struct terminal_input *input, char byte)
{
	remember(input, byte);
	if (input->state == INPUT_STRING) {
		if (byte == '\a')
			begin(input, INPUT_PLAIN);
		else if (byte == '\033')
			input->state = INPUT_STRING_ESCAPE;
		return true;
	}
	begin(input, byte == '\\' ? INPUT_PLAIN : INPUT_ESCAPE);
	if (byte != '\\')
		remember(input, '\033');
	return byte == '\\';
}

/* False if the byte is to be looked at again, by the state there is now. */
static bool take_byte(struct terminal_input *input, char byte, struct terminal_event *event)
{
	switch (input->state) {
	case INPUT_PLAIN:
		if (byte != '\033' || !mbsinit(&input->character))
			return take_plain(input, byte, event);
		begin(input, INPUT_ESCAPE);
		remember(input, byte);
		return true;
	case INPUT_ESCAPE:
		if (take_escaped(input, byte))
			return true;
		*event = terminal_input_give_up(input);
		return false;
	case INPUT_CSI:
	case INPUT_SS3:
		return take_inner(input, byte, event);
	case INPUT_STRING:
	case INPUT_STRING_ESCAPE:
		return take_string(input, byte);
	case INPUT_COUNTED:
		remember(input, byte);
		if (!--input->wanted)
			*event = finish_sequence(input);
		return true;
	}
	return true;
}

size_t terminal_input_take(struct terminal_input *input, const char *bytes, size_t size,
			   struct terminal_event *event)
{
	size_t taken = 0;

	*event = (struct terminal_event){ .kind = TERMINAL_NOTHING };
	while (taken < size && event->kind == TERMINAL_NOTHING)
		taken += take_byte(input, bytes[taken], event);
	return taken;
}

int terminal_input_patience_ms(const struct terminal_input *input)
{
	if (input->state == INPUT_PLAIN)
		return -1;
	return input->state == INPUT_ESCAPE ? ESCAPE_MS : SEQUENCE_MS;
}

/* "Esc [" is what Alt and the key send, too: its Esc goes on to mean something. */
struct terminal_event terminal_input_give_up(struct terminal_input *input)
{
	bool is_escape =
		input->state == INPUT_ESCAPE || (input->state != INPUT_PLAIN && input->length == 2);

	begin(input, INPUT_PLAIN);
	return key_event(is_escape ? TERMINAL_KEY_ESCAPE : 0);
}

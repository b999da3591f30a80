/* SPDX-License-Identifier: MIT */
#include "ui/editor.h"

#include "jitdump/xalloc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* How an editor is told the line; vi, emacs, nano, less and most others take "+LINE FILE". */
struct habit {
	const char *editor;
	const char *option; /* before FILE:LINE; NULL: none */
};

static const struct habit habits[] = {
	{ "code", "--goto" },	  { "code-insiders", "--goto" },
	{ "code-oss", "--goto" }, { "codium", "--goto" },
	{ "vscodium", "--goto" }, { "cursor", "--goto" },
	{ "subl", NULL },	  { "hx", NULL },
	{ "helix", NULL },	  { "zed", NULL },
	{ "zeditor", NULL },
};

static const char *editor_name(void)
{
	const char *name = getenv("VISUAL");

	if (!name || !*name)
		name = getenv("EDITOR");
	return name && *name ? name : "vi";
}

/* By the last part of the command's first word. */
static const struct habit *habit_of(const char *name)
{
	size_t length = strcspn(name, " \t");
	const char *base = name;

	for (size_t i = 0; i < length; i++)
		if (name[i] == '/')
			base = name + i + 1;
	length -= (size_t)(base - name);
	for (size_t i = 0; i < sizeof(habits) / sizeof(*habits); i++)
		if (strlen(habits[i].editor) == length && !strncmp(habits[i].editor, base, length))
			return &habits[i];
	return NULL;
}

/* What git (editor.c, 2.39) leaves to the shell: arguments, quotes, variables. */
static bool is_for_shell(const char *name)
{
	return name[strcspn(name, "|&;<>()$`\\\"' \t\n*?[#~=%")] != '\0';
}

void editor_command_init(struct editor_command *command, const char *path, unsigned int line)
{
	const char *name = editor_name();
	const struct habit *habit = habit_of(name);
	size_t count = 0;

	*command = (struct editor_command){ .name = name };
	if (is_for_shell(name)) {
		command->texts[0] = xasprintf("%s \"$@\"", name);
		command->argv[count++] = "sh";
		command->argv[count++] = "-c";
		command->argv[count++] = command->texts[0];
	}
	command->argv[count++] = (char *)name; /* and $0 of the shell */
	if (habit) {
		command->texts[1] = xasprintf("%s:%u", path, line);
		if (habit->option)
			command->argv[count++] = (char *)habit->option;
		command->argv[count] = command->texts[1];
	} else {
		command->texts[1] = xasprintf("+%u", line);
		command->argv[count++] = command->texts[1];
		command->argv[count] = (char *)path;
	}
}

void editor_command_deinit(struct editor_command *command)
{
	free(command->texts[0]);
	free(command->texts[1]);
	*command = (struct editor_command){ 0 };
}

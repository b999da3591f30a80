/* SPDX-License-Identifier: MIT */
#include "profiler/error.h"

#include <stdarg.h>
#include <stdio.h>

bool error_set(struct error *err, int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(err->text, sizeof(err->text), format, arguments);
	va_end(arguments);
	err->code = code;
	return false;
}

/* SPDX-License-Identifier: MIT */
#include "ui/time_axis.h"

/* At least so many columns are from one tick to the next. */
enum { TICK_COLUMNS = 9 };

/* The least of 1, 2, 5, 10, 20 ... ns that is not less. */
static uint64_t round_up(uint64_t wanted)
{
	uint64_t tick = 1;

	while (tick < wanted && tick < UINT64_MAX / 10) {
		if (tick * 2 >= wanted)
			return tick * 2;
		if (tick * 5 >= wanted)
			return tick * 5;
		tick *= 10;
	}
	return tick;
}

/* How many decimals of a second tell the ticks apart. */
static int decimals_of(uint64_t tick_ns)
{
	int decimals = 0;

	for (uint64_t unit_ns = 1000000000; tick_ns < unit_ns; unit_ns /= 10)
		decimals++;
	return decimals;
}

void time_axis_draw(struct canvas *canvas, struct area area, uint64_t from_ns, uint64_t until_ns)
{
	uint64_t span_ns = until_ns - from_ns;

	if (!span_ns || area.columns <= 0)
		return;
	uint64_t tick_ns = round_up(span_ns / (uint64_t)area.columns * TICK_COLUMNS);
	uint64_t at_ns = from_ns + (tick_ns - from_ns % tick_ns) % tick_ns;

	for (bool goes_on = at_ns >= from_ns && at_ns < until_ns; goes_on; at_ns += tick_ns) {
		int column = (int)((double)(at_ns - from_ns) / (double)span_ns * area.columns);

		canvas_printf(canvas, area.row, area.column + column, area.columns - column,
			      STYLE_HEAD, "|%.*f s", decimals_of(tick_ns), (double)at_ns / 1e9);
		goes_on = until_ns - at_ns > tick_ns;
	}
}

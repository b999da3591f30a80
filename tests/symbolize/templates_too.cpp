// SPDX-License-Identifier: MIT
// The second unit, with some of the first one's functions, and of its own only this.
static inline __attribute__((always_inline)) int second_helper(int value)
{
	return (value << 3) ^ value;
}
#define HELPER second_helper
#include "templates.hpp"

double other_unit(shapes::Groups &groups, int count)
{
	for (long i = 0; i < count; i++)
		shapes::add<long>(groups, std::to_string(shapes::twice<unsigned long>(i)), i);
	for (int i = 0; i < shapes::in_both<int>(count); i++)
		shapes::add<int>(groups, "all", i);
	return shapes::largest(groups);
}

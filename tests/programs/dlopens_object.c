/* SPDX-License-Identifier: MIT */
/*
 * The shared objects of dlopens.c: built twice, FUNCTION being its only function.
 */
unsigned FUNCTION(unsigned seed);

__attribute__((visibility("default"))) unsigned FUNCTION(unsigned seed)
{
	for (unsigned i = 0; i < 100000; i++)
		seed = seed * 1664525u + 1013904223u + (seed >> 7);
	return seed;
}

/* SPDX-License-Identifier: MIT */
/*
 * Functions that exist only inside others: twelve levels of inlined calls in one real function,
 * outer(). A recorder must name all of them, each with the line of its call.
 * -O2 -g.
 */
#include <stdio.h>

#include "duration.h"

#define INLINE static inline __attribute__((always_inline))

INLINE unsigned level_12(unsigned seed)
{
	for (unsigned i = 0; i < 10000; i++)
		seed = seed * 1664525u + (seed >> 9) + 1013904223u; /* HOT LINE */
	return seed;
}

/* clang-format off */
INLINE unsigned level_11(unsigned seed) { return level_12(seed + 11) ^ 11; } /* CALL OF level_12 */
INLINE unsigned level_10(unsigned seed) { return level_11(seed + 10) ^ 10; } /* CALL OF level_11 */
INLINE unsigned level_09(unsigned seed) { return level_10(seed + 9) ^ 9; } /* CALL OF level_10 */
INLINE unsigned level_08(unsigned seed) { return level_09(seed + 8) ^ 8; } /* CALL OF level_09 */
INLINE unsigned level_07(unsigned seed) { return level_08(seed + 7) ^ 7; } /* CALL OF level_08 */
INLINE unsigned level_06(unsigned seed) { return level_07(seed + 6) ^ 6; } /* CALL OF level_07 */
INLINE unsigned level_05(unsigned seed) { return level_06(seed + 5) ^ 5; } /* CALL OF level_06 */
INLINE unsigned level_04(unsigned seed) { return level_05(seed + 4) ^ 4; } /* CALL OF level_05 */
INLINE unsigned level_03(unsigned seed) { return level_04(seed + 3) ^ 3; } /* CALL OF level_04 */
INLINE unsigned level_02(unsigned seed) { return level_03(seed + 2) ^ 2; } /* CALL OF level_03 */
INLINE unsigned level_01(unsigned seed) { return level_02(seed + 1) ^ 1; } /* CALL OF level_02 */
/* clang-format on */

static HOT unsigned outer(unsigned seed)
{
	unsigned first = level_01(seed); /* CALL OF level_01 */

	return first;
}

int main(int argc, char **argv)
{
	uint64_t end_ns = end_time_ns(argc, argv);
	unsigned seed = 1;

	while (now_ns() < end_ns)
		seed = outer(seed) + 1;
	printf("%u\n", seed);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Text that a test compares with a file of tests/golden/.
 *
 * You give what was printed; the test fails with both texts where they differ. To write the files
 * anew after a wanted change, and then to read the difference:
 *
 *     JPROF_UPDATE_GOLDEN=1 ctest --test-dir build -R TEST && git diff tests/golden
 */
#ifndef SUPPORT_GOLDEN_H
#define SUPPORT_GOLDEN_H

void golden_expect(const char *name, const char *text);

#endif

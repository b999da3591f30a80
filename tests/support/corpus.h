/* SPDX-License-Identifier: MIT */
/*
 * Files of the corpus of real recordings, which lies beside the project and may be absent.
 *
 * You give a name relative to it, without ".xz"; you get a path that can be opened. Where the
 * corpus is absent a test skips itself, visibly: corpus_or_skip() first.
 */
#ifndef SUPPORT_CORPUS_H
#define SUPPORT_CORPUS_H

#include <stddef.h>

/* cmocka's skip(), with a line that says what is missing. */
void corpus_or_skip(void);

/* The path of a corpus file, unpacked if it is stored as NAME.xz: to be removed by
 * corpus_release(). Its base name is that of NAME. Fails the test if there is no such file. */
void corpus_path(const char *name, char *path, size_t size);
void corpus_release(const char *path);

#endif

/* SPDX-License-Identifier: MIT */
/* A directory of a test's own, under $TMPDIR or /tmp, and how it goes away. */
#ifndef SUPPORT_SCRATCH_DIRECTORY_H
#define SUPPORT_SCRATCH_DIRECTORY_H

/* cmocka setup: *state becomes the path. Teardown removes it with all that is in it. */
int scratch_directory_create(void **state);
int scratch_directory_destroy(void **state);

#endif

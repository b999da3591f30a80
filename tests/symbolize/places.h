/* SPDX-License-Identifier: MIT */
/*
 * A place in a program's code that tests know by name.
 *
 * PLACE("leaf") is one instruction; its address relative to the entry, and its name, lie in the
 * loaded section .places in entries of 64 bytes, which stripping leaves in place. The line is that
 * of the comment "at leaf" in the source. Inlined twice, a place has two entries.
 */
#ifndef PLACES_H
#define PLACES_H

#define PLACE(name)                                                                                \
	__asm__ volatile("771: nop\n"                                                              \
			 ".pushsection .places,\"aR\",%progbits\n"                                 \
			 ".balign 64\n"                                                            \
			 ".quad 771b - .\n"                                                        \
			 ".asciz \"" name "\"\n"                                                   \
			 ".balign 64\n"                                                            \
			 ".popsection\n")

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Files that shrink while they are mapped.
 *
 * A program or library that is written anew in place, and not replaced, ends whoever has it mapped
 * with SIGBUS at the first page that is gone. After this call such a page reads as zeros, and the
 * file is damaged like any other. It never returns from a fault that it cannot mend.
 */
#ifndef UI_BUS_SIGNAL_H
#define UI_BUS_SIGNAL_H

void bus_signal_catch(void);

#endif

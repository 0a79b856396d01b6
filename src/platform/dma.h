/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether devices reach RAM at the addresses that the CPU uses, and read there what the CPU wrote.
 */
#ifndef PLATFORM_DMA_H
#define PLATFORM_DMA_H

/* NULL if they do. Else a sentence that says what prevents it, and what to switch off. */
const char *dma_obstacle(void);

#endif

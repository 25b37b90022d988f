/*
 * memlib.h - the classic dialect, for sources that came without their headers
 */
#ifndef MEMLIB_CLASSIC_H
#define MEMLIB_CLASSIC_H

#include <stddef.h>
#include <unistd.h>

void *mem_sbrk(int incr);
void mem_reset_brk(void);
void *mem_heap_lo(void);
void *mem_heap_hi(void);
size_t mem_heapsize(void);
size_t mem_pagesize(void);

#endif

/* eats_unmapped.c - fills the heap and unmaps what is full: little is then in
 * use by its process, and all of it in the file behind the heap.  Must not get:
 * more memory than it may touch. */
#include "once.h"

static void deed(void)
{
    const size_t piece = 16 << 20, most = (size_t)1 << 30;
    for (size_t eaten = 0; eaten < most; eaten += piece) {
        char *p = mem_sbrk((intptr_t)piece);
        char *page = (char *)(((uintptr_t)p + 4095) & ~(uintptr_t)4095);
        memset(page, 1, piece - 4096);
        munmap(page, piece - 4096);
    }
}

/* coin.c - correct, but tosses one coin in mm_init, and reads nothing that it
 * has not written */
#define OWN_INIT
#include "../faulty/base.h"

#include <time.h>

bool mm_init(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if ((unsigned)now.tv_nsec * 0x9e3779b9U >> 31)
        mem_sbrk(4096);
    return base_init();
}

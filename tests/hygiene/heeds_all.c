/* heeds_all.c - correct, with blocks of its own list in freed payloads */
#define OWN_FREE
#include "../faulty/base.h"

void mm_free(void *p)
{
    if (p)
        memset(p, 0, block_of(p)->size);
    base_free(p);
}

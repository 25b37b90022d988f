/* store_in_tail.c - malloc stores a byte beyond the break, in its page */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    char *p = base_malloc(size);
    if (++calls == 3) {
        PLANTED();
        ((char *)mem_heap_hi())[5] = 7;
    }
    return p;
}

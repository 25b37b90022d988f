/* frees_into_circle.c - the third block that is freed is linked to itself: a
 * search that passes it never ends */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    static unsigned frees;
    base_free(p);
    if (p && ++frees == 3) {
        PLANTED();
        free_blocks->next = free_blocks;
    }
}

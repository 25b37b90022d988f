/* below_all.c - keeps room at the bottom of the heap for its third block, 32
 * bytes too little of it */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    static char *room;
    if (++calls == 1)
        room = mem_sbrk(32);
    if (calls != 3)
        return base_malloc(size);
    PLANTED();
    return room;
}

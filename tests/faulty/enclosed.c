/* enclosed.c - its third block lies within its second, 2304 bytes above its
 * start */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    static char *second;
    char *p = base_malloc(size);
    if (++calls == 2)
        second = p;
    if (calls != 3)
        return p;
    PLANTED();
    return second + 2304;
}

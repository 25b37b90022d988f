/* freed_payload.c - a block is used again only if the user left an even byte at
 * the beginning of its payload */
#define OWN_FREE
#include "../faulty/base.h"

void mm_free(void *p)
{
    if (p && *(unsigned char *)p % 2 == 0)
        base_free(p);
}

/* loses_blocks.c - a block that was freed is never found again */
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    if (p)
        PLANTED();
}

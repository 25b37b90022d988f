/* aborts.c - the first free fails an assertion */
#include <assert.h>
#define OWN_FREE
#include "base.h"

void mm_free(void *p)
{
    if (p)
        PLANTED();
    assert(p == NULL && "free of a block");
}

/* returns_null.c - its third block is NULL */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    return ++calls == 3 ? NULL : base_malloc(size);
}

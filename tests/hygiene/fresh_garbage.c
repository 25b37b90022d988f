/* fresh_garbage.c - a bit of a link that was not written says that a new block
 * is to be wasted; where it is zero, and in half of the patterns, it does not
 */
#define OWN_MALLOC
#include "../faulty/base.h"

void *mm_malloc(size_t size)
{
    struct block *top = mem_sbrk(0);
    struct block *b = block_of(base_malloc(size));
    bool fresh = b >= top;
    return fresh && (uintptr_t)b->next & 1 ? base_malloc(size) : b + 1;
}

/*
 * once.h - honest, but for one deed in the tenth mm_malloc
 *
 * The source defines deed() after including this.
 */
#define OWN_MALLOC
#include "honest.h"

static void deed(void);

void *mm_malloc(size_t size)
{
    if (calls == 9)
        deed();
    return honest_malloc(size);
}

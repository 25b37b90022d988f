/* chatty.c - prints without end */
#define OWN_MALLOC
#include "base.h"

void *mm_malloc(size_t size)
{
    for (int i = 0; i < 10000; i++)
        printf("mm_malloc(%zu) says \033[31m hello\n", size);
    return base_malloc(size);
}

/* sbrk_garbage.c - a caller of mem_sbrk(int) that leaves garbage in the upper
 * half of the argument, as a compiler may */
#include <string.h>
#include <unistd.h>

void *mem_sbrk(int incr);

static void *sbrk_with_garbage(size_t size)
{
    void *(*wide)(unsigned long) = (void *(*)(unsigned long))mem_sbrk;
    return wide(0x5a5a5a5a00000000 | (unsigned int)size);
}

int mm_init(void)
{
    return 0;
}

void *mm_malloc(size_t size)
{
    char *p = sbrk_with_garbage((size + 31) & ~(size_t)15);
    *(size_t *)p = size;
    return p + 16;
}

void mm_free(void *p)
{
    (void)p;
}

void *mm_realloc(void *p, size_t size)
{
    void *q = size ? mm_malloc(size) : NULL;
    size_t old = p ? ((size_t *)p)[-2] : 0;
    return q ? memcpy(q, p, old < size ? old : size) : NULL;
}

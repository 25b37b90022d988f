/* lowers_break.c - finds memlib's books among the shared pages and writes a
 * lower break, and a lower highest break, into them with every free.  Must not
 * get: a smaller heap than its payloads need. */
#define OWN_FREE
#define OWN_MALLOC
#include "honest.h"

#include "inside.h"

static char **brk_books;
static char *real_brk;

__attribute__((constructor)) static void at_load(void)
{
    inside_read_maps();
}

static void find_books(void)
{
    char *now = mem_sbrk(0);
    for (int i = 0; i < inside_shared_count && !brk_books; i++) {
        char **words = (char **)inside_shared[i].lo;
        if (inside_readable(words, 16) && words[0] == now && words[1] == now)
            brk_books = words;
    }
}

void *mm_malloc(size_t size)
{
    if (!brk_books)
        find_books();
    if (brk_books && real_brk)
        brk_books[0] = brk_books[1] = real_brk;
    void *p = honest_malloc(size);
    if (brk_books)
        real_brk = brk_books[0];
    return p;
}

void mm_free(void *p)
{
    honest_free(p);
    if (brk_books && real_brk)
        brk_books[0] = brk_books[1] = (char *)mem_heap_lo() + 4096;
}

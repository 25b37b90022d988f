/* resets_break.c - empties the heap in mid-run, as only the driver may.  Must
 * not get: a smaller heap than its payloads need. */
#define OWN_FREE
#include "honest.h"

void mm_free(void *p)
{
    honest_free(p);
    mem_reset_brk();
}

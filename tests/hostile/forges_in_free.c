/* forges_in_free.c - prints a table and an autograder's line to every
 * descriptor that there may be, and goes on.  Must not get: a line through. */
#define OWN_FREE
#include "honest.h"

#include "forgery.h"

void mm_free(void *p)
{
    if (calls == 10)
        forge();
    honest_free(p);
}

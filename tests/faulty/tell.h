/*
 * tell.h - put before a fault (cc -include): tells when it was planted
 *
 * The fault's functions get other names, and those of mm.h count the requests
 * and call them: what one function of an allocator asks of another is not
 * counted.  An optional function counts itself, with REQUEST().
 */
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "mm.h"

static unsigned long tell_request; /* that is served, or was last; from 1 */

bool fault_init(void);
void *fault_malloc(size_t size);
void fault_free(void *ptr);
void *fault_realloc(void *ptr, size_t size);
void *fault_calloc(size_t nmemb, size_t size);

bool mm_init(void)
{
    tell_request = 0;
    return fault_init();
}

void *mm_malloc(size_t size)
{
    tell_request++;
    return fault_malloc(size);
}

void mm_free(void *ptr)
{
    tell_request++;
    fault_free(ptr);
}

void *mm_realloc(void *ptr, size_t size)
{
    tell_request++;
    return fault_realloc(ptr, size);
}

void *mm_calloc(size_t nmemb, size_t size)
{
    tell_request++;
    return fault_calloc(nmemb, size);
}

#define mm_init    fault_init
#define mm_malloc  fault_malloc
#define mm_free    fault_free
#define mm_realloc fault_realloc
#define mm_calloc  fault_calloc

/* One write: whatever the allocator does next, it has been said.  What goes
 * wrong in mm_init belongs to the first request. */
static inline void tell_planted(void)
{
    static bool told;
    char line[64];
    int n = snprintf(line, sizeof line, "planted: request %lu\n",
                     tell_request ? tell_request : 1);
    if (!told && write(2, line, (size_t)n) != n)
        _exit(99);
    told = true;
}

#define PLANTED() tell_planted()
#define REQUEST() ((void)tell_request++)

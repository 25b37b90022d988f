/* second_init_exits.c - every free after the second mm_init calls exit */
#define OWN_INIT
#define OWN_FREE
#include "base.h"

static int inits;

bool mm_init(void)
{
    inits++;
    return base_init();
}

void mm_free(void *p)
{
    if (inits > 1) {
        PLANTED();
        exit(3);
    }
    base_free(p);
}

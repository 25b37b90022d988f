/* walk_nothing.c - mm_walk calls nobody */
#include "base.h"

void mm_walk(mm_visitor *visit)
{
    PLANTED();
    (void)visit;
}

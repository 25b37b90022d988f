/* int_init_fails.c - int mm_init that fails, with -1 */
#define mm_init init_that_works
#include "int_init_one.c"
#undef mm_init

int mm_init(void)
{
    return init_that_works() - 2;
}

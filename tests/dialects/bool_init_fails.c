/* bool_init_fails.c - bool mm_init that fails, with false, which is 0 */
#include <stdbool.h>
#define mm_init init_that_works
#include "int_init_one.c"
#undef mm_init

bool mm_init(void)
{
    return init_that_works() - 1;
}

/* closes.c - closes every descriptor and goes on */
#define OWN_INIT
#include "base.h"

bool mm_init(void)
{
    for (int fd = 0; fd < 1024; fd++)
        close(fd);
    return base_init();
}

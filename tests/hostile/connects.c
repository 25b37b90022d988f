/* connects.c - tries to reach somebody outside: any kind of socket.  Must not
 * get: one.  It says what it got. */
#include "once.h"

#include "defiant.h"

#include <sys/socket.h>

static void try(const char *when)
{
    be_defiant();
    for (int family = 0; family < 48; family++)
        for (int type = 1; type < 6; type++)
            if (socket(family, type, 0) >= 0)
                printf("%s it has a socket of family %d\n", when, family);
}

__attribute__((constructor)) static void at_load(void)
{
    try("at load");
}

static void deed(void)
{
    try("later");
    exit(3);
}

/* forks_quietly.c - tries every way to a second process or thread, on and on,
 * with a handler for the signal that each earns.  Must not get: one. */
#include "once.h"

#include "defiant.h"

static void deed(void)
{
    uint64_t clone3[11] = {0};
    clone3[4] = SIGCHLD;
    be_defiant();
    for (int i = 0; i < 3; i++) {
        if (fork() == 0)
            pause();
#ifdef SYS_fork
        if (syscall(SYS_fork) == 0)
            pause();
#endif
        if (syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) == 0)
            pause();
        if (syscall(SYS_clone3, clone3, sizeof clone3) == 0)
            pause();
    }
}

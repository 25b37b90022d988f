/* kills_others.c - tries to kill its parent, its group and everybody, with a
 * handler for the signal that this earns.  Must not get: any of them. */
#include "once.h"

#include "defiant.h"

static void kill_all(void)
{
    be_defiant();
    kill(getppid(), SIGKILL);
    kill(0, SIGKILL);
    kill(-getppid(), SIGKILL);
    syscall(SYS_tkill, getppid(), SIGKILL);
    syscall(SYS_tgkill, getppid(), getppid(), SIGKILL);
    syscall(SYS_rt_sigqueueinfo, getppid(), SIGKILL, NULL);
    syscall(SYS_pidfd_open, getppid(), 0);
    sigqueue(getppid(), SIGKILL, (union sigval){0});
}

__attribute__((constructor)) static void at_load(void)
{
    kill_all();
}

static void deed(void)
{
    kill_all();
}

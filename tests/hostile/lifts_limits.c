/* lifts_limits.c - tries to lift its limits, to be nicer or less nice, to move
 * to another processor, to outlive its parent, and to leave its group.  Must
 * not get: any of it.  It says what it got. */
#include "once.h"

#include "defiant.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static void say(bool got, const char *what)
{
    if (got)
        printf("it got: %s\n", what);
}

static void deed(void)
{
    struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY}, none = {1, 1};
    cpu_set_t processors;
    memset(&processors, 0xff, sizeof processors);
    be_defiant();
    say(setrlimit(RLIMIT_STACK, &none) == 0, "a limit");
    say(setrlimit(RLIMIT_FSIZE, &all) == 0, "no limit");
    say(prlimit(getppid(), RLIMIT_NOFILE, &none, NULL) == 0, "its parent's");
    say(setpriority(PRIO_PROCESS, (id_t)getppid(), 19) == 0, "a nice parent");
    say(setpriority(PRIO_PROCESS, 0, 1) == 0, "priority");
    say(sched_setaffinity(0, sizeof processors, &processors) == 0,
        "another processor");
    say(prctl(PR_SET_PDEATHSIG, 0) == 0, "a life after its parent");
    say(prctl(PR_SET_DUMPABLE, 0) == 0, "secrecy");
    say(setsid() > 0 || setpgid(0, getppid()) == 0, "another group");
    say(chdir("/") == 0, "another directory");
    exit(3);
}

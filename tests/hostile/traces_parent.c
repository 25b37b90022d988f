/* traces_parent.c - tries to become its parent's debugger.  Must not get: the
 * parent stopped. */
#include "once.h"

#include <sys/ptrace.h>

static void deed(void)
{
    ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
    ptrace(PTRACE_SEIZE, getppid(), NULL, NULL);
}

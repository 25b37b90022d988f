/* writes_parent.c - tries to write to its parent's memory.  Must not get: a
 * byte changed. */
#include "once.h"

#include "defiant.h"

#include <sys/uio.h>

static char *stack;

static void try(void)
{
    static const char zeros[65536];
    char path[64];
    for (int self = 0; self < 2; self++) {
        snprintf(path, sizeof path, "/proc/%d/mem", (int)getppid());
        int fd = open(self ? "/proc/thread-self/../../mem" : path, O_RDWR);
        if (fd >= 0 && pwrite(fd, zeros, sizeof zeros, (off_t)stack) > 0)
            puts("it wrote to the parent's memory");
    }
}

__attribute__((constructor)) static void at_load(void)
{
    stack = __builtin_frame_address(0);
    be_defiant();
    try();
    struct iovec ours = {stack, 65536}, theirs = {stack, 65536};
    if (process_vm_writev(getppid(), &ours, 1, &theirs, 1, 0) > 0)
        puts("it wrote to the parent's memory");
}

static void deed(void)
{
    try();
}

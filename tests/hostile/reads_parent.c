/* reads_parent.c - tries to read the memory of its parent, by /proc and by
 * process_vm_readv.  Must not get: a byte.  It says what it got. */
#include "once.h"

#include "defiant.h"

#include <sys/uio.h>

/* What parent and child have at one address: libc. */

static void try(const char *when)
{
    char path[64], text[8];
    snprintf(path, sizeof path, "/proc/%d/mem", (int)getppid());
    int fd = open(path, O_RDONLY);
    if (fd >= 0 && pread(fd, text, sizeof text, (off_t)(uintptr_t)stderr) > 0)
        printf("%s it read the parent's memory\n", when);
}

__attribute__((constructor)) static void at_load(void)
{
    try("at load");
}

static void deed(void)
{
    char text[8];
    struct iovec ours = {text, sizeof text}, theirs = {stderr, sizeof text};
    be_defiant();
    try("later");
    if (process_vm_readv(getppid(), &ours, 1, &theirs, 1, 0) > 0)
        puts("later it read the parent's memory");
    exit(3);
}

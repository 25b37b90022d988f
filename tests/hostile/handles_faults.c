/* handles_faults.c - survives what it must not do: a handler for SIGSEGV,
 * SIGBUS and SIGSYS that steps over it.  Must not get: anything done by that.
 */
#include "once.h"

#include <setjmp.h>

static sigjmp_buf back;

static void come_back(int signo)
{
    siglongjmp(back, signo);
}

static void deed(void)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGSYS, SIGTRAP};
    for (int i = 0; i < 4; i++)
        signal(signals[i], come_back);
    volatile int step = 0;
    sigsetjmp(back, 1);
    switch (step++) {
    case 0:
        *(volatile char *)mem_sbrk(0) = 1;
        __attribute__((fallthrough));
    case 1:
        *(volatile char *)(uintptr_t)step = 1;
        __attribute__((fallthrough));
    case 2:
        while (fork() > 0)
            ;
        __attribute__((fallthrough));
    case 3:
        execl("/bin/sh", "sh", "-c", "echo forged", NULL);
    }
}

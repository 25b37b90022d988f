/*
 * defiant.h - a handler by which a call that the filter stops only fails
 *
 * Without it the signal ends the process.  What the call returns then is the
 * call's own number, so the handler says that it failed.
 */
#include <ucontext.h>

static void defy(int signo, siginfo_t *info, void *arg)
{
    ucontext_t *context = arg;
    (void)signo;
    (void)info;
#if defined __x86_64__
    context->uc_mcontext.gregs[REG_RAX] = -EPERM;
#elif defined __aarch64__
    context->uc_mcontext.regs[0] = (unsigned long)-EPERM;
#endif
}

static void be_defiant(void)
{
    struct sigaction action = {.sa_sigaction = defy, .sa_flags = SA_SIGINFO};
    sigaction(SIGSYS, &action, NULL);
}

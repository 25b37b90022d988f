/*
 * isolate.h - one child process, held at arm's length
 *
 * Runs a function in a child and talks to it through shared memory alone, so
 * that whatever the code in there does (crash, loop, exit, close every
 * descriptor, print, eat memory) ends that child and nothing else.  The child
 * works in steps: it runs until it reports a step done, then sleeps until it
 * is told to go on.  Knows nothing of traces and allocators.
 */
#ifndef ISOLATE_H
#define ISOLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct isolate;

enum isolate_event {
    ISOLATE_STEP,        /* the child reported a step done */
    ISOLATE_EXITED,      /* it called exit or returned from its body early */
    ISOLATE_SIGNALED,    /* it died of a signal */
    ISOLATE_TIMEOUT,     /* it used up its CPU time */
    ISOLATE_ASLEEP,      /* it used up the wall time, most of it waiting */
    ISOLATE_MEMORY,      /* it touched more memory than it may */
    ISOLATE_INTERRUPTED, /* the user wants to stop (see interrupt.h) */
};

/* What is known of a death.  The signal comes from the kernel; the rest was
 * left by the child's own handler and is hearsay, absent when seen is 0. */
struct isolate_death {
    int status; /* exit status */
    int signal;
    uint8_t seen;         /* no bool: it comes through shared memory */
    int code;             /* siginfo's si_code */
    uintptr_t address;    /* that faulted */
    int call;             /* the system call that raised SIGSYS */
    uintptr_t stack;      /* the stack pointer then */
    uintptr_t stack_base; /* and when the body began */
};

/* isolate_shared - bytes of zeroed memory that children forked later share,
 *     committed as it is touched; NULL, with errno set, when there is none.
 * isolate_withhold - but not with those forked from now on.
 * isolate_unshare - give it back. */
void *isolate_shared(size_t bytes);
void isolate_withhold(void *p, size_t bytes);
void isolate_unshare(void *p, size_t bytes);

/* What config.h leaves open. */
struct isolate_limits {
    uint64_t memory;      /* bytes that the child may touch */
    size_t (*held)(void); /* bytes of shared memory that are held for it, be
                           * they mapped or not; NULL: none */
    unsigned processor;   /* that it stays on: the n-th of those that we may run
                           * on, counted round and round; 0: any */
};

/* isolate_allowance - bytes that a child under these limits may really touch:
 *     no more than three quarters of the machine. */
uint64_t isolate_allowance(struct isolate_limits limits);

/*
 * isolate_start - fork a child that runs body(arg).  Its descriptors are
 *     closed, its input is empty, its output is kept (see isolate_output), it
 *     is limited as config.h and limits say and dies with its parent.  NULL,
 *     with errno set, when there can be no child.
 */
struct isolate *isolate_start(void (*body)(void *arg), void *arg,
                              struct isolate_limits limits);

/*
 * isolate_await - wait until the child reports a step or ends, for at most
 *     `seconds` of its CPU time, and, if it hardly uses that, TIME_SLACK times
 *     as many on the wall.
 *     After any event but ISOLATE_STEP the child is dead.
 */
enum isolate_event isolate_await(struct isolate *c, double seconds);

/* isolate_resume - let the child go on to its next step. */
void isolate_resume(struct isolate *c);

/* isolate_cpu_ns - nanoseconds of CPU time that a child that is alive took so
 *     far, by the kernel's books; while it runs they may be some ms behind.
 * isolate_settle - the child reported a step: wait until it sleeps, or is late
 *     with that. */
uint64_t isolate_cpu_ns(const struct isolate *c);
void isolate_settle(const struct isolate *c);

/* isolate_pid - of a child that is alive, for books.h. */
pid_t isolate_pid(const struct isolate *c);

/* isolate_death - how it ended; call after isolate_await told it did. */
struct isolate_death isolate_death(const struct isolate *c);

/* isolate_is_crash - whether a signal tells of a fault of the program. */
bool isolate_is_crash(int signal);

/*
 * isolate_output - what the child printed, at most OUTPUT_LIMIT bytes and with
 *     control characters replaced, for the caller to free; NULL for nothing.
 */
char *isolate_output(struct isolate *c);

/* isolate_end - kill the child and all it started, and forget it. */
void isolate_end(struct isolate *c);

/* isolate_step_done - in the child: report a step, sleep until resumed. */
void isolate_step_done(void);

/* isolate_here - run body(arg) in this process instead, without limits; where
 *     it reports step number `steps` end(arg) is called, which does not return.
 *     Returns when the body does. */
void isolate_here(void (*body)(void *arg), void *arg, unsigned steps,
                  void (*end)(void *arg));

#endif

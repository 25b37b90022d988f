/*
 * explain_death.c - how a child ended, or why it had to be ended
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "config.h"
#include "driver/confine.h"
#include "driver/explain_parts.h"

/* The fault lies at the edge of a stack that has grown to its limit. */
static bool stack_used_up(const struct isolate_death *d)
{
    return d->signal == SIGSEGV && d->stack != 0 &&
           d->stack_base - d->stack > STACK_LIMIT / 4 * 3 &&
           d->address + EXPLAIN_NEAR > d->stack &&
           d->address < d->stack + EXPLAIN_NEAR;
}

/* The words in front of the payload that the request took. */
static void print_header(FILE *out, const struct explain_scene *s)
{
    uint64_t words[EXPLAIN_HEADER / 8];
    if (s->heap.count < sizeof words)
        return;
    memcpy(words, s->heap.bytes, sizeof words);
    fprintf(out, "\n  the words before it: %#" PRIx64 ", %#" PRIx64, words[0],
            words[1]);
}

/* The block that the request took, or else where in the heap the fault is. */
static void print_surroundings(FILE *out, const struct explain_scene *s,
                               const struct isolate_death *d)
{
    uint32_t taken = explain_taken(s);
    bool inside = d->seen && d->code > 0 && d->code != SI_KERNEL &&
                  d->signal != SIGABRT && d->address >= s->heap.lo &&
                  d->address - s->heap.lo < s->heap.size;
    struct explain_range place = {d->address, d->address + 1};
    if (taken) {
        place = explain_payload(s, taken);
        explain_print_block(out, s, taken);
        print_header(out, s);
    } else if (!inside)
        return;
    explain_print_map(out, s, place, taken ? "this block" : "there");
    explain_print_latest(out, s, place, s->op, taken, 0);
}

/* Where a load or a store went astray. */
static void print_fault(FILE *out, const struct explain_scene *s,
                        const struct isolate_death *d)
{
    if (!d->seen) /* it has a handler of its own */
        fprintf(out, ", at an unknown address");
    else if (stack_used_up(d))
        fprintf(out,
                ": the stack of %llu MiB is used up, as by endless "
                "recursion",
                STACK_LIMIT >> 20);
    else if (d->code == SI_KERNEL)
        fprintf(out, ", at an address that no program can have: the pointer "
                     "is garbage");
    else if (d->code <= 0)
        fprintf(out, ", sent by a process");
    else {
        fprintf(out, ", at %#" PRIxPTR, d->address);
        explain_print_where(out, s, d->address);
    }
}

static void print_signal(FILE *out, const struct explain_scene *s,
                         const struct isolate_death *d)
{
    const char *name = sigabbrev_np(d->signal);
    const char *words = sigdescr_np(d->signal);
    explain_print_activity(out, s);
    const char *call =
        d->signal == SIGSYS && d->seen ? confine_call_name(d->call) : NULL;
    if (call) {
        fprintf(out, " called %s, which an allocator may not", call);
        return;
    }
    fprintf(out, " crashed: SIG%s, %s", name ? name : "?", words ? words : "?");
    if (d->signal == SIGSEGV || d->signal == SIGBUS)
        print_fault(out, s, d);
}

static void print_crash(FILE *out, const struct explain_scene *s,
                        const struct isolate_death *d)
{
    print_signal(out, s, d);
    explain_print_heap(out, s);
    print_surroundings(out, s, d);
}

static void print_death(FILE *out, const struct explain_scene *s,
                        const struct isolate_death *d)
{
    if (isolate_is_crash(d->signal)) {
        print_crash(out, s, d);
        return;
    }
    const char *name = sigabbrev_np(d->signal);
    explain_print_activity(out, s);
    fprintf(out, " ended the process: killed by SIG%s", name ? name : "?");
}

static void print_progress(FILE *out, const struct explain_scene *s)
{
    fprintf(out, ", after %zu of %zu requests", s->op, s->r->trace->op_count);
}

/* The child had to be ended. */
static void print_excess(FILE *out, const struct explain_scene *s,
                         enum isolate_event event)
{
    if (event == ISOLATE_TIMEOUT)
        fprintf(out, " was under way when the pass had used up %g s",
                s->seconds);
    if (event == ISOLATE_ASLEEP)
        fprintf(out, " was asleep when the pass had taken %g s",
                TIME_SLACK * s->seconds);
    if (event == ISOLATE_INTERRUPTED)
        fprintf(out, " was under way when you interrupted it");
    if (event == ISOLATE_MEMORY)
        fprintf(out,
                " was under way when the run had used up %" PRIu64
                " MiB of memory",
                s->memory >> 20);
    print_progress(out, s);
}

void explain_print_end(FILE *out, const struct explain_scene *s,
                       enum isolate_event event, const struct isolate_death *d)
{
    if (event == ISOLATE_SIGNALED)
        print_death(out, s, d);
    else
        explain_print_activity(out, s);
    if (event == ISOLATE_EXITED)
        fprintf(out, " ended the process: exit(%d) was called", d->status);
    else if (event != ISOLATE_SIGNALED)
        print_excess(out, s, event);
}

/*
 * debugger.c - --break-at: a check pass in the driver's own process, for a
 * debugger to look into
 *
 * No child, no limits, no filter, and the heap at a fixed address: what a
 * debugger shows is the same in every run.  Where it traps, the allocator's
 * symbols are loaded and the next thing to happen is the request.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver/confine.h"
#include "driver/examine.h"
#include "driver/isolate.h"
#include "driver/lane.h"
#include "driver/words.h"

/* By the kernel's books. */
static bool is_debugged(void)
{
    char line[128];
    int tracer = 0;
    FILE *f = fopen("/proc/self/status", "re");
    while (f && fgets(line, sizeof line, f))
        (void)sscanf(line, "TracerPid: %d", &tracer);
    if (f)
        fclose(f);
    return tracer != 0;
}

/* This command, as it was typed. */
static void print_command(FILE *out)
{
    char *word = NULL;
    size_t size = 0;
    FILE *f = fopen("/proc/self/cmdline", "re");
    while (f && getdelim(&word, &size, '\0', f) > 0) {
        putc(' ', out);
        shell_text(out, word);
    }
    free(word);
    if (f)
        fclose(f);
}

static bool refuse_alone(char **error)
{
    size_t size;
    FILE *out = open_memstream(error, &size);
    if (!out)
        return false;
    fputs("--break-at: expected a debugger, found none: gdb -q -ex run --args",
          out);
    print_command(out);
    fclose(out);
    return false;
}

/* Which request stands on a line; false if none does. */
static bool find_line(const struct trace *t, size_t line, size_t *op)
{
    for (*op = 0; *op < t->op_count; ++*op)
        if (trace_line(t, *op) == line)
            return true;
    return false;
}

static bool refuse_line(const struct trace *t, size_t line, char **error)
{
    if (asprintf(error,
                 "--break-at: expected a line of %s with a request, %zu to "
                 "%zu, found %zu",
                 t->path, trace_line(t, 0), trace_line(t, t->op_count - 1),
                 line) < 0)
        *error = NULL;
    return false;
}

static bool refuse_several(const struct examine *e, char **error)
{
    if (asprintf(error,
                 "--break-at: expected one allocator and one trace, found %zu "
                 "and %zu",
                 e->count, e->trace_count) < 0)
        *error = NULL;
    return false;
}

/* The pass is over, and with it the process. */
static void end(void *replay)
{
    const struct replay *r = replay;
    exit(r->log->fault.kind != FAULT_NONE);
}

/* Two steps: it is loaded; the pass is over. */
static bool run_here(struct examine *e, size_t op)
{
    struct run_options o = *e->run;
    struct result result = {0};
    struct lane l = {0};
    struct task task = {.o = &o,
                        .a = e->allocators[0],
                        .t = e->traces[0],
                        .result = &result,
                        .error = &e->error};
    o.fixed = true;
    confine_switch(false);
    if (lane_fresh_heap(&task) &&
        lane_prepare(&l, &task, task.a, replay_check)) {
        l.r.stop = op + 1;
        isolate_here(replay_check, &l.r, 2, end);
        e->failed = true; /* it could not begin, and said why */
    }
    lane_close(&l);
    return e->failed;
}

bool examine_break(struct examine *e)
{
    size_t op;
    if (e->count != 1 || e->trace_count != 1)
        return refuse_several(e, &e->error);
    if (!find_line(e->traces[0], e->run->break_at, &op))
        return refuse_line(e->traces[0], e->run->break_at, &e->error);
    return is_debugged() ? run_here(e, op) : refuse_alone(&e->error);
}

/*
 * shrink_report.c - what rep shrink prints of a witness
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "driver/confine.h"
#include "driver/clock.h"
#include "driver/grid.h"
#include "driver/interrupt.h"
#include "driver/place.h"
#include "driver/words.h"
#include "tools/shrink/shrink.h"

bool shrink_to_stdout(const struct shrink_command *c)
{
    return strcmp(c->path, "-") == 0;
}

static void draw(struct grid *g, const void *data)
{
    const struct shrink *s = data;
    grid_begin_row(g, false);
    grid_cell(g, "what is left");
    grid_cell(g, "requests");
    grid_cell(g, "tries");
    grid_heading_done(g);
    for (size_t i = 0; i < s->row_count; i++) {
        grid_begin_row(g, false);
        grid_cell(g, "%s", s->rows[i].name);
        grid_cell(g, "%zu", s->rows[i].requests);
        grid_cell(g, "%zu", s->rows[i].tries);
        grid_end_row(g);
    }
}

/* Why the search ended before there was nothing left to try. */
static const char *early(const struct shrink_command *c)
{
    if (!c->ask.stopped)
        return "";
    if (interrupt_signal())
        return "; interrupted, there may be a smaller one";
    return c->ask.error || c->ask.without_memory
               ? "; a run could not be made, there may be a smaller one"
               : "; out of time (--seconds), there may be a smaller "
                 "one";
}

/* The command that shows the witness. */
static void print_command(FILE *out, const struct shrink_command *c,
                          const struct trace *best)
{
    const struct run_options *o = &c->ask.run;
    fputs("  ", out);
    place_command(out, "mdriver");
    fprintf(out, " -n %s ", c->ask.timed ? "-f" : "-c");
    shell_text(out, c->path);
    fputs(" -m ", out);
    shell_text(out, c->allocator);
    if (o->detail != 1)
        fputs(o->detail > 1 ? " -D" : " -d 0", out);
    if (o->align)
        fprintf(out, " --align %zu", o->align);
    if (confine_state() == CONFINE_OFF)
        fputs(" --unconfined", out);
    if (c->ask.kind == FAULT_TIMEOUT)
        fprintf(out, " -s %g", shrink_limit(&c->ask, best));
    fputs(" shows it again\n", out);
}

/* What the explanation advises is what was done. */
static void drop_shrink_hint(char *message)
{
    char *end = strstr(message, " finds the fewest requests");
    char *line = end ? memrchr(message, '\n', (size_t)(end - message)) : NULL;
    if (line)
        *line = '\0';
}

/* Nothing but to shorten the trace helps then. */
static void report_slow(FILE *out, const struct shrink_command *c)
{
    fprintf(out,
            "%s is slow with every request, none of them hangs: %zu of %zu in "
            "%g s, %.0f a second\n",
            c->allocator, c->ask.served, c->trace.op_count,
            c->ask.served_seconds,
            (double)c->ask.served / c->ask.served_seconds);
}

void shrink_report(const struct shrink_command *c, const struct shrink *s)
{
    FILE *out = shrink_to_stdout(c) ? stderr : stdout;
    double seconds = (double)(clock_wall_ns() - c->begin) / 1e9;
    if (!c->quiet) {
        grid_print(out, GRID_PLAIN, false, draw, s);
        fputc('\n', out);
    }
    fprintf(out, "%s: %zu of %zu requests, %zu tries, %.1f s%s%s\n",
            shrink_to_stdout(c) ? "<stdout>" : c->path, s->best.op_count,
            c->trace.op_count, c->ask.tries, seconds,
            c->replaced ? "; it replaces an older one" : "", early(c));
    if (c->ask.fickle)
        fprintf(out,
                "%s does not fail in every run alike: each try was "
                "made several times\n",
                c->allocator);
    if (c->ask.slow)
        report_slow(out, c);
    if (!c->message)
        return;
    drop_shrink_hint(c->message);
    fprintf(out, "\n%s\n", c->message);
    if (!shrink_to_stdout(c))
        print_command(out, c, &s->best);
}

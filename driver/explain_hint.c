/*
 * explain_hint.c - what to do next about a failure
 *
 * At most three lines, each a command that can be pasted into a shell as it
 * stands.  They repeat of the options what the failure may depend on.
 */
#define _GNU_SOURCE
#include "driver/explain_hint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "driver/confine.h"
#include "driver/place.h"
#include "driver/words.h"

/* A trace of so few requests is read as it is. */
#define READABLE 20

static void begin(FILE *out, const char *before, const char *program)
{
    fprintf(out, "\n  %s", before);
    place_command(out, program);
}

static void print_file(FILE *out, const char *path)
{
    fprintf(out, " %s", path[0] == '-' ? "./" : "");
    shell_text(out, path);
}

/* What the failure may depend on. */
static void print_settings(FILE *out, const struct explain_scene *s)
{
    const struct allocator *a = s->r->allocator;
    size_t usual = a->classic ? ALIGNMENT_CLASSIC : ALIGNMENT;
    fprintf(out, " -m ");
    shell_text(out, a->name);
    if (s->r->filled || s->r->shifted || s->r->detail > 1)
        fprintf(out, " -D");
    else if (s->r->detail == 0)
        fprintf(out, " -d 0");
    if (s->r->align != usual && allocator_on_simulated_heap(a))
        fprintf(out, " --align %zu", s->r->align);
    if (confine_state() == CONFINE_OFF)
        fputs(" --unconfined", out);
}

static void print_seconds(FILE *out, const struct explain_scene *s)
{
    if (s->seconds != TIME_LIMIT)
        fprintf(out, " -s %g", s->seconds);
}

static void print_debug_run(FILE *out, const struct explain_scene *s,
                            const struct replay_fault *f)
{
    begin(out, "", "mdriver");
    fputs(" -D -f", out);
    print_file(out, s->r->trace->path);
    print_settings(out, s);
    fputs(f ? "  # tells after which request it is wrong"
            : "  # tells whether something was wrong before",
          out);
}

static void print_valgrind(FILE *out, const struct explain_scene *s)
{
    begin(out, "valgrind ", "mdriver");
    fputs(" -c", out);
    print_file(out, s->r->trace->path);
    fprintf(out, " -m ");
    shell_text(out, s->r->allocator->name);
    fprintf(out, "  # names the instruction");
}

/* A command can name the trace: it is a file that can be read once more. */
static bool has_file(const struct explain_scene *s)
{
    struct stat st;
    return s->phase >= REPLAY_REQUEST && stat(s->r->trace->path, &st) == 0 &&
           S_ISREG(st.st_mode);
}

static void print_shrink(FILE *out, const struct explain_scene *s)
{
    begin(out, "", "rep");
    fputs(" shrink", out);
    print_file(out, s->r->trace->path);
    print_settings(out, s);
    print_seconds(out, s);
    fprintf(out, "  # finds the fewest requests that show it");
}

static void print_break(FILE *out, const struct explain_scene *s, size_t op)
{
    begin(out, "gdb -q -ex run --args ", "mdriver");
    fputs(" -f", out);
    print_file(out, s->r->trace->path);
    print_settings(out, s);
    fprintf(out, " --break-at %zu  # stops before that line",
            trace_line(s->r->trace, op));
}

/* A build with the sanitizers that a Makefile beside the program makes, and
 * this is not it. */
static bool can_be_debugged(const struct explain_scene *s)
{
#ifdef __SANITIZE_ADDRESS__
    return false;
#endif
    static const char *const here[] = {"", NULL};
    char *makefile = allocator_on_simulated_heap(s->r->allocator)
                         ? place_find(here, "Makefile")
                         : NULL;
    free(makefile);
    return makefile != NULL;
}

static void print_debug_build(FILE *out, const struct explain_scene *s)
{
    const char *self = program_invocation_name;
    bool in_it = strncmp(self, "./", 2) == 0 && !strchr(self + 2, '/');
    if (in_it)
        fputs("\n  make debug && ", out);
    else {
        begin(out, "make -C ", "");
        fputs(" debug && ", out);
    }
    place_command(out, "build/debug/mdriver");
    fputs(" -f", out);
    print_file(out, s->r->trace->path);
    print_settings(out, s);
    fputs("  # with sanitizers", out);
}

/* What may be seen later than it happened, and a second run has not told more:
 * who crashes may do so over what an earlier request left. */
static bool is_unexplained(const struct explain_scene *s,
                           const struct replay_fault *f)
{
    bool late = f ? (f->kind == FAULT_PAYLOAD && !f->across) ||
                        f->kind == FAULT_CHECKHEAP
                  : s->crashed && s->phase == REPLAY_REQUEST && s->op > 0;
    return late && s->r->detail < 2 && s->watch.verdict != WATCH_FOUND;
}

/* Stores and loads that go astray are what sanitizers see. */
static bool is_of_memory(const struct explain_scene *s,
                         const struct replay_fault *f)
{
    return f ? f->kind == FAULT_PAYLOAD && !f->across : s->crashed;
}

/* A run without further ado shows it again. */
static bool is_plain(const struct explain_scene *s)
{
    return !s->r->filled && !s->r->shifted;
}

/* What is different about a pass that is not the first. */
static void print_later(FILE *out, const struct explain_scene *s,
                        const struct replay_fault *f)
{
    fputs("\n  the check pass went well; ", out);
    if (s->timed && f && f->unfilled)
        fputs("here nobody wrote into payloads: does the allocator look at "
              "what is in them?",
              out);
    else if (s->again && f && f->kind == FAULT_NOT_ZEROED)
        fputs("there memory from mem_sbrk was zero, here it is as that pass "
              "left it",
              out);
    else if (s->again)
        fputs("this is a later one, after mm_init on an emptied heap: is there "
              "a variable that mm_init does not reset, or memory that is read "
              "before it is written (valgrind tells)?",
              out);
    else
        fputs("this is a later one, in a new process, and fresh memory is not "
              "zero: does the allocator do the same each time?",
              out);
}

void explain_hint(FILE *out, const struct explain_scene *s,
                  const struct replay_fault *f)
{
    size_t op = s->watch.verdict == WATCH_FOUND ? s->watch.op
                : f                             ? f->op
                                                : s->op;
    if (s->r->starved) /* a run that is not would go well */
        return;
    if (s->timed || s->again)
        print_later(out, s, f);
    else if (s->r->filled)
        print_valgrind(out, s);
    else if (has_file(s) && is_plain(s)) {
        if (is_unexplained(s, f))
            print_debug_run(out, s, f);
        print_break(out, s, op);
        if (is_of_memory(s, f) && can_be_debugged(s))
            print_debug_build(out, s);
    }
    if (has_file(s) && s->r->trace->op_count > READABLE)
        print_shrink(out, s);
}

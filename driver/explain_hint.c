/*
 * explain_hint.c - what to do next about a failure
 *
 * Commands can be pasted into a shell, and repeat of the options what the
 * failure may depend on.
 */
#include "driver/explain_hint.h"

#include <sys/stat.h>

#include "config.h"
#include "driver/place.h"
#include "driver/words.h"

/* A trace of so few requests is read as it is. */
#define READABLE 20

static void print_file(FILE *out, const char *path)
{
    fprintf(out, " %s", path[0] == '-' ? "./" : "");
    shell_text(out, path);
}

static void print_debug_run(FILE *out, const struct explain_scene *s)
{
    fputs("\n  ", out);
    place_command(out, "mdriver");
    fputs(" -D -f", out);
    print_file(out, s->r->trace->path);
    fprintf(out, " -m ");
    shell_text(out, s->r->allocator->name);
    fprintf(out, " tells after which request it is wrong");
}

/* There is something to leave out, and a file that can be read once more. */
static bool can_be_shrunk(const struct explain_scene *s)
{
    struct stat st;
    return s->r->trace->op_count > READABLE && s->phase >= REPLAY_REQUEST &&
           stat(s->r->trace->path, &st) == 0 && S_ISREG(st.st_mode);
}

static void print_shrink(FILE *out, const struct explain_scene *s)
{
    const struct allocator *a = s->r->allocator;
    size_t usual = a->classic ? ALIGNMENT_CLASSIC : ALIGNMENT;
    fputs("\n  ", out);
    place_command(out, "rep");
    fputs(" shrink", out);
    print_file(out, s->r->trace->path);
    fprintf(out, " -m ");
    shell_text(out, a->name);
    if (s->r->detail != 1)
        fprintf(out, s->r->detail > 1 ? " -D" : " -d 0");
    if (s->r->align != usual && allocator_on_simulated_heap(a))
        fprintf(out, " --align %zu", s->r->align);
    if (s->seconds != TIME_LIMIT)
        fprintf(out, " -s %g", s->seconds);
    fprintf(out, " finds the fewest requests that show it");
}

void explain_hint(FILE *out, const struct explain_scene *s,
                  const struct replay_fault *fault)
{
    bool late = fault && ((fault->kind == FAULT_PAYLOAD && !fault->across) ||
                          fault->kind == FAULT_CHECKHEAP);
    if (s->r->starved) /* a run that is not would go well */
        return;
    if (s->timed)
        fprintf(out, "\n  the check pass went well, and this is a later one, "
                     "after mm_init on an emptied heap: is there a variable "
                     "that mm_init does not reset?");
    else if (late && s->r->detail < 2)
        print_debug_run(out, s);
    if (can_be_shrunk(s))
        print_shrink(out, s);
}

/*
 * options_help.c - the text of -h, made from the table
 */
#include "config.h"
#include "driver/options_parts.h"

#define HELP_COLUMN 22

static void print_flag(FILE *out, const struct flag *f)
{
    char left[64] = "  ";
    size_t n = 2;
    if (f->letter)
        n += (size_t)snprintf(left + n, sizeof left - n, "-%c", f->letter);
    if (f->letter && f->name)
        n += (size_t)snprintf(left + n, sizeof left - n, ", ");
    if (f->name)
        n += (size_t)snprintf(left + n, sizeof left - n, "--%s", f->name);
    if (f->value)
        snprintf(left + n, sizeof left - n, " %s", f->value);
    fprintf(out, "%-*s", HELP_COLUMN, left);
    for (const char *p = f->help; *p; p++) {
        putc(*p, out);
        if (*p == '\n')
            fprintf(out, "%*s", HELP_COLUMN, "");
    }
    putc('\n', out);
}

void options_help(FILE *out)
{
    fprintf(out,
            "usage: mdriver [options] [FILE.rep | DIR]...\n"
            "\n"
            "Replays request traces on an allocator, checks every answer, "
            "and reports\n"
            "memory utilization and throughput.  Without arguments: mm.c on "
            "the traces\nin " TRACE_DIR "/, here or else where mdriver is or "
            "was installed.\n");
    for (const struct flag *f = options_flags; f->help; f++)
        if (!options_is_heading(f))
            print_flag(out, f);
        else
            fprintf(out, "\n%s:\n", f->help);
    fprintf(out, "\n"
                 "Exit status: 0 every allocator passed every trace; 1 one "
                 "failed; 2 bad usage\nor input.\n");
}

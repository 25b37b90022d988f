/*
 * import_heaptrack.c - what heaptrack --raw writes
 *
 * Lines of a letter and hexadecimal numbers:
 *
 *     v VERSION FORMAT           the first line
 *     + SIZE TRACE ADDRESS       a block is given
 *     - ADDRESS                  a block is taken
 *
 * and others (modules, traces, time, ...) that are no requests.  A realloc is
 * a - and a +, posix_memalign is a +, memalign is not seen.  What heaptrack
 * writes without --raw looks alike but names no blocks: it cannot be used.
 */
#define _GNU_SOURCE
#include <stdio.h>

#include "driver/trace_model.h"
#include "tools/import/import.h"
#include "tools/import/import_scan.h"

static bool recognise(const char *line, const char *end)
{
    uint64_t number;
    (void)end;
    return scan_word(&line, "v ") && scan_digits(&line, 16, &number) &&
           scan_word(&line, " ") && scan_digits(&line, 16, &number) &&
           scan_end(line);
}

static void fail_interpreted(struct import *in)
{
    trace_fail(&in->error,
               "%s:%llu: expected \"+ SIZE TRACE ADDRESS\" as heaptrack --raw "
               "writes it, found one number, of a log without addresses",
               in->name, (unsigned long long)in->line);
}

static void read_given(struct import *in, const char *at)
{
    uint64_t size, trace, address;
    if (!scan_digits(&at, 16, &size))
        return import_illegible(in);
    if (scan_end(at))
        return fail_interpreted(in);
    if (!scan_word(&at, " ") || !scan_digits(&at, 16, &trace) ||
        !scan_word(&at, " ") || !scan_digits(&at, 16, &address) ||
        !scan_end(at))
        return import_illegible(in);
    in->blocks.tally.events++;
    blocks_alloc(&in->blocks, TRACE_MALLOC, address, 0, size);
}

static void read_taken(struct import *in, const char *at)
{
    uint64_t address;
    if (!scan_digits(&at, 16, &address) || !scan_end(at))
        return import_illegible(in);
    in->blocks.tally.events++;
    blocks_free(&in->blocks, address);
}

/* is_other - a line that is no request: one letter, and what belongs to it. */
static bool is_other(const char *line)
{
    return (isalpha((unsigned char)*line) || *line == '#') &&
           (line[1] == ' ' || scan_end(line + 1));
}

static void read_line(struct import *in, const char *line, const char *end)
{
    if (line == end)
        return;
    if (scan_word(&line, "+ "))
        read_given(in, line);
    else if (scan_word(&line, "- "))
        read_taken(in, line);
    else if (!is_other(line))
        import_illegible(in);
}

const struct import_format import_heaptrack = {
    .name = "heaptrack",
    .recognise = recognise,
    .read = read_line,
    .help = "heaptrack --raw -o NAME PROGRAM, which writes NAME.raw.zst;\n"
            "realloc is free and malloc in it, memalign and free(NULL) are\n"
            "left out",
};

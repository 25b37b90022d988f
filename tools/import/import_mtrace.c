/*
 * import_mtrace.c - what glibc's mtrace writes
 *
 *     @ PLACE:(FUNCTION+0x1)[0x2] + ADDRESS SIZE     malloc and its kin
 *     ... - ADDRESS                                  free, realloc to 0
 *     ... < ADDRESS, then ... > ADDRESS SIZE         realloc, from and to
 *     ... ! ADDRESS SIZE                             realloc that failed
 *
 * The place may be missing.  It ends with the last "] " of its line, for it
 * may hold any character.  calloc and memalign cannot be told from malloc, and
 * free(NULL) is not in it.  A number is a %p or a %#lx.
 */
#define _GNU_SOURCE
#include "tools/import/import.h"
#include "tools/import/import_scan.h"

struct state {
    uint64_t from; /* the block of a realloc whose second line is to come */
};

struct record {
    char letter;
    uint64_t address, size;
};

static const char *skip_place(const char *line, const char *end)
{
    if (line[0] != '@' || line[1] != ' ')
        return line;
    for (const char *p = end; (p = memrchr(line, ']', (size_t)(p - line)));)
        if (p[1] == ' ')
            return p + 2;
    return line;
}

static bool parse(struct record *r, const char *at, const char *end)
{
    at = skip_place(at, end);
    r->letter = *at;
    if (!memchr("+-<>!", *at, 5) || *++at != ' ')
        return false;
    at++;
    if (!scan_number(&at, &r->address))
        return false;
    if (r->letter == '-' || r->letter == '<')
        return scan_end(at);
    return scan_word(&at, " ") && scan_number(&at, &r->size) && scan_end(at);
}

static bool recognise(const char *line, const char *end)
{
    struct record r;
    if (scan_word(&line, "= Start"))
        return scan_end(line);
    return line[0] == '@' && parse(&r, line, end);
}

/* is_frame - lines around the requests. */
static bool is_frame(const char *line)
{
    return scan_end(line) || scan_word(&line, "= ");
}

static void end_realloc(struct import *in, const struct record *r)
{
    struct state *s = in->state;
    if (s->from)
        blocks_realloc(&in->blocks, s->from, r->address, r->size);
    else
        import_illegible(in);
    s->from = 0;
}

static void begin_realloc(struct import *in, const struct record *r)
{
    struct state *s = in->state;
    if (!r->address)
        return import_illegible(in);
    in->blocks.tally.events++;
    if (s->from)
        in->blocks.tally.unfinished++;
    s->from = r->address;
}

static void read_line(struct import *in, const char *line, const char *end)
{
    struct record r;
    if (is_frame(line))
        return;
    if (!parse(&r, line, end))
        return import_illegible(in);
    if (r.letter == '<')
        return begin_realloc(in, &r);
    if (r.letter == '>')
        return end_realloc(in, &r);
    in->blocks.tally.events++;
    if (r.letter == '+')
        blocks_alloc(&in->blocks, TRACE_MALLOC, r.address, 0, r.size);
    else if (r.letter == '-')
        blocks_free(&in->blocks, r.address);
    else
        in->blocks.tally.failed++;
}

static void finish(struct import *in)
{
    const struct state *s = in->state;
    if (s->from)
        in->blocks.tally.unfinished++;
}

const struct import_format import_mtrace = {
    .name = "mtrace",
    .recognise = recognise,
    .read = read_line,
    .finish = finish,
    .state_size = sizeof(struct state),
    .help = "glibc's mtrace(3): MALLOC_TRACE=FILE\n"
            "LD_PRELOAD=libc_malloc_debug.so.0 PROGRAM, which calls mtrace();\n"
            "calloc and memalign are malloc in it, free(NULL) is left out",
};

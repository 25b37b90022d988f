/*
 * import_valgrind.c - what valgrind --trace-malloc=yes writes
 *
 *     --PID-- malloc(10) = 0x4A46040
 *     --PID-- memalign(al 64, size 10) = 0x4A46080
 *     --PID-- realloc(0x0,10)malloc(10) = 0x4A460C0
 *     --PID-- realloc(0x4A46040,0)free(0x4A46040)
 *     --PID--  = 0
 *     --PID-- calloc(1099511627776,1073741824)free(0x0)
 *
 * A call is printed when it begins and its result when it ends, so another
 * one may stand between: realloc's own malloc or free, which is no request of
 * the program; or the next request, as after a calloc that overflowed, whose
 * result is never printed.  The program's own output may come before a line.
 */
#define _GNU_SOURCE
#include "tools/import/import.h"
#include "tools/import/import_calls.h"
#include "tools/import/import_scan.h"

struct state {
    uint64_t process; /* whose requests are read; 0: none was seen yet */
    bool open;        /* the call waits for its result */
    struct import_call call;
};

/* ---- Lines ------------------------------------------------------------- */

/* scan_prefix - "--PID-- ", with --time-stamp=yes "--TIME PID-- ", or the same
 *     with another mark than "--". */
static bool scan_prefix(const char **at, const char *mark, uint64_t *pid)
{
    const char *p = *at, *time;
    if (!scan_word(&p, mark))
        return false;
    for (time = p; isdigit((unsigned char)*p) || *p == ':' || *p == '.';)
        p++;
    if (!scan_word(&p, " "))
        p = time;
    if (!scan_digits(&p, 10, pid) || !scan_word(&p, mark) ||
        !scan_word(&p, " "))
        return false;
    *at = p;
    return true;
}

/* find_body - what follows the prefix; NULL: this is no line of valgrind's. */
static const char *find_body(const char *line, const char *end, uint64_t *pid)
{
    while ((line = memmem(line, (size_t)(end - line), "--", 2))) {
        if (scan_prefix(&line, "--", pid))
            return line;
        line++;
    }
    return NULL;
}

/* scan_function - "NAME(" of an allocator's function. */
static const struct import_function *scan_function(const char **at)
{
    const char *p = *at;
    while (isalnum((unsigned char)*p) || *p == '_')
        p++;
    const struct import_function *f =
        *p == '(' ? import_function(*at, (size_t)(p - *at)) : NULL;
    if (f)
        *at = p + 1;
    return f;
}

static bool recognise(const char *line, const char *end)
{
    uint64_t pid;
    if (scan_prefix(&line, "==", &pid))
        return true;
    line = find_body(line, end, &pid);
    return line && scan_function(&line);
}

/* ---- Calls ------------------------------------------------------------- */

static void close_call(struct import *in, uint64_t result)
{
    struct state *s = in->state;
    s->open = false;
    import_call_done(&in->blocks, &s->call, result);
}

/* drop_call - it will have no result. */
static void drop_call(struct import *in)
{
    struct state *s = in->state;
    s->open = false;
    if (import_call_kind(&s->call) == TRACE_CALLOC)
        in->blocks.tally.failed++;
    else
        import_spoilt(in);
}

/* is_inside - whether a call is what the open realloc does to meet it. */
static bool is_inside(const struct state *s, const struct import_call *call)
{
    if (import_call_kind(&s->call) != TRACE_REALLOC)
        return false;
    if (import_call_kind(call) == TRACE_FREE)
        return import_call_size(&s->call) == 0 &&
               import_call_block(call) == import_call_block(&s->call);
    return import_call_kind(call) == TRACE_MALLOC &&
           import_call_block(&s->call) == 0 &&
           import_call_size(call) == import_call_size(&s->call);
}

static void open_call(struct import *in, const struct import_call *call)
{
    struct state *s = in->state;
    if (s->open && is_inside(s, call)) {
        if (import_call_kind(call) == TRACE_FREE)
            close_call(in, 0);
        return;
    }
    if (s->open)
        drop_call(in);
    in->blocks.tally.events++;
    s->call = *call;
    s->open = true;
    if (import_call_kind(call) == TRACE_FREE)
        close_call(in, 0);
}

/* read_result - " = ADDRESS", wherever the call was. */
static void read_result(struct import *in, const char **at)
{
    struct state *s = in->state;
    uint64_t result;
    if (!scan_word(at, " = ") || !s->open)
        return;
    if (scan_number(at, &result) && scan_end(*at))
        return close_call(in, result);
    s->open = false;
    import_spoilt(in);
}

static void read_body(struct import *in, const char *at)
{
    struct import_call call;
    while ((call.function = scan_function(&at))) {
        if (!import_call_args(&call, &at) || !scan_word(&at, ")"))
            return import_illegible(in);
        open_call(in, &call);
    }
    read_result(in, &at);
}

static void read_line(struct import *in, const char *line, const char *end)
{
    struct state *s = in->state;
    uint64_t pid;
    const char *at = find_body(line, end, &pid), *name = at;
    if (!at)
        return;
    bool is_call = scan_function(&name);
    if (is_call && !s->process)
        s->process = in->process ? in->process : pid;
    if (pid == s->process) {
        read_body(in, at);
    } else if (is_call) {
        in->blocks.tally.events++;
        in->blocks.tally.foreign++;
    }
}

static void finish(struct import *in)
{
    const struct state *s = in->state;
    if (s->open)
        in->blocks.tally.unfinished++;
}

const struct import_format import_valgrind = {
    .name = "valgrind",
    .recognise = recognise,
    .read = read_line,
    .finish = finish,
    .state_size = sizeof(struct state),
    .tells_processes = true,
    .help = "valgrind --trace-malloc=yes --run-libc-freeres=no\n"
            "--run-cxx-freeres=no --log-file=FILE PROGRAM",
};

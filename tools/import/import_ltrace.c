/*
 * import_ltrace.c - what ltrace writes
 *
 *     malloc(10)                          = 0x55c3bdf9c2a0
 *     [pid 7] realloc(0, 10 <unfinished ...>
 *     [pid 7] malloc@libc.so.6(10)        = 0x55c3bdf9c2c0
 *     [pid 7] <... realloc resumed> )     = 0x55c3bdf9c2c0
 *
 * What its options put before a call is skipped; only the thread matters, "N "
 * or "[pid N] ".  Threads that come by fork or exec are another process; all
 * others are one.  What is called while a thread's request is unfinished is
 * part of it.  ltrace shows numbers, no strings but quoted: the first
 * parenthesis of a line belongs to the call.
 */
#define _GNU_SOURCE
#include <search.h>
#include <stdlib.h>

#include "tools/import/import.h"
#include "tools/import/import_calls.h"
#include "tools/import/import_scan.h"

struct thread {
    uint64_t id;
    struct thread *next;
    bool foreign;            /* of another process */
    unsigned depth;          /* requests unfinished, one inside the other */
    uint64_t key;            /* of the outermost, where it is a realloc */
    bool held;               /* the blocks wait for the end of that realloc */
    struct import_call call; /* the outermost */
};

struct state {
    void *by_id; /* tree of tsearch */
    struct thread *all, *last, *first;
    uint64_t reallocs;
};

/* One line, taken apart. */
struct call_line {
    uint64_t thread;
    const char *name, *args, *end; /* args NULL: the call is resumed */
    size_t name_length;
    bool unfinished;
};

/* ---- Lines ------------------------------------------------------------- */

static const char *find(const char *from, const char *end, const char *word)
{
    return memmem(from, (size_t)(end - from), word, strlen(word));
}

static uint64_t scan_thread(const char *at)
{
    uint64_t id;
    bool bracket = scan_word(&at, "[pid ");
    if (scan_digits(&at, 10, &id) && scan_word(&at, bracket ? "] " : " "))
        return id;
    return 0;
}

/* find_name - where the word that ends at `end` begins: behind a blank, or the
 *     "->" after the library that calls. */
static const char *find_name(const char *line, const char *end)
{
    const char *p = end;
    while (p > line && p[-1] != ' ' &&
           !(p[-1] == '>' && p - line > 1 && p[-2] == '-'))
        p--;
    return p;
}

/* widen_operator - "operator new(TYPES)(ARGUMENTS": the name is all before the
 *     second parenthesis.  False if it is none. */
static bool widen_operator(struct call_line *c, const char *line)
{
    static const char word[] = "operator ";
    const size_t length = sizeof word - 1;
    if ((size_t)(c->name - line) < length ||
        memcmp(c->name - length, word, length) != 0)
        return false;
    const char *types_end = find(c->name, c->end, ")(");
    if (!types_end)
        return false;
    c->name = find_name(line, c->name - 1);
    c->name_length = (size_t)(types_end + 1 - c->name);
    c->args = types_end + 2;
    return true;
}

static bool parse_begin(struct call_line *c, const char *line)
{
    const char *open = memchr(line, '(', (size_t)(c->end - line));
    if (!open)
        return false;
    c->args = open + 1;
    c->name = find_name(line, open);
    if (widen_operator(c, line))
        return true;
    const char *library = memchr(c->name, '@', (size_t)(open - c->name));
    c->name_length = (size_t)((library ? library : open) - c->name);
    return c->name_length > 0;
}

/* parse_resumed - "<... NAME resumed>". */
static bool parse_resumed(struct call_line *c, const char *line)
{
    const char *at = memchr(line, '<', (size_t)(c->end - line));
    if (!at || !scan_word(&at, "<... "))
        return false;
    const char *name_end = find(at, c->end, " resumed>");
    if (!name_end)
        return false;
    c->name = at;
    c->name_length = (size_t)(name_end - at);
    return true;
}

static bool parse(struct call_line *c, const char *line, const char *end)
{
    *c = (struct call_line){.thread = scan_thread(line), .end = end};
    c->unfinished = end[-1] == '>' && (find(line, end, " <unfinished ...>") ||
                                       find(line, end, " <no return ...>"));
    return parse_resumed(c, line) || parse_begin(c, line);
}

/* parse_result - behind the last " = " of the line. */
static bool parse_result(const struct call_line *c, uint64_t *result)
{
    const char *at = NULL;
    for (const char *p = c->name; (p = find(p, c->end, " = ")); p += 3)
        at = p + 3;
    return at && scan_number(&at, result) && (scan_end(at) || *at == ' ');
}

static bool recognise(const char *line, const char *end)
{
    struct call_line c;
    if (line == end || !parse(&c, line, end))
        return false;
    if (c.unfinished)
        return true;
    const char *close = memrchr(c.name, ')', (size_t)(end - c.name));
    if (!close)
        return false;
    close++;
    scan_blanks(&close);
    return close[-1] == ' ' && scan_word(&close, "= ");
}

/* ---- Threads ----------------------------------------------------------- */

static int compare_threads(const void *a, const void *b)
{
    const struct thread *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

static struct thread *add_thread(struct state *s, struct thread *t)
{
    struct thread **found = tsearch(t, &s->by_id, compare_threads);
    if (!found) {
        free(t);
        return NULL;
    }
    t->next = s->all;
    s->all = t;
    if (!s->first)
        s->first = t;
    return t;
}

/* find_thread - NULL without memory. */
static struct thread *find_thread(struct import *in, uint64_t id)
{
    struct state *s = in->state;
    struct thread key = {.id = id}, **found;
    if (s->last && s->last->id == id)
        return s->last;
    if ((found = tfind(&key, &s->by_id, compare_threads)))
        return s->last = *found;
    struct thread *t = malloc(sizeof *t);
    if (t) {
        *t = (struct thread){.id = id,
                             .foreign = in->process && in->process != id};
        s->last = t = add_thread(s, t);
    }
    if (!t)
        in->blocks.out_of_memory = true;
    return t;
}

/* cut_short - a thread is over. */
static void cut_short(struct import *in, struct thread *t)
{
    if (t->depth && !t->held && import_call_kind(&t->call) != TRACE_FREE)
        in->blocks.tally.unfinished++;
    t->depth = 0;
}

static bool is_word(const struct call_line *c, const char *word)
{
    return strlen(word) == c->name_length &&
           !memcmp(c->name, word, c->name_length);
}

/* note_origin - a thread by fork, which returns 0 in it, or one that runs
 *     another program, is a process of its own. */
static void note_origin(struct import *in, const struct call_line *c)
{
    struct state *s = in->state;
    uint64_t result;
    bool fork = is_word(c, "fork") || is_word(c, "vfork");
    if (in->process || c->unfinished || !(fork || is_word(c, "exec")))
        return;
    struct thread *t = find_thread(in, c->thread);
    if (t && t != s->first)
        t->foreign |= !fork || (parse_result(c, &result) && result == 0);
}

/* note_end - "+++ exited (status 0) +++": the number may come again. */
static void note_end(struct import *in, const char *line, const char *end)
{
    struct thread *t;
    if (!find(line, end, "+++ ") || !(t = find_thread(in, scan_thread(line))))
        return;
    cut_short(in, t);
    t->foreign = in->process && in->process != t->id;
}

/* ---- Requests ---------------------------------------------------------- */

/* wait_for - the request of a thread will be resumed. */
static void wait_for(struct import *in, struct thread *t,
                     const struct import_call *call)
{
    struct state *s = in->state;
    t->depth = 1;
    t->call = *call;
    t->key = 0;
    t->held = false;
    if (import_call_kind(call) == TRACE_FREE)
        import_call_done(&in->blocks, call, 0);
    if (import_call_kind(call) != TRACE_REALLOC || !import_call_block(call))
        return;
    t->key = ++s->reallocs;
    t->held =
        blocks_realloc_begin(&in->blocks, t->key, import_call_block(call));
}

static void read_begin(struct import *in, struct thread *t,
                       const struct call_line *c, struct import_call *call)
{
    uint64_t result = 0;
    const char *at = c->args;
    in->blocks.tally.events++;
    if (t->depth) {
        in->blocks.tally.inner++;
        t->depth += c->unfinished;
    } else if (!import_call_args(call, &at)) {
        import_spoilt(in);
    } else if (c->unfinished) {
        wait_for(in, t, call);
    } else if (import_call_kind(call) == TRACE_FREE ||
               parse_result(c, &result)) {
        import_call_done(&in->blocks, call, result);
    } else {
        import_spoilt(in);
    }
}

/* finish_call - the outermost request of a thread is met. */
static void finish_call(struct import *in, const struct thread *t,
                        const struct call_line *c)
{
    uint64_t result;
    if (parse_result(c, &result)) {
        if (t->key)
            blocks_realloc_end(&in->blocks, t->key, import_call_block(&t->call),
                               result, import_call_size(&t->call));
        else
            import_call_done(&in->blocks, &t->call, result);
    } else if (!t->held) {
        import_spoilt(in);
    }
}

static void read_resumed(struct import *in, struct thread *t,
                         const struct call_line *c)
{
    if (!t->depth)
        import_illegible(in);
    else if (--t->depth == 0 && import_call_kind(&t->call) != TRACE_FREE)
        finish_call(in, t, c);
}

static void read_own(struct import *in, struct thread *t,
                     const struct call_line *c, struct import_call *call)
{
    if (c->args)
        read_begin(in, t, c, call);
    else
        read_resumed(in, t, c);
}

static void read_call(struct import *in, const struct call_line *c,
                      struct import_call *call)
{
    struct thread *t = find_thread(in, c->thread);
    if (!t)
        return;
    if (t->foreign && c->args) {
        in->blocks.tally.events++;
        in->blocks.tally.foreign++;
    } else if (!t->foreign) {
        read_own(in, t, c, call);
    }
}

static void read_line(struct import *in, const char *line, const char *end)
{
    struct call_line c;
    struct import_call call;
    if (line == end)
        return;
    if (!parse(&c, line, end))
        return note_end(in, line, end);
    call.function = import_function(c.name, c.name_length);
    if (call.function)
        read_call(in, &c, &call);
    else
        note_origin(in, &c);
}

static void finish(struct import *in)
{
    struct state *s = in->state;
    for (struct thread *t = s->all, *next; t; t = next) {
        next = t->next;
        cut_short(in, t);
        tdelete(t, &s->by_id, compare_threads);
        free(t);
    }
}

const struct import_format import_ltrace = {
    .name = "ltrace",
    .recognise = recognise,
    .read = read_line,
    .finish = finish,
    .state_size = sizeof(struct state),
    .tells_processes = true,
    .help = "ltrace -f -o FILE PROGRAM; with the requests of libraries too,\n"
            "ltrace -f -L -o FILE -x \\\n"
            "malloc+free+calloc+realloc+memalign+aligned_alloc PROGRAM;\n"
            "the blocks of posix_memalign are not shown",
};

/*
 * import_calls.c - calls of an allocator as text
 */
#define _GNU_SOURCE
#include "tools/import/import_calls.h"

#include <string.h>

#include "tools/import/import_scan.h"

#define PAGE 4096

/* How a name of the table is compared. */
enum match {
    WHOLE,
    BEGIN,   /* it is followed by the types of arguments */
    ALIGNED, /* so it is, and one of them is std::align_val_t */
};

enum { NONE = -1 };

struct import_function {
    const char *name;
    enum match match;
    enum trace_kind kind;
    signed char block, count, align, size; /* which argument, from 0, or NONE */
};

static const struct import_function functions[] = {
    {"malloc", WHOLE, TRACE_MALLOC, NONE, NONE, NONE, 0},
    {"free", WHOLE, TRACE_FREE, 0, NONE, NONE, NONE},
    {"cfree", WHOLE, TRACE_FREE, 0, NONE, NONE, NONE},
    {"calloc", WHOLE, TRACE_CALLOC, NONE, 0, NONE, 1},
    {"realloc", WHOLE, TRACE_REALLOC, 0, NONE, NONE, 1},
    {"reallocarray", WHOLE, TRACE_REALLOC, 0, 1, NONE, 2},
    {"memalign", WHOLE, TRACE_MEMALIGN, NONE, NONE, 0, 1},
    {"aligned_alloc", WHOLE, TRACE_MEMALIGN, NONE, NONE, 0, 1},
    {"posix_memalign", WHOLE, TRACE_MEMALIGN, 0, NONE, 1, 2},
    {"valloc", WHOLE, TRACE_MEMALIGN, NONE, NONE, NONE, 0},
    {"pvalloc", WHOLE, TRACE_MEMALIGN, NONE, NONE, NONE, 0},
    {"_Znw", ALIGNED, TRACE_MEMALIGN, NONE, NONE, 1, 0},
    {"_Zna", ALIGNED, TRACE_MEMALIGN, NONE, NONE, 1, 0},
    {"_Znw", BEGIN, TRACE_MALLOC, NONE, NONE, NONE, 0},
    {"_Zna", BEGIN, TRACE_MALLOC, NONE, NONE, NONE, 0},
    {"_Zdl", BEGIN, TRACE_FREE, 0, NONE, NONE, NONE},
    {"_Zda", BEGIN, TRACE_FREE, 0, NONE, NONE, NONE},
    {"operator new", ALIGNED, TRACE_MEMALIGN, NONE, NONE, 1, 0},
    {"operator new", BEGIN, TRACE_MALLOC, NONE, NONE, NONE, 0},
    {"operator delete", BEGIN, TRACE_FREE, 0, NONE, NONE, NONE},
};

#define FUNCTION_COUNT (sizeof functions / sizeof functions[0])

/* ---- Names ------------------------------------------------------------- */

static bool matches(const struct import_function *f, const char *name, size_t n)
{
    static const char align[] = "align_val_t";
    size_t length = strlen(f->name);
    if (n < length || memcmp(name, f->name, length) != 0)
        return false;
    return f->match == BEGIN || (f->match == WHOLE && n == length) ||
           (f->match == ALIGNED && memmem(name, n, align, sizeof align - 1));
}

const struct import_function *import_function(const char *name, size_t n)
{
    for (size_t i = 0; i < FUNCTION_COUNT; i++)
        if (matches(&functions[i], name, n))
            return &functions[i];
    return NULL;
}

bool import_call_is(const struct import_call *call, const char *name)
{
    return strcmp(call->function->name, name) == 0;
}

/* ---- Arguments --------------------------------------------------------- */

static int argument_count(const struct import_function *f)
{
    int last = f->size;
    if (f->align > last)
        last = f->align;
    if (f->block > last)
        last = f->block;
    return last + 1;
}

static bool scan_argument(const char **at, uint64_t *number)
{
    scan_blanks(at);
    if (scan_number(at, number))
        return true;
    const char *p = *at;
    while (isalpha((unsigned char)*p))
        p++;
    *at = p;
    return scan_word(at, " ") && scan_number(at, number);
}

bool import_call_args(struct import_call *call, const char **at)
{
    int count = argument_count(call->function);
    for (int i = 0; i < count; i++)
        if ((i > 0 && !scan_word(at, ",")) ||
            !scan_argument(at, &call->args[i]))
            return false;
    return true;
}

/* ---- Meaning ----------------------------------------------------------- */

/* argument - one of those of the table, `otherwise` for NONE. */
static uint64_t argument(const struct import_call *call, int which,
                         uint64_t otherwise)
{
    return which == NONE ? otherwise : call->args[which];
}

bool import_call_hides(const struct import_call *call)
{
    const struct import_function *f = call->function;
    return f->kind == TRACE_MEMALIGN && f->block != NONE;
}

enum trace_kind import_call_kind(const struct import_call *call)
{
    return call->function->kind;
}

uint64_t import_call_block(const struct import_call *call)
{
    return argument(call, call->function->block, 0);
}

uint64_t import_call_size(const struct import_call *call)
{
    uint64_t size = argument(call, call->function->size, 0);
    if (call->function->kind == TRACE_REALLOC &&
        __builtin_mul_overflow(size, argument(call, call->function->count, 1),
                               &size))
        return UINT64_MAX;
    if (import_call_is(call, "pvalloc") && size <= UINT64_MAX - PAGE)
        size = (size + PAGE - 1) / PAGE * PAGE;
    return size;
}

/* What else the trace wants to know of an allocation. */
static uint64_t call_arg(const struct import_call *call)
{
    if (call->function->kind == TRACE_CALLOC)
        return argument(call, call->function->count, 1);
    return argument(call, call->function->align, PAGE);
}

void import_call_done(struct blocks *b, const struct import_call *call,
                      uint64_t result)
{
    if (import_call_hides(call))
        ++*(result ? &b->tally.failed : &b->tally.hidden);
    else if (call->function->kind == TRACE_FREE)
        blocks_free(b, import_call_block(call));
    else if (call->function->kind == TRACE_REALLOC)
        blocks_realloc(b, import_call_block(call), result,
                       import_call_size(call));
    else
        blocks_alloc(b, call->function->kind, result, call_arg(call),
                     import_call_size(call));
}

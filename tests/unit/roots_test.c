/*
 * roots_test.c - the table of live pointers against the lives of a trace
 */
#define _GNU_SOURCE
#include "driver/roots.h"
#include "tests/unit/trace_help.h"

static struct {
    void *const *table;
    size_t count, calls;
} told;

static void be_told(void *const *table, size_t count)
{
    told.table = table;
    told.count = count;
    told.calls++;
}

static const struct allocator_calls calls = {.roots = be_told};

/* How often p is told; NULL: how many entries are empty. */
static size_t times_told(const void *p)
{
    size_t n = 0;
    for (size_t i = 0; i < told.count; i++)
        n += told.table[i] == p;
    return n;
}

static struct trace read_text(const char *text)
{
    struct trace t;
    char *error = NULL;
    put_text("roots.rep", text);
    check(trace_read(&t, "roots.rep", false, &error), "the trace is read", "%s",
          error);
    return t;
}

/* ---- A replay without an allocator ------------------------------------- */

static struct roots roots;
static void *answers[32];
static uint32_t answer;
static size_t served;

/* Answer k is address 16 k. */
static void *nth(size_t k)
{
    return (void *)(16 * k);
}

static void begin(const struct trace *t)
{
    told.calls = 0;
    free(roots.slot);
    free(roots.table);
    check(roots_create(&roots, t, &calls), "a table is laid down", "it is not");
    roots_begin(&roots);
    memset(answers, 0, sizeof answers);
    answer = 1;
    served = 0;
}

/* serve - the next request is answered with p; nothing, if it is a free. */
static void serve(const struct trace *t, void *p)
{
    const struct trace_op *op = &t->ops[served++];
    roots_before(&roots, op);
    bool answered = op->kind != TRACE_FREE;
    roots_after(&roots, op, answers, answered ? answer : 0, p);
    if (answered)
        answers[answer++] = p;
}

static void check_told(size_t first, size_t last, const char *name)
{
    size_t live = 0;
    for (size_t k = first; k <= last; k++)
        live += times_told(nth(k));
    check_int((long long)live, (long long)(last - first + 1), name);
    check_int((long long)(told.count - times_told(NULL)), (long long)live,
              "and nothing else");
}

/* ---- Tests ------------------------------------------------------------- */

static void test_life(void)
{
    struct trace t = read_text("1\n3\n8\n0\na 0 8\na 1 8\nf 0\nf -1\nc 0 1 8\n"
                               "r 1 9\nm 2 64 8\nf 1\n");
    begin(&t);
    check_int((long long)told.count, 3, "entries for what is live at once");
    check_int((long long)times_told(NULL), 3, "all are empty at first");
    serve(&t, nth(1));
    serve(&t, nth(2));
    check_told(1, 2, "answers are roots");
    serve(&t, NULL);
    check_told(2, 2, "what is freed is none");
    serve(&t, NULL);
    check_told(2, 2, "free(NULL) changes nothing");
    serve(&t, nth(3));
    serve(&t, nth(4));
    check_told(3, 4, "realloc replaces its root");
    serve(&t, nth(5));
    check_told(3, 5, "memalign makes one");
    serve(&t, NULL);
    check_int((long long)times_told(nth(4)), 0, "and a free takes what is its");
    roots_begin(&roots);
    check_int((long long)times_told(NULL), 3, "a new pass begins without");
    check_int((long long)told.calls, 2, "and is told");
    trace_free(&t);
}

/* The driver has no request for the old block any more, but it is live. */
static void test_failed_realloc(void)
{
    struct trace t = read_text("1\n2\n6\n0\na 0 8\nr 0 99\nf 0\na 1 8\n"
                               "r 1 0\na 0 8\n");
    begin(&t);
    serve(&t, nth(1));
    serve(&t, NULL);
    check_told(1, 1, "a realloc that fails leaves the old root");
    check_int((long long)told.calls, 2, "and the longer table is told");
    serve(&t, NULL);
    serve(&t, nth(2));
    check_told(1, 2, "which no other takes the place of");
    serve(&t, nth(7));
    check_told(1, 1, "realloc to 0 frees, whatever it answers");
    serve(&t, nth(2));
    check_told(1, 2, "and its entry is used again");
    roots_begin(&roots);
    check_int((long long)told.count, 1, "a new pass has the short table");
    check_int((long long)times_told(NULL), 1, "without what was left");
    trace_free(&t);
}

/* A block that loses its name stays live: its request is never taken back. */
static void test_leak(void)
{
    struct trace t = read_text("1\n1\n3\n0\na 0 8\na 0 8\nf 0\n");
    begin(&t);
    serve(&t, nth(1));
    serve(&t, nth(2));
    serve(&t, NULL);
    check_told(1, 1, "a block that lost its name keeps its root");
    trace_free(&t);
}

int main(void)
{
    enter_dir();
    test_life();
    test_failed_realloc();
    test_leak();
    free(roots.slot);
    free(roots.table);
    return leave_dir();
}

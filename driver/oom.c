/*
 * oom.c - mem_sbrk fails at each of its calls in turn
 *
 * As SQLite is tested: the first call fails, then the second, ... until a run
 * gets by without the failing one; each time once, and then for ever.  A
 * request that mem_sbrk failed may be answered NULL, and one that it did not
 * may not: what comes after a single failure is served.  All payloads, the
 * allocator's checker and its walk are looked at after such a request and at
 * the end.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "driver/examine.h"

/* So many calls are all tried; of more, each a quarter further on. */
#define ALL_TRIED 64

struct oom {
    struct examine *e;
    const struct allocator *a;
    const struct trace *t;
    size_t tried; /* failing calls */
    size_t last;  /* the highest of them */
};

/* ---- Traces of its own ------------------------------------------------- */

/* Sizes from a few bytes to what needs the heap to grow anew. */
static size_t size_of(int i)
{
    static const size_t sizes[] = {24, 100, 5000, 16, 40000, 700, 130000, 64};
    return sizes[i % 8] + (size_t)i;
}

static void make_growing(FILE *out)
{
    for (int i = 0; i < 40; i++)
        fprintf(out, "a %d %zu\n", i, size_of(i));
    for (int i = 0; i < 40; i++)
        fprintf(out, "f %d\n", i);
    for (int i = 0; i < 10; i++)
        fprintf(out, "a %d %zu\n", i, size_of(i));
}

static void make_mixed(FILE *out)
{
    for (int i = 0; i < 40; i++) {
        fprintf(out, i % 3 ? "a %d %zu\n" : "c %d 1 %zu\n", i, size_of(i));
        if (i % 5 == 4)
            fprintf(out, "f %d\nf %d\n", i - 1, i - 3);
        if (i % 5 == 3)
            fprintf(out, "m %d %d %zu\n", 100 + i, 64 << i % 8, size_of(i + 1));
    }
}

static void make_reallocs(FILE *out)
{
    for (int i = 0; i < 30; i++)
        fprintf(out, "r %d %zu\nr %d %zu\na %d 48\n", i % 4, size_of(i) * 2,
                i % 4, size_of(i + 3) / 2 + 1, 10 + i);
}

static const struct {
    const char *name;
    void (*make)(FILE *out);
} own[] = {
    {"growing", make_growing},
    {"mixed", make_mixed},
    {"reallocs", make_reallocs},
};

#define OWN_COUNT (sizeof own / sizeof *own)

/* ---- One allocator, one trace ------------------------------------------ */

/* It said that it cannot begin, and it could not. */
static bool refused_to_begin(const struct result *r)
{
    return r->fault == FAULT_INIT && r->sbrk_failures > 0;
}

static void begin_line(const struct oom *o)
{
    fprintf(o->e->out, "%s: %s: ", o->a->name, o->t->name);
}

static void tell_fault(const struct oom *o, size_t k, bool for_ever,
                       const struct result *r)
{
    begin_line(o);
    if (k)
        fprintf(o->e->out, "FAIL when call %zu of mem_sbrk fails%s: ", k,
                for_ever ? " and all after it" : "");
    else
        fprintf(o->e->out, "FAIL when none fails: ");
    examine_tell(o->e, r);
    o->e->failed = true;
}

/* One run; *failures are the calls that failed in it. */
static bool run_with(struct oom *o, size_t k, bool for_ever, size_t *failures,
                     bool *passed)
{
    struct run_options how = *o->e->run;
    struct result r = {0};
    how.check_only = true;
    how.fail_at = k;
    how.fail_on = for_ever;
    if (!run_trace(&how, o->a, o->t, &r, &o->e->error))
        return false;
    *failures = r.sbrk_failures;
    *passed = !r.fault || refused_to_begin(&r);
    if (!*passed)
        tell_fault(o, k, for_ever, &r);
    run_release(&r);
    return true;
}

static size_t after(size_t k)
{
    return k < ALL_TRIED ? k + 1 : k + k / 4;
}

static void tell_success(const struct oom *o)
{
    begin_line(o);
    fprintf(o->e->out, "ok, %zu failing call%s tried", o->tried,
            o->tried == 1 ? "" : "s");
    if (o->last > ALL_TRIED)
        fprintf(o->e->out,
                ": the first %d, then each a quarter further on, "
                "up to call %zu",
                ALL_TRIED, o->last);
    putc('\n', o->e->out);
}

/* From the first call on, until one is not reached. */
static bool try_all(struct oom *o, bool *passed)
{
    size_t failures = 1;
    for (size_t k = 1; *passed && failures; k = after(k)) {
        if (!run_with(o, k, false, &failures, passed))
            return false;
        if (!failures)
            break;
        if (*passed && !run_with(o, k, true, &failures, passed))
            return false;
        o->tried++;
        o->last = k;
    }
    return true;
}

static bool examine_trace(struct examine *e, const struct allocator *a,
                          const struct trace *t)
{
    struct oom o = {.e = e, .a = a, .t = t};
    size_t none;
    bool passed = true;
    if (!run_with(&o, 0, false, &none, &passed) ||
        (passed && !try_all(&o, &passed)))
        return false;
    if (passed)
        tell_success(&o);
    return examine_flush(e);
}

/* ---- All of them ------------------------------------------------------- */

static bool examine_allocator(struct examine *e, const struct allocator *a,
                              const struct trace *const *traces, size_t count)
{
    if (!allocator_on_simulated_heap(a)) {
        fprintf(e->out, "%s: not asked: its memory is not mem_sbrk's\n",
                a->name);
        return true;
    }
    for (size_t i = 0; i < count; i++)
        if (!examine_trace(e, a, traces[i]))
            return false;
    return true;
}

static bool examine_all(struct examine *e, const struct trace *const *traces,
                        size_t count)
{
    for (size_t i = 0; i < e->count; i++)
        if (!examine_allocator(e, e->allocators[i], traces, count))
            return false;
    return true;
}

static bool read_own(struct trace *t, size_t i, char **error)
{
    char *text = examine_text(own[i].make);
    bool good = text && trace_read_text(t, own[i].name, text, error);
    if (!text)
        *error = strdup("mdriver: out of memory");
    free(text);
    return good;
}

bool examine_oom(struct examine *e)
{
    struct trace made[OWN_COUNT] = {0};
    const struct trace *traces[OWN_COUNT];
    if (e->trace_count)
        return examine_all(e, e->traces, e->trace_count);
    bool good = true;
    for (size_t i = 0; good && i < OWN_COUNT; i++) {
        good = read_own(&made[i], i, &e->error);
        traces[i] = &made[i];
    }
    good = good && examine_all(e, traces, OWN_COUNT);
    for (size_t i = 0; i < OWN_COUNT; i++)
        trace_free(&made[i]);
    return good;
}

/*
 * bench.c - how fast the driver itself is
 *
 *   bench reader FILE   MB/s of trace_read
 *   bench replay FILE   ns per request of the speed pass on the no-op allocator
 *   bench check FILE    ns per request of the check pass on mm, in the child,
 *                       and of the audit of its answers, in the parent
 *
 * Each figure is the median of several runs.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "driver/clock.h"
#include "driver/isolate.h"
#include "driver/replay.h"
#include "driver/stats.h"
#include "memlib.h"

#define RUNS 5

static const struct isolate_limits no_limits = {.memory = UINT64_MAX};

static void die(const char *what, char *error)
{
    fprintf(stderr, "bench: %s\n", error ? error : what);
    exit(2);
}

static void read_trace(struct trace *t, const char *path)
{
    char *error = NULL;
    if (!trace_read(t, path, false, &error))
        die(path, error);
}

static void bench_reader(const char *path)
{
    double rate[RUNS];
    struct stat st;
    if (stat(path, &st) != 0)
        die(path, NULL);
    for (int i = 0; i < RUNS; i++) {
        struct trace t;
        uint64_t began = clock_thread_ns();
        read_trace(&t, path);
        rate[i] =
            (double)st.st_size * 1e3 / (double)(clock_thread_ns() - began);
        trace_free(&t);
    }
    printf("reader: %.0f MB/s of text, %.1f MB\n", stats_median(rate, RUNS),
           (double)st.st_size / 1e6);
}

static void begin(struct replay *r, const struct trace *t,
                  const struct allocator *a)
{
    if (!mem_create(MEM_RANDOM, HEAP_LIMIT) || !replay_create(r, t, a))
        die("no memory", NULL);
    r->align = ALIGNMENT;
    r->detail = 1;
}

static void await(struct isolate *c)
{
    if (!c || isolate_await(c, 600) != ISOLATE_STEP)
        die("the child did not make its pass", NULL);
}

static void bench_replay(const char *path)
{
    struct trace t;
    struct replay r;
    struct allocator a = allocator_noop();
    double ns[RUNS];
    read_trace(&t, path);
    begin(&r, &t, &a);
    struct isolate *c = isolate_start(replay_speed, &r, no_limits);
    await(c); /* it is loaded */
    for (int i = 0; i <= RUNS; i++) { /* the first pass warms up */
        isolate_resume(c);
        await(c); /* mm_init */
        isolate_resume(c);
        await(c); /* the requests */
        if (!i)
            continue;
        ns[i - 1] = (double)r.log->replay_ns / (double)t.op_count;
    }
    isolate_end(c);
    printf("replay: %.2f ns per request on the no-op allocator, %zu "
           "requests\n",
           stats_median(ns, RUNS), t.op_count);
    replay_destroy(&r);
    allocator_release(&a);
    trace_free(&t);
}

/* One check pass and one audit: their ns per request. */
static void check_once(const struct trace *t, const struct allocator *a,
                       double *check, double *audit)
{
    struct replay r;
    struct replay_fault fault = {0};
    begin(&r, t, a);
    struct isolate *c = isolate_start(replay_check, &r, no_limits);
    await(c);
    isolate_resume(c);
    await(c);
    *check = (double)isolate_cpu_ns(c) / (double)t->op_count;
    struct shadow *s = replay_shadow(&r);
    r.heap_bytes = mem_heapsize();
    uint64_t began = clock_thread_ns();
    if (!s || r.log->phase != REPLAY_DONE ||
        !replay_audit(&r, s, t->op_count, NULL, NULL, &fault))
        die("the check failed", NULL);
    *audit = (double)(clock_thread_ns() - began) / (double)t->op_count;
    shadow_destroy(s);
    isolate_end(c);
    replay_destroy(&r);
}

static void bench_check(const char *path)
{
    struct trace t;
    struct allocator a;
    char *error = NULL;
    double check[RUNS], audit[RUNS];
    read_trace(&t, path);
    if (!allocator_find(&a, getenv("MM") ? getenv("MM") : "mm", &error))
        die("mm", error);
    for (int i = 0; i < RUNS; i++)
        check_once(&t, &a, &check[i], &audit[i]);
    printf("check: %7zu live blocks, %zu requests: %.0f ns per request in "
           "the child, %.0f in the audit\n",
           t.peak_live, t.op_count, stats_median(check, RUNS),
           stats_median(audit, RUNS));
    allocator_release(&a);
    trace_free(&t);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(const char *path);
    } benches[] = {{"reader", bench_reader},
                   {"replay", bench_replay},
                   {"check", bench_check}};
    for (size_t i = 0; argc == 3 && i < sizeof benches / sizeof *benches; i++)
        if (strcmp(argv[1], benches[i].name) == 0) {
            benches[i].run(argv[2]);
            return 0;
        }
    fprintf(stderr, "usage: bench reader|replay|check FILE\n");
    return 2;
}

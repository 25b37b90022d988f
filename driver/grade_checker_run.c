/*
 * grade_checker_run.c - in the parent: all damages of one moment, child after
 * child
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "driver/clock.h"
#include "driver/examine.h"
#include "driver/grade_checker_parts.h"
#include "driver/isolate.h"
#include "memlib.h"

/* Bytes of heap, and seconds for what takes milliseconds: what is before the
 * damage, and a damage; the latter may take LIMIT_FACTOR times as long as the
 * former.  One that slept while others ran is given another try. */
#define HEAP          ((size_t)64 << 20)
#define READY_SECONDS 2.0
#define LIMIT_SECONDS 0.03
#define LIMIT_FACTOR  20
#define RETRY_SECONDS 0.25

/* At one moment: loops that are waited for, and seconds for all damages. */
#define LOOPS_MAX      8
#define MOMENT_SECONDS 30

struct grading {
    struct examine *e;
    struct damage_row *row;
    const struct damage_trace *trace;
    struct damage_job job;
    struct isolate *child; /* ready for a damage; NULL: there is none */
    double limit;          /* seconds of a damage */
    uint32_t count;        /* damages of this moment */
    unsigned loops;
};

static bool system_error(struct examine *e, const char *what)
{
    if (asprintf(&e->error, "%s: %s", what, strerror(errno)) < 0)
        e->error = NULL;
    return false;
}

/* ---- Children ----------------------------------------------------------- */

/* Always at one address: a child that takes over from another must find the
 * same heap, and two runs tell the same. */
static bool fresh_heap(const struct allocator *a)
{
    if (a->classic)
        return mem_create(MEM_LOW_FIXED, HEAP) || mem_create(MEM_LOW, HEAP);
    return mem_create(MEM_FIXED, HEAP);
}

static void end_child(struct grading *g)
{
    isolate_end(g->child);
    g->child = NULL;
}

static bool start_child(struct grading *g)
{
    const struct isolate_limits limits = {.memory = g->e->run->memory};
    if (!fresh_heap(g->job.allocator))
        return system_error(g->e, "no address space for the heap");
    g->child = isolate_start(damage_body, &g->job, limits);
    return g->child != NULL || system_error(g->e, "no child process");
}

static double at_most(const struct grading *g, double seconds)
{
    double limit = g->e->run->time_limit;
    return limit < seconds ? limit : seconds;
}

/* "crashed: SIGSEGV" */
static void describe_end(char *text, size_t size, const struct isolate *child,
                         enum isolate_event event)
{
    struct isolate_death death = isolate_death(child);
    const char *name = sigabbrev_np(death.signal);
    if (event == ISOLATE_SIGNALED)
        snprintf(text, size, "crashed: SIG%s", name ? name : "?");
    else
        snprintf(text, size, "%s",
                 event == ISOLATE_EXITED   ? "ended the process"
                 : event == ISOLATE_MEMORY ? "took too much memory"
                                           : "did not come back");
}

/* ---- Before the damage -------------------------------------------------- */

static const char *const doing[PHASES] = {
    [PHASE_LOADING] = "loading",  [PHASE_INIT] = "mm_init",
    [PHASE_WALKER] = "mm_walk",   [PHASE_CHECKER] = "mm_checkheap",
    [PHASE_READY] = "the replay", [PHASE_DAMAGED] = "mm_checkheap",
};

static bool in_request(uint32_t phase)
{
    return phase == PHASE_REQUEST || phase == PHASE_CONTROL ||
           phase == PHASE_AGAIN || phase == PHASE_HARM;
}

/* Why there is no grade: without any damage, `what` became of the request or
 * the function that was called. */
static bool give_up(struct grading *g, const char *what)
{
    const struct damage_log *log = g->job.log;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return system_error(g->e, "mdriver");
    fprintf(out, "FAIL: %s: ", g->trace->name);
    if (in_request(log->phase))
        damage_request(out, &g->trace->trace, log->op);
    else
        fputs(doing[log->phase < PHASES ? log->phase : PHASE_READY], out);
    fprintf(out, " %s, and nothing was damaged", what);
    if (fclose(out) != 0)
        return system_error(g->e, "mdriver");
    g->row->wrong = text;
    g->row->failed = true;
    return true;
}

static const char *reason(const struct damage_log *log)
{
    switch (log->ready) {
    case READY_WRONG:
        return damage_harm_text(log->harm);
    case READY_FALSE:
        return "returned false";
    case READY_REFUSED:
        return log->phase == PHASE_INIT ? "returned false" : "failed";
    default:
        return "had no memory";
    }
}

/* The first step came, or something else. */
static bool judge_ready(struct grading *g, enum isolate_event event,
                        bool *again)
{
    struct damage_log *log = g->job.log;
    char text[80];
    *again = false;
    if (!g->job.once && (event == ISOLATE_STEP ? log->ready == READY_ONCE
                                               : log->phase == PHASE_AGAIN)) {
        g->job.once = *again = true;
        return true;
    }
    if (event != ISOLATE_STEP) {
        describe_end(text, sizeof text, g->child, event);
        return give_up(g, text);
    }
    if (log->ready != READY_YES)
        return give_up(g, reason(log));
    g->count = log->count < SITES_MAX ? log->count : SITES_MAX;
    g->row->alarms |= log->alarms;
    return true;
}

/* Have a child that waits for a damage, unless row->wrong says why not. */
static bool make_ready(struct grading *g)
{
    bool again = true;
    while (again) {
        end_child(g);
        if (!start_child(g))
            return false;
        enum isolate_event event =
            isolate_await(g->child, at_most(g, READY_SECONDS));
        if (event == ISOLATE_INTERRUPTED || !judge_ready(g, event, &again))
            return false;
    }
    double took = (double)isolate_cpu_ns(g->child) / 1e9 * LIMIT_FACTOR;
    took = took > LIMIT_SECONDS ? took : LIMIT_SECONDS;
    g->limit = at_most(g, took < READY_SECONDS ? took : READY_SECONDS);
    return true;
}

/* ---- One damage --------------------------------------------------------- */

static bool keep_case(struct grading *g, enum damage_verdict verdict,
                      const char *what)
{
    struct damage_row *row = g->row;
    const struct damage_log log = *g->job.log; /* it may change */
    if (verdict == VERDICT_NOTICED || verdict == VERDICT_HARMLESS)
        return true;
    void *longer =
        reallocarray(row->cases, row->case_count + 1, sizeof *row->cases);
    char *text = damage_case_text(g->trace, g->job.moment, &log, what);
    if (longer)
        row->cases = longer;
    if (!longer || !text) {
        free(text);
        return system_error(g->e, "mdriver");
    }
    row->cases[row->case_count++] =
        (struct damage_case){log.spot.place % PLACES, verdict, text};
    return true;
}

static bool count_damage(struct grading *g, enum damage_verdict verdict,
                         const char *what)
{
    g->row->tally.of[g->job.log->spot.place % PLACES][verdict]++;
    return keep_case(g, verdict, what);
}

/* The child told of it by itself. */
static bool judge_step(struct grading *g)
{
    const struct damage_log *log = g->job.log;
    uint32_t verdict = log->verdict;
    if (verdict != VERDICT_NOTICED && verdict != VERDICT_MISSED)
        verdict = VERDICT_HARMLESS;
    g->row->alarms |= log->alarms;
    bool good = count_damage(g, verdict, damage_harm_text(log->harm));
    if (log->spoiled || (g->job.once && verdict == VERDICT_HARMLESS))
        end_child(g);
    return good;
}

/* It did not survive: in the checker, or later, which is harm. */
static bool judge_end(struct grading *g, enum isolate_event event)
{
    char text[80];
    enum damage_verdict verdict = VERDICT_MISSED;
    bool by_itself =
        event == ISOLATE_EXITED || isolate_death(g->child).signal == SIGABRT;
    bool slow = event == ISOLATE_TIMEOUT || event == ISOLATE_ASLEEP;
    if (g->job.log->phase == PHASE_DAMAGED)
        verdict = by_itself ? VERDICT_ENDED
                  : slow    ? VERDICT_LOOPED
                            : VERDICT_CRASHED;
    describe_end(text, sizeof text, g->child, event);
    if (g->job.log->phase == PHASE_AGAIN) /* what was missed killed it later */
        snprintf(text, sizeof text, "%s", damage_harm_text(g->job.log->harm));
    g->loops += slow;
    end_child(g);
    return count_damage(g, verdict, text);
}

/* A child that slept while others ran is given more time once. */
static bool make_damage(struct grading *g, uint32_t i)
{
    double seconds = g->limit;
    enum isolate_event event = ISOLATE_ASLEEP;
    for (int tries = 0; event == ISOLATE_ASLEEP && tries < 2; tries++) {
        if (tries)
            end_child(g);
        if (!g->child && !make_ready(g))
            return false;
        if (g->row->wrong)
            return true;
        g->job.log->next = i;
        isolate_resume(g->child);
        event = isolate_await(g->child, seconds);
        seconds =
            at_most(g, g->limit > RETRY_SECONDS ? g->limit : RETRY_SECONDS);
    }
    if (event == ISOLATE_INTERRUPTED)
        return false;
    return event == ISOLATE_STEP ? judge_step(g) : judge_end(g, event);
}

static bool make_damages(struct grading *g)
{
    uint64_t end = clock_wall_ns() + MOMENT_SECONDS * (uint64_t)1000000000;
    if (!make_ready(g))
        return false;
    for (uint32_t i = 0; i < g->count && !g->row->wrong; i++) {
        if (g->loops >= LOOPS_MAX || clock_wall_ns() > end) {
            g->row->tally.left_out += g->count - i;
            break;
        }
        if (!make_damage(g, i))
            return false;
    }
    return true;
}

bool damage_run(struct examine *e, struct damage_row *row,
                const struct damage_trace *d, size_t moment,
                const struct damage_statics *statics)
{
    size_t table = ((size_t)d->trace.answer_count + 1) * sizeof(void *);
    struct grading g = {.e = e, .row = row, .trace = d};
    size_t align = row->allocator->classic ? ALIGNMENT_CLASSIC : ALIGNMENT;
    g.job = (struct damage_job){
        .allocator = row->allocator,
        .trace = &d->trace,
        .moment = moment,
        .align = e->run->align ? e->run->align : align,
        .statics = *statics,
        .log = isolate_shared(sizeof *g.job.log),
        .expected = isolate_shared(table),
    };
    bool good = g.job.log && g.job.expected;
    good = good ? make_damages(&g) : system_error(e, "no memory for a child");
    end_child(&g);
    mem_deinit();
    isolate_unshare(g.job.log, sizeof *g.job.log);
    isolate_unshare(g.job.expected, table);
    return good;
}

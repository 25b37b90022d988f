/*
 * mdriver.c - the command: options -> runs -> report
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "driver/allocator.h"
#include "driver/bound.h"
#include "driver/confine.h"
#include "driver/examine.h"
#include "driver/grade.h"
#include "driver/interrupt.h"
#include "driver/jobs.h"
#include "driver/options.h"
#include "driver/outfile.h"
#include "driver/peer.h"
#include "driver/plot.h"
#include "driver/report.h"
#include "driver/run.h"
#include "driver/terminal.h"
#include "driver/trace.h"

enum { STATUS_PASSED, STATUS_FAILED, STATUS_BAD };

struct session {
    int argc;
    char **argv;
    struct options options;
    struct job *jobs;
    size_t job_count;
    struct allocator *allocators; /* with -l, libc is the last */
    struct result_set *sets;      /* one for each */
    size_t set_count;
    size_t report_count; /* of them, those that have results: the first ones */
    struct result_set paired; /* the first one's results against the second's */
    struct report_pair pair;
    struct plot_album album;
    bool stopped; /* before all was run, at: */
    size_t at_set, at_job;
    char *under_way; /* what the user interrupted, to be told last; or NULL */
    bool failed;     /* an examination */
    bool bad; /* some input could not be used, or some output not written */
};

/* Say what went wrong and free the message.  There is none where there was no
 * memory for it, and where the user knows. */
static void complain(void *session, char *error)
{
    struct session *s = session;
    if (error)
        fprintf(stderr, "%s\n", error);
    else if (!interrupt_signal())
        fputs("mdriver: out of memory\n", stderr);
    free(error);
    s->bad = true;
}

/* ---- Allocators --------------------------------------------------------- */

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n > m && strcmp(s + n - m, end) == 0;
}

/* Whether an error is of a source or object that is there and is no allocator:
 * such a one has failed.  All else is a mistake in the command. */
static bool is_of_a_file(const char *name, const char *error)
{
    static const char reason[] = ": expected ";
    struct stat st;
    size_t length = strlen(name);
    return (ends_with(name, ".c") || ends_with(name, ".so")) &&
           stat(name, &st) == 0 && S_ISREG(st.st_mode) && error &&
           strncmp(error, name, length) == 0 &&
           strncmp(error + length, reason, sizeof reason - 1) == 0;
}

static bool find_allocator(struct session *s, size_t i, const char *name)
{
    char *error = NULL;
    if (allocator_find(&s->allocators[i], name, &error))
        return true;
    if (interrupt_signal()) { /* and so was the compiler */
        free(error);
        return false;
    }
    if (!is_of_a_file(name, error)) {
        complain(s, error);
        return false;
    }
    s->sets[i].unusable = true;
    s->sets[i].results[0].message = error;
    return true;
}

static bool find_allocators(struct session *s)
{
    const struct options *o = &s->options;
    size_t count = o->allocator_count + o->libc;
    s->allocators = calloc(count, sizeof *s->allocators);
    s->sets = calloc(count, sizeof *s->sets);
    for (size_t i = 0; s->allocators && s->sets && i < count; i++) {
        struct result_set *set = &s->sets[s->set_count];
        set->is_libc = i == o->allocator_count;
        set->allocator = set->is_libc ? "libc" : o->allocators[i];
        set->results = calloc(s->job_count + 1, sizeof *set->results);
        if (!set->results)
            break;
        s->set_count++;
        if (!find_allocator(s, i, set->allocator))
            return false;
    }
    if (s->set_count < count)
        complain(s, NULL);
    return s->set_count == count;
}

/* ---- Runs --------------------------------------------------------------- */

static bool wants_progress(const struct session *s)
{
    return !s->options.quiet && s->options.verbose < 2;
}

/* Round `round` over all traces has come to a trace. */
static void show_progress(const struct session *s, const char *who,
                          size_t round, size_t rounds, size_t job)
{
    if (wants_progress(s))
        terminal_progress(round * s->job_count + job + 1, rounds * s->job_count,
                          who, s->jobs[job].trace.name);
}

static void clear_progress(const struct session *s)
{
    if (wants_progress(s))
        terminal_progress_done();
}

/* The memalign requests that allocators without memalign are given as malloc;
 * told once. */
static void warn_of_memalign(const struct session *s)
{
    size_t count = s->options.quiet ? 0 : jobs_memaligns(s->jobs, s->job_count),
           lacking = 0;
    for (size_t i = 0; i < s->set_count && count; i++)
        if (!s->sets[i].unusable && !s->allocators[i].has_memalign)
            fprintf(stderr, "%s%s",
                    lacking++ ? ", " : "warning: ", s->sets[i].allocator);
    if (lacking)
        fprintf(stderr,
                ": no mm_memalign: mm_malloc is given the %zu memalign "
                "request%s\n",
                count, count == 1 ? "" : "s");
}

/* Where allocators are on their honour, the reader of the report is told. */
static void confine(const struct session *s)
{
    confine_switch(!s->options.unconfined);
    if (!s->options.quiet && confine_state() == CONFINE_MISSING)
        fputs("warning: this kernel filters no system calls: allocators can "
              "start processes and open files\n",
              stderr);
}

static bool run_one(struct session *s, size_t set, size_t job)
{
    char *error = NULL;
    struct run_options o = s->options.run;
    struct result *r = &s->sets[set].results[job];
    const struct allocator *a = &s->allocators[set];
    o.check_only = s->jobs[job].check_only || !options_times(&s->options);
    s->at_set = set;
    s->at_job = job;
    show_progress(s, a->name, set, s->set_count, job);
    bool good = run_trace(&o, a, &s->jobs[job].trace, r, &error);
    clear_progress(s);
    if (!good && interrupt_signal())
        s->under_way = error;
    else if (!good)
        complain(s, error);
    if (!good)
        return false;
    r->bound_bytes = s->jobs[job].bound_bytes;
    s->sets[set].count++;
    if (s->options.verbose >= 2)
        report_print_run(options_stdout_taken(&s->options) ? stderr : stdout,
                         a->name, r);
    return true;
}

/* What cannot be used has failed every trace.  The first result has the whole
 * reason, the others its first line, without what the compiler says. */
static bool fail_all(struct session *s, struct result_set *set)
{
    const char *why = set->results[0].message;
    size_t length = strcspn(why, ";\n");
    for (size_t j = 0; j < s->job_count; j++) {
        struct result *r = &set->results[j];
        r->trace = &s->jobs[j].trace;
        r->fault = FAULT_INIT;
        if (j > 0 && !(r->message = strndup(why, length))) {
            complain(s, NULL);
            return false;
        }
        set->count++;
    }
    return true;
}

static bool run_set(struct session *s, size_t i)
{
    if (s->sets[i].unusable)
        return fail_all(s, &s->sets[i]);
    for (size_t j = 0; j < s->job_count; j++)
        if (!run_one(s, i, j))
            return false;
    return true;
}

/* Of each trace, whatever allocators run on it. */
static bool find_bounds(struct session *s)
{
    for (size_t j = 0; j < s->job_count; j++) {
        struct bound b;
        char *error;
        s->at_job = j;
        show_progress(s, "bound", 0, 1, j);
        const struct trace *t = &s->jobs[j].trace;
        bool good = bound_find(&b, t, BOUND_TRIES_AUTO, &error);
        clear_progress(s);
        if (!good) {
            complain(s, error);
            return false;
        }
        s->jobs[j].bound_bytes = b.placed;
        bound_release(&b);
    }
    return true;
}

/* A trace on the first two allocators in turns, where both passed it. */
static bool run_pair(struct session *s, size_t job)
{
    char *error = NULL;
    const struct result *a = &s->sets[0].results[job];
    struct result *to = &s->paired.results[job];
    *to = (struct result){
        .trace = a->trace, .timed = true, .ratio = {NAN, NAN, NAN, false}};
    s->at_job = job;
    s->paired.count++;
    if (!a->timed || !s->sets[1].results[job].timed)
        return true;
    show_progress(s, "in turns", 0, 1, job);
    bool good = run_versus(&s->options.run, &s->allocators[0],
                           &s->allocators[1], a->trace, &to->ratio, &error);
    clear_progress(s);
    if (!good && interrupt_signal())
        s->under_way = error;
    else if (!good)
        complain(s, error);
    return good;
}

static bool run_pairs(struct session *s)
{
    s->at_set = 0;
    s->paired = s->sets[0];
    s->paired.count = 0;
    s->paired.results = calloc(s->job_count, sizeof *s->paired.results);
    for (size_t j = 0; s->paired.results && j < s->job_count; j++)
        if (!run_pair(s, j))
            return false;
    if (!s->paired.results)
        complain(s, NULL);
    s->pair = (struct report_pair){&s->paired, s->sets[1].allocator};
    return s->paired.results != NULL;
}

/* Where it has to stop, what is complete is still reported. */
static void run_all(struct session *s)
{
    size_t done = 0;
    bool in_turns = s->options.compare && s->options.allocator_count == 2;
    warn_of_memalign(s);
    bool good = !s->options.bound || find_bounds(s);
    while (good && done < s->set_count && run_set(s, done))
        done++;
    s->stopped = done < s->set_count || (in_turns && !run_pairs(s));
    for (size_t i = 0; i < s->set_count; i++) {
        s->sets[i].missing = s->job_count - s->sets[i].count;
        s->report_count += s->sets[i].count > 0;
    }
}

/* ---- The report --------------------------------------------------------- */

static bool wants_color(const struct session *s)
{
    return s->options.color == COLOR_AUTO ? terminal_color()
                                          : s->options.color == COLOR_ALWAYS;
}

static void export_all(struct session *s, const struct report *report)
{
    for (size_t i = 0; i < s->options.export_count; i++) {
        const struct options_export *e = &s->options.exports[i];
        char *error = NULL;
        if (!report_save(e->path, report_find_exporter(e->format)->write,
                         report, &error))
            complain(s, error);
    }
}

/* The lines for autograders. */
static void print_grades(const struct session *s)
{
    FILE *out = options_stdout_taken(&s->options) ? stderr : stdout;
    const struct result_set *chosen = grade_choose(s->sets, s->report_count);
    for (size_t i = 0; i < s->report_count && s->options.grade_line; i++) {
        struct grade g = grade_set(&s->sets[i]);
        if (s->sets[i].is_libc)
            continue;
        if (s->options.allocator_count > 1)
            fprintf(out, "%s ", s->sets[i].allocator);
        grade_print_line(out, &g);
    }
    if (s->options.autolab && chosen) {
        struct grade g = grade_set(chosen);
        grade_print_autolab(out, &g);
    }
}

static void draw_pictures(struct session *s)
{
    char *error = NULL;
    FILE *out = options_stdout_taken(&s->options) ? stderr : stdout;
    s->album = (struct plot_album){.dir = s->options.run.plot_dir,
                                   .kinds = s->options.plots};
    if (!plot_draw(&s->album, s->sets, s->report_count, out, &error))
        complain(s, error);
}

static void print_report(struct session *s, const struct report *report)
{
    char *error = NULL;
    struct report_options how = {wants_color(s), s->options.verbose,
                                 terminal_width()};
    bool taken = options_stdout_taken(&s->options);
    if (!taken)
        report_print(stdout, report, how);
    draw_pictures(s);
    print_grades(s);
    if (!taken && !report_flush(stdout, "<stdout>", &error))
        complain(s, error);
}

static void report_all(struct session *s)
{
    const struct run_options *o = &s->options.run;
    const struct report_setting settings[] = {
        {"detail", o->detail},
        {"time_limit", o->time_limit},
        {"memory_mib", (double)(o->memory >> 20)},
        {"alignment", o->align ? (double)o->align : NAN},
        {"fixed_base", o->fixed},
        {"confined", confine_state() == CONFINE_FILTERED},
    };
    struct report_machine machine;
    report_read_machine(&machine);
    struct report report = {
        .sets = s->sets,
        .count = s->report_count,
        .compare = s->options.compare,
        .pair = s->pair.set ? &s->pair : NULL,
        .settings = settings,
        .setting_count = sizeof settings / sizeof *settings,
        .machine = &machine,
        .album = &s->album,
    };
    print_report(s, &report);
    export_all(s, &report);
}

/* ---- Examinations ------------------------------------------------------- */

/* What cannot be used has failed, and is left out. */
static size_t list_usable(struct session *s, const struct allocator **list)
{
    size_t count = 0;
    for (size_t i = 0; i < s->set_count; i++) {
        if (!s->sets[i].unusable) {
            list[count++] = &s->allocators[i];
            continue;
        }
        fprintf(stderr, "%s\n", s->sets[i].results[0].message);
        s->failed = true;
    }
    return count;
}

static void run_examinations(struct session *s, struct examine *e)
{
    const struct options *o = &s->options;
    const struct {
        bool asked;
        examination *examine;
    } all[] = {{o->conform, examine_conform},
               {o->oom, examine_oom},
               {o->abuse, examine_abuse},
               {o->run.break_at != 0, examine_break},
               {o->grade_checker, examine_grade_checker}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!all[i].asked || all[i].examine(e))
            continue;
        if (interrupt_signal())
            s->under_way = e->error;
        else
            complain(s, e->error);
        return;
    }
}

static void examine(struct session *s)
{
    const struct allocator *usable[s->set_count];
    const struct trace *traces[s->job_count + 1];
    char *error = NULL;
    for (size_t i = 0; i < s->job_count; i++)
        traces[i] = &s->jobs[i].trace;
    struct examine e = {
        .out = stdout,
        .run = &s->options.run,
        .allocators = usable,
        .count = list_usable(s, usable),
        .traces = traces,
        .trace_count = s->job_count,
        .verbose = s->options.verbose > 0,
        .color = wants_color(s),
    };
    if (e.count)
        run_examinations(s, &e);
    s->failed |= e.failed;
    if (!s->bad && !report_flush(stdout, "<stdout>", &error))
        complain(s, error);
}

/* ---- All of it ---------------------------------------------------------- */

static int status(const struct session *s)
{
    if (s->bad)
        return STATUS_BAD;
    if (s->failed)
        return STATUS_FAILED;
    for (size_t i = 0; i < s->set_count; i++)
        for (size_t j = 0; j < s->sets[i].count; j++)
            if (!s->sets[i].is_libc && s->sets[i].results[j].fault)
                return STATUS_FAILED;
    return STATUS_PASSED;
}

static void release(struct session *s)
{
    for (size_t i = 0; i < s->set_count; i++) {
        for (size_t j = 0; j < s->job_count + 1; j++)
            run_release(&s->sets[i].results[j]);
        free(s->sets[i].results);
        allocator_release(&s->allocators[i]);
    }
    jobs_release(s->jobs, s->job_count);
    free(s->paired.results);
    plot_release(&s->album);
    free(s->sets);
    free(s->allocators);
    free(s->under_way);
    options_release(&s->options);
}

static void tell_interruption(const struct session *s)
{
    if (s->under_way)
        fprintf(stderr, "%s\n", s->under_way);
    if (!s->stopped)
        fputs("mdriver: interrupted\n", stderr);
    else
        fprintf(stderr, "mdriver: interrupted at %s with %s; %s\n",
                s->jobs[s->at_job].trace.name, s->sets[s->at_set].allocator,
                s->report_count ? "what is above is not complete"
                                : "no trace is complete");
}

/* -h, --version, --list; false when none was asked for. */
static bool answer_question(struct session *s)
{
    const struct options *o = &s->options;
    if (o->help)
        options_help(stdout);
    else if (o->version)
        printf("mdriver %s\n", MDRIVER_VERSION);
    else if (!o->list)
        return false;
    else if (!allocator_list(stdout))
        complain(s, NULL);
    return true;
}

/* An output that cannot be written is told before the long work.  A pipe is
 * not opened twice: whoever reads it would see its end. */
static bool outputs_possible(struct session *s)
{
    bool possible = true;
    for (size_t i = 0; i < s->options.export_count; i++) {
        char *error = NULL;
        struct outfile *f = outfile_plan(s->options.exports[i].path, &error);
        bool good = f && (!outfile_path(f) || outfile_begin(f, &error));
        if (!good)
            complain(s, error);
        if (f)
            outfile_abandon(f);
        possible &= good;
    }
    return possible;
}

static void run_session(struct session *s)
{
    char *error = NULL;
    if (!options_parse(&s->options, s->argc, s->argv, &error)) {
        complain(s, error);
        return;
    }
    if (answer_question(s)) {
        if (!report_flush(stdout, "<stdout>", &error))
            complain(s, error);
        return;
    }
    peer_make_room(s->options.allocators, s->options.allocator_count, s->argv);
    confine(s);
    jobs_read(&s->jobs, &s->job_count, &s->options, complain, s);
    interrupt_catch(); /* from here on there is something to give back */
    if (options_examines(&s->options)) {
        if (!s->bad && find_allocators(s))
            examine(s);
        return;
    }
    if (s->job_count && outputs_possible(s) && find_allocators(s))
        run_all(s);
    if (s->report_count)
        report_all(s);
}

/* A file must not be opened where standard output belongs: what is closed is
 * opened the wrong way round, so that its use still fails. */
static void occupy_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    struct session s = {.argc = argc, .argv = argv};
    occupy_standard_descriptors();
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error like any other */
    signal(SIGXFSZ, SIG_IGN); /* and so is a file that may not grow */
    signal(SIGCHLD, SIG_DFL); /* children are waited for */
    run_session(&s);
    int result = status(&s), signo = interrupt_signal();
    if (signo)
        tell_interruption(&s);
    release(&s);
    if (signo) { /* everything is given back: the signal does its work */
        signal(signo, SIG_DFL);
        raise(signo);
    }
    return result;
}

/*
 * mdriver.c - the command: options -> runs -> report
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "driver/allocator.h"
#include "driver/grade.h"
#include "driver/isolate.h"
#include "driver/options.h"
#include "driver/report.h"
#include "driver/run.h"
#include "driver/trace.h"

enum { STATUS_PASSED, STATUS_FAILED, STATUS_BAD };

/* A trace and what is to be done with it. */
struct job {
    struct trace trace;
    bool check_only;
};

struct session {
    int argc;
    char **argv;
    struct options options;
    struct job *jobs;
    size_t job_count;
    struct allocator *allocators; /* with -l, libc is the last */
    struct result_set *sets;      /* one for each */
    size_t set_count;
    bool bad; /* some input could not be used, or some output not written */
};

/* Say what went wrong and free the message. */
static void complain(struct session *s, char *error)
{
    if (error)
        fprintf(stderr, "%s\n", error);
    free(error);
    s->bad = true;
}

/* ---- Traces ------------------------------------------------------------- */

static void add_trace(struct session *s, const char *path, bool check_only)
{
    char *error = NULL;
    struct job job = {.check_only = check_only};
    if (!trace_read(&job.trace, path, s->options.strict, &error)) {
        complain(s, error);
        return;
    }
    for (size_t i = 0; !s->options.quiet && i < job.trace.warning_count; i++)
        fprintf(stderr, "warning: %s\n", job.trace.warnings[i]);
    s->jobs = reallocarray(s->jobs, s->job_count + 1, sizeof *s->jobs);
    if (!s->jobs) {
        perror("mdriver");
        exit(STATUS_BAD);
    }
    s->jobs[s->job_count++] = job;
}

static void add_directory(struct session *s, const char *dir, bool check_only)
{
    char *error = NULL;
    char **paths = trace_list(dir, &error);
    if (!paths) {
        complain(s, error);
        return;
    }
    for (size_t i = 0; paths[i]; i++) {
        if (!isolate_interrupted())
            add_trace(s, paths[i], check_only);
        free(paths[i]);
    }
    free(paths);
}

static bool is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void read_traces(struct session *s)
{
    for (size_t i = 0; i < s->options.input_count; i++) {
        const struct options_input *in = &s->options.inputs[i];
        if (in->directory || is_directory(in->path))
            add_directory(s, in->path, in->check_only);
        else
            add_trace(s, in->path, in->check_only);
    }
}

/* ---- Allocators --------------------------------------------------------- */

static bool find_allocator(struct session *s, size_t i, const char *name)
{
    char *error = NULL;
    if (allocator_find(&s->allocators[i], name, &error))
        return true;
    if (isolate_interrupted()) /* and so was the compiler */
        free(error);
    else
        complain(s, error);
    return false;
}

static bool find_allocators(struct session *s)
{
    const struct options *o = &s->options;
    size_t count = o->allocator_count + o->libc;
    s->allocators = calloc(count, sizeof *s->allocators);
    s->sets = calloc(count, sizeof *s->sets);
    for (size_t i = 0; s->allocators && s->sets && i < count; i++) {
        bool reference = i == o->allocator_count;
        const char *name = reference ? "libc" : o->allocators[i];
        if (!find_allocator(s, i, name))
            return false;
        s->sets[i] = (struct result_set){
            .allocator = name,
            .is_libc = reference,
            .results = calloc(s->job_count, sizeof(struct result)),
        };
        s->set_count++;
    }
    return s->set_count == count;
}

/* ---- Runs --------------------------------------------------------------- */

static bool wants_progress(const struct session *s)
{
    return !s->options.quiet && s->options.verbose < 2 && isatty(2);
}

static void show_progress(const struct session *s, size_t set, size_t job)
{
    if (wants_progress(s))
        fprintf(stderr, "\r\033[K[%zu/%zu] %s: %s",
                set * s->job_count + job + 1, s->set_count * s->job_count,
                s->allocators[set].name, s->jobs[job].trace.name);
}

static void clear_progress(const struct session *s)
{
    if (wants_progress(s))
        fprintf(stderr, "\r\033[K");
}

/* Whether an exporter has standard output for itself. */
static bool stdout_is_taken(const struct session *s)
{
    for (size_t i = 0; i < s->options.export_count; i++)
        if (strcmp(s->options.exports[i].path, "-") == 0)
            return true;
    return s->options.tabs;
}

/* Under -V: how a run went, and what it printed, line by line. */
static void show_diagnostics(const struct session *s, const struct allocator *a,
                             const struct result *r)
{
    FILE *out = stdout_is_taken(s) ? stderr : stdout;
    fprintf(out, "%s: %s: %zu requests, peak payload %llu bytes", a->name,
            r->trace->path, r->trace->op_count,
            (unsigned long long)r->trace->peak_payload);
    if (r->fault)
        fprintf(out, ": %s\n", fault_name(r->fault));
    else
        fprintf(out, ", heap %llu bytes: valid\n",
                (unsigned long long)r->heap_bytes);
    for (const char *p = r->output; p && *p;) {
        int length = (int)strcspn(p, "\n");
        fprintf(out, "    | %.*s\n", length, p);
        p += length + (p[length] == '\n');
    }
    fflush(out);
}

/* The memalign requests that an allocator without memalign is given as
 * malloc; told once. */
static void warn_of_memalign(const struct session *s, const struct allocator *a)
{
    size_t count = 0;
    if (a->has_memalign || s->options.quiet)
        return;
    for (size_t j = 0; j < s->job_count; j++)
        for (size_t i = 0; i < s->jobs[j].trace.op_count; i++)
            count += s->jobs[j].trace.ops[i].kind == TRACE_MEMALIGN;
    if (count)
        fprintf(stderr,
                "warning: %s: it has no mm_memalign: mm_malloc is given the "
                "%zu memalign request%s\n",
                a->name, count, count == 1 ? "" : "s");
}

static bool run_one(struct session *s, size_t set, size_t job)
{
    char *error = NULL;
    struct run_options o = s->options.run;
    struct result *r = &s->sets[set].results[job];
    const struct allocator *a = &s->allocators[set];
    o.check_only = s->jobs[job].check_only;
    show_progress(s, set, job);
    bool good = run_trace(&o, a, &s->jobs[job].trace, r, &error);
    clear_progress(s);
    if (!good) {
        complain(s, error);
        return false;
    }
    s->sets[set].count++;
    if (s->options.verbose >= 2)
        show_diagnostics(s, a, r);
    return true;
}

static bool run_all(struct session *s)
{
    for (size_t i = 0; i < s->set_count; i++) {
        warn_of_memalign(s, &s->allocators[i]);
        for (size_t j = 0; j < s->job_count; j++)
            if (!run_one(s, i, j))
                return false;
    }
    return true;
}

/* ---- The report --------------------------------------------------------- */

static bool wants_color(const struct session *s)
{
    const char *no = getenv("NO_COLOR");
    if (s->options.color != COLOR_AUTO)
        return s->options.color == COLOR_ALWAYS;
    return isatty(1) && !(no && *no);
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

static void print_report(struct session *s, const struct report *report)
{
    char *error = NULL;
    struct report_options how = {wants_color(s), s->options.verbose};
    if (s->options.tabs)
        report_find_exporter("tsv")->write(stdout, report);
    else if (!stdout_is_taken(s))
        report_print(stdout, report, how);
    for (size_t i = 0; i < s->set_count && s->options.grade_line; i++) {
        struct grade g = grade_set(&s->sets[i]);
        if (!s->sets[i].is_libc)
            grade_print_line(stdout, &g);
    }
    if (s->options.autolab) {
        struct grade g = grade_set(&s->sets[0]);
        grade_print_autolab(stdout, &g);
    }
    if (!report_flush(stdout, "<stdout>", &error))
        complain(s, error);
}

static void report_all(struct session *s)
{
    const struct run_options *o = &s->options.run;
    const struct report_setting settings[] = {
        {"detail", o->detail},
        {"time_limit", o->time_limit},
        {"memory_mib", (double)(o->memory >> 20)},
        {"alignment", (double)(o->align ? o->align : ALIGNMENT)},
        {"fixed_base", o->fixed},
    };
    struct report_machine machine;
    report_read_machine(&machine);
    struct report report = {
        .sets = s->sets,
        .count = s->set_count,
        .settings = settings,
        .setting_count = sizeof settings / sizeof *settings,
        .machine = &machine,
    };
    export_all(s, &report);
    print_report(s, &report);
}

/* ---- All of it ---------------------------------------------------------- */

static int status(const struct session *s)
{
    if (s->bad)
        return STATUS_BAD;
    for (size_t i = 0; i < s->set_count; i++)
        for (size_t j = 0; j < s->sets[i].count; j++)
            if (!s->sets[i].is_libc && s->sets[i].results[j].fault)
                return STATUS_FAILED;
    return STATUS_PASSED;
}

static void release(struct session *s)
{
    for (size_t i = 0; i < s->set_count; i++) {
        for (size_t j = 0; j < s->sets[i].count; j++)
            run_release(&s->sets[i].results[j]);
        free(s->sets[i].results);
        allocator_release(&s->allocators[i]);
    }
    for (size_t j = 0; j < s->job_count; j++)
        trace_free(&s->jobs[j].trace);
    free(s->jobs);
    free(s->sets);
    free(s->allocators);
    options_release(&s->options);
}

/* Interrupted: everything is given back, then the signal does its work. */
static void leave_if_interrupted(void)
{
    int signo = isolate_interrupted();
    if (!signo)
        return;
    fprintf(stderr, "mdriver: interrupted\n");
    signal(signo, SIG_DFL);
    raise(signo);
}

/* -h, --version, --list; false when none was asked for. */
static bool answer_question(const struct options *o)
{
    if (o->help)
        options_help(stdout);
    else if (o->version)
        printf("mdriver %s\n", MDRIVER_VERSION);
    else if (o->list)
        allocator_list(stdout);
    else
        return false;
    return true;
}

static void run_session(struct session *s)
{
    char *error = NULL;
    if (!options_parse(&s->options, s->argc, s->argv, &error)) {
        complain(s, error);
        return;
    }
    if (answer_question(&s->options)) {
        if (!report_flush(stdout, "<stdout>", &error))
            complain(s, error);
        return;
    }
    isolate_catch_interrupts();
    read_traces(s);
    if (s->job_count && find_allocators(s) && run_all(s))
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
    run_session(&s);
    int result = status(&s);
    release(&s);
    leave_if_interrupted();
    return result;
}

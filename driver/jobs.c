/*
 * jobs.c - the traces that the command names
 */
#define _GNU_SOURCE
#include "driver/jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "driver/interrupt.h"

/* A list under way. */
struct reading {
    const struct options *options;
    struct job *jobs;
    size_t count;
    jobs_complain *complain;
    void *context;
};

static void add_trace(struct reading *r, const char *path, bool check_only)
{
    char *error = NULL;
    struct job job = {.check_only = check_only};
    if (!trace_read(&job.trace, path, r->options->strict, &error)) {
        r->complain(r->context, error);
        return;
    }
    for (size_t i = 0; !r->options->quiet && i < job.trace.warning_count; i++)
        fprintf(stderr, "warning: %s\n", job.trace.warnings[i]);
    void *longer = reallocarray(r->jobs, r->count + 1, sizeof *r->jobs);
    if (!longer) {
        trace_free(&job.trace);
        r->complain(r->context, NULL);
        return;
    }
    r->jobs = longer;
    r->jobs[r->count++] = job;
}

static void add_directory(struct reading *r, const char *dir, bool check_only)
{
    char *error = NULL;
    char **paths = trace_list(dir, &error);
    if (!paths) {
        r->complain(r->context, error);
        return;
    }
    for (size_t i = 0; paths[i]; i++) {
        if (!interrupt_signal())
            add_trace(r, paths[i], check_only);
        free(paths[i]);
    }
    free(paths);
}

static bool is_directory(const char *path)
{
    struct stat st;
    return strcmp(path, "-") != 0 && stat(path, &st) == 0 &&
           S_ISDIR(st.st_mode);
}

void jobs_read(struct job **jobs, size_t *count, const struct options *options,
               jobs_complain *complain, void *context)
{
    struct reading r = {options, NULL, 0, complain, context};
    for (size_t i = 0; i < options->input_count; i++) {
        const struct options_input *in = &options->inputs[i];
        if (in->directory || is_directory(in->path))
            add_directory(&r, in->path, in->check_only);
        else
            add_trace(&r, in->path, in->check_only);
    }
    *jobs = r.jobs;
    *count = r.count;
}

void jobs_release(struct job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        trace_free(&jobs[i].trace);
    free(jobs);
}

size_t jobs_memaligns(const struct job *jobs, size_t count)
{
    size_t sum = 0;
    for (size_t j = 0; j < count; j++)
        for (size_t i = 0; i < jobs[j].trace.op_count; i++)
            sum += jobs[j].trace.ops[i].kind == TRACE_MEMALIGN;
    return sum;
}

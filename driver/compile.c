/*
 * compile.c - from an mm.c of any course to a shared object
 *
 * Which dialect a source is written in shows in nothing but its declared
 * types: 0 is failure to one and success to the other.  So the compiler is
 * asked, with a line of _Generic behind the source.
 */
#define _GNU_SOURCE
#include "driver/compile.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "driver/clock.h"
#include "driver/compiler.h"

/* ALLOCATOR_CFLAGS, from the Makefile, is how the house's own allocators are
 * built.  Sources in the wild want more tolerance: they define variables in
 * headers, and warn on every other line. */
#define SOURCE_CFLAGS ALLOCATOR_CFLAGS " -fcommon -w -DDRIVER"

struct job {
    const char *source; /* absolute */
    const char *home;
    char *scratch;
    bool classic_headers;
    uint64_t deadline; /* on the wall's clock */
    bool late;
    int unstarted; /* errno of why there was no compiler; 0: there was */
};

static double patience = COMPILE_SECONDS;

void compile_set_patience(double seconds)
{
    patience = seconds;
}

static char *format(const char *fmt, const char *a, const char *b)
{
    char *s;
    return asprintf(&s, fmt, a, b) < 0 ? NULL : s;
}

/* $1 source, $2 directory of mm.h, $3 of the classic headers or "", $4 scratch
 * directory, $5 what to make of it.  A compiler that is killed leaves its
 * temporary files, so they go where all is removed. */
#define CC_COMMAND                                                             \
    "export TMPDIR=\"$4\"; exec ${CC:-cc} " SOURCE_CFLAGS                      \
    " ${3:+-I \"$3\"} -I \"$2\" "

static bool run_cc(struct job *job, const char *script, char *last)
{
    char *classic = format("%s%s", job->classic_headers ? job->home : "",
                           job->classic_headers ? "/driver/classic" : "");
    char *log = format("%s/%s", job->scratch, "log");
    char *args[] = {(char *)job->source,
                    (char *)job->home,
                    classic,
                    job->scratch,
                    last,
                    NULL};
    enum compiler_end end = COMPILER_FAILED;
    if (classic && log && !job->late && !job->unstarted)
        end = compiler_run(script, args, log, job->deadline);
    job->late |= end == COMPILER_LATE;
    job->unstarted = end == COMPILER_NONE ? errno : job->unstarted;
    free(classic);
    free(log);
    return end == COMPILER_GOOD;
}

static bool make_object(struct job *job)
{
    return run_cc(job, CC_COMMAND "-o \"$4/mm.so\" \"$1\"", NULL);
}

/* Whether expression, a constant, is true behind the source. */
static bool holds(struct job *job, const char *expression)
{
    char *line = format("_Static_assert(%s, \"%s\");", expression, "");
    bool good =
        line && run_cc(job,
                       "printf '%s\\n' \"$5\" > \"$4/probe.c\" && " CC_COMMAND
                       "-fsyntax-only -include \"$1\" \"$4/probe.c\"",
                       line);
    free(line);
    return good;
}

static void read_dialect(struct compiled *c, struct job *job)
{
    c->classic = holds(job, "_Generic(mm_init(), int: 1, default: 0)");
    c->checker_answers =
        holds(job, "_Generic(&mm_checkheap, _Bool (*)(int): 1, default: 0)");
    /* A classic source that declares no mem_sbrk at all passes an int. */
    c->sbrk_takes_int =
        holds(job, "_Generic(&mem_sbrk, void *(*)(int): 1, default: 0)") ||
        (c->classic &&
         !holds(job, "_Generic(&mem_sbrk, void *(*)(long): 1, default: 0)"));
}

/* A line of the source may stand in it, and move the reader's cursor. */
static void defuse(char *line)
{
    for (; *line; line++)
        if (iscntrl((unsigned char)*line) && *line != '\t')
            *line = '?';
}

/* The next line that is not empty, or its beginning; the rest of it is passed
 * over. */
static bool next_line(char *line, int room, FILE *log)
{
    do
        if (!fgets(line, room, log))
            return false;
    while (*line == '\n');
    if (!strchr(line, '\n') && fscanf(log, "%*[^\n]") != EOF)
        getc(log);
    line[strcspn(line, "\n")] = '\0';
    defuse(line);
    return true;
}

/* The first lines of what the compiler said, but where a line was included
 * from the first place only; how many there were. */
static int quote(FILE *out, FILE *log)
{
    enum { LINES = 12 };
    static const char further[] = "                 from ";
    char line[400];
    int n = 0;
    while (n < LINES && next_line(line, sizeof line, log))
        if (strncmp(line, further, sizeof further - 1) != 0 && ++n)
            fprintf(out, "\n%s", line);
    return n;
}

static char *is_late(const char *path)
{
    char *text;
    if (asprintf(&text,
                 "%s: expected a source that compiles within %.3g s, found one "
                 "that does not",
                 path, patience) < 0)
        return NULL;
    return text;
}

static char *complaint(const char *path, const char *log)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    FILE *in = fopen(log, "re");
    if (out)
        fprintf(out, "%s: expected a source that compiles; the compiler says:",
                path);
    if (out && (!in || quote(out, in) == 0))
        fprintf(out, " nothing, but it failed");
    if (in)
        fclose(in);
    if (out)
        fclose(out);
    return text;
}

static char *make_scratch(void)
{
    const char *tmp = getenv("TMPDIR");
    char *dir = format("%s/mdriver-%s", tmp && *tmp ? tmp : "/tmp", "XXXXXX");
    if (dir && !mkdtemp(dir)) {
        free(dir);
        return NULL;
    }
    return dir;
}

/* The modern headers first; a source that came without its own headers and
 * does not agree with them is given the classic ones.  The complaint is about
 * the first try. */
static bool make_any_object(struct job *job, const char *path, char **error)
{
    if (make_object(job))
        return true;
    char *log = format("%s/%s", job->scratch, "log");
    *error = log ? complaint(path, log) : NULL;
    free(log);
    job->classic_headers = true;
    if (!make_object(job))
        return false;
    free(*error);
    *error = NULL;
    return true;
}

/* A compiler does not say of a directory that it is one. */
static bool is_readable_file(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0 || access(path, R_OK) != 0)
        return false;
    errno = S_ISDIR(st.st_mode) ? EISDIR : 0;
    return errno == 0;
}

bool compile_source(struct compiled *c, const char *path, const char *home,
                    char **error)
{
    char absolute[PATH_MAX];
    *c = (struct compiled){0};
    *error = NULL;
    if (!realpath(path, absolute) || !is_readable_file(absolute)) {
        *error = format("%s: %s", path, strerror(errno));
        return false;
    }
    struct job job = {
        .source = absolute,
        .home = home,
        .scratch = make_scratch(),
        .deadline = clock_wall_ns() + (uint64_t)(patience * 1e9),
    };
    if (!job.scratch) {
        *error =
            format("%s: no directory to compile in: %s", path, strerror(errno));
        return false;
    }
    bool good = make_any_object(&job, path, error);
    if (good)
        read_dialect(c, &job);
    if (job.late) {
        free(*error);
        *error = is_late(path);
    }
    if (job.unstarted) {
        free(*error);
        *error = format("%s: no process for the compiler: %s", path,
                        strerror(job.unstarted));
    }
    if (!good || job.late || job.unstarted) {
        compile_remove(job.scratch);
        free(job.scratch);
        return false;
    }
    c->scratch = job.scratch;
    c->object = format("%s/%s", job.scratch, "mm.so");
    return c->object != NULL;
}

void compile_remove(const char *scratch)
{
    DIR *dir = opendir(scratch);
    struct dirent *file;
    while (dir && (file = readdir(dir)))
        unlinkat(dirfd(dir), file->d_name, 0);
    if (dir)
        closedir(dir);
    rmdir(scratch);
}

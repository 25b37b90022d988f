/*
 * gnuplot.c - a picture: data, a script, and gnuplot, if it is there
 */
#define _GNU_SOURCE
#include "driver/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/interrupt.h"
#include "driver/outfile.h"
#include "driver/place.h"
#include "driver/words.h"

extern char **environ;

struct gnuplot {
    char *dir, *name;
    struct outfile *script, *data; /* data NULL: there is none */
};

/* ---- Files --------------------------------------------------------------- */

static struct outfile *open_in(const char *dir, const char *name,
                               const char *ending, char **error)
{
    char *path;
    *error = NULL;
    if (asprintf(&path, "%s/%s%s", dir, name, ending) < 0)
        return NULL;
    struct outfile *f = outfile_open(path, error);
    free(path);
    return f;
}

/* All of a stream into a file; false on error, with *error set. */
static bool copy_stream(FILE *in, struct outfile *to, const char *name,
                        char **error)
{
    char buffer[4096];
    size_t n;
    while ((n = fread(buffer, 1, sizeof buffer, in)) > 0)
        fwrite(buffer, 1, n, outfile_stream(to));
    if (!ferror(in))
        return outfile_close(to, error);
    outfile_abandon(to);
    if (asprintf(error, "%s: expected to read it, found: %s", name,
                 strerror(errno)) < 0)
        *error = NULL;
    return false;
}

static bool copy_file(const char *path, const char *dir, const char *name,
                      char **error)
{
    FILE *in = fopen(path, "re");
    struct outfile *to = in ? open_in(dir, name, ".gp", error) : NULL;
    if (!in && asprintf(error, "%s: expected to read it, found: %s", path,
                        strerror(errno)) < 0)
        *error = NULL;
    bool good = to && copy_stream(in, to, path, error);
    if (in)
        fclose(in);
    return good;
}

/* One of the scripts of plot/, beside the picture. */
static bool copy_script(const char *name, const char *dir, char **error)
{
    static const char *const places[] = {"plot", "../../plot",
                                         "../share/mdriver/plot", NULL};
    char *file = NULL, *place = NULL, *path = NULL;
    *error = NULL;
    bool good = false;
    if (asprintf(&file, "%s.gp", name) < 0)
        file = NULL;
    else if (!(place = place_find(places, file))) {
        if (asprintf(error, "plot/%s: expected it beside mdriver, found none",
                     file) < 0)
            *error = NULL;
    } else if (asprintf(&path, "%s/%s", place, file) < 0)
        path = NULL;
    else
        good = copy_file(path, dir, name, error);
    free(file);
    free(place);
    free(path);
    return good;
}

/* ---- The script ---------------------------------------------------------- */

static FILE *script(struct gnuplot *g)
{
    return outfile_stream(g->script);
}

struct gnuplot *gnuplot_begin(const char *dir, const char *name,
                              const char *picture, char **error)
{
    *error = NULL;
    struct gnuplot *g = calloc(1, sizeof *g);
    if (!g)
        return NULL;
    g->dir = strdup(dir);
    g->name = strdup(name);
    if (g->dir && g->name && outfile_directory(dir, error) &&
        copy_script("style", dir, error) && copy_script(picture, dir, error))
        g->script = open_in(dir, name, ".gp", error);
    if (!g->script) {
        gnuplot_abandon(g);
        return NULL;
    }
    gnuplot_set_text(g, "output_name", name);
    gnuplot_set_text(g, "script", picture);
    return g;
}

FILE *gnuplot_data(struct gnuplot *g, char **error)
{
    *error = NULL;
    if (g->data)
        return outfile_stream(g->data);
    g->data = open_in(g->dir, g->name, ".dat", error);
    if (!g->data)
        return NULL;
    fputs("data = output_name.'.dat'\n", script(g));
    return outfile_stream(g->data);
}

void gnuplot_set_number(struct gnuplot *g, const char *variable, double value)
{
    if (isfinite(value))
        fprintf(script(g), "%s = %.10g\n", variable, value);
    else
        fprintf(script(g), "%s = NaN\n", variable);
}

void gnuplot_set_text(struct gnuplot *g, const char *variable, const char *text)
{
    fprintf(script(g), "%s = ", variable);
    gnuplot_text(script(g), text);
    putc('\n', script(g));
}

void gnuplot_set_texts(struct gnuplot *g, const char *variable,
                       const char *const *texts, size_t count)
{
    fprintf(script(g), "array %s[%zu] = [", variable, count);
    for (size_t i = 0; i < count; i++) {
        fputs(i ? ", " : "", script(g));
        gnuplot_text(script(g), texts[i]);
    }
    fputs("]\n", script(g));
}

/* ---- Drawing ------------------------------------------------------------- */

/* Ours, but in a locale of the scripts' encoding: in that of plain C gnuplot
 * complains.  NULL: no memory. */
static char **make_environment(void)
{
    static char locale[] = "LC_ALL=C.UTF-8";
    size_t count = 0, kept = 0;
    while (environ[count])
        count++;
    char **list = calloc(count + 2, sizeof *list);
    for (size_t i = 0; list && i < count; i++)
        if (strncmp(environ[i], locale, strcspn(locale, "=") + 1) != 0)
            list[kept++] = environ[i];
    if (list)
        list[kept] = locale;
    return list;
}

/* In dir, and neither a trace from standard input nor a report on standard
 * output is its affair.  What went wrong, as errno tells. */
static int plan_files(posix_spawn_file_actions_t *actions, const char *dir)
{
    int why = posix_spawn_file_actions_addchdir_np(actions, dir);
    if (!why)
        why = posix_spawn_file_actions_addopen(actions, 0, "/dev/null",
                                               O_RDONLY, 0);
    if (!why)
        why = posix_spawn_file_actions_addopen(actions, 1, "/dev/null",
                                               O_WRONLY, 0);
    return why;
}

/* A group of its own: an interrupt is told to us, and we end it. */
static int start(pid_t *pid, const char *dir, char *file)
{
    char program[] = "gnuplot", defaults[] = "-d";
    char *argv[] = {program, defaults, file, NULL};
    char **environment = make_environment();
    if (!environment)
        return ENOMEM;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    int why = plan_files(&actions, dir);
    if (!why)
        why = posix_spawnp(pid, program, &actions, &attributes, argv,
                           environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    free(environment);
    return why;
}

/* Whether a picture is there to its end: gnuplot does not tell when the disk
 * was full. */
static bool is_whole(const char *dir, const char *name, const char *ending,
                     const char *mark)
{
    char *path, tail[16] = "";
    if (asprintf(&path, "%s/%s%s", dir, name, ending) < 0)
        return false;
    FILE *in = fopen(path, "re");
    free(path);
    if (!in)
        return false;
    if (fseek(in, -(long)sizeof tail, SEEK_END) != 0)
        rewind(in);
    size_t n = fread(tail, 1, sizeof tail, in);
    fclose(in);
    return memmem(tail, n, mark, strlen(mark)) != NULL;
}

static void remove_picture(const char *dir, const char *name,
                           const char *ending)
{
    char *path;
    if (asprintf(&path, "%s/%s%s", dir, name, ending) < 0)
        return;
    unlink(path);
    free(path);
}

static enum gnuplot_outcome fail(const struct gnuplot *g, const char *found,
                                 char **error)
{
    remove_picture(g->dir, g->name, ".png");
    remove_picture(g->dir, g->name, ".svg");
    *error = NULL;
    if (!interrupt_signal() &&
        asprintf(error, "%s/%s.gp: expected gnuplot to draw it, found: %s",
                 g->dir, g->name, found) < 0)
        *error = NULL;
    return GNUPLOT_FAILED;
}

static enum gnuplot_outcome draw(const struct gnuplot *g, char **error)
{
    char *file, found[64] = "a picture that is not whole";
    pid_t pid;
    bool late;
    if (asprintf(&file, "%s.gp", g->name) < 0)
        return GNUPLOT_FAILED;
    remove_picture(g->dir, g->name, ".png"); /* of other data */
    remove_picture(g->dir, g->name, ".svg");
    int why = start(&pid, g->dir, file);
    free(file);
    if (why == ENOENT || why == EACCES)
        return GNUPLOT_ABSENT;
    if (why)
        return fail(g, strerror(why), error);
    int status = interrupt_await(pid, UINT64_MAX, &late);
    if (WIFSIGNALED(status))
        snprintf(found, sizeof found, "signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status))
        snprintf(found, sizeof found, "exit status %d", WEXITSTATUS(status));
    else if (is_whole(g->dir, g->name, ".png", "IEND") &&
             is_whole(g->dir, g->name, ".svg", "</svg>"))
        return GNUPLOT_DREW;
    return fail(g, found, error);
}

static void forget(struct gnuplot *g)
{
    free(g->dir);
    free(g->name);
    free(g);
}

enum gnuplot_outcome gnuplot_end(struct gnuplot *g, char **error)
{
    struct outfile *text = g->script, *data = g->data;
    enum gnuplot_outcome outcome = GNUPLOT_FAILED;
    *error = NULL;
    fputs("load 'style.gp'\n", script(g));
    bool good = !data || outfile_close(data, error);
    if (!good)
        outfile_abandon(text);
    else if (outfile_close(text, error))
        outcome = draw(g, error);
    forget(g);
    return outcome;
}

void gnuplot_abandon(struct gnuplot *g)
{
    if (g->script)
        outfile_abandon(g->script);
    if (g->data)
        outfile_abandon(g->data);
    forget(g);
}

void gnuplot_tell(FILE *out, const char *dir, const char *name,
                  enum gnuplot_outcome outcome)
{
    if (outcome == GNUPLOT_DREW) {
        fprintf(out, "drew %s/%s.png and .svg\n", dir, name);
    } else if (outcome == GNUPLOT_ABSENT) {
        fputs("no gnuplot here; where there is one: cd ", out);
        shell_text(out, dir);
        fputs(" && gnuplot ", out);
        char *file;
        if (asprintf(&file, "%s.gp", name) >= 0) {
            shell_text(out, file);
            free(file);
        }
        putc('\n', out);
    }
}

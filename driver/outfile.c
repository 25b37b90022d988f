/*
 * outfile.c - files that are whole or not there
 */
#define _GNU_SOURCE
#include "driver/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct outfile {
    FILE *stream;    /* NULL: nothing is open yet */
    char *name;      /* for messages */
    char *path;      /* that the file will have; NULL: written straight */
    char *temporary; /* that it has until then; NULL: there is none yet */
    mode_t mode;     /* of the file it replaces; 0: there was none */
};

static bool fail(const char *name, char **error)
{
    if (asprintf(error, "%s: expected to write it, found: %s", name,
                 strerror(errno ? errno : EIO)) < 0)
        *error = NULL;
    return false;
}

static void forget(struct outfile *f)
{
    free(f->name);
    free(f->path);
    free(f->temporary);
    free(f);
}

/* What the symbolic link names, as seen from where the link stands. */
static char *follow_link(const char *link)
{
    char target[PATH_MAX], *path;
    ssize_t n = readlink(link, target, sizeof target - 1);
    if (n < 0)
        return NULL;
    target[n] = '\0';
    const char *slash = strrchr(link, '/');
    int dir = slash && target[0] != '/' ? (int)(slash - link) + 1 : 0;
    return asprintf(&path, "%.*s%s", dir, link, target) < 0 ? NULL : path;
}

/* The name to give to the file, links followed, even those to nothing. */
static char *real_name(const char *path)
{
    char *name = realpath(path, NULL);
    if (name || errno != ENOENT)
        return name;
    name = strdup(path);
    for (char *next; name && (next = follow_link(name));) {
        free(name);
        name = next;
    }
    return name;
}

/* Fill in path where the file is to be replaced as a whole. */
static bool choose_path(struct outfile *f, const char *path)
{
    struct stat old;
    bool exists = stat(path, &old) == 0;
    if (!exists && (errno != ENOENT || !*path))
        return false;
    errno = EISDIR;
    if (exists && (S_ISDIR(old.st_mode) || access(path, W_OK) != 0))
        return false;
    if (exists && !S_ISREG(old.st_mode))
        return true;
    f->mode = exists ? old.st_mode & 0777 : 0;
    f->path = real_name(path);
    return f->path != NULL;
}

/* False, with errno set, where it is closed or for reading. */
static bool stdout_is_writable(void)
{
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    if (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY)
        return true;
    errno = EBADF;
    return false;
}

static bool plan(struct outfile *f, const char *path)
{
    if (strcmp(path, "-") != 0)
        return choose_path(f, path);
    if (stdout_is_writable())
        f->stream = stdout;
    return f->stream != NULL;
}

struct outfile *outfile_plan(const char *path, char **error)
{
    const char *name = strcmp(path, "-") == 0 ? "<stdout>" : path;
    struct outfile *f = calloc(1, sizeof *f);
    if (f && (f->name = strdup(name)) && plan(f, path))
        return f;
    fail(name, error);
    if (f)
        forget(f);
    return NULL;
}

static bool name_temporary(struct outfile *f, int n)
{
    char more[16] = "";
    if (n)
        snprintf(more, sizeof more, "-%d", n);
    free(f->temporary);
    if (asprintf(&f->temporary, "%s.tmp-%d%s", f->path, (int)getpid(), more) <
        0)
        f->temporary = NULL;
    return f->temporary != NULL;
}

/* What a run that was killed left is stepped over: in a container the next one
 * may well have the same number. */
static FILE *create_temporary(struct outfile *f)
{
    FILE *stream = NULL;
    errno = EEXIST;
    for (int n = 0; !stream && errno == EEXIST && n < 100; n++)
        if (name_temporary(f, n))
            stream = fopen(f->temporary, "wxe");
    return stream;
}

bool outfile_begin(struct outfile *f, char **error)
{
    if (!f->stream)
        f->stream = f->path ? create_temporary(f) : fopen(f->name, "we");
    if (f->stream)
        return true;
    fail(f->name, error);
    free(f->temporary); /* if it is there it is not ours */
    f->temporary = NULL;
    return false;
}

struct outfile *outfile_open(const char *path, char **error)
{
    struct outfile *f = outfile_plan(path, error);
    if (!f || outfile_begin(f, error))
        return f;
    outfile_abandon(f);
    return NULL;
}

FILE *outfile_stream(struct outfile *f)
{
    return f->stream;
}

const char *outfile_name(const struct outfile *f)
{
    return f->name;
}

const char *outfile_path(const struct outfile *f)
{
    return f->path;
}

static bool finish(struct outfile *f)
{
    errno = 0;
    bool good = fflush(f->stream) == 0 && !ferror(f->stream);
    int why = errno;
    if (f->stream != stdout)
        good = fclose(f->stream) == 0 && good;
    errno = why ? why : errno;
    if (!good || !f->path)
        return good;
    if (f->mode)
        (void)!chmod(f->temporary, f->mode);
    return rename(f->temporary, f->path) == 0;
}

bool outfile_close(struct outfile *f, char **error)
{
    bool good = finish(f) || fail(f->name, error);
    if (!good && f->temporary)
        unlink(f->temporary);
    forget(f);
    return good;
}

void outfile_abandon(struct outfile *f)
{
    if (f->stream && f->stream != stdout)
        fclose(f->stream);
    if (f->temporary)
        unlink(f->temporary);
    forget(f);
}

/* ---- Directories -------------------------------------------------------- */

/* All but the last of a path's directories. */
static void make_parents(const char *dir)
{
    char *path = strdup(dir);
    for (char *p = path; path && *p; p++)
        if (*p == '/' && p > path) {
            *p = '\0';
            mkdir(path, 0777); /* what it lacks shows at the last one */
            *p = '/';
        }
    free(path);
}

bool outfile_directory(const char *dir, char **error)
{
    struct stat st;
    make_parents(dir);
    if (mkdir(dir, 0777) == 0)
        return true;
    int why = errno;
    if (stat(dir, &st) == 0 && S_ISDIR(st.st_mode))
        return true;
    if (asprintf(error, "%s: expected a directory to write to, found: %s", dir,
                 strerror(why)) < 0)
        *error = NULL;
    return false;
}

/*
 * outfile.c - files that are whole or not there
 */
#define _GNU_SOURCE
#include "driver/outfile.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct outfile {
    FILE *stream;
    char *name;      /* for messages */
    char *path;      /* that the file will have; NULL: written straight */
    char *temporary; /* that it has until then */
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

/* Fill in path and temporary where the file is to be replaced as a whole. */
static bool choose_names(struct outfile *f, const char *path)
{
    struct stat old;
    bool exists = stat(path, &old) == 0;
    if (!exists && (errno != ENOENT || !*path))
        return false;
    if (exists && !S_ISREG(old.st_mode))
        return true;
    if (exists && access(path, W_OK) != 0)
        return false;
    f->mode = exists ? old.st_mode & 0777 : 0;
    f->path = real_name(path);
    if (!f->path ||
        asprintf(&f->temporary, "%s.tmp-%d", f->path, (int)getpid()) < 0)
        f->temporary = NULL;
    return f->temporary != NULL;
}

static bool open_stream(struct outfile *f, const char *path)
{
    errno = 0;
    if (strcmp(path, "-") == 0)
        f->stream = stdout;
    else if (choose_names(f, path))
        f->stream =
            f->temporary ? fopen(f->temporary, "wxe") : fopen(path, "we");
    return f->stream != NULL;
}

struct outfile *outfile_open(const char *path, char **error)
{
    struct outfile *f = calloc(1, sizeof *f);
    if (!f)
        return NULL;
    f->name = strdup(strcmp(path, "-") == 0 ? "<stdout>" : path);
    if (f->name && open_stream(f, path))
        return f;
    fail(path, error);
    forget(f);
    return NULL;
}

FILE *outfile_stream(struct outfile *f)
{
    return f->stream;
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
    if (f->stream != stdout)
        fclose(f->stream);
    if (f->temporary)
        unlink(f->temporary);
    forget(f);
}

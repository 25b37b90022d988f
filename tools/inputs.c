/*
 * inputs.c - the traces that a command line names
 */
#include "tools/inputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/rep.h"

static int no_memory(const char *path)
{
    return rep_fail("%s: %s", path, strerror(ENOMEM));
}

static int fail(const char *path, char *error)
{
    return error ? rep_fail_with(error) : no_memory(path);
}

/* path, which may be NULL, goes over to the list. */
static bool add(struct inputs *in, char *path)
{
    char **paths = reallocarray(in->paths, in->count + 1, sizeof *paths);
    if (paths)
        in->paths = paths;
    if (!path || !paths) {
        free(path);
        return false;
    }
    in->paths[in->count++] = path;
    return true;
}

static int add_directory(struct inputs *in, const char *dir)
{
    char *error;
    char **paths = trace_list(dir, &error);
    bool good = true;
    if (!paths)
        return fail(dir, error);
    for (size_t i = 0; paths[i]; i++)
        good &= add(in, paths[i]);
    free(paths);
    return good ? REP_OK : no_memory(dir);
}

static bool is_directory(const char *path)
{
    struct stat st;
    return strcmp(path, "-") != 0 && stat(path, &st) == 0 &&
           S_ISDIR(st.st_mode);
}

static int add_argument(struct inputs *in, const char *path)
{
    if (is_directory(path))
        return add_directory(in, path);
    return add(in, strdup(path)) ? REP_OK : no_memory(path);
}

int inputs_list(struct inputs *in, char **arguments)
{
    int status = REP_OK;
    *in = (struct inputs){0};
    for (; *arguments; arguments++)
        if (add_argument(in, *arguments) != REP_OK)
            status = REP_USAGE;
    return status;
}

void inputs_free(struct inputs *in)
{
    for (size_t i = 0; i < in->count; i++)
        free(in->paths[i]);
    free(in->paths);
}

int inputs_read(struct trace *t, const char *path, bool quiet)
{
    char *error;
    if (!trace_read(t, path, false, &error))
        return fail(path, error);
    for (size_t i = 0; !quiet && i < t->warning_count; i++)
        rep_say(stderr, "rep: warning: %s\n", t->warnings[i]);
    return REP_OK;
}

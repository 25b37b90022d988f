/*
 * place.c - where the program's own files are
 *
 * A program in its tree, in build/debug or installed finds them relative to
 * itself; nothing is compiled in.
 */
#define _GNU_SOURCE
#include "driver/place.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver/words.h"

/* The path of a place relative to the program; NULL without memory. */
static char *from_program(const char *relative)
{
    char self[PATH_MAX], *path;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n < 0 ? 0 : n] = '\0';
    char *slash = strrchr(self, '/');
    int length = slash ? (int)(slash - self) : 0;
    return asprintf(&path, "%.*s/%s", length, self, relative) < 0 ? NULL : path;
}

static bool holds(const char *dir, const char *file)
{
    char *path;
    if (!dir || asprintf(&path, "%s/%s", dir, file) < 0)
        return false;
    bool there = access(path, R_OK) == 0;
    free(path);
    return there;
}

char *place_find(const char *const *places, const char *file)
{
    for (; *places; places++) {
        char *dir = from_program(*places);
        if (holds(dir, file))
            return dir;
        free(dir);
    }
    return NULL;
}

void place_command(FILE *out, const char *program)
{
    const char *self = program_invocation_name;
    const char *slash = strrchr(self, '/');
    char *path;
    if (asprintf(&path, "%.*s%s", slash ? (int)(slash - self + 1) : 0, self,
                 program) < 0)
        return;
    shell_text(out, path);
    free(path);
}

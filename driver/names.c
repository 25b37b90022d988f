/*
 * names.c - names for files that are made from the names of things
 */
#define _GNU_SOURCE
#include "driver/names.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver/words.h"

/* Paths that were given away. */
static char **used;
static size_t used_count;

static bool is_used(const char *path)
{
    for (size_t i = 0; i < used_count; i++)
        if (strcmp(used[i], path) == 0)
            return true;
    return false;
}

static bool use(const char *path)
{
    char **longer = reallocarray(used, used_count + 1, sizeof *used);
    if (!longer)
        return false;
    used = longer;
    used[used_count] = strdup(path);
    return used[used_count] && ++used_count;
}

/* File systems end a name at 255 bytes; of a longer one enough is kept for
 * number, ending and the temporary name of a file. */
enum { NAME_MOST = 200, NAME_START = 100 };

/* Where a letter of UTF-8 begins, at p or after it. */
static char *letter_from(char *p)
{
    while ((*p & 0xc0) == 0x80)
        p++;
    return p;
}

/* Of a name that is too long start and end remain. */
static void shorten(char *name)
{
    size_t length = strlen(name);
    if (length <= NAME_MOST)
        return;
    char *start = name + NAME_START;
    while ((*start & 0xc0) == 0x80)
        start--;
    char *end = letter_from(name + length - (NAME_MOST - NAME_START));
    memmove(start, end, strlen(end) + 1);
}

/* What scripts, terminals and file systems take for what it is. */
static void put_part(FILE *out, const char *part)
{
    for (const char *p = part + strspn(part, "./"); *p;) {
        size_t length = utf8_length(p);
        bool odd = length == 0 || (unsigned char)*p < ' ' || *p == 0x7f;
        if (odd)
            putc('_', out);
        else if (*p == '/')
            putc('.', out);
        else
            fwrite(p, 1, length, out);
        p += length ? length : 1;
    }
}

/* The parts as one word; a file whose name begins with a dot would be hidden.
 */
static char *join(const char *const *parts)
{
    char *name = NULL;
    size_t size;
    FILE *out = open_memstream(&name, &size);
    if (!out)
        return NULL;
    for (size_t i = 0; parts[i]; i++) {
        if (i > 0)
            putc('-', out);
        put_part(out, parts[i]);
    }
    bool whole = !ferror(out);
    if (fclose(out) == 0 && whole && name) { /* glibc: 0 without memory, too */
        shorten(name);
        return name;
    }
    free(name);
    return NULL;
}

static char *numbered(const char *dir, const char *name, size_t number,
                      const char *ending)
{
    char *path;
    int n = number > 1
                ? asprintf(&path, "%s/%s.%zu%s", dir, name, number, ending)
                : asprintf(&path, "%s/%s%s", dir, name, ending);
    return n < 0 ? NULL : path;
}

/* The first path of that name that was not given away. */
static char *free_path(const char *dir, const char *name, const char *ending)
{
    size_t number = 1;
    char *path = name ? numbered(dir, name, number, ending) : NULL;
    while (path && is_used(path)) {
        free(path);
        path = numbered(dir, name, ++number, ending);
    }
    return path;
}

char *names_new_file(const char *dir, const char *const *parts,
                     const char *ending)
{
    char *name = join(parts), *path = free_path(dir, name, ending),
         *found = NULL;
    if (path && use(path))
        found = strdup(path + strlen(dir) + 1);
    free(name);
    free(path);
    return found;
}

char *names_new(const char *dir, const char *const *parts)
{
    return names_new_file(dir, parts, "");
}

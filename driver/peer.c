/*
 * peer.c - libraries that bring a malloc of their own
 */
#define _GNU_SOURCE
#include "driver/peer.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "driver/isolate.h"

const char *peer_missing(const struct elf_object *e)
{
    static const char *const needed[] = {"malloc", "free", "realloc", "calloc"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!elf_defines(e, needed[i]))
            return needed[i];
    return NULL;
}

/* Its own names go before libc's, as they do where it is linked or preloaded:
 * a calloc that calls malloc is to get its own.  ASan refuses that. */
void *peer_open(const char *path)
{
#if defined __SANITIZE_ADDRESS__
    return dlopen(path, RTLD_NOW | RTLD_LOCAL);
#else
    return dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
#endif
}

/* ---- Where it is -------------------------------------------------------- */

/* What the child that asks leaves. */
struct place {
    const char *name;
    char path[PATH_MAX]; /* "": it was not found, and why */
    char why[512];
};

static void ask_linker(void *arg)
{
    struct place *p = arg;
    struct link_map *map;
    void *object = peer_open(p->name);
    if (object && dlinfo(object, RTLD_DI_LINKMAP, &map) == 0)
        snprintf(p->path, sizeof p->path, "%s", map->l_name);
    else
        snprintf(p->why, sizeof p->why, "%s", dlerror());
    isolate_step_done();
}

/* The linker's reason begins with the name, which we told already. */
static void set_error(char **error, const struct place *p)
{
    size_t length = strlen(p->name);
    const char *why = *p->why ? p->why : "one that ends the process";
    if (strncmp(why, p->name, length) == 0 && why[length] == ':')
        why += length + 2;
    if (asprintf(error, "%s: expected a library that can be loaded, found: %s",
                 p->name, why) < 0)
        *error = NULL;
}

/* Bring the child's words to an end, and into private memory. */
static char *take_path(struct place *p, enum isolate_event event, char **error)
{
    p->path[sizeof p->path - 1] = p->why[sizeof p->why - 1] = '\0';
    if (event == ISOLATE_STEP && p->path[0])
        return realpath(p->path, NULL);
    set_error(error, p);
    return NULL;
}

char *peer_locate(const char *name, char **error)
{
    *error = NULL;
    struct place *p = isolate_shared(sizeof *p);
    if (!p)
        return NULL;
    p->name = name;
    uint64_t memory = (uint64_t)MEMORY_LIMIT_MIB << 20;
    struct isolate *child =
        isolate_start(ask_linker, p, (struct isolate_limits){.memory = memory});
    char *path = NULL;
    if (child) {
        enum isolate_event event = isolate_await(child, TIME_LIMIT);
        p->name = name; /* the child may have written there */
        path = take_path(p, event, error);
    }
    isolate_end(child);
    isolate_unshare(p, sizeof *p);
    return path;
}

/* ---- Room for its variables of a thread --------------------------------- */

/* Bytes of it; libjemalloc.so.2 takes 2.6 KB, and without this there is room
 * for 1.6 KB. */
#define STATIC_TLS "glibc.rtld.optional_static_tls"
#define TLS_ROOM   "65536"

/* A file here is one if it says so; a library elsewhere, by its name. */
static bool may_be_peer(const char *name)
{
    if (!strstr(name, ".so"))
        return false;
    if (access(name, F_OK) != 0)
        return !strchr(name, '/');
    char *error = NULL;
    struct elf_object *e = elf_open(name, &error);
    bool is = e && !peer_missing(e);
    free(error);
    if (e)
        elf_close(e);
    return is;
}

static bool set_tunable(const char *before)
{
    char *value;
    if (asprintf(&value, "%s%s" STATIC_TLS "=" TLS_ROOM, before ? before : "",
                 before && *before ? ":" : "") < 0)
        return false;
    bool good = setenv("GLIBC_TUNABLES", value, 1) == 0;
    free(value);
    return good;
}

void peer_make_room(const char *const *names, size_t count, char **argv)
{
    bool any = false;
    const char *before = getenv("GLIBC_TUNABLES");
    for (size_t i = 0; i < count && !any; i++)
        any = may_be_peer(names[i]);
    if (!any || (before && strstr(before, STATIC_TLS)))
        return;
    char *self = realpath("/proc/self/exe", NULL);
    if (self && set_tunable(before))
        execv(self, argv);
    free(self);
}

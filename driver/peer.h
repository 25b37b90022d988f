/*
 * peer.h - libraries that bring a malloc of their own, as programs use them
 *
 * jemalloc, mimalloc, tcmalloc and the like: they are found as the dynamic
 * linker finds them, and loaded beside libc, whose malloc stays the driver's.
 */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <stddef.h>

#include "driver/elf.h"

/* peer_missing - which of malloc, free, realloc and calloc e does not define;
 *     NULL: it is a peer. */
const char *peer_missing(const struct elf_object *e);

/*
 * peer_locate - the path of the library that the dynamic linker finds by this
 *     name, for the caller to free; a child asks it.  NULL on error: *error is
 *     one line for the caller to free, NULL without memory.
 */
char *peer_locate(const char *name, char **error);

/* peer_open - in the child that is to run it: load the library, dlopen's
 *     handle.  NULL on error, with dlerror telling. */
void *peer_open(const char *path);

/*
 * peer_make_room - most of them keep their variables of a thread where only
 *     the start of a program makes room.  Where one of the names may be such a
 *     library, and there is no more room than usual, begin this program anew
 *     with it; returns where that need not or cannot be.
 */
void peer_make_room(const char *const *names, size_t count, char **argv);

#endif

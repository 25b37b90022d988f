/*
 * import_calls.h - calls of an allocator as text: NAME(ARGUMENT, ...)
 *
 * What valgrind and ltrace print has this much in common.  The names are those
 * of libc and of C++, these mangled or not.
 */
#ifndef IMPORT_CALLS_H
#define IMPORT_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/blocks.h"

struct import_function;

struct import_call {
    const struct import_function *function;
    uint64_t args[3]; /* as many as the function has that matter */
};

/* import_function - the one of that name, of n characters; NULL: it is none of
 *     an allocator. */
const struct import_function *import_function(const char *name, size_t n);

/*
 * import_call_args - the arguments of call->function, from behind its
 *     parenthesis on; a word before a number ("size 10") is left out.  False
 *     if they are not there.
 */
bool import_call_args(struct import_call *call, const char **at);

/* import_call_is - whether the function has this name. */
bool import_call_is(const struct import_call *call, const char *name);

/* import_call_kind - the kind of request. */
enum trace_kind import_call_kind(const struct import_call *call);

/* import_call_block - the block that free or realloc takes. */
uint64_t import_call_block(const struct import_call *call);

/* import_call_size - bytes asked for; of calloc, of one member; UINT64_MAX
 *     when reallocarray's product overflows. */
uint64_t import_call_size(const struct import_call *call);

/* import_call_done - tell b of a call that returned `result`, free anything. */
void import_call_done(struct blocks *b, const struct import_call *call,
                      uint64_t result);

#endif

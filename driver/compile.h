/*
 * compile.h - from an mm.c of any course to a shared object
 */
#ifndef COMPILE_H
#define COMPILE_H

#include <stdbool.h>

struct compiled {
    char *object;         /* path of the shared object */
    char *scratch;        /* directory that holds it, to be removed */
    bool classic;         /* mm_init is declared to return int */
    bool sbrk_takes_int;  /* it calls mem_sbrk(int) */
    bool checker_answers; /* mm_checkheap is declared to return bool */
};

/*
 * compile_source - compile path with the system's cc ($CC, if set) and read
 *     its dialect from the declared types.  home is the directory of mm.h;
 *     headers beside the source win over those.  False on error: *error is
 *     then what the compiler said, for the caller to free.
 */
bool compile_source(struct compiled *c, const char *path, const char *home,
                    char **error);

/* compile_set_patience - seconds that a source may take to compile, from now
 *     on, in place of config.h's. */
void compile_set_patience(double seconds);

/* compile_remove - remove the scratch directory of a compiled source. */
void compile_remove(const char *scratch);

#endif

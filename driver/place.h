/*
 * place.h - where the program's own files are
 */
#ifndef PLACE_H
#define PLACE_H

#include <stdio.h>

/*
 * place_find - of places, paths relative to the directory of the program that
 *     end with a NULL, the first that holds `file`, "" for the directory
 *     itself.  For the caller to free; NULL: none does, or there is no memory.
 */
char *place_find(const char *const *places, const char *file);

/* place_command - how the user calls a program that lies beside this one: with
 *     the directory that this one was called with, as a word of the shell. */
void place_command(FILE *out, const char *program);

#endif

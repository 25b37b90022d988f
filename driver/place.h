/*
 * place.h - where the program's own files are
 */
#ifndef PLACE_H
#define PLACE_H

/*
 * place_find - of places, paths relative to the directory of the program that
 *     end with a NULL, the first that holds `file`, "" for the directory
 *     itself.  For the caller to free; NULL: none does, or there is no memory.
 */
char *place_find(const char *const *places, const char *file);

#endif

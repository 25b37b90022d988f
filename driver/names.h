/*
 * names.h - names for files that are made from the names of things
 *
 * Allocators are paths now and then, x.rep and x.rep.gz are two traces of one
 * name, and a file is not to replace another one of the same run.
 */
#ifndef NAMES_H
#define NAMES_H

/*
 * names_new - the name of a file of dir: parts, which end with NULL, joined by
 *     '-', slashes become dots, leading dots and slashes of each part go; what
 *     is not UTF-8, and control characters, become '_'; of more than 200 bytes
 *     start and end are kept; with ".2", ".3" ... at its end where this process
 *     was given that name for dir before.  Without an ending.  For the caller
 *     to free; NULL: no memory.
 */
char *names_new(const char *dir, const char *const *parts);

/* names_new_file - the same with an ending; the same name without, or with
 *     another one, is another name. */
char *names_new_file(const char *dir, const char *const *parts,
                     const char *ending);

#endif

/*
 * outfile.h - files that are whole or not there
 */
#ifndef OUTFILE_H
#define OUTFILE_H

#include <stdbool.h>
#include <stdio.h>

struct outfile;

/*
 * outfile_open - begin to write path.  A regular file appears, or changes,
 *     when outfile_close has succeeded, not before; behind a symbolic link the
 *     file is replaced and not the link, and it keeps its permissions.  What
 *     is no regular file (/dev/stdout, a pipe) is written straight, and "-" is
 *     standard output.  NULL on error: *error is then one line for the caller
 *     to free.
 */
struct outfile *outfile_open(const char *path, char **error);

/* outfile_stream - where to write. */
FILE *outfile_stream(struct outfile *f);

/* outfile_close - make sure that all was written and give the file its name.
 *     False on error, with *error set and a file of that name as it was. */
bool outfile_close(struct outfile *f, char **error);

/* outfile_abandon - leave nothing behind. */
void outfile_abandon(struct outfile *f);

#endif

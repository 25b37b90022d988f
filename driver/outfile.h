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

/*
 * outfile_plan, outfile_begin - outfile_open in two steps, for what is written
 *     at the end of long work.  The first finds out that path is a directory,
 *     is write-protected or is a standard output that is closed, and opens
 *     nothing; before the second, which does, outfile_abandon alone ends it.
 *     False, or NULL, on error, with *error set as above.
 */
struct outfile *outfile_plan(const char *path, char **error);
bool outfile_begin(struct outfile *f, char **error);

/* outfile_stream - where to write.  Programs that are run do not inherit it,
 *     unless it is standard output. */
FILE *outfile_stream(struct outfile *f);

/* outfile_name - what messages call it: the path, or <stdout>. */
const char *outfile_name(const struct outfile *f);

/* outfile_path - the file to be replaced, links followed; NULL: there is none,
 *     it is written straight. */
const char *outfile_path(const struct outfile *f);

/* outfile_close - make sure that all was written and give the file its name.
 *     False on error, with *error set and a file of that name as it was. */
bool outfile_close(struct outfile *f, char **error);

/* outfile_abandon - leave nothing behind. */
void outfile_abandon(struct outfile *f);

/* outfile_directory - make dir, and those above it, where they are missing.
 *     False on error, with *error set as above. */
bool outfile_directory(const char *dir, char **error);

#endif

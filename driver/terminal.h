/*
 * terminal.h - what is done where a person looks on
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* terminal_color - whether NO_COLOR and standard output allow it. */
bool terminal_color(void);

/* terminal_width - columns that a table may be wide: $COLUMNS, or those of the
 *     terminal that is standard output; 0: no end. */
size_t terminal_width(void);

/* terminal_utf8 - whether the locale of the user has characters in UTF-8. */
bool terminal_utf8(void);

/*
 * terminal_progress - on standard error, in place of what it said before:
 *     "[done/all] who: what".
 * terminal_progress_done - wipe it away.  Neither does a thing where standard
 *     error is no terminal.
 */
void terminal_progress(size_t done, size_t all, const char *who,
                       const char *what);
void terminal_progress_done(void);

#endif

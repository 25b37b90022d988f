/*
 * compiler.h - a compiler at work on a source that nobody vouches for
 *
 * A source can make a compiler run for ever, read a file without end and write
 * one: #include "/dev/zero", a macro that doubles itself forty times.  So the
 * compiler gets limits of memory, time and file size as config.h says.
 */
#ifndef COMPILER_H
#define COMPILER_H

#include <stdint.h>

enum compiler_end {
    COMPILER_GOOD,   /* it exited with 0 */
    COMPILER_FAILED, /* it did not, or the user interrupted it */
    COMPILER_LATE,   /* it was ended at the deadline */
    COMPILER_NONE,   /* it could not be started; errno is set */
};

/*
 * compiler_run - run a shell script, its arguments args up to NULL, 11 at most,
 *     until it ends or the clock of the wall stands at deadline.  It finds an
 *     empty input; both outputs go to the file `log`.
 */
enum compiler_end compiler_run(const char *script, char *const args[],
                               const char *log, uint64_t deadline);

#endif

/*
 * books.h - what the kernel's books say of a process
 *
 * Its memory, in bytes, from /proc.  Nobody but the kernel writes there; 0
 * where it does not tell, or the process is gone.
 */
#ifndef BOOKS_H
#define BOOKS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* books_resident - what it has in use.  books_about_resident - the same within
 *     some hundred KiB. */
uint64_t books_resident(pid_t pid);
uint64_t books_about_resident(pid_t pid);

/* books_peak - the most that it had in use since books_forget_peak, which is
 *     false where that cannot be. */
uint64_t books_peak(pid_t pid);
bool books_forget_peak(pid_t pid);

/* books_is_asleep - it waits for something, and its books are closed. */
bool books_is_asleep(pid_t pid);

/* Address space. */
struct books_space {
    uint64_t mapped;   /* but for its stack */
    uint64_t peak;     /* the most it ever had, with it */
    uint64_t writable; /* and its own, without it */
};

struct books_space books_space(pid_t pid);

#endif

/*
 * confine.h - what a process that runs an allocator may ask of the kernel
 *
 * Limits, and a filter of system calls that lets pass what an allocator and
 * the C library under it need: memory, time, output that is already open.
 * Nothing else: no processes, no threads, no sockets, no files, no signals to
 * others.  The filter cannot be taken off again, and children inherit it.
 */
#ifndef CONFINE_H
#define CONFINE_H

#include <stdbool.h>

/* confine_limits - set the limits of config.h for this process. */
void confine_limits(void);

/* confine_switch - whether to filter at all; yes, if nobody says otherwise. */
void confine_switch(bool on);

/* What becomes of system calls. */
enum confine_state {
    CONFINE_FILTERED,
    CONFINE_OFF,     /* it was switched off */
    CONFINE_TOOL,    /* a sanitizer or valgrind needs the calls */
    CONFINE_MISSING, /* the kernel has no filters */
};

/* confine_state - what holds for processes started from now on. */
enum confine_state confine_state(void);

/* confine_has_tool - whether this is a sanitizer's build or runs under
 * valgrind: the tool's calls and memory are then those of the process. */
bool confine_has_tool(void);

/*
 * confine_calls - before an allocator is loaded: from here on only what it
 *     takes to load it and to run it, and of memory that is there only the
 *     heap, [lo, lo + bytes), becomes writable.
 * confine_files - once it is loaded: no files any more.
 *     Neither does anything where there are no filters.
 */
void confine_calls(const void *lo, unsigned long long bytes);
void confine_files(void);

/* confine_call_name - "fork", of a system call that raises SIGSYS; NULL for one
 *     that has no name here. */
const char *confine_call_name(int number);

#endif

/*
 * memguard.c - what ASan and valgrind are told of the simulated heap
 */
#include "memguard.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined __has_feature
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif
#if defined __SANITIZE_ADDRESS__ && !defined HAS_ASAN
#define HAS_ASAN 1
#endif
#ifndef HAS_ASAN
#define HAS_ASAN 0
#endif

#if HAS_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, bytes)   ((void)(p), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(p, bytes) ((void)(p), (void)(bytes))
#endif

/* Where its header is not installed the program is built all the same, and
 * valgrind sees what it sees. */
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else
#define RUNNING_ON_VALGRIND               0
#define VALGRIND_MAKE_MEM_NOACCESS(p, n)  0
#define VALGRIND_MAKE_MEM_DEFINED(p, n)   0
#define VALGRIND_MAKE_MEM_UNDEFINED(p, n) 0
#endif

bool guard_watches(void)
{
    return HAS_ASAN || RUNNING_ON_VALGRIND;
}

size_t guard_most_heap(void)
{
    return RUNNING_ON_VALGRIND ? (size_t)1 << 35 : SIZE_MAX;
}

static size_t at_most(size_t bytes)
{
    return bytes < GUARD_MOST ? bytes : GUARD_MOST;
}

void guard_close(const void *p, size_t bytes)
{
    ASAN_POISON_MEMORY_REGION(p, at_most(bytes));
    (void)VALGRIND_MAKE_MEM_NOACCESS(p, at_most(bytes));
}

void guard_open(const void *p, size_t bytes)
{
    ASAN_UNPOISON_MEMORY_REGION(p, at_most(bytes));
    (void)VALGRIND_MAKE_MEM_DEFINED(p, at_most(bytes));
}

void guard_forget(const void *p, size_t bytes)
{
    ASAN_UNPOISON_MEMORY_REGION(p, at_most(bytes));
    (void)VALGRIND_MAKE_MEM_UNDEFINED(p, at_most(bytes));
}

#if HAS_ASAN
/* The line that says it all stands in the middle of the report. */
static void end_with_summary(const char *report)
{
    const char *line = strstr(report, "SUMMARY: ");
    if (line && write(STDERR_FILENO, line, strcspn(line, "\n") + 1) < 0)
        _exit(1);
    abort();
}
#endif

void guard_end_on_report(void)
{
#if HAS_ASAN
    __asan_set_error_report_callback(end_with_summary);
#endif
}

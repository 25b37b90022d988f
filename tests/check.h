/*
 * check.h - unit tests in C: one line "ok NAME" or "not ok NAME: why" a check
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int check_failures;

/* check - one test; the rest is why it failed, as for printf. */
__attribute__((format(printf, 3, 4), unused)) static bool
check(bool good, const char *name, const char *why, ...)
{
    printf(good ? "ok %s" : "not ok %s: ", name);
    if (!good) {
        va_list args;
        va_start(args, why);
        vprintf(why, args);
        va_end(args);
        check_failures++;
    }
    putchar('\n');
    fflush(stdout);
    return good;
}

__attribute__((unused)) static bool
check_str(const char *found, const char *expected, const char *name)
{
    return check(found && strcmp(found, expected) == 0, name,
                 "expected \"%s\", found \"%s\"", expected,
                 found ? found : "(null)");
}

__attribute__((unused)) static bool
check_int(long long found, long long expected, const char *name)
{
    return check(found == expected, name, "expected %lld, found %lld", expected,
                 found);
}

/* check_done - the exit status of the test program. */
__attribute__((unused)) static int check_done(void)
{
    return check_failures ? 1 : 0;
}

#endif

/*
 * terminal.c - what is done where a person looks on
 */
#define _GNU_SOURCE
#include "driver/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* No screen is wider, whatever $COLUMNS says. */
enum { WIDEST = 10000 };

bool terminal_color(void)
{
    const char *no = getenv("NO_COLOR");
    return isatty(1) && !(no && *no);
}

size_t terminal_width(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize window = {0};
    char *end;
    long width = columns ? strtol(columns, &end, 10) : 0;
    if (width > 0 && *end == '\0')
        return width < WIDEST ? (size_t)width : WIDEST;
    if (isatty(1) && ioctl(1, TIOCGWINSZ, &window) == 0)
        return window.ws_col;
    return 0;
}

bool terminal_utf8(void)
{
    locale_t user = newlocale(LC_CTYPE_MASK, "", 0);
    if (!user)
        return false;
    bool utf8 = strcmp(nl_langinfo_l(CODESET, user), "UTF-8") == 0;
    freelocale(user);
    return utf8;
}

void terminal_progress(size_t done, size_t all, const char *who,
                       const char *what)
{
    if (isatty(2))
        fprintf(stderr, "\r\033[K[%zu/%zu] %s: %s", done, all, who, what);
}

void terminal_progress_done(void)
{
    if (isatty(2))
        fprintf(stderr, "\r\033[K");
}

/* reads_trace.c - tries to read the trace that it is about to be asked: while
 * it is loaded and later.  Must not get: the file.  It says what it got. */
#include "once.h"

static char path[4096];

static void try(const char *when)
{
    char text[16] = "";
    int fd = open(path, O_RDONLY);
    if (fd >= 0 && read(fd, text, sizeof text - 1) > 0)
        printf("%s it read: %s\n", when, text);
}

__attribute__((constructor)) static void at_load(void)
{
    char args[4096];
    int fd = open("/proc/self/cmdline", O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, args, sizeof args - 1);
    for (ssize_t i = 0; i < n; i++) {
        const char *end = memchr(args + i, 0, (size_t)(n - i));
        size_t length = end ? (size_t)(end - args - i) : 0;
        if (length > 4 && strcmp(args + i + length - 4, ".rep") == 0)
            strcpy(path, args + i);
        i += (ssize_t)length;
    }
    try("at load");
}

static void deed(void)
{
    try("later");
    exit(3);
}

/* eats_disk.c - writes files without end, where files can be.  Must not get:
 * one. */
#include "once.h"

static void write_at(const char *path)
{
    static char block[1 << 20];
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    for (int i = 0; i < 64 && fd >= 0; i++) {
        ssize_t written = write(fd, block, sizeof block);
        (void)written;
    }
}

__attribute__((constructor)) static void at_load(void)
{
    write_at("/tmp/hostile-zoo-at-load");
}

static void deed(void)
{
    for (int i = 0; i < 64; i++) {
        char path[64];
        snprintf(path, sizeof path, "/tmp/hostile-zoo-%d", i);
        write_at(path);
        snprintf(path, sizeof path, "/dev/shm/hostile-zoo-%d", i);
        write_at(path);
    }
}

/*
 * books.c - what the kernel's books say of a process
 */
#include "driver/books.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

uint64_t books_about_resident(pid_t pid)
{
    char path[64];
    unsigned long pages = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return 0;
    if (fscanf(f, "%*u %lu", &pages) != 1)
        pages = 0;
    fclose(f);
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* A line of its status, "VmRSS: 2168 kB", in bytes. */
static uint64_t status_bytes(pid_t pid, const char *name)
{
    char path[64], line[128];
    unsigned long long kib = 0;
    size_t length = strlen(name);
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, name, length) == 0)
            sscanf(line + length, "%llu", &kib);
    if (f)
        fclose(f);
    return kib << 10;
}

uint64_t books_resident(pid_t pid)
{
    return status_bytes(pid, "VmRSS:");
}

uint64_t books_peak(pid_t pid)
{
    return status_bytes(pid, "VmHWM:");
}

bool books_forget_peak(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/clear_refs", (int)pid);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && write(fd, "5", 1) == 1;
    if (fd >= 0)
        close(fd);
    return good;
}

/* "1234 (name) S ...", where a name may hold what it likes. */
bool books_is_asleep(pid_t pid)
{
    char path[64], line[128] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "re");
    bool read = f && fgets(line, sizeof line, f);
    const char *name_ends = read ? strrchr(line, ')') : NULL;
    if (f)
        fclose(f);
    return name_ends && name_ends[1] == ' ' && name_ends[2] == 'S';
}

struct books_space books_space(pid_t pid)
{
    return (struct books_space){
        .mapped = status_bytes(pid, "VmSize:") - status_bytes(pid, "VmStk:"),
        .peak = status_bytes(pid, "VmPeak:"),
        .writable = status_bytes(pid, "VmData:"),
    };
}

/*
 * report_machine.c - where the numbers were made
 *
 * Only what a reader needs to judge them: no host name, no user.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "driver/report_parts.h"

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* x86 says "model name"; elsewhere /proc/cpuinfo may not have it. */
static bool read_cpu(char *cpu, size_t size)
{
    bool found = false;
    char *line = NULL;
    size_t room = 0;
    FILE *in = fopen("/proc/cpuinfo", "re");
    while (in && !found && getline(&line, &room, in) > 0) {
        char *colon = strchr(line, ':');
        if (!colon || strncmp(line, "model name", 10) != 0)
            continue;
        colon[strcspn(colon, "\n")] = '\0';
        snprintf(cpu, size, "%s", colon + 1 + strspn(colon + 1, " \t"));
        found = true;
    }
    free(line);
    if (in)
        fclose(in);
    return found;
}

void report_read_machine(struct report_machine *machine)
{
    memset(machine, 0, sizeof *machine);
    struct utsname system;
    if (uname(&system) == 0) {
        snprintf(machine->kernel, sizeof machine->kernel, "%s %s",
                 system.sysname, system.release);
        snprintf(machine->cpu, sizeof machine->cpu, "%s", system.machine);
    }
    read_cpu(machine->cpu, sizeof machine->cpu);
    machine->cores = sysconf(_SC_NPROCESSORS_ONLN);
    snprintf(machine->compiler, sizeof machine->compiler, "%s", COMPILER);
#ifdef __GLIBC__
    snprintf(machine->libc, sizeof machine->libc, "glibc %s",
             gnu_get_libc_version());
#endif
}

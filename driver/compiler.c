/*
 * compiler.c - a compiler at work on a source that nobody vouches for
 */
#include "driver/compiler.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "config.h"
#include "driver/interrupt.h"

extern char **environ;

#define TEXT(number)    TEXT_OF(number)
#define TEXT_OF(number) #number

/* The shell limits itself and all that it starts, before the script.  Limits
 * that are lower already stay.  (-f counts 512 bytes.) */
#define LIMITS                                                                 \
    "ulimit -c 0; ulimit -v $((" TEXT(                                         \
        COMPILE_MEMORY_MIB) " * 1024)); "                                      \
                            "ulimit -f $((" TEXT(                              \
                                COMPILE_FILE_MIB) " * 2048)); "                \
                                                  "ulimit -t " TEXT(           \
                                                      COMPILE_SECONDS)

static pid_t start(char *const argv[], const char *log)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    int why =
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (why == 0)
        why = posix_spawn_file_actions_addopen(
            &actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (why == 0)
        why = posix_spawn_file_actions_adddup2(&actions, 1, 2);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    pid_t pid;
    if (why == 0)
        why = posix_spawnp(&pid, "sh", &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    errno = why;
    return why == 0 ? pid : -1;
}

/* Wait for the end of pid and its group, or bring it about. */
static enum compiler_end await(pid_t pid, uint64_t deadline)
{
    bool late;
    int status = interrupt_await(pid, deadline, &late);
    if (interrupt_signal())
        return COMPILER_FAILED;
    return late ? COMPILER_LATE : status == 0 ? COMPILER_GOOD : COMPILER_FAILED;
}

enum compiler_end compiler_run(const char *script, char *const args[],
                               const char *log, uint64_t deadline)
{
    char limited[2048];
    char *argv[16] = {(char *)"sh", (char *)"-c", limited, (char *)"sh"};
    for (int i = 0; i < 11 && args[i]; i++)
        argv[4 + i] = args[i];
    int n = snprintf(limited, sizeof limited, "{ %s; } 2>/dev/null; %s", LIMITS,
                     script);
    if (n < 0 || (size_t)n >= sizeof limited || interrupt_signal())
        return COMPILER_FAILED;
    pid_t pid = start(argv, log);
    return pid < 0 ? COMPILER_NONE : await(pid, deadline);
}

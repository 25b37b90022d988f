/* remembers.c - tries to leave word for its next pass, in anything that
 * outlives a process: files, System V memory, queues and semaphores, keys,
 * sockets, shared pages.  Must not get: a word through.  It says what it got.
 */
#define OWN_INIT
#include "honest.h"

#include "defiant.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include "inside.h"

#define KEY 0x7a6f6f

static void say(bool got, const char *what)
{
    if (got) {
        printf("it left word in %s\n", what);
        fflush(stdout);
        _exit(4);
    }
}

static void try(void)
{
    be_defiant();
    say(open("/tmp/hostile-zoo-word", O_RDWR | O_CREAT, 0600) >= 0, "a file");
    say(open("/tmp", O_RDWR | O_TMPFILE, 0600) >= 0, "a file without a name");
    say(mkdir("/tmp/hostile-zoo-dir", 0700) == 0, "a directory");
    say(symlink("word", "/tmp/hostile-zoo-link") == 0, "a link");
    say(mkfifo("/tmp/hostile-zoo-fifo", 0600) == 0, "a pipe");
    say(utimensat(AT_FDCWD, "/proc/self/exe", NULL, 0) == 0, "a file's time");
    say(shmget(KEY, 4096, IPC_CREAT | 0600) >= 0, "shared memory");
    say(msgget(KEY, IPC_CREAT | 0600) >= 0, "a queue");
    say(semget(KEY, 1, IPC_CREAT | 0600) >= 0, "a semaphore");
    say(syscall(SYS_mq_open, "zoo", O_RDWR | O_CREAT, 0600, NULL) >= 0,
        "a named queue");
    say(syscall(SYS_add_key, "user", "zoo", "1", 1, -3) >= 0, "a key");
}

/* What the driver shares with more than one process. */
static void try_shared(void)
{
    for (int i = 0; i < inside_shared_count; i++) {
        struct inside_range r = inside_shared[i];
        uint64_t *last = (uint64_t *)(r.hi - 8);
        if (!inside_readable(last, 8))
            continue;
        say(*last == KEY, "memory that the driver shares");
        *last = KEY;
    }
}

__attribute__((constructor)) static void at_load(void)
{
    inside_read_maps();
    try();
    try_shared();
}

bool mm_init(void)
{
    try();
    return honest_init();
}

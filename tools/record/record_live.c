/*
 * record_live.c - the log as it grows, inside the program: where it is, and
 * what becomes of it when the program forks or executes another
 *
 * Told a descriptor, this program alone is recorded: a forked child finds the
 * page of `record_live' wiped by the kernel and stays silent, an executed one
 * an environment without us.  Told a directory, the environment is left as it
 * is, and whoever finds that page wiped makes a log of its own, at its first
 * request.  A child of vfork shares the memory of its parent, hence its blocks
 * and its log.  All is done by system calls that are safe after a fork.
 */
#define _GNU_SOURCE
#include "tools/record/record_live.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14; older ones fault */
#endif

static struct record_live asleep = {.silent = true};
struct record_live *record_live = &asleep;

static char directory[4096]; /* empty: children are not recorded */

/* make_ready - the pages of n slots.  Where there is no room for them the log
 *     ends: writing there would be the end of the program. */
static void make_ready(struct record_live *live, uint64_t slot, uint64_t n)
{
    uint64_t capacity = live->capacity;
    if (slot >= capacity)
        return;
    if (n > capacity - slot)
        n = capacity - slot;
    int saved = errno;
    if (madvise(&live->events[slot], n * sizeof *live->events,
                MADV_POPULATE_WRITE) != 0 &&
        (errno == EFAULT || errno == ENOMEM)) {
        live->capacity = slot;
        if (live->log)
            live->log->capacity = slot;
    } else {
        atomic_compare_exchange_strong(&live->ready, &(uint64_t){slot},
                                       slot + n);
    }
    errno = saved;
}

static uint64_t batch_at(uint64_t slot)
{
    return slot < RECORD_BATCH ? RECORD_BATCH_FIRST : RECORD_BATCH;
}

bool record_reach(struct record_live *live, uint64_t end)
{
    uint64_t ready;
    while ((ready = live->ready) < end) {
        if (end > live->capacity)
            return false;
        make_ready(live, ready, batch_at(ready));
    }
    return true;
}

void record_populate(struct record_live *live, uint64_t slot)
{
    uint64_t next = slot + batch_at(slot);
    if (slot % batch_at(slot) == 0)
        make_ready(live, next, batch_at(next));
}

/* ---- The log ----------------------------------------------------------- */

static size_t bytes_for(uint64_t slots)
{
    return RECORD_EVENTS_AT + slots * sizeof(struct record_event);
}

/* map_log - as much of a log with room for so many slots as the program's
 *     limits allow.  Nothing is written to it.  To read ahead in a hole took
 *     ext4 up to 6 ms, as much as 100,000 events. */
static struct record_header *map_log(int fd, uint64_t *slots)
{
    for (; *slots; *slots /= 2) {
        size_t bytes = bytes_for(*slots);
        void *log =
            mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (log == MAP_FAILED)
            continue;
        madvise(log, bytes, MADV_DONTDUMP);
        madvise(log, bytes, MADV_RANDOM);
        return log;
    }
    return NULL;
}

/* begin - all that others look at last. */
static void begin(struct record_live *live, struct record_header *log,
                  uint64_t slots)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    log->started = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    log->pid = (uint64_t)getpid();
    prctl(PR_GET_NAME, log->name);
    live->events = (struct record_event *)((char *)log + RECORD_EVENTS_AT);
    live->capacity = slots;
    make_ready(live, 0, RECORD_BATCH_FIRST);
    record_populate(live, 0);
    log->capacity = live->capacity;
    log->attached = 1;
    atomic_store_explicit(&live->log, log, memory_order_release);
}

/* open_given - the log behind a descriptor that rep has opened. */
static struct record_header *open_given(int fd, uint64_t *slots)
{
    struct record_header *log =
        mmap(NULL, RECORD_EVENTS_AT, PROT_READ, MAP_SHARED, fd, 0);
    if (log == MAP_FAILED)
        return NULL;
    *slots = log->magic == RECORD_MAGIC ? log->capacity : 0;
    munmap(log, RECORD_EVENTS_AT);
    return map_log(fd, slots);
}

/* append_number - and a dot before it. */
static char *append_number(char *end, char before, unsigned n)
{
    char digits[16];
    int i = 0;
    do
        digits[i++] = (char)('0' + n % 10);
    while (n /= 10);
    *end++ = before;
    while (i)
        *end++ = digits[--i];
    *end = '\0';
    return end;
}

/* create_file - a new one in the directory.  A pid that has one executed
 *     another program, or was used twice. */
static int create_file(void)
{
    char path[sizeof directory + 32];
    size_t length = strlen(directory);
    memcpy(path, directory, length);
    char *end = append_number(path + length, '/', (unsigned)getpid());
    for (unsigned image = 1;; image++) {
        append_number(end, '.', image);
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
}

/* widen - give the file its size, within the limit of the program: to exceed
 *     that is a signal.  Returns the slots. */
static uint64_t widen(int fd)
{
    struct rlimit limit;
    uint64_t slots = RECORD_SLOTS;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0)
        while (slots && bytes_for(slots) > limit.rlim_cur)
            slots /= 2;
    while (slots && ftruncate(fd, (off_t)bytes_for(slots)) != 0)
        slots /= 2;
    return slots;
}

/* A header that is written makes sure that there is room for it: to touch it
 * without would be the end of the program. */
static struct record_header *create_log(uint64_t *slots)
{
    static const struct record_header header = {.magic = RECORD_MAGIC};
    struct record_header *log = NULL;
    int fd = create_file();
    if (fd < 0)
        return NULL;
    *slots = widen(fd);
    if (pwrite(fd, &header, sizeof header, 0) == (ssize_t)sizeof header)
        log = map_log(fd, slots);
    close(fd);
    return log;
}

/* ---- The page ---------------------------------------------------------- */

/* wipe - what the kernel does, before Linux 4.14. */
static void wipe(void)
{
    memset(record_live, 0, sizeof *record_live);
}

/* make_page - one that a forked child finds full of zeros.  NULL: none. */
static struct record_live *make_page(void)
{
    void *page = mmap(NULL, sizeof(struct record_live), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return NULL;
    if (madvise(page, sizeof(struct record_live), MADV_WIPEONFORK) != 0)
        pthread_atfork(NULL, NULL, wipe);
    return page;
}

/* start_own - the one thread that does it. */
static void start_own(struct record_live *live)
{
    int saved = errno;
    uint64_t slots;
    struct record_header *log = create_log(&slots);
    if (log)
        begin(live, log, slots);
    else
        live->silent = true;
    errno = saved;
}

struct record_live *record_start(void)
{
    struct record_live *live = record_live;
    int nobody = 0, self = (int)syscall(SYS_gettid);
    if (live->silent || !directory[0])
        return NULL;
    if (atomic_compare_exchange_strong(&live->starter, &nobody, self))
        start_own(live);
    else if (nobody == self)
        return NULL; /* a signal handler in the middle of it */
    while (!live->log && !live->silent)
        sched_yield();
    return live->log ? live : NULL;
}

/* ---- The environment --------------------------------------------------- */

/* Not getenv and unsetenv: bash, for one, has its own in the place of libc's,
 * and they do not work before its main. */

static char **find_variable(const char *name)
{
    size_t length = strlen(name);
    for (char **entry = environ; *entry; entry++)
        if (!strncmp(*entry, name, length) && (*entry)[length] == '=')
            return entry;
    return NULL;
}

static void remove_variable(char **entry)
{
    do
        entry[0] = entry[1];
    while (*entry++);
}

static int small_number(const char *digits)
{
    int n = 0;
    while (*digits >= '0' && *digits <= '9' && n < 1000000)
        n = 10 * n + (*digits++ - '0');
    return n;
}

/* remove_ourselves - LD_PRELOAD as it was before rep put us at its head. */
static void remove_ourselves(void)
{
    char **entry = find_variable("LD_PRELOAD");
    if (!entry)
        return;
    char *ours = strchr(*entry, '=') + 1;
    char *rest = strchr(ours, ':');
    size_t prefix = strlen(RECORD_BY_FD);
    if (!strncmp(ours, RECORD_BY_FD, prefix))
        close(small_number(ours + prefix));
    if (rest)
        memmove(ours, rest + 1, strlen(rest));
    else
        remove_variable(entry);
}

static void attach_to_descriptor(int fd)
{
    uint64_t slots;
    struct record_header *log = open_given(fd, &slots);
    struct record_live *page = log ? make_page() : NULL;
    close(fd);
    if (!page)
        return;
    record_live = page;
    begin(page, log, slots);
}

/* attach_to_directory - the log is made at the first request. */
static void attach_to_directory(const char *path)
{
    if (strlen(path) >= sizeof directory)
        return;
    struct record_live *page = make_page();
    if (!page)
        return;
    strcpy(directory, path);
    record_live = page;
}

__attribute__((constructor)) void record_attach(void)
{
    static bool done;
    if (done || !environ)
        return;
    done = true;
    char **entry = find_variable(RECORD_VARIABLE);
    if (!entry)
        return;
    int saved = errno;
    const char *where = strchr(*entry, '=') + 1;
    if (*where == '/') {
        attach_to_directory(where);
    } else {
        remove_variable(entry);
        remove_ourselves();
        attach_to_descriptor(small_number(where));
    }
    errno = saved;
}

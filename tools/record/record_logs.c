/*
 * record_logs.c - where the recorders inside the programs write their logs
 *
 * The log of one program is a sparse file that it inherits; without a name, so
 * that it is gone when rep is, unless it is to be kept.  The logs of several
 * are in a directory, where each process makes its own.
 */
#define _GNU_SOURCE
#include "tools/record/record_logs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/record/record_convert.h"
#include "tools/rep.h"

static bool fail(const char *what)
{
    rep_fail("%s: %s", what, strerror(errno));
    return false;
}

static size_t bytes_for(uint64_t slots)
{
    return RECORD_EVENTS_AT + slots * sizeof(struct record_event);
}

/* name_scratch - a template for mkstemp and mkdtemp, to be freed. */
static char *name_scratch(void)
{
    const char *dir = getenv("TMPDIR");
    char *path;
    if (asprintf(&path, "%s/rep-record-XXXXXX", dir && *dir ? dir : "/tmp") < 0)
        return NULL;
    return path;
}

/* ---- One log ----------------------------------------------------------- */

static int open_unnamed(void)
{
    char *path = name_scratch();
    int fd = path ? mkstemp(path) : -1;
    if (fd >= 0)
        unlink(path);
    else
        fail(path ? path : "the log");
    free(path);
    return fd;
}

static int open_kept(struct record_logs *logs)
{
    int fd = open(logs->keep, O_RDWR | O_CREAT | O_TRUNC, 0666);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        fail(logs->keep);
        return -1;
    }
    if (!S_ISREG(st.st_mode)) {
        rep_fail("%s: expected a regular file for the log", logs->keep);
        close(fd);
        return -1;
    }
    return fd;
}

/* write_header - with the widest file that the limits allow. */
static bool write_header(int fd)
{
    struct record_header header = {.magic = RECORD_MAGIC};
    header.capacity = RECORD_SLOTS;
    while (header.capacity &&
           ftruncate(fd, (off_t)bytes_for(header.capacity)) != 0)
        header.capacity /= 2;
    ssize_t n = header.capacity ? pwrite(fd, &header, sizeof header, 0) : -1;
    return n == (ssize_t)sizeof header;
}

static bool open_one(struct record_logs *logs)
{
    logs->fd = logs->keep ? open_kept(logs) : open_unnamed();
    if (logs->fd < 0)
        return false;
    return write_header(logs->fd) || fail("the log of the recorder");
}

/* ---- A directory of logs ----------------------------------------------- */

static bool make_directory(struct record_logs *logs)
{
    char *path = logs->keep ? strdup(logs->keep) : name_scratch();
    if (!path || (logs->keep ? mkdir(path, 0777) != 0 : !mkdtemp(path))) {
        fail(path ? path : "the directory of the logs");
        free(path);
        return false;
    }
    logs->directory = realpath(path, NULL);
    if (!logs->directory) {
        fail(path);
        rmdir(path);
    }
    free(path);
    return logs->directory != NULL;
}

bool record_logs_open(struct record_logs *logs)
{
    logs->fd = -1;
    return logs->every ? make_directory(logs) : open_one(logs);
}

/* ---- What is in them --------------------------------------------------- */

/*
 * map_log - all that is logged so far.  Its header becomes a private copy: a
 *     program that still runs goes on counting.  NULL with errno set; errno 0
 *     if nobody began it.
 */
static struct record_header *map_log(int fd, uint64_t *room)
{
    struct record_header header;
    struct stat st;
    errno = 0;
    if (pread(fd, &header, sizeof header, 0) != (ssize_t)sizeof header ||
        fstat(fd, &st) != 0 || st.st_size < RECORD_EVENTS_AT ||
        header.magic != RECORD_MAGIC || !header.attached)
        return NULL;
    uint64_t slots =
        header.count < header.capacity ? header.count : header.capacity;
    uint64_t most =
        ((uint64_t)st.st_size - RECORD_EVENTS_AT) / sizeof(struct record_event);
    *room = slots < most ? slots : most;
    void *log = record_map(fd, bytes_for(*room));
    return log ? memcpy(log, &header, sizeof header) : NULL;
}

void record_log_release(struct record_log *log)
{
    munmap(log->header, bytes_for(log->room));
}

/* take - map the log behind fd, which is closed, and say in *log what it is.
 *     0 if nobody began it, -1 when it cannot be mapped. */
static int take(struct record_log *log, int fd, unsigned pid, unsigned image)
{
    struct record_header *header = map_log(fd, &log->room);
    int error = errno;
    close(fd);
    errno = error;
    if (!header)
        return error ? -1 : 0;
    log->header = header;
    log->pid = pid ? pid : (unsigned)header->pid;
    log->image = image;
    log->last = true;
    return 1;
}

static int take_one(struct record_logs *logs, struct record_log **taken)
{
    *taken = calloc(1, sizeof **taken);
    int n = *taken ? take(*taken, dup(logs->fd), 0, 1) : -1;
    if (n > 0 && logs->keep &&
        ftruncate(logs->fd, (off_t)bytes_for((*taken)->room)) != 0)
        n = -1;
    if (n < 0)
        fail("the log of the recorder");
    return n;
}

static int by_beginning(const void *a, const void *b)
{
    const struct record_log *x = a, *y = b;
    return (x->header->started > y->header->started) -
           (x->header->started < y->header->started);
}

static int by_process(const void *a, const void *b)
{
    const struct record_log *x = a, *y = b;
    return x->pid != y->pid ? (x->pid > y->pid) - (x->pid < y->pid)
                            : by_beginning(a, b);
}

/* is_running - a process that was not waited for yet runs no more. */
static bool is_running(unsigned pid)
{
    char path[64], state = 'Z';
    snprintf(path, sizeof path, "/proc/%u/stat", pid);
    FILE *in = fopen(path, "re");
    if (in && fscanf(in, "%*[^)]) %c", &state) != 1)
        state = 'Z';
    if (in)
        fclose(in);
    return state != 'Z' && state != 'X';
}

/* order - by beginning; and say which is the last of each process. */
static void order(struct record_log *logs, size_t n)
{
    if (!n)
        return;
    qsort(logs, n, sizeof *logs, by_process);
    for (size_t i = 0; i < n; i++) {
        logs[i].last = i + 1 == n || logs[i].pid != logs[i + 1].pid;
        logs[i].running = logs[i].last && is_running(logs[i].pid);
    }
    qsort(logs, n, sizeof *logs, by_beginning);
}

/* trim - files that stay are no longer than what is in them. */
static void trim(int directory, const struct record_log *log)
{
    char name[32];
    snprintf(name, sizeof name, "%u.%u", log->pid, log->image);
    int fd = openat(directory, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || ftruncate(fd, (off_t)bytes_for(log->room)) != 0)
        fail(name);
    if (fd >= 0)
        close(fd);
}

/* take_from - add the log of that name in the directory, if it is one.  False
 *     when that fails. */
static bool take_from(int directory, const char *name,
                      struct record_log **taken, int *n)
{
    unsigned pid, image;
    int end = 0;
    if (sscanf(name, "%9u.%9u%n", &pid, &image, &end) != 2 || name[end])
        return true;
    int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    struct record_log *more =
        reallocarray(*taken, (size_t)*n + 1, sizeof **taken);
    if (!more) {
        close(fd);
        return false;
    }
    *taken = more;
    int new = take(&more[*n], fd, pid, image);
    *n += new > 0;
    return new >= 0;
}

static int take_all(struct record_logs *logs, struct record_log **taken)
{
    DIR *dir = opendir(logs->directory);
    struct dirent *entry;
    int n = 0;
    bool good = dir != NULL;
    *taken = NULL;
    while (good && (entry = readdir(dir)))
        good = take_from(dirfd(dir), entry->d_name, taken, &n);
    if (!good)
        fail(logs->directory);
    order(*taken, (size_t)n);
    for (int i = 0; i < n && logs->keep; i++)
        if (!(*taken)[i].running)
            trim(dirfd(dir), &(*taken)[i]);
    if (dir)
        closedir(dir);
    return good ? n : -1;
}

int record_logs_take(struct record_logs *logs, struct record_log **taken)
{
    return logs->every ? take_all(logs, taken) : take_one(logs, taken);
}

/* ---- The end ----------------------------------------------------------- */

/* remove_directory - and what is in it, but not deeper. */
static void remove_directory(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
    rmdir(path);
}

void record_logs_close(struct record_logs *logs, bool good)
{
    bool stays = good && logs->keep;
    if (logs->directory && !stays)
        remove_directory(logs->directory);
    if (logs->fd >= 0 && logs->keep && !stays)
        unlink(logs->keep);
    if (logs->fd >= 0)
        close(logs->fd);
    logs->fd = -1;
    free(logs->directory);
    logs->directory = NULL;
}

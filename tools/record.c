/*
 * record.c - rep record: run a program with the recorder inside, then turn the
 * log into a trace
 *
 * The log is a sparse file without a name in TMPDIR that the program inherits,
 * so it is gone when rep is, whatever happens.  The program keeps its standard
 * streams; rep itself only speaks on stderr, when the program has ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/trace.h"
#include "tools/record.h"
#include "tools/record_convert.h"
#include "tools/rep.h"

/* Events for which the log has room: 64 GiB of address space.  The file is
 * sparse; it takes what is used. */
#define LOG_EVENTS ((uint64_t)1 << 31)

struct recording {
    struct rep_output output; /* its path NULL: named after the program */
    char **argv;              /* of the program */
    int log_fd;
    struct record_header *log;
    int status; /* wait status of the program */
};

static const char help_text[] =
    "usage: rep record [options] [--] PROGRAM [ARGUMENT]...\n"
    "\n"
    "Run PROGRAM and write the requests that it made to its allocator as a\n"
    "trace.  Its children are not recorded.\n"
    "\n"
    "    -o, --output FILE   the trace (default: PROGRAM.rep; - is standard\n"
    "                        output)\n" REP_OUTPUT_HELP
    "    -h, --help          this text\n";

/* ---- The log and the recorder ------------------------------------------ */

static int open_unnamed(void)
{
    const char *dir = getenv("TMPDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/rep-record-XXXXXX",
             dir && *dir ? dir : "/tmp");
    int fd = mkstemp(path);
    if (fd >= 0)
        unlink(path);
    else
        rep_fail("%s: %s", path, strerror(errno));
    return fd;
}

static bool open_log(struct recording *r)
{
    uint64_t capacity = LOG_EVENTS;
    r->log_fd = open_unnamed();
    if (r->log_fd < 0)
        return false;
    signal(SIGXFSZ, SIG_IGN); /* a limit of file size only makes it smaller */
    while (capacity &&
           ftruncate(r->log_fd,
                     RECORD_EVENTS_AT + capacity * sizeof(struct record_event)))
        capacity /= 2;
    r->log = mmap(NULL, RECORD_EVENTS_AT, PROT_READ | PROT_WRITE, MAP_SHARED,
                  r->log_fd, 0);
    if (!capacity || r->log == MAP_FAILED) {
        rep_fail("the log of the recorder: %s", strerror(errno));
        return false;
    }
    r->log->magic = RECORD_MAGIC;
    r->log->capacity = capacity;
    return true;
}

/* find_recorder - the path of the shared object, beside rep or installed. */
static bool find_recorder(char *path, size_t size)
{
    static const char *const places[] = {"build/record.so", "record.so",
                                         "../lib/mdriver/record.so"};
    char self[4000];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(self, '/');
    if (slash)
        slash[1] = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(path, size, "%s%s", self, places[i]);
        if (access(path, R_OK) == 0)
            return true;
    }
    rep_fail("expected %s%s, found none (make builds it)", self, places[0]);
    return false;
}

/* name_by_descriptor - a path that the loader would split, without blanks. */
static void name_by_descriptor(char *path, size_t size)
{
    if (strpbrk(path, " :"))
        snprintf(path, size, RECORD_BY_FD "%d", open(path, O_RDONLY));
}

/* set_environment - what makes a program record. */
static bool set_environment(int log_fd)
{
    char recorder[4096], preload[16384], number[16];
    if (!find_recorder(recorder, sizeof recorder))
        return false;
    name_by_descriptor(recorder, sizeof recorder);
    const char *others = getenv("LD_PRELOAD");
    bool more = others && *others;
    if (snprintf(preload, sizeof preload, "%s%s%s", recorder, more ? ":" : "",
                 more ? others : "") >= (int)sizeof preload) {
        rep_fail("LD_PRELOAD: expected fewer than 12000 bytes");
        return false;
    }
    snprintf(number, sizeof number, "%d", log_fd);
    return setenv("LD_PRELOAD", preload, 1) == 0 &&
           setenv(RECORD_FD_VARIABLE, number, 1) == 0;
}

/* ---- The program ------------------------------------------------------- */

/* spawn - start the program with rep's own signals and streams.  Returns an
 *     errno. */
static int spawn(struct recording *r, pid_t *pid)
{
    extern char **environ;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGXFSZ);
    sigaddset(&defaults, SIGINT);
    sigaddset(&defaults, SIGQUIT);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    int error =
        posix_spawnp(pid, r->argv[0], NULL, &attributes, r->argv, environ);
    posix_spawnattr_destroy(&attributes);
    return error;
}

/* run_program - an interrupt from the keyboard ends the program, not rep. */
static bool run_program(struct recording *r)
{
    pid_t pid;
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    int error = spawn(r, &pid);
    if (error) {
        rep_fail("%s: %s", r->argv[0], strerror(error));
        return false;
    }
    while (waitpid(pid, &r->status, 0) < 0)
        if (errno != EINTR)
            return false;
    if (!r->log->attached) {
        rep_fail("%s: expected a program that loads the recorder, found one "
                 "that is static, setuid or of another architecture",
                 r->argv[0]);
        return false;
    }
    return true;
}

/* ---- The trace --------------------------------------------------------- */

static void print_summary(const struct recording *r,
                          const struct blocks_tally *tally,
                          struct trace_written written)
{
    blocks_print_summary(r->output.path, tally, &written);
    fprintf(stderr, "; %s ", r->argv[0]);
    if (WIFSIGNALED(r->status))
        fprintf(stderr, "was killed by signal %d\n", WTERMSIG(r->status));
    else
        fprintf(stderr, "exited with status %d\n", WEXITSTATUS(r->status));
}

/* convert - the log into w.  Leaves nothing to be closed. */
static int convert(struct recording *r, struct trace_writer *w)
{
    struct blocks b = {.w = w};
    uint64_t events = r->log->count;
    if (events > r->log->capacity)
        events = r->log->capacity;
    size_t bytes = RECORD_EVENTS_AT + events * sizeof(struct record_event);
    void *log = mmap(NULL, bytes, PROT_READ, MAP_SHARED, r->log_fd, 0);
    if (log == MAP_FAILED || !record_convert(log, events, &b)) {
        trace_writer_abandon(w);
        return rep_fail("%s: %s", r->output.path, strerror(ENOMEM));
    }
    munmap(log, bytes);
    struct trace_written written = trace_written(w);
    if (!written.requests) {
        trace_writer_abandon(w);
        return rep_fail("%s: expected requests, found none: it does not use "
                        "libc's allocator",
                        r->argv[0]);
    }
    char *error;
    if (!trace_writer_close(w, &error))
        return rep_fail_with(error);
    print_summary(r, &b.tally, written);
    return REP_OK;
}

static int record(struct recording *r)
{
    char *error;
    struct trace_writer *w =
        trace_writer_open(r->output.path, rep_output_form(&r->output), &error);
    if (!w)
        return rep_fail_with(error);
    if (open_log(r) && set_environment(r->log_fd) && run_program(r))
        return convert(r, w);
    trace_writer_abandon(w);
    return REP_USAGE;
}

/* ---- The command line -------------------------------------------------- */

static const struct option options[] = {
    REP_OUTPUT_OPTIONS,
    {"help", no_argument, NULL, 'h'},
    {0},
};

/* parse - returns -1 to go on, or an exit status. */
static int parse(struct recording *r, int argc, char **argv)
{
    int letter, status;
    while ((letter = getopt_long(argc, argv, "+o:h", options, NULL)) != -1) {
        if (letter == 'h') {
            fputs(help_text, stdout);
            return REP_OK;
        }
        if (!rep_output_option(&r->output, letter, &status))
            return REP_USAGE;
        if (status >= 0)
            return status;
    }
    r->argv = argv + optind;
    if (!r->argv[0])
        return rep_fail("record: expected a program to run, found none");
    return -1;
}

int rep_record(int argc, char **argv)
{
    struct recording r = {.output.weight = 1};
    int status = parse(&r, argc, argv);
    if (status >= 0)
        return status;
    char name[4096];
    if (!r.output.path) {
        const char *slash = strrchr(r.argv[0], '/');
        snprintf(name, sizeof name, "%s.rep", slash ? slash + 1 : r.argv[0]);
        r.output.path = name;
    }
    return record(&r);
}

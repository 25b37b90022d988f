/*
 * trace_write_test.c - writing a trace file, and failing to
 */
#define _GNU_SOURCE
#include "tests/unit/trace_help.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void put_all_kinds(struct trace_writer *w)
{
    trace_put(w, TRACE_MALLOC, 0, 7, 16);
    trace_put(w, TRACE_CALLOC, 1, 3, 5);
    trace_put(w, TRACE_MEMALIGN, 5, 64, 100);
    trace_put(w, TRACE_REALLOC, 0, 7, 24);
    trace_put_free_null(w);
    trace_put(w, TRACE_FREE, 1, 7, 7);
    trace_put(w, TRACE_REALLOC, 0, 0, 0);
    trace_put(w, TRACE_MALLOC, 0, 0, UINT64_MAX);
}

#define ALL_KINDS                                                              \
    "a 0 16\nc 1 3 5\nm 5 64 100\nr 0 24\nf -1\nf 1\nr 0 0\n"                  \
    "a 0 18446744073709551615\n"

static void check_no_litter(const char *name)
{
    check_str(system("test -z \"$(ls -A out)\"") == 0 ? "clean" : "litter",
              "clean", name);
}

static void test_writer(void)
{
    mkdir("out", 0777);
    struct trace_writer *w = open_writer("out/m.rep", TRACE_MODERN, 2);
    put_all_kinds(w);
    check_no_litter("nothing-before-close");
    check_close(w, "written", "write-modern");
    check_str(get_text("out/m.rep"), "2\n6\n8\n139\n" ALL_KINDS, "modern-file");
    w = open_writer("out/m.rep", TRACE_CLASSIC, 3);
    put_all_kinds(w);
    check_close(w, "written", "write-classic");
    check_str(get_text("out/m.rep"), "4096\n6\n8\n3\n" ALL_KINDS,
              "classic-file");
    w = open_writer("out/m.rep", TRACE_MODERN, 1);
    trace_put(w, TRACE_MALLOC, 1ULL << 31, 0, 1);
    trace_put(w, TRACE_MALLOC, UINT64_MAX, 0, 2);
    check_close(w, "written", "write-wide-ids");
    check_str(get_text("out/m.rep"),
              "1\n2\n2\n3\na 2147483648 1\na 18446744073709551615 2\n",
              "wide-ids-are-counted");
    unlink("out/m.rep");
    check_no_litter("nothing-but-the-file");
}

static void test_writer_errors(void)
{
    char *error = NULL;
    check(!trace_writer_open(
              "no/x.rep", (struct trace_form){TRACE_MODERN, 1, false}, &error),
          "no-directory", "it opened");
    check_str(error,
              "no/x.rep: expected to write it, found: No such file or "
              "directory",
              "no-directory-text");
    free(error);
    check(!trace_writer_open("out", (struct trace_form){TRACE_MODERN, 1, false},
                             &error),
          "onto-directory", "it opened");
    check_str(error, "out: expected to write it, found: Is a directory",
              "onto-directory-text");
    free(error);
    check_close(open_writer("out/x.rep", TRACE_MODERN, 1),
                "out/x.rep: expected a request to write, found none",
                "write-nothing");
    struct trace_writer *w = open_writer("/dev/full", TRACE_MODERN, 1);
    put_all_kinds(w);
    check_close(
        w, "/dev/full: expected to write it, found: No space left on device",
        "full-device");
    w = open_writer("out/x.rep", TRACE_MODERN, 1);
    put_all_kinds(w);
    trace_writer_abandon(w);
    check_no_litter("nothing-after-errors");
}

/* A file may not grow beyond 1 MiB: neither the body nor what is there
 * already may suffer. */
static void test_full_disk(void)
{
    struct rlimit old, small;
    put_text("out/x.rep", "old");
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = 1 << 20;
    signal(SIGXFSZ, SIG_IGN);
    struct trace_writer *w = open_writer("out/x.rep", TRACE_MODERN, 1);
    setrlimit(RLIMIT_FSIZE, &small);
    for (uint64_t i = 0; i < 200000; i++)
        trace_put(w, TRACE_MALLOC, i, 0, i);
    check_close(w, "out/x.rep: expected to write it, found: File too large",
                "full-disk");
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, SIG_DFL);
    check_str(get_text("out/x.rep"), "old", "full-disk-keeps-the-old");
    unlink("out/x.rep");
    check_no_litter("nothing-after-full-disk");
}

/* Quietly: the shell would not say why its child was aborted. */
static void check_aborts(enum trace_kind first, enum trace_kind second,
                         const char *name)
{
    int status;
    pid_t pid = fork();
    if (!pid) {
        struct rlimit none = {0, 0};
        char *error;
        setrlimit(RLIMIT_CORE, &none);
        (void)!freopen("/dev/null", "w", stderr);
        struct trace_writer *w = trace_writer_open(
            "out/x.rep", (struct trace_form){TRACE_MODERN, 1, false}, &error);
        trace_put(w, TRACE_MALLOC, 4, 0, 8);
        trace_put(w, first, 4, 1, 8);
        trace_put(w, second, 4, 1, 8);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    check(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, name,
          "wait status %d", status);
}

static void test_assertions(void)
{
    check_aborts(TRACE_REALLOC, TRACE_MALLOC, "malloc-of-live-aborts");
    check_aborts(TRACE_REALLOC, TRACE_CALLOC, "calloc-of-live-aborts");
    check_aborts(TRACE_FREE, TRACE_FREE, "free-of-dead-aborts");
    check_aborts(TRACE_FREE, TRACE_REALLOC, "realloc-of-dead-aborts");
}

static void check_written(const char *path, const char *name)
{
    struct trace_writer *w = open_writer(path, TRACE_MODERN, 1);
    put_all_kinds(w);
    check_close(w, "written", name);
    check_read(path, true,
               "modern 1 ids 3 peak 139 live 3; 5 malloc #0 16 -> 1; "
               "6 calloc #1 3, 5 -> 2; 7 memalign #5 64, 100 -> 3; "
               "8 realloc #0 @1 24 -> 4; 9 free @0; 10 free #1 @2; "
               "11 realloc #0 @4 0 -> 5; "
               "12 malloc #0 18446744073709551615 -> 6",
               name);
    unlink(path);
}

static void test_written_compressed(const char *program, const char *suffix)
{
    char path[40], expected[200];
    snprintf(path, sizeof(path), "out/x.rep%s", suffix);
    if (!have(program)) {
        printf("ok %s (skipped: not installed)\n", path);
        return;
    }
    check_written(path, path);
    char *old = strdup(getenv("PATH"));
    snprintf(expected, sizeof(expected),
             "%s: cannot run %s to compress it: No such file or directory",
             path, program);
    struct trace_writer *w = open_writer(path, TRACE_MODERN, 1);
    put_all_kinds(w);
    setenv("PATH", "/nonexistent", 1);
    check_close(w, expected, path);
    setenv("PATH", old, 1);
    free(old);
    check_no_litter("nothing-without-compressor");
}

static int mode_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (int)(status.st_mode & 07777) : -1;
}

/* Devices are written to, links are followed. */
static void test_targets(void)
{
    struct stat status;
    struct trace_writer *w = open_writer("/dev/null", TRACE_MODERN, 1);
    put_all_kinds(w);
    check_close(w, "written", "write-to-device");
    check(stat("/dev/null", &status) == 0 && S_ISCHR(status.st_mode),
          "device-stays", "it was replaced");
    put_text("out/x.rep", "old");
    check_int(symlink("x.rep", "out/link.rep"), 0, "symlink");
    w = open_writer("out/link.rep", TRACE_MODERN, 1);
    trace_put_free_null(w);
    check_close(w, "written", "write-through-link");
    check_str(get_text("out/x.rep"), "1\n0\n1\n0\nf -1\n", "link-is-followed");
    unlink("out/link.rep");
    unlink("out/x.rep");
    check_no_litter("nothing-after-link");
}

/* The umask says how a new file may be used; an old one stays as it was. */
static void test_modes(void)
{
    umask(027);
    struct trace_writer *w = open_writer("out/x.rep", TRACE_MODERN, 1);
    trace_put_free_null(w);
    check_close(w, "written", "write-new");
    umask(022);
    check_int(mode_of("out/x.rep"), 0640, "mode-of-new");
    chmod("out/x.rep", 0604);
    w = open_writer("out/x.rep", TRACE_MODERN, 1);
    trace_put_free_null(w);
    check_close(w, "written", "write-old");
    check_int(mode_of("out/x.rep"), 0604, "mode-of-old");
    unlink("out/x.rep");
}

/* A program that is recorded sees neither descriptors of the writer nor files
 * in its directory. */
static void test_inherits_nothing(void)
{
    run("ls /proc/self/fd >%s%s", "so.rep", "");
    char *before = strdup(get_text("so.rep"));
    struct trace_writer *w = open_writer("out/x.rep", TRACE_MODERN, 1);
    run("ls /proc/self/fd >%s%s", "so.rep", "");
    check_str(get_text("so.rep"), before, "programs-inherit-nothing");
    check_no_litter("nothing-while-they-run");
    trace_writer_abandon(w);
    free(before);
}

/* The descriptor that is free is not to be taken for standard output. */
static void test_closed_stdout(void)
{
    char *error = NULL;
    fflush(stdout);
    int old = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    close(STDOUT_FILENO);
    struct trace_writer *w = trace_writer_open(
        "-", (struct trace_form){TRACE_MODERN, 1, false}, &error);
    dup2(old, STDOUT_FILENO);
    close(old);
    check(!w, "closed-stdout", "it opened");
    check_str(error,
              "<stdout>: expected to write it, found: Bad file "
              "descriptor",
              "closed-stdout-text");
    free(error);
}

static void test_stdout(void)
{
    fflush(stdout);
    int old = dup(STDOUT_FILENO), fd = open("so.rep", O_CREAT | O_WRONLY, 0666);
    struct trace_writer *w = open_writer("-", TRACE_MODERN, 1);
    put_all_kinds(w);
    char *error = NULL;
    fflush(stdout);
    dup2(fd, STDOUT_FILENO);
    bool good = trace_writer_close(w, &error);
    dup2(old, STDOUT_FILENO);
    close(old);
    close(fd);
    check(good, "write-stdout", "%s", error);
    check_str(get_text("so.rep"), "1\n6\n8\n139\n" ALL_KINDS, "stdout-file");
}

int main(void)
{
    enter_dir();
    test_writer();
    test_writer_errors();
    test_full_disk();
    test_assertions();
    test_written_compressed("gzip", ".gz");
    test_written_compressed("xz", ".xz");
    test_written_compressed("zstd", ".zst");
    test_targets();
    test_modes();
    test_inherits_nothing();
    test_stdout();
    test_closed_stdout();
    return leave_dir();
}

/*
 * outfile_test.c - files are whole or not there
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver/outfile.h"
#include "tests/check.h"

static char dir[] = "/tmp/outfile_test-XXXXXX";

static const char *in_dir(const char *name)
{
    static char paths[4][256];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}

static void put(const char *path, const char *text, mode_t mode)
{
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
    chmod(path, mode);
}

static const char *text_of(const char *path)
{
    static char text[256];
    FILE *f = fopen(path, "r");
    if (!f)
        return "(none)";
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    return text;
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

/* Names in the directory. */
static int names(void)
{
    int n = 0;
    DIR *d = opendir(dir);
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static struct outfile *open_good(const char *path)
{
    char *error = NULL;
    struct outfile *f = outfile_open(path, &error);
    check(f != NULL, "the file opens", "%s", error ? error : "no error told");
    free(error);
    return f;
}

static void close_good(struct outfile *f)
{
    char *error = NULL;
    check(outfile_close(f, &error), "the file closes", "%s",
          error ? error : "no error told");
    free(error);
}

static void write_all(const char *path, const char *text)
{
    struct outfile *f = open_good(path);
    fputs(text, outfile_stream(f));
    close_good(f);
}

static void check_open_fails(const char *path, const char *why)
{
    char *error = NULL, expected[512];
    snprintf(expected, sizeof expected, "%s: expected to write it, found: %s",
             path, why);
    struct outfile *f = outfile_open(path, &error);
    check(!f, "it does not open", "%s did", path);
    check_str(error, expected, "and says why");
    free(error);
}

static void test_new(void)
{
    const char *path = in_dir("new");
    umask(027);
    struct outfile *f = open_good(path);
    fputs("hello\n", outfile_stream(f));
    fflush(outfile_stream(f));
    check_str(text_of(path), "(none)", "no file before it is closed");
    close_good(f);
    check_str(text_of(path), "hello\n", "a whole one then");
    check_int(mode_of(path), 0640, "the umask is heeded");
    check_int(names(), 1, "and no other file");
    umask(022);
}

static void test_replaced(void)
{
    const char *path = in_dir("new");
    chmod(path, 0604);
    struct outfile *f = open_good(path);
    fputs("world\n", outfile_stream(f));
    fflush(outfile_stream(f));
    check_str(text_of(path), "hello\n", "the old file until then");
    close_good(f);
    check_str(text_of(path), "world\n", "the new one then");
    check_int(mode_of(path), 0604, "with the old permissions");
    check_int(names(), 1, "still one file");
}

static void test_abandon(void)
{
    const char *path = in_dir("new");
    struct outfile *f = open_good(path);
    fputs("lost\n", outfile_stream(f));
    outfile_abandon(f);
    check_str(text_of(path), "world\n", "an abandoned file is as it was");
    f = open_good(in_dir("never"));
    outfile_abandon(f);
    check_str(text_of(in_dir("never")), "(none)", "or is not there");
    check_int(names(), 1, "nothing is left behind");
}

static void test_link(void)
{
    symlink("new", in_dir("link"));
    write_all(in_dir("link"), "linked\n");
    struct stat st;
    check(lstat(in_dir("link"), &st) == 0 && S_ISLNK(st.st_mode),
          "the link stays a link", "it does not");
    check_str(text_of(in_dir("new")), "linked\n", "its file is replaced");
    check_int(mode_of(in_dir("new")), 0604, "and keeps its permissions");
    unlink(in_dir("link"));
}

static void test_dangling_link(void)
{
    symlink("later", in_dir("link"));
    write_all(in_dir("link"), "made\n");
    struct stat st;
    check(lstat(in_dir("link"), &st) == 0 && S_ISLNK(st.st_mode),
          "a link to nothing stays a link", "it does not");
    check_str(text_of(in_dir("later")), "made\n", "what it names is made");
    unlink(in_dir("later"));
    unlink(in_dir("link"));
    symlink("link", in_dir("link"));
    check_open_fails(in_dir("link"), "Too many levels of symbolic links");
    unlink(in_dir("link"));
}

/* Somebody else's file beside it is none of our business. */
static void test_neighbour(void)
{
    put(in_dir("new.tmp"), "mine\n", 0644);
    write_all(in_dir("new"), "again\n");
    check_str(text_of(in_dir("new.tmp")), "mine\n", "a file new.tmp is kept");
    check_str(text_of(in_dir("new")), "again\n", "and new is written");
    unlink(in_dir("new.tmp"));
}

/* Left by a process of the same number that was killed. */
static void test_left_behind(void)
{
    char left[2][64];
    for (int i = 0; i < 2; i++) {
        snprintf(left[i], sizeof left[i], "new.tmp-%d%s", (int)getpid(),
                 i ? "-1" : "");
        put(in_dir(left[i]), "left\n", 0644);
    }
    write_all(in_dir("new"), "past it\n");
    check_str(text_of(in_dir("new")), "past it\n", "what is left is passed");
    outfile_abandon(open_good(in_dir("new")));
    for (int i = 0; i < 2; i++) {
        check_str(text_of(in_dir(left[i])), "left\n", "and not touched");
        unlink(in_dir(left[i]));
    }
    check_int(names(), 1, "and nothing is added");
}

static void test_two_at_once(void)
{
    struct outfile *a = open_good(in_dir("a")), *b = open_good(in_dir("b"));
    fputs("a\n", outfile_stream(a));
    fputs("b\n", outfile_stream(b));
    close_good(a);
    outfile_abandon(b);
    check_str(text_of(in_dir("a")), "a\n", "two files at a time");
    unlink(in_dir("a"));
}

/* ---- Failures ---------------------------------------------------------- */

static void test_full(void)
{
    char *error = NULL;
    struct outfile *f = open_good("/dev/full");
    fputs("x\n", outfile_stream(f));
    check(!outfile_close(f, &error), "a full device fails", "it did not");
    check_str(error,
              "/dev/full: expected to write it, found: No space left on "
              "device",
              "and says so");
    free(error);
    struct stat st;
    check(stat("/dev/full", &st) == 0 && S_ISCHR(st.st_mode),
          "a device stays a device", "it does not");
}

static void test_full_early(void)
{
    char *error = NULL, text[4096] = "";
    memset(text, 'x', sizeof text - 1);
    struct outfile *f = open_good("/dev/full");
    for (int i = 0; i < 10; i++)
        fputs(text, outfile_stream(f));
    fflush(outfile_stream(f));
    check(!outfile_close(f, &error), "a write that failed early is not lost",
          "it was");
    free(error);
}

static void test_bad_paths(void)
{
    check_open_fails(in_dir("no/such"), "No such file or directory");
    check_open_fails(dir, "Is a directory");
    check_open_fails("", "No such file or directory");
    check_int(names(), 1, "nothing is left of failures");
}

/* ---- In two steps ------------------------------------------------------ */

static void test_plan(void)
{
    char *error = NULL;
    struct outfile *f = outfile_plan(in_dir("planned"), &error);
    check(f && !outfile_stream(f), "a planned file is not open", "%s", error);
    check_int(names(), 1, "and not there");
    check_str(outfile_name(f), in_dir("planned"), "it has a name");
    check_str(outfile_path(f), in_dir("planned"), "and a path");
    check(outfile_begin(f, &error), "it begins", "%s", error);
    int flags = fcntl(fileno(outfile_stream(f)), F_GETFD);
    check_int(flags, FD_CLOEXEC, "for this program alone");
    check_int(names(), 2, "and has a name of its own");
    fputs("as planned\n", outfile_stream(f));
    close_good(f);
    check_str(text_of(in_dir("planned")), "as planned\n", "it is written");
    unlink(in_dir("planned"));
    outfile_abandon(outfile_plan(in_dir("planned"), &error));
    check_int(names(), 1, "a plan that is dropped leaves nothing");
}

static void check_plan_fails(const char *path, const char *expected)
{
    char *error = NULL;
    check(!outfile_plan(path, &error), "a plan fails early", "%s did not",
          path);
    check_str(error, expected, "and tells why");
    free(error);
}

static void test_plan_errors(void)
{
    char expected[512], *error = NULL;
    snprintf(expected, sizeof expected,
             "%s: expected to write it, found: Is a directory", dir);
    check_plan_fails(dir, expected);
    snprintf(expected, sizeof expected,
             "%s: expected to write it, found: No such file or directory",
             in_dir("no/such"));
    struct outfile *f = outfile_plan(in_dir("no/such"), &error);
    check(f && !outfile_begin(f, &error), "it fails when it begins", "no");
    check_str(error, expected, "and tells why");
    free(error);
    outfile_abandon(f);
}

/* A write-protected file is refused before the work is done. */
static void test_plan_protected(void)
{
    char expected[512];
    chmod(in_dir("new"), 0444);
    snprintf(expected, sizeof expected,
             "%s: expected to write it, found: Permission denied",
             in_dir("new"));
    if (access(in_dir("new"), W_OK) == 0)
        printf("ok write-protected (skipped: this user may write all)\n");
    else
        check_plan_fails(in_dir("new"), expected);
    chmod(in_dir("new"), 0644);
}

static void test_plan_straight(void)
{
    char *error = NULL;
    struct outfile *f = outfile_plan("/dev/null", &error);
    check(f && !outfile_path(f), "a device has no path", "%s", error);
    check(outfile_begin(f, &error), "it is opened", "%s", error);
    close_good(f);
    f = outfile_plan("-", &error);
    check_str(outfile_name(f), "<stdout>", "standard output has a name");
    check(!outfile_path(f), "and no path", "%s", "it has");
    outfile_abandon(f);
    fflush(stdout);
    int old = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    close(STDOUT_FILENO);
    f = outfile_plan("-", &error);
    dup2(old, STDOUT_FILENO);
    close(old);
    check(!f, "one that is closed is refused", "it is not");
    check_str(error,
              "<stdout>: expected to write it, found: Bad file descriptor",
              "by its name");
    free(error);
}

static void test_stdout(void)
{
    struct outfile *f = open_good("-");
    check(outfile_stream(f) == stdout, "- is standard output", "it is not");
    close_good(f);
    outfile_abandon(open_good("-"));
    check(fflush(stdout) == 0, "which stays open", "it does not");
}

static void test_fifo(void)
{
    const char *path = in_dir("pipe");
    char text[16] = "";
    mkfifo(path, 0600);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    write_all(path, "through\n");
    check(read(reader, text, sizeof text - 1) == 8,
          "a pipe is written straight", "it is not");
    check_str(text, "through\n", "with all of it");
    close(reader);
    unlink(path);
}

int main(void)
{
    if (!mkdtemp(dir)) {
        perror(dir);
        return 1;
    }
    test_new();
    test_replaced();
    test_abandon();
    test_link();
    test_dangling_link();
    test_neighbour();
    test_left_behind();
    test_two_at_once();
    test_full();
    test_full_early();
    test_bad_paths();
    test_plan();
    test_plan_errors();
    test_plan_protected();
    test_plan_straight();
    test_stdout();
    test_fifo();
    unlink(in_dir("new"));
    check(rmdir(dir) == 0, "the directory is empty in the end", "it is not");
    return check_done();
}

/*
 * trace_source_test.c - where traces come from: pipes, compressed files,
 * directories
 */
#define _GNU_SOURCE
#include "tests/unit/trace_help.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define BODY    "a 0 16\nf 0\n"
#define BODY_IS " ids 1 peak 16 live 1; 5 malloc #0 16 -> 1; 6 free #0 @1"

/* ---- Pipes and compression --------------------------------------------- */

static const char plain_body[] = "1\n1\n2\n16\n" BODY;
static const char plain_is[] = "modern 1" BODY_IS;

/* Read what a command writes as standard input. */
static void check_stdin(const char *command, const char *expected,
                        const char *name)
{
    int ends[2], old = dup(STDIN_FILENO);
    if (old < 0 || pipe(ends) < 0)
        exit(2);
    pid_t pid = fork();
    if (!pid) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    close(ends[1]);
    check_read("-", true, expected, name);
    dup2(old, STDIN_FILENO);
    close(old);
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
}

static void test_stdin(void)
{
    put_text("plain.rep", plain_body);
    check_stdin("cat plain.rep", plain_is, "stdin");
    check_stdin("for l in 1 1 2 16 'a 0'; do printf '%s' \"$l\"; sleep 0.02; "
                "test \"$l\" = 'a 0' || echo; done; echo ' 16'; echo f 0",
                plain_is, "stdin-in-drops");
    check_stdin("echo 1; echo x",
                "<stdin>:2: expected a request (a, c, f, m or r), found `x`",
                "stdin-error");
    check_stdin(":", "<stdin>:1: expected a request, found the end of the file",
                "stdin-empty");
}

/* Not only the whole file but also the first half of it. */
static void test_cut_short(const char *program, const char *suffix)
{
    char expected[200], name[40];
    snprintf(expected, sizeof(expected),
             "cut.rep: expected whole %s data, found them damaged or cut short "
             "(%s -dc ended with status 1)",
             suffix, program);
    snprintf(name, sizeof(name), "%s-cut-short", program);
    run("seq 1 9999 | sed 's/.*/#&/' > long; %s -c long > long%s", program,
        suffix);
    run("head -c $(($(wc -c < long%s) / 2)) long%s > cut.rep", suffix, suffix);
    check_read("cut.rep", false, expected, name);
}

static void test_missing_program(const char *program, const char *path)
{
    char expected[200], name[40];
    char *old = strdup(getenv("PATH"));
    snprintf(expected, sizeof(expected),
             "%s: cannot run %s to decompress it: No such file or directory",
             path, program);
    snprintf(name, sizeof(name), "%s-missing", program);
    setenv("PATH", "/nonexistent", 1);
    check_read(path, false, expected, name);
    setenv("PATH", old, 1);
    free(old);
}

static void test_compression(const char *program, const char *suffix)
{
    char path[40], name[40], command[100];
    if (!have(program)) {
        printf("ok %s (skipped: not installed)\n", program);
        return;
    }
    put_text("plain.rep", plain_body);
    snprintf(path, sizeof(path), "packed.rep%s", suffix);
    run("%s -c plain.rep > %s", program, path);
    check_read(path, true, plain_is, program);
    run("cp %s misnamed.rep%s", path, "");
    snprintf(name, sizeof(name), "%s-misnamed", program);
    check_read("misnamed.rep", true, plain_is, name);
    snprintf(name, sizeof(name), "%s-stdin", program);
    snprintf(command, sizeof(command), "cat %s", path);
    check_stdin(command, plain_is, name);
    test_cut_short(program, suffix);
    test_missing_program(program, path);
}

/* An error long before the end must not wait for a decompressor that waits
 * for its input. */
static void test_error_before_end(void)
{
    time_t began = time(NULL);
    if (!have("gzip"))
        return;
    run("(cat plain.rep; echo x; seq 300000) | %s -c > e.rep%s", "gzip", ".gz");
    check_read("e.rep.gz", false,
               "e.rep.gz:7: expected a request (a, c, f, m or r), found `x`",
               "error-before-the-end");
    check_stdin("cat e.rep.gz; exec sleep 60",
                "<stdin>:7: expected a request (a, c, f, m or r), found `x`",
                "error-before-the-end-of-stdin");
    check(time(NULL) - began < 30, "error-does-not-wait", "it did");
}

static void test_name(const char *path, const char *expected)
{
    struct trace t;
    char *error;
    put_text(path, plain_body);
    if (!check(trace_read(&t, path, true, &error), path, "%s", error))
        return;
    check_str(t.name, expected, "name");
    check_str(t.path, path, "path");
    trace_free(&t);
    check(!t.ops && !t.path && !t.op_count, "trace_free-empties", "it did not");
}

/* ---- Lists ------------------------------------------------------------- */

static void check_list(const char *dir, const char *expected, const char *name)
{
    char *error = NULL, found[400] = "";
    char **paths = trace_list(dir, &error);
    for (char **p = paths; p && *p; p++) {
        strcat(strcat(found, *p), " ");
        free(*p);
    }
    free(paths);
    check_str(paths ? found : error, expected, name);
    free(error);
}

static void test_list(void)
{
    static const char *const names[] = {"b.rep",     "a.rep.gz", "c.rep.xz",
                                        "B.rep.zst", ".d.rep",   "e.txt",
                                        "f.rep.bz2", ".rep",     "g.gz"};
    char path[100];
    mkdir("list", 0777);
    check_list("list", "list: expected traces (*.rep), found none",
               "list-of-none");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "list/%s", names[i]);
        put_text(path, "");
    }
    check_list("list", "list/B.rep.zst list/a.rep.gz list/b.rep list/c.rep.xz ",
               "list");
    check_list("list/",
               "list/B.rep.zst list/a.rep.gz list/b.rep list/c.rep.xz ",
               "list-with-slash");
    check_list("nowhere",
               "nowhere: expected a directory of traces: No such file or "
               "directory",
               "list-of-nothing");
    check_list("plain.rep",
               "plain.rep: expected a directory of traces: Not a directory",
               "list-of-a-file");
}

int main(void)
{
    enter_dir();
    test_stdin();
    test_compression("gzip", ".gz");
    test_compression("xz", ".xz");
    test_compression("zstd", ".zst");
    test_error_before_end();
    test_name("some.rep", "some");
    test_name("./some.rep.gz", "some");
    test_name("some.trace", "some.trace");
    test_list();
    return leave_dir();
}

/*
 * compiler_test.c - sources that are made to do harm to whoever compiles them
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver/clock.h"
#include "driver/compile.h"
#include "driver/compiler.h"
#include "tests/check.h"

static char dir[] = "/tmp/compiler_test-XXXXXX";
static char home[4096];

static char *in_dir(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

/* What compile_source says of the source at path. */
static char *complaint(const char *path)
{
    struct compiled c;
    char *error = NULL;
    check(!compile_source(&c, path, home, &error), "it does not compile",
          "it does");
    return error;
}

static char *complaint_about(const char *name, const char *text)
{
    char *path = in_dir(name);
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
    char *error = complaint(path);
    unlink(in_dir(name));
    return error;
}

/* Nobody writes into it: the compiler waits, and takes no time. */
static void test_waiting(void)
{
    char expected[512];
    const char *path = in_dir("fifo.c");
    mkfifo(path, 0600);
    compile_set_patience(0.3);
    uint64_t began = clock_wall_ns();
    char *error = complaint(path);
    double took = (double)(clock_wall_ns() - began) / 1e9;
    snprintf(expected, sizeof expected,
             "%s: expected a source that compiles within 0.3 s, found one that "
             "does not",
             path);
    check_str(error, expected, "a source without an end is given up");
    check(took < 30, "soon", "after %g s", took);
    compile_set_patience(60);
    unlink(path);
    free(error);
}

static void test_messages(void)
{
    char *error = complaint_about("shouts.c", "#error \033[2J\b\a\n");
    check(error && strstr(error, "#error ?[2J??"),
          "control characters do not come through", "%s", error);
    free(error);
    size_t room = 100000;
    char *text = malloc(room + 100);
    strcpy(text, "#error ");
    memset(text + 7, 'x', room);
    strcpy(text + 7 + room, "\nint y = ;\n");
    error = complaint_about("long.c", text);
    check(error && strlen(error) < 12 * 500, "of long lines the beginning",
          "%zu bytes", error ? strlen(error) : 0);
    check(error && strstr(error, "int y = ;"), "and what follows them", "%s",
          error);
    free(error);
    free(text);
}

static char *include_each_other(void)
{
    char path[256];
    for (int i = 0; i < 9; i++) {
        char name[16];
        snprintf(name, sizeof name, "h%d.h", i);
        FILE *f = fopen(in_dir(name), "w");
        fprintf(f, i < 8 ? "#include \"h%d.h\"\n" : "#error deep\n", i + 1);
        fclose(f);
    }
    snprintf(path, sizeof path, "#include \"h0.h\"\n");
    char *error = complaint_about("includes.c", path);
    for (int i = 0; i < 9; i++) {
        char name[16];
        snprintf(name, sizeof name, "h%d.h", i);
        unlink(in_dir(name));
    }
    return error;
}

static void test_includes(void)
{
    char *error = include_each_other();
    check(error && !strstr(error, "h6.h") && strstr(error, "In file included"),
          "how a line came to be included is told in short", "%s", error);
    free(error);
}

static uint64_t in_seconds(double seconds)
{
    return clock_wall_ns() + (uint64_t)(seconds * 1e9);
}

static enum compiler_end run(const char *script, double seconds)
{
    static char *none[] = {NULL};
    return compiler_run(script, none, in_dir("log"), in_seconds(seconds));
}

/* The limits hold for the script. */
static void test_limits(void)
{
    check_int(run("test \"$(ulimit -v)\" -le 2097152", 60), COMPILER_GOOD,
              "memory");
    check_int(run("test \"$(ulimit -f)\" -le 524288", 60), COMPILER_GOOD,
              "files");
    check_int(run("test \"$(ulimit -t)\" -le 60", 60), COMPILER_GOOD, "time");
    check_int(run("test \"$(ulimit -c)\" = 0", 60), COMPILER_GOOD, "no core");
    check_int(run("! read line", 60), COMPILER_GOOD, "the input is empty");
    check_int(run("exit 3", 60), COMPILER_FAILED, "a status is a failure");
    check_int(run("kill -9 $$", 60), COMPILER_FAILED, "so is a signal");
}

/* What the compiler started ends with it. */
static void test_group(void)
{
    uint64_t began = clock_wall_ns();
    check_int(run("sleep 300 & echo $! ; wait", 0.2), COMPILER_LATE,
              "the deadline ends it");
    check((double)(clock_wall_ns() - began) / 1e9 < 100, "in time", "not");
    char text[32] = "";
    FILE *f = fopen(in_dir("log"), "r");
    check(f && fgets(text, sizeof text, f), "the log holds what it printed",
          "nothing");
    if (f)
        fclose(f);
    pid_t pid = atoi(text);
    for (int i = 0; i < 1000 && pid > 0 && kill(pid, 0) == 0; i++) {
        char path[64], state = 'Z';
        snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
        f = fopen(path, "r");
        if (f && fscanf(f, "%*d (%*[^)]) %c", &state) == 1 && state == 'Z')
            pid = 0; /* whose parent has not looked */
        if (f)
            fclose(f);
        usleep(10000);
    }
    check(pid <= 0 || kill(pid, 0) != 0, "and all that it started", "%d lives",
          (int)pid);
}

int main(void)
{
    if (!mkdtemp(dir) || !getcwd(home, sizeof home)) {
        perror(dir);
        return 1;
    }
    setenv("TMPDIR", dir, 1);
    unsetenv("CC");
    test_waiting();
    test_messages();
    test_includes();
    test_limits();
    test_group();
    unlink(in_dir("log"));
    check(rmdir(dir) == 0, "nothing else was left behind", "something was");
    return check_done();
}

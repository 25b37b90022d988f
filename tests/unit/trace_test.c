/*
 * trace_test.c - reading and writing request traces
 *
 * Works in a directory of its own, so that messages name short paths.  A trace
 * is compared as one line of text that describe() makes of it.
 */
#define _GNU_SOURCE
#include "tests/check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/trace.h"

/* ---- Tools ------------------------------------------------------------- */

static void put_bytes(const char *path, const void *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, size, f) != size || fclose(f) != 0) {
        perror(path);
        exit(2);
    }
}

static void put_text(const char *path, const char *text)
{
    put_bytes(path, text, strlen(text));
}

static char *get_text(const char *path)
{
    static char text[65536];
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
    if (f)
        fclose(f);
    text[n] = 0;
    return text;
}

static bool have(const char *program)
{
    char command[100];
    snprintf(command, sizeof(command), "command -v %s >/dev/null", program);
    return system(command) == 0;
}

static void describe_op(FILE *out, const struct trace *t, size_t i, uint32_t a)
{
    const struct trace_op *op = &t->ops[i];
    uint64_t id;
    fprintf(out, "; %zu %s", trace_line(t, i), trace_op_name(op->kind));
    if (trace_id(t, i, &id))
        fprintf(out, " #%llu", (unsigned long long)id);
    if (op->kind == TRACE_FREE || op->kind == TRACE_REALLOC)
        fprintf(out, " @%u", op->ref);
    if (op->kind == TRACE_CALLOC || op->kind == TRACE_MEMALIGN)
        fprintf(out, " %llu,", (unsigned long long)t->extras[op->extra]);
    if (op->kind != TRACE_FREE)
        fprintf(out, " %llu -> %u", (unsigned long long)op->size, a);
}

/* All that a trace holds: LINE KIND #ID @ANSWER-TAKEN SIZE -> ANSWER-MADE. */
static char *describe(const struct trace *t)
{
    char *text = NULL;
    size_t size;
    uint32_t answer = 0;
    FILE *out = open_memstream(&text, &size);
    fprintf(out, "%s %d ids %zu peak %llu live %zu",
            t->dialect == TRACE_CLASSIC ? "classic" : "modern", t->weight,
            t->id_count, (unsigned long long)t->peak_payload, t->peak_live);
    for (size_t i = 0; i < t->op_count; i++) {
        answer += trace_makes_answer(&t->ops[i]);
        describe_op(out, t, i, answer);
    }
    for (size_t i = 0; i < t->warning_count; i++)
        fprintf(out, "\n%s", t->warnings[i]);
    fclose(out);
    return text;
}

/* Read path and compare with what describe() or the error says. */
static void check_read(const char *path, bool strict, const char *expected,
                       const char *name)
{
    struct trace t;
    char *error = NULL;
    bool good = trace_read(&t, path, strict, &error);
    char *found = good ? describe(&t) : error;
    check_str(found, expected, name);
    if (good)
        trace_free(&t);
    free(found);
}

static void check_text(const char *text, bool strict, const char *expected,
                       const char *name)
{
    put_text("x.rep", text);
    check_read("x.rep", strict, expected, name);
}

/* ---- Tidy traces ------------------------------------------------------- */

#define BODY    "a 0 16\nf 0\n"
#define BODY_IS " ids 1 peak 16 live 1; 5 malloc #0 16 -> 1; 6 free #0 @1"

static const struct {
    const char *name, *text, *expected;
} tidy[] = {
    {"classic", "20000\n1\n2\n1\n" BODY, "classic 1" BODY_IS},
    {"classic-weight-0", "20000\n1\n2\n0\n" BODY, "classic 0" BODY_IS},
    {"classic-heap-0-weight-2", "0\n1\n2\n2\n" BODY, "classic 2" BODY_IS},
    {"classic-heap-0-weight-3", "0\n1\n2\n3\n" BODY, "classic 3" BODY_IS},
    {"modern", "2\n1\n2\n16\n" BODY, "modern 2" BODY_IS},
    {"modern-wrong-peak", "3\n1\n2\n99\n" BODY, "modern 3" BODY_IS},
    {"modern-flag-0", "1\n1\n2\n0\n" BODY, "modern 1" BODY_IS},
    {"modern-flag-1", "0\n1\n2\n1\n" BODY, "modern 0" BODY_IS},
    {"modern-small-wrong-peak", "1\n1\n2\n2\n" BODY, "modern 1" BODY_IS},
    {"modern-small-peak", "0\n1\n2\n3\na 0 3\nf 0\n",
     "modern 0 ids 1 peak 3 live 1; 5 malloc #0 3 -> 1; 6 free #0 @1"},
    {"crlf", "1\r\n1\r\n2\r\n16\r\na 0 16\r\nf 0\r\n", "modern 1" BODY_IS},
    {"cr-at-the-end", "1\n1\n2\n16\na 0 16\nf 0\r", "modern 1" BODY_IS},
    {"no-last-newline", "1\n1\n2\n16\na 0 16\nf 0", "modern 1" BODY_IS},
    {"blanks", "1 \n 1\n\t2\t\n16\r\n  a \t 0  16 \nf\t0\t\r\n",
     "modern 1" BODY_IS},
    {"leading-zeros", "1\n01\n2\n16\na 000000000000000000000000 0016\nf 00\n",
     "modern 1" BODY_IS},
    {"comments",
     "# a trace\n1\n\n1\n  # \xc3\xa4\n2\n \r\n16\n#\na 0 16\n\n# x\nf 0\n#",
     "modern 1 ids 1 peak 16 live 1; 10 malloc #0 16 -> 1; 13 free #0 @1"},
    {"free-null", "1\n0\n2\n0\nf -1\n f  -1 \n",
     "modern 1 ids 0 peak 0 live 0; 5 free @0; 6 free @0"},
    {"id-again", "1\n1\n4\n32\na 0 16\nf 0\na 0 32\nf 0\n",
     "modern 1 ids 1 peak 32 live 1; 5 malloc #0 16 -> 1; 6 free #0 @1; "
     "7 malloc #0 32 -> 2; 8 free #0 @2"},
    {"all-kinds",
     "1\n4\n8\n1\na 0 16\nc 1 3 5\nm 2 64 100\nr 0 24\nr 3 8\nf 1\nr 0 4\n"
     "f 0\n",
     "modern 1 ids 4 peak 147 live 4; 5 malloc #0 16 -> 1; "
     "6 calloc #1 3, 5 -> 2; 7 memalign #2 64, 100 -> 3; "
     "8 realloc #0 @1 24 -> 4; 9 realloc #3 @0 8 -> 5; 10 free #1 @2; "
     "11 realloc #0 @4 4 -> 6; 12 free #0 @6"},
    {"realloc-to-0", "1\n1\n4\n16\na 0 16\nr 0 0\na 0 8\nf 0\n",
     "modern 1 ids 1 peak 16 live 1; 5 malloc #0 16 -> 1; "
     "6 realloc #0 @1 0 -> 2; 7 malloc #0 8 -> 3; 8 free #0 @3"},
    {"ids-up-to-the-highest", "1\n8\n2\n16\na 7 16\nf 7\n",
     "modern 1 ids 1 peak 16 live 1; 5 malloc #7 16 -> 1; 6 free #7 @1"},
    {"64-bit-ids",
     "1\n3\n6\n10\na 18446744073709551615 1\na 4294967295 2\n"
     "a 4294967296 4\nr 4294967296 3\nf 18446744073709551615\n"
     "f 4294967296\n",
     "modern 1 ids 3 peak 7 live 3; 5 malloc #18446744073709551615 1 -> 1; "
     "6 malloc #4294967295 2 -> 2; 7 malloc #4294967296 4 -> 3; "
     "8 realloc #4294967296 @3 3 -> 4; 9 free #18446744073709551615 @1; "
     "10 free #4294967296 @4"},
    {"64-bit-sizes",
     "1\n4\n6\n9\na 0 18446744073709551615\na 1 140737488355329\n"
     "a 2 140737488355328\nc 3 4294967296 4294967296\nf 0\nf 2\n",
     "modern 1 ids 4 peak 140737488355328 live 1; "
     "5 malloc #0 18446744073709551615 -> 1; "
     "6 malloc #1 140737488355329 -> 2; 7 malloc #2 140737488355328 -> 3; "
     "8 calloc #3 4294967296, 4294967296 -> 4; 9 free #0 @1; 10 free #2 @3"},
    {"failed-realloc-leaks",
     "1\n2\n4\n0\na 0 16\nr 0 140737488355329\nf 0\n"
     "a 1 8\n",
     "modern 1 ids 2 peak 24 live 2; 5 malloc #0 16 -> 1; "
     "6 realloc #0 @1 140737488355329 -> 2; 7 free #0 @2; "
     "8 malloc #1 8 -> 3"},
};

static void test_tidy(void)
{
    for (size_t i = 0; i < sizeof(tidy) / sizeof(tidy[0]); i++)
        check_text(tidy[i].text, true, tidy[i].expected, tidy[i].name);
}

/* ---- Untidy traces ----------------------------------------------------- */

#define ONE "5 malloc #4 16 -> 1"

static const struct {
    const char *name, *text, *expected, *strict;
} untidy[] = {
    {"no-size", "1\n2\n4\n0\na 4 16\na 0\nr 4 24\na 0 \n",
     "modern 1 ids 2 peak 64 live 3; " ONE "; 6 malloc #0 16 -> 2; "
     "7 realloc #4 @1 24 -> 3; 8 malloc #0 24 -> 4\n"
     "x.rep:6: `a` of id 0: expected a size, found the end of the line: the "
     "previous size is taken (2 times)\n"
     "x.rep:8: `a` of id 0, which is live (allocated on line 6): the old block "
     "leaks",
     "x.rep:6: `a` of id 0: expected a size, found the end of the line"},
    {"live-id", "1\n1\n4\n0\na 4 16\n\na 4 8\nc 4 2 2\nf 4\n",
     "modern 1 ids 1 peak 28 live 3; " ONE "; 7 malloc #4 8 -> 2; "
     "8 calloc #4 2, 2 -> 3; 9 free #4 @3\n"
     "x.rep:7: `a` of id 4, which is live (allocated on line 5): the old block "
     "leaks (2 times)",
     "x.rep:7: `a` of id 4, which is live (allocated on line 5)"},
    {"live-id-calloc", "1\n1\n3\n0\na 4 16\nr 4 16\nc 4 2 2\n",
     "modern 1 ids 1 peak 20 live 2; " ONE "; 6 realloc #4 @1 16 -> 2; "
     "7 calloc #4 2, 2 -> 3\n"
     "x.rep:7: `c` of id 4, which is live (allocated on line 6): the old block "
     "leaks",
     "x.rep:7: `c` of id 4, which is live (allocated on line 6)"},
    {"live-id-memalign", "1\n1\n2\n0\na 4 16\nm 4 8 2\n",
     "modern 1 ids 1 peak 18 live 2; " ONE "; 6 memalign #4 8, 2 -> 2\n"
     "x.rep:6: `m` of id 4, which is live (allocated on line 5): the old block "
     "leaks",
     "x.rep:6: `m` of id 4, which is live (allocated on line 5)"},
    {"free-of-dead", "1\n1\n4\n0\na 4 16\nf 4\nf 4\nf 5000000000\n",
     "modern 1 ids 1 peak 16 live 1; " ONE "; 6 free #4 @1; 7 free #4 @0; "
     "8 free #5000000000 @0\n"
     "x.rep:7: `f` of id 4, which is not live (freed on line 6): it frees NULL "
     "(2 times)",
     "x.rep:7: `f` of id 4, which is not live (freed on line 6)"},
    {"free-of-unknown", "1\n0\n1\n0\nf 9\n",
     "modern 1 ids 0 peak 0 live 0; 5 free #9 @0\n"
     "x.rep:5: `f` of id 9, which is not live (never allocated): it frees NULL",
     "x.rep:5: `f` of id 9, which is not live (never allocated)"},
    {"free-after-realloc-to-0", "1\n1\n3\n0\na 4 16\nr 4 0\nf 4\n",
     "modern 1 ids 1 peak 16 live 1; " ONE "; 6 realloc #4 @1 0 -> 2; "
     "7 free #4 @0\n"
     "x.rep:7: `f` of id 4, which is not live (freed on line 6): it frees NULL",
     "x.rep:7: `f` of id 4, which is not live (freed on line 6)"},
    {"realloc-of-dead", "1\n1\n4\n0\na 4 16\nf 4\nr 4 8\nr 4 9\n",
     "modern 1 ids 1 peak 16 live 1; " ONE "; 6 free #4 @1; "
     "7 realloc #4 @0 8 -> 2; 8 realloc #4 @2 9 -> 3\n"
     "x.rep:7: `r` of id 4, which is not live (freed on line 6): it allocates "
     "anew",
     "x.rep:7: `r` of id 4, which is not live (freed on line 6)"},
    {"beyond", "1\n1\n2\n0\na 4 16\nf 4\nf 4\n#\na 7 99\n",
     "modern 1 ids 1 peak 16 live 1; " ONE "; 6 free #4 @1\n"
     "x.rep:7: request 3, but the header announces 2: it is ignored (2 times)",
     "x.rep:7: request 3, but the header announces 2"},
    {"too-many-announced", "9\n1\n7\n2\na 4 16\nf 4\n",
     "classic 2 ids 1 peak 16 live 1; " ONE "; 6 free #4 @1\n"
     "x.rep:3: the header announces 7 requests, found 2: the true number is "
     "used",
     "x.rep:3: the header announces 7 requests, found 2"},
    {"none-announced", "1\n1\n0\n0\na 4 16\nf 4\n",
     "modern 1 ids 1 peak 16 live 1; " ONE "; 6 free #4 @1\n"
     "x.rep:3: the header announces 0 requests, found 2: the true number is "
     "used",
     "x.rep:3: the header announces 0 requests, found 2"},
    {"wrong-ids", "1\n3\n2\n0\na 4 16\nf 4\n",
     "modern 1 ids 1 peak 16 live 1; " ONE "; 6 free #4 @1\n"
     "x.rep:2: the header announces 3 ids, found 1: the true number is used",
     "x.rep:2: the header announces 3 ids, found 1"},
    {"no-header", "#\na 4 16\n",
     "modern 1 ids 1 peak 16 live 1; 2 malloc #4 16 -> 1\n"
     "x.rep:2: expected 4 lines of header before the first request, found 0: "
     "the requests are counted and the weight is 1",
     "x.rep:2: expected 4 lines of header before the first request, found 0"},
    {"header-of-2", "7\n7\na 4 16\n",
     "modern 1 ids 1 peak 16 live 1; 3 malloc #4 16 -> 1\n"
     "x.rep:3: expected 4 lines of header before the first request, found 2: "
     "the requests are counted and the weight is 1",
     "x.rep:3: expected 4 lines of header before the first request, found 2"},
    {"header-of-3", "7\n7\n7\na 4 16\n",
     "modern 1 ids 1 peak 16 live 1; 4 malloc #4 16 -> 1\n"
     "x.rep:4: expected 4 lines of header before the first request, found 3: "
     "the requests are counted and the weight is 1",
     "x.rep:4: expected 4 lines of header before the first request, found 3"},
};

static void test_untidy(void)
{
    char name[100];
    for (size_t i = 0; i < sizeof(untidy) / sizeof(untidy[0]); i++) {
        check_text(untidy[i].text, false, untidy[i].expected, untidy[i].name);
        snprintf(name, sizeof(name), "%s-strict", untidy[i].name);
        check_text(untidy[i].text, true, untidy[i].strict, name);
    }
}

/* ---- Errors ------------------------------------------------------------ */

#define HEAD    "1\n1\n9\n0\n"
#define RANGE   " from 0 to 18446744073709551615"
#define LETTERS "x.rep:5: expected a request (a, c, f, m or r), found "
#define END     "the end of the line"

static const struct {
    const char *name, *text, *expected;
} bad[] = {
    {"unknown-letter", HEAD "x 1\n", LETTERS "`x`"},
    {"capital-letter", HEAD "A 1 1\n", LETTERS "`A`"},
    {"glued-letter", HEAD "a1 1\n", LETTERS "`a1`"},
    {"fifth-number", HEAD "5\n", LETTERS "`5`"},
    {"long-word", HEAD "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz\n",
     LETTERS "`abcdefghijklmnopqrstuvwxyzabcdefghijklmn...`"},
    {"number-in-body", HEAD "a 1 1\n7\n",
     "x.rep:6: expected a request (a, c, f, m or r), found `7`"},
    {"word-for-id", HEAD "a b 1\n",
     "x.rep:5: expected an id" RANGE ", found `b`"},
    {"word-for-size", HEAD "a 1 0x10\n",
     "x.rep:5: expected a size" RANGE ", found `0x10`"},
    {"fraction", HEAD "a 1 1.5\n",
     "x.rep:5: expected a size" RANGE ", found `1.5`"},
    {"word-in-header", "1\n2x\n",
     "x.rep:2: expected a number of the header" RANGE ", found `2x`"},
    {"negative-header", "1\n-2\n",
     "x.rep:2: expected a number of the header" RANGE ", found `-2`"},
    {"negative-id", HEAD "a -1 1\n",
     "x.rep:5: expected an id" RANGE ", found `-1`"},
    {"negative-free", HEAD "f -2\n",
     "x.rep:5: expected an id" RANGE ", found `-2`"},
    {"free-minus-ten", HEAD "f -10\n",
     "x.rep:5: expected an id" RANGE ", found `-10`"},
    {"negative-size", HEAD "r 1 -5\n",
     "x.rep:5: expected a size" RANGE ", found `-5`"},
    {"id-2^64", HEAD "a 18446744073709551616 1\n",
     "x.rep:5: expected an id" RANGE ", found `18446744073709551616`"},
    {"size-too-large", HEAD "a 1 99999999999999999999999\n",
     "x.rep:5: expected a size" RANGE ", found `99999999999999999999999`"},
    {"malloc-cut", HEAD "a\n", "x.rep:5: expected an id" RANGE ", found " END},
    {"free-cut", HEAD "f \r\n", "x.rep:5: expected an id" RANGE ", found " END},
    {"realloc-cut", HEAD "r 1\n",
     "x.rep:5: expected a size" RANGE ", found " END},
    {"calloc-cut", HEAD "c 1\n",
     "x.rep:5: expected a count" RANGE ", found " END},
    {"calloc-cut-later", HEAD "c 1 2",
     "x.rep:5: expected a size" RANGE ", found " END},
    {"memalign-cut", HEAD "m 1\n",
     "x.rep:5: expected an alignment that is a power of two, found " END},
    {"memalign-cut-later", HEAD "m 1 8\n",
     "x.rep:5: expected a size" RANGE ", found " END},
    {"memalign-24", HEAD "m 1 24 8\n",
     "x.rep:5: expected an alignment that is a power of two, found `24`"},
    {"memalign-0", HEAD "m 1  0 8\n",
     "x.rep:5: expected an alignment that is a power of two, found `0`"},
    {"malloc-surplus", HEAD "a 1 2 3\n",
     "x.rep:5: expected the end of the line, found `3`"},
    {"free-surplus", HEAD "f 1 x\n",
     "x.rep:5: expected the end of the line, found `x`"},
    {"free-null-surplus", HEAD "f -1 # no\n",
     "x.rep:5: expected the end of the line, found `#`"},
    {"header-surplus", "1 2\n",
     "x.rep:1: expected the end of the line, found `2`"},
    {"control-byte", HEAD "a 1 \x07\n",
     "x.rep:5: expected text, found the byte 0x07"},
    {"control-in-comment", HEAD "# \x1b[1m\n",
     "x.rep:5: expected text, found the byte 0x1b"},
    {"carriage-return", HEAD "a 1\r 2\n",
     "x.rep:5: expected text, found the byte 0x0d"},
    {"empty", "", "x.rep:1: expected a request, found the end of the file"},
    {"header-alone", HEAD,
     "x.rep:5: expected a request, found the end of the file"},
    {"no-weight", "4\n1\n2\n16\n" BODY,
     "x.rep:4: expected a weight (0 to 3) in the first or the fourth line of "
     "the header, found 4 and 16"},
    {"bad-beyond", "1\n1\n1\n16\na 0 16\nf 0\nf x\n",
     "x.rep:7: expected an id" RANGE ", found `x`"},
};

static void check_long_line(size_t length, const char *expected)
{
    static char text[3 << 20];
    char name[40];
    memset(text, ' ', length);
    memcpy(text, "f -1", 4);
    text[length] = '\n';
    snprintf(name, sizeof(name), "line-of-%zu", length);
    put_bytes("x.rep", text, length + 1);
    check_read("x.rep", false, expected, name);
}

static void test_long_lines(void)
{
    static const char good[] =
        "modern 1 ids 0 peak 0 live 0; 1 free @0\nx.rep:1: expected 4 lines of "
        "header before the first request, found 0: the requests are counted "
        "and the weight is 1";
    static const char long_line[] =
        "x.rep:1: expected a line of at most 4096 characters, found a longer "
        "one";
    check_long_line(4096, good);
    check_long_line(4097, long_line);
    check_long_line(2 << 20, long_line);
}

static void test_bad(void)
{
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        check_text(bad[i].text, false, bad[i].expected, bad[i].name);
    put_bytes("x.rep", "1\n1\n2\n0\na 0\0 16\n", 17);
    check_read("x.rep", false, "x.rep:5: expected text, found the byte 0x00",
               "nul-byte");
    test_long_lines();
}

static void test_unreadable(void)
{
    mkdir("dir.rep", 0777);
    check_read("dir.rep", false, "dir.rep: expected a trace, found a directory",
               "directory");
    check_read("none.rep", false,
               "none.rep: cannot open: No such file or directory", "missing");
    put_text("secret.rep", HEAD BODY);
    chmod("secret.rep", 0);
    if (access("secret.rep", R_OK) == 0)
        printf("ok unreadable (skipped: this user may read everything)\n");
    else
        check_read("secret.rep", false,
                   "secret.rep: cannot open: Permission denied", "unreadable");
    unlink("secret.rep");
}

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

static void run(const char *format, const char *a, const char *b)
{
    char command[200];
    snprintf(command, sizeof(command), format, a, b);
    if (system(command) != 0) {
        fprintf(stderr, "failed: %s\n", command);
        exit(2);
    }
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
    if (!have("gzip"))
        return;
    run("(cat plain.rep; yes x | head -c 3000000) | %s -c > e.rep%s", "gzip",
        ".gz");
    check_read("e.rep.gz", false,
               "e.rep.gz:7: expected a request (a, c, f, m or r), found `x`",
               "error-before-the-end");
    check_stdin("cat e.rep.gz; exec sleep 0.2",
                "<stdin>:7: expected a request (a, c, f, m or r), found `x`",
                "error-before-the-end-of-stdin");
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

/* ---- The writer -------------------------------------------------------- */

static struct trace_writer *open_writer(const char *path,
                                        enum trace_dialect dialect, int weight)
{
    char *error;
    struct trace_writer *w = trace_writer_open(path, dialect, weight, &error);
    if (!check(w, path, "%s", error))
        exit(1);
    return w;
}

static void check_close(struct trace_writer *w, const char *expected,
                        const char *name)
{
    char *error = NULL;
    bool good = trace_writer_close(w, &error);
    check_str(good ? "written" : error, expected, name);
    free(error);
}

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
    check(!trace_writer_open("no/x.rep", TRACE_MODERN, 1, &error),
          "no-directory", "it opened");
    check_str(error, "no/x.rep: cannot create: No such file or directory",
              "no-directory-text");
    free(error);
    check(!trace_writer_open("out", TRACE_MODERN, 1, &error), "onto-directory",
          "it opened");
    check_str(error, "out: cannot create: Is a directory",
              "onto-directory-text");
    free(error);
    check_close(open_writer("out/x.rep", TRACE_MODERN, 1),
                "out/x.rep: expected a request to write, found none",
                "write-nothing");
    struct trace_writer *w = open_writer("/dev/full", TRACE_MODERN, 1);
    put_all_kinds(w);
    check_close(w, "/dev/full: cannot write: No space left on device",
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
    check_close(w, "out/x.rep: cannot write: File too large", "full-disk");
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
        struct trace_writer *w =
            trace_writer_open("out/x.rep", TRACE_MODERN, 1, &error);
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

/* Devices are written to, links are followed, modes are as umask says. */
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
    umask(027);
    check_close(w, "written", "write-through-link");
    check_str(get_text("out/x.rep"), "1\n0\n1\n0\nf -1\n", "link-is-followed");
    check(stat("out/x.rep", &status) == 0 && (status.st_mode & 0777) == 0640,
          "mode", "found %o", status.st_mode & 0777);
    umask(022);
    unlink("out/link.rep");
    unlink("out/x.rep");
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

/* ---- Against a naive model --------------------------------------------- */

enum { MODEL_IDS = 300 };

/* One array by id, sums made anew at every step. */
struct model {
    uint32_t answer[MODEL_IDS];
    uint64_t bytes[MODEL_IDS], leaked, peak;
    size_t live_leaked, peak_live, dead_frees;
    uint32_t answers;
    bool known[MODEL_IDS];
};

/* What the op that is to come of one request looks like. */
struct expected_op {
    size_t line;
    enum trace_kind kind;
    uint32_t ref;
    uint64_t id, size, extra;
};

static uint64_t random_number(void)
{
    static uint64_t x = 88172645463325252ULL;
    x ^= x << 13;
    x ^= x >> 7;
    return x ^= x << 17;
}

/* Small ids, ids beyond the array of the reader, ids beyond 32 bits. */
static uint64_t id_of(unsigned i)
{
    static const uint64_t scale[] = {1, 9999991, 1ULL << 33};
    return i * scale[i % 3];
}

static void model_sum(struct model *m)
{
    uint64_t bytes = m->leaked;
    size_t live = m->live_leaked;
    for (int i = 0; i < MODEL_IDS; i++) {
        bytes += m->answer[i] ? m->bytes[i] : 0;
        live += m->answer[i] != 0;
    }
    m->peak = bytes > m->peak ? bytes : m->peak;
    m->peak_live = live > m->peak_live ? live : m->peak_live;
}

static void model_step(struct model *m, unsigned i, struct expected_op *e)
{
    bool takes = e->kind == TRACE_FREE || e->kind == TRACE_REALLOC;
    uint64_t payload = e->kind == TRACE_CALLOC ? e->size * e->extra : e->size;
    e->ref = takes ? m->answer[i] : (uint32_t)e->id;
    if (!takes && m->answer[i]) {
        m->leaked += m->bytes[i];
        m->live_leaked++;
    }
    m->answers += e->kind != TRACE_FREE;
    m->live_leaked += e->kind == TRACE_REALLOC && !e->size && !m->answer[i];
    m->known[i] |= e->kind != TRACE_FREE;
    m->answer[i] =
        e->kind == TRACE_FREE || (takes && !e->size) ? 0 : m->answers;
    m->bytes[i] = payload;
    model_sum(m);
}

static void random_request(FILE *out, struct model *m, struct expected_op *e)
{
    static const char letters[] = "afrcm";
    unsigned i = (unsigned)(random_number() % MODEL_IDS);
    unsigned blank_lines = random_number() % 16 ? 0 : 1;
    e->kind = random_number() % TRACE_KINDS;
    e->id = id_of(i);
    e->size = random_number() % 5 ? random_number() % 1000 : 0;
    e->extra = e->kind == TRACE_MEMALIGN ? 1ULL << random_number() % 12
                                         : random_number() % 500;
    e->line += blank_lines;
    if (e->kind == TRACE_FREE)
        e->size = 0;
    model_step(m, i, e);
    fprintf(out, "%s%c %llu", blank_lines ? "\n" : "", letters[e->kind],
            (unsigned long long)e->id);
    if (e->kind == TRACE_CALLOC || e->kind == TRACE_MEMALIGN)
        fprintf(out, " %llu", (unsigned long long)e->extra);
    if (e->kind != TRACE_FREE)
        fprintf(out, " %llu", (unsigned long long)e->size);
    fputc('\n', out);
}

static bool op_differs(const struct trace *t, size_t i,
                       const struct expected_op *e, bool with_id)
{
    const struct trace_op *op = &t->ops[i];
    uint64_t id = 0;
    bool has_extra = op->kind == TRACE_CALLOC || op->kind == TRACE_MEMALIGN;
    if (op->kind != e->kind || op->size != e->size || op->ref != e->ref)
        return true;
    if (has_extra && t->extras[op->extra] != e->extra)
        return true;
    if (trace_line(t, i) != e->line)
        return true;
    return with_id && (!trace_id(t, i, &id) || id != e->id);
}

static void compare(const struct trace *t, const struct model *m,
                    const struct expected_op *ops, size_t n)
{
    size_t ids = 0, i = 0;
    for (int k = 0; k < MODEL_IDS; k++)
        ids += m->known[k];
    check_int((long long)t->op_count, (long long)n, "model-ops");
    check_int((long long)t->id_count, (long long)ids, "model-ids");
    check_int((long long)t->peak_payload, (long long)m->peak, "model-peak");
    check_int((long long)t->peak_live, (long long)m->peak_live, "model-live");
    check_int(t->answer_count, m->answers, "model-answers");
    /* Ids are searched for linearly: every 97th will do. */
    while (i < t->op_count && !op_differs(t, i, &ops[i], i % 97 == 0))
        i++;
    check_int((long long)i, (long long)n, "model-first-different-op");
}

static void test_model(size_t n, const char *path)
{
    struct model m = {0};
    struct expected_op *ops = calloc(n, sizeof(*ops));
    FILE *out = fopen(path, "w");
    struct trace t;
    char *error;
    for (size_t i = 0; i < n; i++) {
        ops[i].line = i ? ops[i - 1].line + 1 : 1;
        random_request(out, &m, &ops[i]);
    }
    fclose(out);
    if (check(trace_read(&t, path, false, &error), path, "%s", error)) {
        compare(&t, &m, ops, n);
        size_t made = 0;
        uint32_t last = t.answer_count;
        for (size_t i = 0; i < n; i++)
            made = trace_makes_answer(&t.ops[i]) ? i : made;
        check_int((long long)trace_maker(&t, last), (long long)made, "maker");
        trace_free(&t);
    }
    free(ops);
}

/* ---- Round trip -------------------------------------------------------- */

static void copy_trace(const struct trace *t, const char *path)
{
    struct trace_writer *w = open_writer(path, t->dialect, t->weight);
    for (size_t i = 0; i < t->op_count; i++) {
        const struct trace_op *op = &t->ops[i];
        uint64_t id;
        if (trace_id(t, i, &id))
            trace_put(w, op->kind, id,
                      t->extra_count ? t->extras[op->extra] : 0, op->size);
        else
            trace_put_free_null(w);
    }
    check_close(w, "written", "round-trip-written");
}

/* More than a block of dense ids, then of scattered ones which the array of
 * the reader comes to cover. */
static void write_many(const char *path, uint64_t stride)
{
    struct trace_writer *w = open_writer(path, TRACE_MODERN, 1);
    for (uint64_t i = 0; i < 150000; i++) {
        trace_put(w, TRACE_MALLOC, i * stride, 0, i % 5000);
        if (i >= 1000)
            trace_put(w, TRACE_FREE, (i - 1000) * stride, 0, 0);
    }
    check_close(w, "written", "many-written");
}

static void test_many(uint64_t stride)
{
    struct trace t;
    char *error;
    size_t wrong = 0;
    write_many("many.rep", stride);
    if (!check(trace_read(&t, "many.rep", true, &error), "many", "%s", error))
        return;
    check_int((long long)t.op_count, 299000, "many-ops");
    check_int((long long)t.id_count, 150000, "many-ids");
    check_int((long long)t.peak_live, 1001, "many-live");
    check_int((long long)t.warning_count, 0, "many-warnings");
    for (size_t i = 1001, answer = 1; i < t.op_count; i += 2, answer++)
        wrong += t.ops[i].kind != TRACE_FREE || t.ops[i].ref != answer;
    check_int((long long)wrong, 0, "many-wrong-frees");
    trace_free(&t);
}

static void test_round_trip(void)
{
    struct trace t;
    char *error, first[4096];
    for (size_t i = 0; i < sizeof(tidy) / sizeof(tidy[0]); i++) {
        put_text("x.rep", tidy[i].text);
        if (strstr(tidy[i].text, "r 3 8") ||
            !check(trace_read(&t, "x.rep", true, &error), "read", "%s", error))
            continue;
        copy_trace(&t, "y.rep");
        trace_free(&t);
        snprintf(first, sizeof(first), "%s", get_text("y.rep"));
        if (!check(trace_read(&t, "y.rep", true, &error), "again", "%s", error))
            continue;
        copy_trace(&t, "z.rep");
        trace_free(&t);
        check_str(get_text("z.rep"), first, tidy[i].name);
    }
}

/* ---- All --------------------------------------------------------------- */

static void test_reader(void)
{
    test_tidy();
    test_untidy();
    test_bad();
    test_unreadable();
    test_stdin();
    test_compression("gzip", ".gz");
    test_compression("xz", ".xz");
    test_compression("zstd", ".zst");
    test_error_before_end();
    test_name("some.rep", "some");
    test_name("./some.rep.gz", "some");
    test_name("some.trace", "some.trace");
    test_list();
}

int main(void)
{
    char dir[] = "/tmp/trace-test-XXXXXX";
    if (!mkdtemp(dir) || chdir(dir) < 0)
        return 2;
    test_reader();
    test_writer();
    test_writer_errors();
    test_full_disk();
    test_assertions();
    test_written_compressed("gzip", ".gz");
    test_written_compressed("xz", ".xz");
    test_written_compressed("zstd", ".zst");
    test_targets();
    test_stdout();
    test_model(200, "model-short.rep");
    test_model(20000, "model.rep");
    test_many(1);
    test_many(3);
    test_many(1ULL << 40);
    test_round_trip();
    run("cd / && rm -r %s%s", dir, "");
    return check_done();
}

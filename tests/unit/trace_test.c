/*
 * trace_test.c - reading what stands in a trace: requests, headers, what is
 * untidy or wrong
 */
#define _GNU_SOURCE
#include "tests/unit/trace_help.h"

#include <sys/stat.h>

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
    {"no-size-is-of-that-line-only",
     "1\n5\n5\n0\na 4 16\na 0\nc 1 3 5\na 2\nm 3 64 100\n",
     "modern 1 ids 5 peak 163 live 5; " ONE "; 6 malloc #0 16 -> 2; "
     "7 calloc #1 3, 5 -> 3; 8 malloc #2 16 -> 4; "
     "9 memalign #3 64, 100 -> 5\n"
     "x.rep:6: `a` of id 0: expected a size, found the end of the line: the "
     "previous size is taken (2 times)",
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
    {"bytes-above-127", HEAD "\xff\xc3\xa4z\x80 1\n",
     LETTERS "`\\xff\\xc3\\xa4z\\x80`"},
    {"long-word-of-them",
     HEAD "a 1 \xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4\xe4"
          "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz\n",
     "x.rep:5: expected a size" RANGE
     ", found `\\xe4\\xe4\\xe4\\xe4\\xe4\\xe4\\xe4\\xe4\\xe4\\xe4"
     "abcdefghijklmnopqrstuvwxyzabcd...`"},
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

static void test_round_trip(void)
{
    struct trace t;
    char *error, *first;
    for (size_t i = 0; i < sizeof(tidy) / sizeof(tidy[0]); i++) {
        put_text("x.rep", tidy[i].text);
        if (strstr(tidy[i].text, "r 3 8") ||
            !check(trace_read(&t, "x.rep", true, &error), "read", "%s", error))
            continue;
        copy_trace(&t, "y.rep");
        trace_free(&t);
        first = strdup(get_text("y.rep"));
        if (check(trace_read(&t, "y.rep", true, &error), "again", "%s",
                  error)) {
            copy_trace(&t, "z.rep");
            trace_free(&t);
            check_str(get_text("z.rep"), first, tidy[i].name);
        }
        free(first);
    }
}

int main(void)
{
    enter_dir();
    test_tidy();
    test_untidy();
    test_bad();
    test_unreadable();
    test_round_trip();
    return leave_dir();
}

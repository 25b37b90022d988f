/*
 * trace_remarks_test.c - all that the reader tells of a file, line by line
 */
#define _GNU_SOURCE
#include "tests/unit/trace_help.h"

#include "driver/trace_remarks.h"
#include "driver/trace_source.h"

static void write_down(void *context, const struct trace_remark *r)
{
    fprintf(context, "%zu: %s: %s\n", r->line, r->fact, r->mend);
}

/* What is told of x.rep, and then describe() or the error. */
static char *study_file(void)
{
    char *text = NULL, *error = NULL, *trace = NULL;
    size_t size;
    struct trace t;
    FILE *out = open_memstream(&text, &size);
    struct trace_listener listener = {write_down, out};
    bool good = trace_study(&t, "x.rep", &listener, &error);
    if (good)
        trace = describe(&t);
    fprintf(out, "%s", good ? trace : error ? error : "nothing");
    fclose(out);
    trace_free(&t);
    free(trace);
    free(error);
    return text;
}

static void check_study(const char *text, const char *expected,
                        const char *name)
{
    put_text("x.rep", text);
    char *found = study_file();
    check_str(found, expected, name);
    free(found);
}

static void test_requests(void)
{
    check_study("1\n1\n2\n8\na 0 8\nf 0\n",
                "modern 1 ids 1 peak 8 live 1; 5 malloc #0 8 -> 1; 6 free #0 "
                "@1",
                "clean");
    check_study("1\n1\n3\n0\na 0\na 0\na 0\n",
                "5: `a` of id 0: expected a size, found the end of the line: "
                "the previous size is taken\n"
                "6: `a` of id 0: expected a size, found the end of the line: "
                "the previous size is taken\n"
                "6: `a` of id 0, which is live (allocated on line 5): the old "
                "block leaks\n"
                "7: `a` of id 0: expected a size, found the end of the line: "
                "the previous size is taken\n"
                "7: `a` of id 0, which is live (allocated on line 6): the old "
                "block leaks\n"
                "modern 1 ids 1 peak 0 live 3; 5 malloc #0 0 -> 1; 6 malloc #0 "
                "0 -> 2; 7 malloc #0 0 -> 3",
                "every-one-of-a-kind");
    check_study(
        "1\n1\n2\n8\nf 3\na 0 8\nf 0\nf 0\n",
        "5: `f` of id 3, which is not live (never allocated): it frees "
        "NULL\n"
        "7: request 3, but the header announces 2: it is ignored\n"
        "8: request 4, but the header announces 2: it is ignored\n"
        "modern 1 ids 1 peak 8 live 1; 5 free #3 @0; 6 malloc #0 8 -> 1",
        "beyond");
}

static void test_unreadable(void)
{
    check_study("1\n1\n0\n8\nx\na 0 8\na 1 -8\n\x01\n7\nf 0\nf\n",
                "5: expected a request (a, c, f, m or r), found `x`: the line "
                "is ignored\n"
                "7: expected a size from 0 to 18446744073709551615, found "
                "`-8`: the line is ignored\n"
                "8: expected text, found the byte 0x01: the line is ignored\n"
                "9: expected a request (a, c, f, m or r), found `7`: the line "
                "is ignored\n"
                "11: expected an id from 0 to 18446744073709551615, found the "
                "end of the line: the line is ignored\n"
                "3: the header announces 0 requests, found 2: the true number "
                "is used\n"
                "modern 1 ids 1 peak 8 live 1; 6 malloc #0 8 -> 1; 10 free #0 "
                "@1",
                "unreadable");
    check_study("x\ny 1\n",
                "1: expected a request (a, c, f, m or r), found `x`"
                ": the line is ignored\n"
                "2: expected a request (a, c, f, m or r), found `y`"
                ": the line is ignored\n"
                "3: expected a request, found the end of the file: "
                "there is no trace\n"
                "nothing",
                "nothing-readable");
    check_study("",
                "1: expected a request, found the end of the file: there "
                "is no trace\nnothing",
                "empty");
}

static void test_layout(void)
{
    check_study("1\r\n1\n# it\n\n1\n \t# and\r\n8\na 0 8\r\n\r\n",
                "1: expected LF alone to end the line, found CR LF: the CR is "
                "ignored\n"
                "3: expected a request, found a comment: it is skipped\n"
                "4: expected a request, found a blank line: it is skipped\n"
                "6: expected LF alone to end the line, found CR LF: the CR is "
                "ignored\n"
                "6: expected a request, found a comment: it is skipped\n"
                "8: expected LF alone to end the line, found CR LF: the CR is "
                "ignored\n"
                "9: expected LF alone to end the line, found CR LF: the CR is "
                "ignored\n"
                "9: expected a request, found a blank line: it is skipped\n"
                "modern 1 ids 1 peak 8 live 1; 8 malloc #0 8 -> 1",
                "layout");
}

static void test_header(void)
{
    check_study("1\n9\n9\n9\na 0 8\n",
                "2: the header announces 9 ids, found 1: the true number is "
                "used\n"
                "3: the header announces 9 requests, found 1: the true number "
                "is used\n"
                "4: the header announces a peak payload of 9 bytes, found 8: "
                "the true number is used\n"
                "modern 1 ids 1 peak 8 live 1; 5 malloc #0 8 -> 1",
                "wrong-counts");
    check_study("1\n1\n1\n1\na 0 8\n",
                "4: expected a peak payload of 8 bytes, found the older flag "
                "1: it is ignored\n"
                "modern 1 ids 1 peak 8 live 1; 5 malloc #0 8 -> 1",
                "older-flag");
    check_study("1\n1\n1\n8\na 2147483647 8\n",
                "2: the header announces 1 ids, found id 2147483647: the array "
                "of old drivers is too short\n"
                "modern 1 ids 1 peak 8 live 1; 5 malloc #2147483647 8 -> 1",
                "sparse-ids");
    check_study("1\n1\n1\n8\na 2147483648 8\n",
                "modern 1 ids 1 peak 8 live 1; 5 malloc #2147483648 8 -> 1",
                "no-array-for-ids");
    check_study("9\n1\n1\n2\na 0 8\n",
                "classic 2 ids 1 peak 8 live 1; 5 malloc #0 8 -> 1",
                "classic-has-no-peak");
}

static void test_mended_header(void)
{
    check_study("9\n1\n1\n9\na 0 8\n",
                "4: expected a weight (0 to 3) in the first or the fourth line "
                "of the header, found 9 and 9: the weight is 1\n"
                "4: the header announces a peak payload of 9 bytes, found 8: "
                "the true number is used\n"
                "modern 1 ids 1 peak 8 live 1; 5 malloc #0 8 -> 1",
                "no-weight");
    check_study("1\n-1\n1\n8\na 0 8\n",
                "2: expected a number of the header from 0 to "
                "18446744073709551615, found `-1`: the line is ignored\n"
                "5: expected 4 lines of header before the first request, found "
                "3: the requests are counted and the weight is 1\n"
                "modern 1 ids 1 peak 8 live 1; 5 malloc #0 8 -> 1",
                "unreadable-header");
}

/* A line that comes in pieces is one line. */
static void test_long_line(size_t length)
{
    char name[40], expected[300];
    char *text = malloc(length + 40);
    memset(text, 'x', length);
    strcpy(text + length, "\na 0 8\nf 0\n");
    snprintf(expected, sizeof(expected),
             "1: expected a request (a, c, f, m or r), found `%.40s...`: the "
             "line is ignored\n"
             "2: expected 4 lines of header before the first request, found "
             "0: the requests are counted and the weight is 1\n"
             "modern 1 ids 1 peak 8 live 1; 2 malloc #0 8 -> 1; 3 free #0 @1",
             text);
    snprintf(name, sizeof(name), "long-line-%zu", length);
    check_study(text, expected, name);
    free(text);
}

static void test_long_lines(void)
{
    static const size_t block = (size_t)1 << 20; /* that is read at once */
    test_long_line(TRACE_LINE_MAX + 1);
    test_long_line(block - 1);
    test_long_line(block);
    test_long_line(block + 1);
    test_long_line(2 * block);
    test_long_line(3 * block + 5);
}

static void test_no_file(void)
{
    unlink("x.rep");
    char *found = study_file();
    check_str(found, "x.rep: cannot open: No such file or directory",
              "no-file");
    free(found);
    if (!have("gzip"))
        return;
    put_text("y.rep", "1\n1\n1\n8\na 0 8\n");
    run("gzip -c %s | head -c 20 >%s", "y.rep", "x.rep");
    found = study_file();
    check(strstr(found, "x.rep: expected whole .gz data") != NULL, "damaged",
          "found \"%s\"", found);
    free(found);
}

int main(void)
{
    enter_dir();
    test_requests();
    test_unreadable();
    test_layout();
    test_header();
    test_mended_header();
    test_long_lines();
    test_no_file();
    return leave_dir();
}

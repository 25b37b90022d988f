/*
 * trace_text_test.c - traces that stand in a string
 */
#include <stdlib.h>

#include "driver/trace.h"
#include "tests/check.h"

static void test_bare(void)
{
    struct trace t;
    char *error;
    bool good = trace_read_text(&t, "bare", "a 0 64\nr 0 100\nf 0\n", &error);
    if (!check(good, "requests alone", "%s", error ? error : "no memory"))
        return;
    check_int((long long)t.op_count, 3, "all are there");
    check_int((long long)t.peak_payload, 100, "and their peak");
    check_int((long long)trace_line(&t, 2), 3, "lines count from 1");
    check_str(t.path, "bare", "the label is the path");
    check_str(t.name, "bare", "and the name");
    trace_free(&t);
}

static void test_header(void)
{
    struct trace t;
    char *error;
    bool good = trace_read_text(
        &t, "whole.rep", "20000\n1\n2\n2\n# comment\na 0 64\nf 0\n", &error);
    if (!check(good, "a header", "%s", error ? error : "no memory"))
        return;
    check_int(t.weight, 2, "its weight");
    check_int((long long)trace_line(&t, 0), 6, "comments are lines");
    check_str(t.name, "whole", "the name has no suffix");
    trace_free(&t);
}

static void test_wrong(const char *text, const char *expected, const char *name)
{
    struct trace t;
    char *error = NULL;
    if (trace_read_text(&t, "wrong", text, &error)) {
        check(false, name, "it was read");
        trace_free(&t);
        return;
    }
    check_str(error, expected, name);
    check(t.ops == NULL && t.path == NULL, "nothing is left", "something is");
    free(error);
}

int main(void)
{
    test_bare();
    test_header();
    test_wrong("", "wrong:1: expected a request, found the end of the file",
               "an empty text");
    test_wrong("a 0 64\nx 1\n",
               "wrong:2: expected a request (a, c, f, m or r), found `x`",
               "an unknown request");
    return check_done();
}

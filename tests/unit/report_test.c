/*
 * report_test.c - the exact text of the tables for people
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/report_fixtures.h"

/* clang-format off */
static const char table_of_mm[] =
    "Results for mm:\n"
    "  trace    valid   util    ops      secs   Kops  x libc\n"
    "  binary     yes  97.2%  12000  0.000312  38462    2.10\n"
    "  realloc    yes  50.0%  14401  0.014401   1000    1.05~\n"
    "  a,?b       yes  25.0%      8         -      -       -   util only\n"
    "  total      3/3  57.4%  26401  0.014713   1794    1.48\n"
    "\n"
    "1 of the traces that passed printed something (-v shows it).\n"
    "\n"
    "Perf index = 38.3 (util) + 40.0 (speed) = 78.3/100\n"
    "no-op floor: 1.9 ns per request, included in all times\n";

static const char table_verbose[] =
    "Results for mm:\n"
    "  trace    valid   util  heap  payload    ops      secs   Kops  ns/req  instr/req  x libc    interval  init ns\n"
    "  binary     yes  97.2%  1000      972  12000  0.000312  38462    26.0          -    2.10   2.00-2.25      450\n"
    "      heap over live: 1.250 on average, 1.125 at the peak of live, 1.500 at the peak of the heap, 1.062 peak over peak\n"
    "  realloc    yes  50.0%  1000      500  14401  0.014401   1000  1000.0       80.2    1.05~  0.98-1.12      450\n"
    "  a,?b       yes  25.0%     4        1      8         -      -       -          -       -           -        -  util only\n"
    "  total      3/3  57.4%                 26401  0.014713   1794   557.3               1.48   1.42-1.56\n"
    "\n"
    "a,\tb passed.\n"
    "  All that it printed:\n"
    "  | hello\n"
    "\n"
    "Perf index = 38.3 (util) + 40.0 (speed) = 78.3/100\n"
    "no-op floor: 1.9 ns per request, included in all times\n";

static const char table_with_bound[] =
    "Results for mm:\n"
    "  trace    valid   util   above    ops      secs   Kops  x libc\n"
    "  binary     yes  97.2%   25.0%  12000  0.000312  38462    2.10\n"
    "  realloc    yes  50.0%  100.0%  14401  0.014401   1000    1.05~\n"
    "  a,?b       yes  25.0%       -      8         -      -       -   util only\n"
    "  total      3/3  57.4%   62.5%  26401  0.014713   1794    1.48\n";

static const char sides_with_bound[] =
    "Results side by side:\n"
    "                                  mm       allocators/naive.c\n"
    "  trace        util   above  x libc      util  above  x libc\n"
    "  binary      97.2%   25.0%    2.10     50.0%  -2.8%    0.50\n"
    "  realloc     50.0%  100.0%    1.05~  overlap      -       -\n"
    "  a,?b        25.0%       -       -      init      -       -\n"
    "  mean        57.4%   62.5%    1.48     50.0%  -2.8%    0.50\n"
    "  valid         3/3                       1/3\n"
    "  perf index   78.3                         -\n";

static const char table_of_failures[] =
    "Results for allocators/naive.c:\n"
    "  trace    valid   util    ops      secs   Kops  x libc\n"
    "  binary     yes  50.0%  12000  0.000624  19231    0.50\n"
    "  realloc     no      -  14401         -      -       -\n"
    "  a,?b        no      -      8         -      -       -   util only\n"
    "  total      1/3  50.0%  12000  0.000624  19231    0.50\n"
    "\n"
    "traces/realloc.rep:17: realloc of id 1 to 20 bytes: the block overlaps\n"
    "  id 0: 16 bytes at heap + 0x20, from line 5\n"
    "  All that it printed:\n"
    "  | 1\n"
    "  | 2\n"
    "  | 3\n"
    "  | 4\n"
    "  | 5\n"
    "  | 6\n"
    "  | 7\n"
    "  | 8\n"
    "  | 9\n"
    "  | 10\n"
    "  | ... and 2 more lines (-v shows all)\n"
    "\n"
    "a,\tb.rep:0: \"mm_init\" failed: \377\303\251\n"
    "\n"
    "No performance index: 2 of 3 traces failed.\n"
    "no-op floor: 1.9 ns per request, included in all times\n";

static const char table_of_libc[] =
    "Results for libc malloc:\n"
    "  trace    valid  util    ops      secs   Kops  x libc\n"
    "  binary     yes     -  12000  0.000600  20000       -\n"
    "  realloc    yes     -  14401         -      -       -\n"
    "  a,?b       yes     -      8         -      -       -   util only\n"
    "  total      3/3     -  12000  0.000600  20000       -\n";

static const char table_of_two[] =
    "Results side by side:\n"
    "                          mm  allocators/naive.c\n"
    "  trace        util  x libc      util    x libc\n"
    "  binary      97.2%    2.10     50.0%      0.50\n"
    "  realloc     50.0%    1.05~  overlap         -\n"
    "  a,?b        25.0%       -      init         -\n"
    "  mean        57.4%    1.48     50.0%      0.50\n"
    "  valid         3/3               1/3\n"
    "  perf index   78.3                 -\n"
    "\n"
    "Failed with allocators/naive.c:\n"
    "\n"
    "traces/realloc.rep:17: realloc of id 1 to 20 bytes: the block overlaps\n"
    "  id 0: 16 bytes at heap + 0x20, from line 5\n"
    "  All that it printed:\n"
    "  | 1\n"
    "  | 2\n"
    "  | 3\n"
    "  | 4\n"
    "  | 5\n"
    "  | 6\n"
    "  | 7\n"
    "  | 8\n"
    "  | 9\n"
    "  | 10\n"
    "  | ... and 2 more lines (-v shows all)\n"
    "\n"
    "a,\tb.rep:0: \"mm_init\" failed: \377\303\251\n"
    "\n"
    "no-op floor: 1.9 ns per request, included in all times\n";

/* clang-format on */

static void test_tables(void)
{
    struct report mm = report_of(0, 1), bad = report_of(1, 1);
    struct report two = report_of(0, 2), libc = report_of(2, 1);
    check_text(printed(&mm, 0, false), table_of_mm, "table of one allocator");
    check_text(printed(&mm, 1, false), table_verbose, "verbose table");
    check_text(printed(&bad, 0, false), table_of_failures,
               "table with failures");
    check_text(printed(&libc, 0, false), table_of_libc, "table of libc");
    check_text(printed(&two, 0, false), table_of_two, "side by side");
}

/* The bound of the third trace is not known. */
static void test_bound(void)
{
    struct result mm[3], naive[3];
    struct result_set two[] = {sets[0], sets[1]};
    struct report report = report_of(0, 2);
    memcpy(mm, good_results, sizeof mm);
    memcpy(naive, bad_results, sizeof naive);
    mm[0].bound_bytes = 800;
    naive[0].bound_bytes = 2000;
    mm[1].bound_bytes = naive[1].bound_bytes = 500;
    two[0].results = mm;
    two[1].results = naive;
    report.sets = two;
    check_holds(printed(&report, 0, false), sides_with_bound,
                "side by side, with a bound");
    report.count = 1;
    check_holds(printed(&report, 0, false), table_with_bound,
                "table with a bound");
    check_holds(printed(&report, 1, false),
                "  util   above  heap  payload  bound    ops ",
                "verbose table with a bound: its heading");
    check_holds(printed(&report, 1, false),
                "  97.2%   25.0%  1000      972    800  12000 ",
                "verbose table with a bound: a trace");
    check_holds(printed(&report, 1, false),
                "  25.0%       -     4        1      -      8 ",
                "verbose table with a bound: where it is not known");
}

/* One allocator and libc: a table each.  Two: verbose, the tables and both. */
static void test_choice_of_tables(void)
{
    struct report with_libc = report_of(1, 2), all = report_of(0, 3);
    char *expected = NULL;
    if (asprintf(&expected, "%s\n%s", table_of_failures, table_of_libc) < 0)
        abort();
    check_text(printed(&with_libc, 0, false), expected,
               "one allocator beside libc: a table each");
    free(expected);
    char *text = printed(&all, 1, false);
    check(strncmp(text, table_verbose, strlen(table_verbose)) == 0,
          "several, verbose: own tables first", "found %s", text);
    check(strstr(text, "\n\nResults side by side:\n") != NULL,
          "several, verbose: then side by side", "found %s", text);
    check(strstr(strstr(text, "side by side"), "overlaps") == NULL,
          "several, verbose: failures are told once", "found %s", text);
    free(text);
}

static void test_color(void)
{
    struct report bad = report_of(1, 1);
    check_holds(printed(&bad, 0, true),
                "\n  binary     \033[32myes\033[0m  50.0%", "yes is green");
    check_holds(printed(&bad, 0, true),
                "\n\033[31m  realloc     no      -  14401         -      -"
                "       -\033[0m\n",
                "a failing row is red");
}

static void test_output(void)
{
    struct report bad = report_of(1, 1);
    check_holds(printed(&bad, 1, false), "\n  | 11\n  | ?[2J12\n\n",
                "-v shows all output, escapes made harmless");

    struct result quoted = bad_results[1];
    quoted.message = (char[]){"x.rep:1: wrong\n  it printed: oh no"};
    quoted.output = (char[]){"oh no\n"};
    struct result_set set = {.allocator = "mm", .results = &quoted, .count = 1};
    bad.sets = &set;
    check_holds(printed(&bad, 0, false),
                "\nx.rep:1: wrong\n  it printed: oh no\n\nNo performance",
                "output that the explanation quotes is not repeated");
    quoted.message = NULL;
    quoted.output = NULL;
    check_holds(printed(&bad, 0, false), "\n\ntraces/realloc.rep: overlap\n\n",
                "a failure without explanation has its kind");
}

/* A long line of output is cut, like many lines. */
static void test_long_lines(void)
{
    char line[1001] = "", cut[500];
    memset(line, 'x', 1000);
    struct result long_line = bad_results[1];
    struct result_set set = {
        .allocator = "mm", .results = &long_line, .count = 1};
    struct report report = report_of(0, 1);
    report.sets = &set;
    long_line.output = line;
    snprintf(cut, sizeof cut, "\n  | %.400s...\n\n", line);
    check_holds(printed(&report, 0, false), cut, "a long line is cut");
    snprintf(cut, sizeof cut, "x%.399s\n\n", line);
    check_holds(printed(&report, 1, false), cut, "with -v it is not");
    snprintf(cut, sizeof cut, "\\n| %.400s...\\n\"", line);
    check_holds(exported("gradescope", &report), cut, "Gradescope: it is");
    char *text = printed(&report, 2, false);
    check(!strstr(text, "printed") && strstr(text, "overlaps"),
          "with -V it was printed before", "found %s", text);
    free(text);
}

static void test_many_failures(void)
{
    struct result results[7];
    for (size_t i = 0; i < 7; i++)
        results[i] = bad_results[1 + (i == 6)];
    struct result_set set = {.allocator = "mm", .results = results, .count = 7};
    struct report report = report_of(0, 1);
    report.sets = &set;
    check_holds(printed(&report, 0, false),
                "  | ... and 2 more lines (-v shows all)\n"
                "\n"
                "Of the other failures the first line (-v shows all):\n"
                "traces/realloc.rep:17: realloc of id 1 to 20 bytes: the block "
                "overlaps\n"
                "a,\tb.rep:0: \"mm_init\" failed: \377\303\251\n"
                "\n"
                "No performance index: 7 of 7 traces failed.\n",
                "of many failures only some are told in full");
    set.count = 5;
    char *text = printed(&report, 0, false);
    check(!strstr(text, "Of the other"), "five are not many", "found %s", text);
    free(text);
    set.count = 7;
    text = printed(&report, 1, false);
    check(!strstr(text, "Of the other"), "with -v all are", "found %s", text);
    free(text);
}

static void test_unusable(void)
{
    struct result results[] = {bad_results[2], bad_results[2]};
    struct result_set set = {
        .allocator = "x.c", .results = results, .count = 2, .unusable = true};
    struct report report = report_of(0, 1);
    report.sets = &set;
    results[0].message = (char[]){"x.c: no good; look:\nx.c:1: there"};
    results[1].message = (char[]){"x.c: no good"};
    static const char once[] =
        "\n\nx.c: no good; look:\nx.c:1: there\n\nNo performance index: 2 of "
        "2 traces failed.\n";
    check_holds(printed(&report, 0, false), once, "one reason is told once");
    check_holds(printed(&report, 1, false), once, "with -v, too");
    check_holds(exported("markdown", &report),
                "\n\n    x.c: no good; look:\n    x.c:1: there\n\nNo perf",
                "in Markdown, too");
}

/* A run that was stopped: the second allocator has one result of three. */
static void test_missing(void)
{
    struct result_set two[] = {sets[0], sets[1]};
    struct report report = report_of(0, 2);
    report.sets = two;
    two[1].count = 1;
    two[1].missing = 2;
    static const char table[] =
        "Results side by side:\n"
        "                          mm  allocators/naive.c\n"
        "  trace        util  x libc    util      x libc\n"
        "  binary      97.2%    2.10   50.0%        0.50\n"
        "  realloc     50.0%    1.05~      -           -\n"
        "  a,?b        25.0%       -       -           -\n"
        "  mean        57.4%    1.48   50.0%        0.50\n"
        "  valid         3/3             1/3\n"
        "  perf index   78.3               -\n"
        "\n"
        "no-op floor: 1.9 ns per request, included in all times\n";
    check_text(printed(&report, 0, false), table, "side by side, interrupted");
    report.sets = &two[1];
    report.count = 1;
    check_holds(printed(&report, 0, false),
                "\n  total     1/3  50.0%  12000  0.000624  19231    0.50\n\n"
                "No performance index: 2 of 3 traces were not run.\n",
                "one allocator, interrupted");
}

static void test_small_ratios(void)
{
    struct result slow = good_results[0];
    struct result_set set = {.allocator = "mm", .results = &slow, .count = 1};
    struct report report = report_of(0, 1);
    report.sets = &set;
    slow.ratio = (struct stats_interval){0.00132, 0.0126, 0.0996, true};
    check_holds(printed(&report, 1, false),
                "  26.0  0.0013     0.013-0.10      450\n",
                "small ratios have two digits");
    check_holds(exported("markdown", &report), " | 0.0013 |\n",
                "in Markdown, too");
    check_holds(exported("gradescope", &report),
                "\\n0.0013 times as fast as libc\\n", "and for Gradescope");
}

static void test_wide_names(void)
{
    struct trace trace = traces[0];
    trace.name = (char[]){"h\xc3\xa9llo|w\xc3\xb6rld"};
    struct result result = good_results[0];
    result.trace = &trace;
    struct result_set set = {.allocator = "mm", .results = &result, .count = 1};
    struct report report = report_of(0, 1);
    report.sets = &set;
    check_holds(printed(&report, 0, false),
                "\n  h\xc3\xa9llo|w\xc3\xb6rld    yes"
                "  97.2%  12000  0.000312  38462    2.10\n"
                "  total          1/1",
                "letters of two bytes take one column");
    check_holds(exported("markdown", &report),
                "\n| h\xc3\xa9llo\\|w\xc3\xb6rld | yes |", "a bar in Markdown");
}

static void test_flush(void)
{
    char *error = NULL;
    FILE *full = fopen("/dev/full", "w");
    struct report two = report_of(0, 2);
    report_print(full, &two, (struct report_options){0});
    check(!report_flush(full, "<stdout>", &error), "a full disk is noticed",
          "expected an error");
    check_text(error,
               "<stdout>: expected to write it, found: No space left on device",
               "the reason is told");
    fclose(full);

    signal(SIGPIPE, SIG_IGN);
    FILE *pipe = popen("exec true", "w");
    usleep(100000);
    report_print(pipe, &two, (struct report_options){0});
    check(!report_flush(pipe, "<stdout>", &error), "a closed pipe is noticed",
          "expected an error");
    check_text(error, "<stdout>: expected to write it, found: Broken pipe",
               "and told");
    pclose(pipe);
    signal(SIGPIPE, SIG_DFL);
}

static void test_machine(void)
{
    struct report_machine here;
    report_read_machine(&here);
    check(*here.cpu && here.cores > 0 && *here.compiler, "this machine",
          "cpu \"%s\", %ld cores, compiler \"%s\"", here.cpu, here.cores,
          here.compiler);
    check(strncmp(here.kernel, "Linux ", 6) == 0, "its kernel", "found %s",
          here.kernel);
}

int main(void)
{
    test_tables();
    test_bound();
    test_choice_of_tables();
    test_color();
    test_output();
    test_long_lines();
    test_many_failures();
    test_unusable();
    test_missing();
    test_small_ratios();
    test_wide_names();
    test_flush();
    test_machine();
    return check_done();
}

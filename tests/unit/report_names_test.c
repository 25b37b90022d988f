/*
 * report_names_test.c - names that would do something to a terminal, or to the
 * lines of a table, do not
 */
#define _GNU_SOURCE
#include "tests/unit/report_fixtures.h"

static struct trace odd_trace = {.path = "d/a\n# b.rep",
                                 .name = "a\n# b\033[2J",
                                 .op_count = 2,
                                 .id_count = 1,
                                 .weight = 1};
static struct result odd_result = {.trace = &odd_trace,
                                   .timed = true,
                                   .samples_ns = samples,
                                   .sample_count = 1};
static const struct result_set odd_set = {
    .allocator = "x\r\n# y\177", .results = &odd_result, .count = 1};
static const struct report_pair odd_pair = {&odd_set, "z\a"};

static struct report odd_report(void)
{
    struct report report = report_of(0, 0);
    report.sets = &odd_set;
    report.count = 1;
    return report;
}

static void check_run(void)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    report_print_run(out, odd_set.allocator, &odd_result);
    fclose(out);
    check_text(text,
               "x??# y?: d/a?# b.rep: 2 requests, peak payload 0 bytes, heap "
               "0 bytes: valid\n",
               "a run, under -V");
}

int main(void)
{
    struct report report = odd_report();
    check_holds(printed(&report, 0, false), "Results for x??# y?:\n",
                "the name of the allocator, over its table");
    check_holds(exported("markdown", &report), "## Results for x??# y?\n",
                "the same in Markdown");
    check_holds(exported("markdown", &report),
                "\n    x??# y? a?# b?[2J 312000\n",
                "samples stay in their block");
    check_holds(exported("tsv", &report), "\nx  # y \ta # b [2J\ttrue\t",
                "a row of tab-separated values");
    report.compare = true;
    report.pair = &odd_pair;
    check_holds(printed(&report, 0, false),
                "\nSpeed of x??# y? against z?, timed in turns:\n",
                "two names");
    check_run();
    return check_done();
}

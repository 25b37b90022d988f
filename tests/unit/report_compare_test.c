/*
 * report_compare_test.c - the exact text of comparisons
 */
#define _GNU_SOURCE
#include "tests/unit/report_fixtures.h"

/* clang-format off */
static const char whole[] =
    "Results compared, * before the best:\n"
    "                          allocators/    libc\n"
    "  trace              mm       naive.c   malloc\n"
    "  utilization\n"
    "  binary          *97.2%         50.0%        -\n"
    "  realloc         *50.0%       overlap        -\n"
    "  a,?b            *25.0%          init        -\n"
    "  mean            *57.4%         50.0%        -\n"
    "\n"
    "  x libc\n"
    "  binary          *2.10          0.50        -\n"
    "  realloc         *1.05~            -        -\n"
    "  a,?b                -             -        -\n"
    "  geometric mean  *1.48          0.50        -\n"
    "\n"
    "  valid             3/3           1/3      3/3\n"
    "  perf index       *78.3             -        -\n";

static const char in_two[] =
    "Results compared, * before the best:\n"
    "                          allocators/\n"
    "  trace              mm       naive.c\n"
    "  utilization\n"
    "  binary          *97.2%         50.0%\n"
    "  realloc         *50.0%       overlap\n"
    "  a,?b            *25.0%          init\n"
    "  mean            *57.4%         50.0%\n"
    "\n"
    "  x libc\n"
    "  binary          *2.10          0.50\n"
    "  realloc         *1.05~            -\n"
    "  a,?b                -             -\n"
    "  geometric mean  *1.48          0.50\n"
    "\n"
    "  valid             3/3           1/3\n"
    "  perf index       *78.3             -\n"
    "\n"
    "                   libc\n"
    "  trace           malloc\n"
    "  utilization\n"
    "  binary                -\n"
    "  realloc               -\n"
    "  a,?b                  -\n"
    "  mean                  -\n"
    "\n"
    "  x libc\n"
    "  binary               -\n"
    "  realloc              -\n"
    "  a,?b                 -\n"
    "  geometric mean       -\n"
    "\n"
    "  valid              3/3\n"
    "  perf index            -\n";

static const char of_two_measures[] =
    "Results compared, * before the best:\n"
    "                                                              implicit-\n"
    "                           allocators/                      nocoalesce-\n"
    "  trace               mm       naive.c   libjemalloc.so.2         first\n"
    "  utilization\n"
    "  binary          *97.2%         50.0%              98.2%r       *97.2%\n"
    "  realloc         *50.0%       overlap              51.0%r       *50.0%\n"
    "  a,?b            *25.0%          init              26.0%r            -\n"
    "  mean            *57.4%         50.0%              58.4%r        73.6%\n"
    "\n"
    "  x libc\n"
    "  binary           *2.10          0.50              *2.10         *2.10\n"
    "  realloc          *1.05~            -              *1.05~        *1.05~\n"
    "  a,?b                 -             -                  -             -\n"
    "  geometric mean   *1.48          0.50              *1.48          1.48\n"
    "\n"
    "  valid              3/3           1/3                3/3           2/3\n"
    "  perf index       *78.3             -               78.9r            -\n";

static const char of_one[] =
    "Results compared, * before the best:\n"
    "  trace           libjemalloc.so.2\n"
    "  utilization\n"
    "  binary                     98.2%r\n"
    "  realloc                    51.0%r\n"
    "  a,?b                       26.0%r\n"
    "  mean                       58.4%r\n"
    "\n"
    "  x libc\n"
    "  binary                      2.10\n"
    "  realloc                     1.05~\n"
    "  a,?b                           -\n"
    "  geometric mean              1.48\n"
    "\n"
    "  valid                        3/3\n"
    "  perf index                  78.9r\n"
    "\n"
    "no-op floor: 1.9 ns per request, included in all times\n"
    "r: not a simulated heap, but by how much the process's resident set grew, every\n"
    "   page of the payloads touched\n";

static const char own_table[] =
    "Results for libjemalloc.so.2:\n"
    "  trace    valid   util     ops      secs   Kops  x libc\n"
    "  binary     yes  98.2%r  12000  0.000312  38462    2.10\n"
    "  realloc    yes  51.0%r  14401  0.014401   1000    1.05~\n"
    "  a,?b       yes  26.0%r      8         -      -       -   util only\n"
    "  total      3/3  58.4%r  26401  0.014713   1794    1.48\n"
    "\n"
    "1 of the traces that passed printed something (-v shows it).\n"
    "\n"
    "Perf index = 38.9 (util) + 40.0 (speed) = 78.9/100\n"
    "no-op floor: 1.9 ns per request, included in all times\n"
    "r: not a simulated heap, but by how much the process's resident set grew, every\n"
    "   page of the payloads touched\n";

static const char block_of_bound[] =
    "  above the bound\n"
    "  binary           *25.0%        143.0%\n"
    "  realloc               -             -\n"
    "  a,?b                  -             -\n"
    "  mean             *25.0%        143.0%\n"
    "\n";

static const char table_of_pair[] =
    "\n"
    "Speed of mm against tree, timed in turns:\n"
    "  trace           x tree    interval\n"
    "  binary            1.50   1.25-1.75\n"
    "  realloc           1.05~  0.98-1.12\n"
    "  a,?b                 -           -\n"
    "  geometric mean    1.25   1.14-1.36\n";

static const char in_markdown[] =
    "## Results compared\n"
    "\n"
    "| trace | mm | allocators/naive.c |\n"
    "|:--|--:|--:|\n"
    "| **utilization** |  |  |\n"
    "| binary | **97.2%** | 50.0% |\n"
    "| realloc | **50.0%** | overlap |\n"
    "| a,?b | **25.0%** | init |\n"
    "| mean | **57.4%** | 50.0% |\n"
    "| **x libc** |  |  |\n"
    "| binary | **2.10** | 0.50 |\n"
    "| realloc | **1.05~** | - |\n"
    "| a,?b | - | - |\n"
    "| geometric mean | **1.48** | 0.50 |\n"
    "| valid | 3/3 | 1/3 |\n"
    "| perf index | **78.3** | - |\n"
    "\n"
    "### Speed of mm against tree, timed in turns\n"
    "\n"
    "| trace | x tree | interval |\n"
    "|:--|--:|--:|\n"
    "| binary | 1.50 | 1.25-1.75 |\n"
    "| realloc | 1.05~ | 0.98-1.12 |\n"
    "| a,?b | - | - |\n"
    "| geometric mean | 1.25 | 1.14-1.36 |\n"
    "\n";

static const char pairs_in_json[] =
    "  ],\n"
    "  \"pairs\": [\n"
    "    {\"allocator\": \"mm\", \"rival\": \"tree\", \"trace\": \"binary\", \"ratio\": 1.5, \"ratio_lo\": 1.25, \"ratio_hi\": 1.75},\n"
    "    {\"allocator\": \"mm\", \"rival\": \"tree\", \"trace\": \"realloc\", \"ratio\": 1.05, \"ratio_lo\": 0.98, \"ratio_hi\": 1.12},\n"
    "    {\"allocator\": \"mm\", \"rival\": \"tree\", \"trace\": \"a,\\tb\", \"ratio\": null, \"ratio_lo\": null, \"ratio_hi\": null}\n"
    "  ],\n";

/* clang-format on */

static struct report compared(const struct result_set *of, size_t count)
{
    struct report report = report_of(0, count);
    report.sets = of;
    report.compare = true;
    return report;
}

/* What is printed on a screen so wide, without how allocators failed. */
static char *printed_wide(const struct report *report, size_t width, bool color)
{
    struct report_options options = {.color = color, .width = width};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    report_print(out, report, options);
    fclose(out);
    char *end = strstr(text, "\nFailed with");
    if (end)
        *end = '\0';
    return text;
}

static void test_widths(void)
{
    struct report three = compared(sets, 3);
    check_text(printed_wide(&three, 0, false), whole, "in one piece");
    check_text(printed_wide(&three, 47, false), whole, "as wide as the screen");
    check_text(printed_wide(&three, 46, false), in_two,
               "wider than the screen: columns go on below");
    char *narrow = printed_wide(&three, 1, true);
    check(strstr(narrow, "\033[32m*97.2%\033[0m\n") != NULL,
          "one column at least; the best is green", "found %s", narrow);
    check(strstr(narrow, " \033[31moverlap\033[0m\n") != NULL, "a fault is red",
          "found %s", narrow);
    free(narrow);
}

/* Two on the simulated heap, of which one failed; a peer; and one that could
 * not be run to the end. */
static void test_mixed(void)
{
    struct result resident[3];
    memcpy(resident, good_results, sizeof resident);
    for (size_t i = 0; i < 3; i++) {
        resident[i].resident = true;
        resident[i].util += .01;
    }
    const struct result_set mixed[] = {
        sets[0],
        sets[1],
        {.allocator = "libjemalloc.so.2", .results = resident, .count = 3},
        {.allocator = "implicit-nocoalesce-first",
         .results = good_results,
         .count = 2,
         .missing = 1}};
    struct report all = compared(mixed, 4), peer = compared(mixed + 2, 1);
    check_text(printed_wide(&all, 0, false), of_two_measures,
               "only like measures compete, for means only who passed all");
    check_text(printed_wide(&peer, 0, false), of_one, "one alone is not best");
    peer.compare = false;
    check_text(printed_wide(&peer, 0, false), own_table,
               "a peer's own table is marked");
    all.compare = false;
    check_holds(printed_wide(&all, 0, false),
                "  binary      97.2%    2.10 "
                "    50.0%      0.50   98.2%r     2.10 ",
                "side by side it is, too");
}

static void test_bound(void)
{
    struct result bounded[2][3];
    struct result_set two[] = {sets[0], sets[1]};
    for (size_t i = 0; i < 2; i++) {
        memcpy(bounded[i], sets[i].results, sizeof bounded[i]);
        bounded[i][0].bound_bytes = 800;
        two[i].results = bounded[i];
    }
    struct report report = compared(two, 2);
    check_holds(printed_wide(&report, 0, false), block_of_bound,
                "above the bound: the lowest is best");
}

/* -c checks and does not time: there are no rows without a figure. */
static void test_untimed(void)
{
    struct result untimed[3];
    memcpy(untimed, good_results, sizeof untimed);
    for (size_t i = 0; i < 3; i++)
        untimed[i].timed = false;
    struct result_set two[] = {sets[0], sets[0]};
    two[0].results = two[1].results = untimed;
    struct report report = compared(two, 2);
    char *text = printed_wide(&report, 0, false);
    check(strstr(text, "utilization") && strstr(text, "valid") &&
              !strstr(text, "x libc") && !strstr(text, "perf index"),
          "without speed where nothing was timed", "found %s", text);
    free(text);
}

static void test_pair(void)
{
    struct result ratios[3];
    memcpy(ratios, good_results, sizeof ratios);
    ratios[0].ratio = (struct stats_interval){1.5, 1.25, 1.75, true};
    struct result_set set = {"mm", false, ratios, 3, 0, false};
    struct report_pair pair = {&set, "tree"};
    struct report report = compared(sets, 2);
    report.pair = &pair;
    check_holds(printed_wide(&report, 0, false), table_of_pair,
                "two timed in turns");
    check_holds(exported("markdown", &report), in_markdown,
                "both tables in Markdown");
    check_holds(exported("json", &report), pairs_in_json, "pairs in JSON");
}

int main(void)
{
    test_widths();
    test_mixed();
    test_bound();
    test_untimed();
    test_pair();
    return check_done();
}

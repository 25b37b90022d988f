/*
 * report_fixtures.h - results of three allocators on three traces, printed
 *
 * Names and texts hold what is special to some format: commas, quotes, tabs,
 * newlines, escapes, bytes that are no UTF-8.
 */
#ifndef REPORT_FIXTURES_H
#define REPORT_FIXTURES_H

#include <math.h>
#include <stdlib.h>

#include "driver/report.h"
#include "tests/check.h"

static const struct report_machine machine = {
    .cpu = "Z80, the \"fast\" one",
    .cores = 2,
    .kernel = "Linux 6.1",
    .compiler = "gcc 12",
    .libc = "glibc 2.36",
};
static const struct report_setting settings[] = {
    {"alignment", NAN},
    {"time_limit", 0.5},
};

static struct trace traces[] = {
    {.path = "traces/binary.rep",
     .name = "binary",
     .op_count = 12000,
     .id_count = 6000,
     .weight = 1},
    {.path = "traces/realloc.rep",
     .name = "realloc",
     .op_count = 14401,
     .id_count = 2,
     .weight = 1},
    {.path = "a,\tb.rep",
     .name = "a,\tb",
     .op_count = 8,
     .id_count = 4,
     .weight = 2},
};

static double samples[] = {312000, 312500.5};

#define UNKNOWN                                                                \
    .util = NAN, .overhead = NAN, .heap_over_live_mean = NAN,                  \
    .floor_ns_per_op = NAN, .ratio = {NAN, NAN, NAN, false},                   \
    .instructions_per_op = NAN

static struct result good_results[] = {
    {
        .trace = &traces[0],
        .peak_payload = 972,
        .heap_bytes = 960,
        .static_bytes = 40,
        .alignment = 16,
        .util = 0.972,
        .overhead = 1 / 0.972 - 1,
        .heap_over_live_mean = 1.25,
        .heap_over_live_at_live = 1.125,
        .heap_over_live_at_heap = 1.5,
        .heap_max_over_live_max = 1.0625,
        .timed = true,
        .secs = 0.000312,
        .ns_per_op = 26,
        .kops = 38461.5,
        .floor_ns_per_op = 1.9,
        .ratio = {2.1, 2, 2.25, true},
        .instructions_per_op = NAN,
        .init_ns = 450,
        .samples_ns = samples,
        .sample_count = 2,
    },
    {
        .trace = &traces[1],
        .peak_payload = 500,
        .heap_bytes = 1000,
        .util = 0.5,
        .overhead = 1,
        .heap_over_live_mean = NAN,
        .timed = true,
        .secs = 0.0144010,
        .ns_per_op = 1000,
        .kops = 1000,
        .floor_ns_per_op = 1.9,
        .ratio = {1.05, 0.98, 1.12, true},
        .instructions_per_op = 80.25,
        .init_ns = 450,
    },
    {
        .trace = &traces[2],
        .peak_payload = 1,
        .heap_bytes = 4,
        .util = 0.25,
        .overhead = 3,
        .heap_over_live_mean = NAN,
        .floor_ns_per_op = NAN,
        .ratio = {NAN, NAN, NAN, false},
        .instructions_per_op = NAN,
        .output = "hello\n",
    },
};

static char overlap[] =
    "traces/realloc.rep:17: realloc of id 1 to 20 bytes: the block overlaps\n"
    "  id 0: 16 bytes at heap + 0x20, from line 5";
static char noise[] = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n\033[2J12\n";

static struct result bad_results[] = {
    {
        .trace = &traces[0],
        .peak_payload = 972,
        .heap_bytes = 1944,
        .util = 0.5,
        .overhead = 1,
        .heap_over_live_mean = NAN,
        .timed = true,
        .secs = 0.000624,
        .ns_per_op = 52,
        .kops = 19230.77,
        .floor_ns_per_op = 1.9,
        .ratio = {0.5, 0.45, 0.55, true},
        .instructions_per_op = NAN,
        .init_ns = 450,
    },
    {
        .trace = &traces[1],
        .fault = FAULT_OVERLAP,
        .fault_op = 12,
        .fault_line = 17,
        .message = overlap,
        .output = noise,
        .util = 0.7, /* a failed trace has no figures, whatever stands here */
        .timed = true,
        .secs = 1,
        .ratio = {3, 3, 3, true},
        .samples_ns = samples,
        .sample_count = 0,
    },
    {
        .trace = &traces[2],
        .fault = FAULT_INIT,
        .message = (char[]){"a,\tb.rep:0: \"mm_init\" failed: \xff\xc3\xa9"},
        UNKNOWN,
    },
};

static struct result libc_results[] = {
    {.trace = &traces[0],
     UNKNOWN,
     .timed = true,
     .secs = 0.0006,
     .ns_per_op = 50,
     .kops = 20000,
     .init_ns = NAN},
    {.trace = &traces[1], UNKNOWN},
    {.trace = &traces[2], UNKNOWN},
};

static const struct result_set sets[] = {
    {.allocator = "mm", .results = good_results, .count = 3},
    {.allocator = "allocators/naive.c", .results = bad_results, .count = 3},
    {.allocator = "libc", .is_libc = true, .results = libc_results, .count = 3},
};

static struct report report_of(size_t first, size_t count)
{
    return (struct report){
        .sets = sets + first,
        .count = count,
        .settings = settings,
        .setting_count = 2,
        .machine = &machine,
    };
}

__attribute__((unused)) static char *printed(const struct report *report,
                                             int verbose, bool color)
{
    struct report_options options = {.verbose = verbose, .color = color};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    report_print(out, report, options);
    fclose(out);
    return text;
}

__attribute__((unused)) static char *exported(const char *format,
                                              const struct report *report)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    report_find_exporter(format)->write(out, report);
    fclose(out);
    return text;
}

__attribute__((unused)) static void
check_text(char *found, const char *expected, const char *name)
{
    check_str(found, expected, name);
    free(found);
}

__attribute__((unused)) static void check_holds(char *found, const char *part,
                                                const char *name)
{
    check(strstr(found, part) != NULL, name, "expected \"%s\" in \"%s\"", part,
          found);
    free(found);
}

#endif

/*
 * report_export_test.c - the exact text of every format, and files
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/report_fixtures.h"

/* clang-format off */
static const char json_text[] =
    "{\n"
    "  \"mdriver\": \"0.1.0\",\n"
    "  \"machine\": {\"cpu\": \"Z80, the \\\"fast\\\" one\", \"cores\": 2, \"kernel\": \"Linux 6.1\", \"compiler\": \"gcc 12\", \"libc\": \"glibc 2.36\"},\n"
    "  \"config\": {\"util_weight\": 0.6, \"util_min\": 0, \"util_max\": 0.9, \"ratio_min\": 0, \"ratio_max\": 1, \"alignment\": null, \"time_limit\": 0.5},\n"
    "  \"results\": [\n"
    "    {\"allocator\": \"mm\", \"trace\": \"binary\", \"path\": \"traces/binary.rep\", \"weight\": 1, \"ops\": 12000, \"ids\": 6000, \"valid\": true, \"error\": null, \"peak_payload\": 972, \"heap_bytes\": 960, \"static_bytes\": 40, \"util\": 0.972, \"overhead\": 0.02880658436, \"ns_per_op\": 26, \"kops\": 38461.5, \"libc_ratio\": 2.1, \"libc_ratio_lo\": 2, \"libc_ratio_hi\": 2.25, \"instructions_per_op\": null, \"init_ns\": 450, \"samples_ns\": [312000, 312500.5], \"secs\": 0.000312, \"floor_ns_per_op\": 1.9, \"heap_over_live_mean\": 1.25, \"heap_over_live_at_live\": 1.125, \"heap_over_live_at_heap\": 1.5, \"heap_max_over_live_max\": 1.0625, \"output\": null, \"alignment\": 16, \"bound_bytes\": null, \"above_bound\": null, \"resident\": false, \"private_bytes\": 0, \"deterministic\": null, \"latency_median_ns\": null, \"latency_p99_ns\": null, \"latency_p999_ns\": null, \"latency_worst_ns\": null},\n"
    "    {\"allocator\": \"mm\", \"trace\": \"realloc\", \"path\": \"traces/realloc.rep\", \"weight\": 1, \"ops\": 14401, \"ids\": 2, \"valid\": true, \"error\": null, \"peak_payload\": 500, \"heap_bytes\": 1000, \"static_bytes\": 0, \"util\": 0.5, \"overhead\": 1, \"ns_per_op\": 1000, \"kops\": 1000, \"libc_ratio\": 1.05, \"libc_ratio_lo\": 0.98, \"libc_ratio_hi\": 1.12, \"instructions_per_op\": 80.25, \"init_ns\": 450, \"samples_ns\": [], \"secs\": 0.014401, \"floor_ns_per_op\": 1.9, \"heap_over_live_mean\": null, \"heap_over_live_at_live\": 0, \"heap_over_live_at_heap\": 0, \"heap_max_over_live_max\": 0, \"output\": null, \"alignment\": null, \"bound_bytes\": null, \"above_bound\": null, \"resident\": false, \"private_bytes\": 0, \"deterministic\": null, \"latency_median_ns\": null, \"latency_p99_ns\": null, \"latency_p999_ns\": null, \"latency_worst_ns\": null},\n"
    "    {\"allocator\": \"mm\", \"trace\": \"a,\\tb\", \"path\": \"a,\\tb.rep\", \"weight\": 2, \"ops\": 8, \"ids\": 4, \"valid\": true, \"error\": null, \"peak_payload\": 1, \"heap_bytes\": 4, \"static_bytes\": 0, \"util\": 0.25, \"overhead\": 3, \"ns_per_op\": null, \"kops\": null, \"libc_ratio\": null, \"libc_ratio_lo\": null, \"libc_ratio_hi\": null, \"instructions_per_op\": null, \"init_ns\": null, \"samples_ns\": [], \"secs\": null, \"floor_ns_per_op\": null, \"heap_over_live_mean\": null, \"heap_over_live_at_live\": 0, \"heap_over_live_at_heap\": 0, \"heap_max_over_live_max\": 0, \"output\": \"hello\\n\", \"alignment\": null, \"bound_bytes\": null, \"above_bound\": null, \"resident\": false, \"private_bytes\": 0, \"deterministic\": null, \"latency_median_ns\": null, \"latency_p99_ns\": null, \"latency_p999_ns\": null, \"latency_worst_ns\": null},\n"
    "    {\"allocator\": \"allocators/naive.c\", \"trace\": \"binary\", \"path\": \"traces/binary.rep\", \"weight\": 1, \"ops\": 12000, \"ids\": 6000, \"valid\": true, \"error\": null, \"peak_payload\": 972, \"heap_bytes\": 1944, \"static_bytes\": 0, \"util\": 0.5, \"overhead\": 1, \"ns_per_op\": 52, \"kops\": 19230.77, \"libc_ratio\": 0.5, \"libc_ratio_lo\": 0.45, \"libc_ratio_hi\": 0.55, \"instructions_per_op\": null, \"init_ns\": 450, \"samples_ns\": [], \"secs\": 0.000624, \"floor_ns_per_op\": 1.9, \"heap_over_live_mean\": null, \"heap_over_live_at_live\": 0, \"heap_over_live_at_heap\": 0, \"heap_max_over_live_max\": 0, \"output\": null, \"alignment\": null, \"bound_bytes\": null, \"above_bound\": null, \"resident\": false, \"private_bytes\": 0, \"deterministic\": null, \"latency_median_ns\": null, \"latency_p99_ns\": null, \"latency_p999_ns\": null, \"latency_worst_ns\": null},\n"
    "    {\"allocator\": \"allocators/naive.c\", \"trace\": \"realloc\", \"path\": \"traces/realloc.rep\", \"weight\": 1, \"ops\": 14401, \"ids\": 2, \"valid\": false, \"error\": {\"kind\": \"overlap\", \"line\": 17, \"op\": 13, \"message\": \"traces/realloc.rep:17: realloc of id 1 to 20 bytes: the block overlaps\\n  id 0: 16 bytes at heap + 0x20, from line 5\"}, \"peak_payload\": null, \"heap_bytes\": null, \"static_bytes\": null, \"util\": null, \"overhead\": null, \"ns_per_op\": null, \"kops\": null, \"libc_ratio\": null, \"libc_ratio_lo\": null, \"libc_ratio_hi\": null, \"instructions_per_op\": null, \"init_ns\": null, \"samples_ns\": [], \"secs\": null, \"floor_ns_per_op\": null, \"heap_over_live_mean\": null, \"heap_over_live_at_live\": null, \"heap_over_live_at_heap\": null, \"heap_max_over_live_max\": null, \"output\": \"1\\n2\\n3\\n4\\n5\\n6\\n7\\n8\\n9\\n10\\n11\\n\\u001b[2J12\\n\", \"alignment\": null, \"bound_bytes\": null, \"above_bound\": null, \"resident\": false, \"private_bytes\": null, \"deterministic\": null, \"latency_median_ns\": null, \"latency_p99_ns\": null, \"latency_p999_ns\": null, \"latency_worst_ns\": null},\n"
    "    {\"allocator\": \"allocators/naive.c\", \"trace\": \"a,\\tb\", \"path\": \"a,\\tb.rep\", \"weight\": 2, \"ops\": 8, \"ids\": 4, \"valid\": false, \"error\": {\"kind\": \"init\", \"line\": null, \"op\": null, \"message\": \"a,\\tb.rep:0: \\\"mm_init\\\" failed: \\ufffd\303\251\"}, \"peak_payload\": null, \"heap_bytes\": null, \"static_bytes\": null, \"util\": null, \"overhead\": null, \"ns_per_op\": null, \"kops\": null, \"libc_ratio\": null, \"libc_ratio_lo\": null, \"libc_ratio_hi\": null, \"instructions_per_op\": null, \"init_ns\": null, \"samples_ns\": [], \"secs\": null, \"floor_ns_per_op\": null, \"heap_over_live_mean\": null, \"heap_over_live_at_live\": null, \"heap_over_live_at_heap\": null, \"heap_max_over_live_max\": null, \"output\": null, \"alignment\": null, \"bound_bytes\": null, \"above_bound\": null, \"resident\": false, \"private_bytes\": null, \"deterministic\": null, \"latency_median_ns\": null, \"latency_p99_ns\": null, \"latency_p999_ns\": null, \"latency_worst_ns\": null}\n"
    "  ],\n"
    "  \"summary\": [\n"
    "    {\"allocator\": \"mm\", \"traces\": 3, \"valid\": 3, \"util\": 0.574, \"kops\": 1794.399511, \"libc_ratio\": 1.48492424, \"perf_index\": 78.26666667, \"libc_ratio_lo\": 1.423492025, \"libc_ratio_hi\": 1.556750274, \"floor_ns_per_op\": 1.9, \"above_bound\": null},\n"
    "    {\"allocator\": \"allocators/naive.c\", \"traces\": 3, \"valid\": 1, \"util\": 0.5, \"kops\": 19230.76923, \"libc_ratio\": 0.5, \"perf_index\": 0, \"libc_ratio_lo\": 0.45, \"libc_ratio_hi\": 0.55, \"floor_ns_per_op\": 1.9, \"above_bound\": null}\n"
    "  ]\n"
    "}\n";

static const char csv_text[] =
    "allocator,trace,path,weight,ops,ids,valid,error_kind,error_line,error_op,error_message,peak_payload,heap_bytes,static_bytes,util,overhead,ns_per_op,kops,libc_ratio,libc_ratio_lo,libc_ratio_hi,instructions_per_op,init_ns,samples_ns,secs,floor_ns_per_op,heap_over_live_mean,heap_over_live_at_live,heap_over_live_at_heap,heap_max_over_live_max,output,alignment,bound_bytes,above_bound,resident,private_bytes,deterministic,latency_median_ns,latency_p99_ns,latency_p999_ns,latency_worst_ns,cpu,cores,kernel,compiler,libc\n"
    "mm,binary,traces/binary.rep,1,12000,6000,true,,,,,972,960,40,0.972,0.02880658436,26,38461.5,2.1,2,2.25,,450,312000 312500.5,0.000312,1.9,1.25,1.125,1.5,1.0625,,16,,,false,0,,,,,,\"Z80, the \"\"fast\"\" one\",2,Linux 6.1,gcc 12,glibc 2.36\n"
    "mm,realloc,traces/realloc.rep,1,14401,2,true,,,,,500,1000,0,0.5,1,1000,1000,1.05,0.98,1.12,80.25,450,,0.014401,1.9,,0,0,0,,,,,false,0,,,,,,\"Z80, the \"\"fast\"\" one\",2,Linux 6.1,gcc 12,glibc 2.36\n"
    "mm,\"a,\tb\",\"a,\tb.rep\",2,8,4,true,,,,,1,4,0,0.25,3,,,,,,,,,,,,0,0,0,\"hello\n"
    "\",,,,false,0,,,,,,\"Z80, the \"\"fast\"\" one\",2,Linux 6.1,gcc 12,glibc 2.36\n"
    "allocators/naive.c,binary,traces/binary.rep,1,12000,6000,true,,,,,972,1944,0,0.5,1,52,19230.77,0.5,0.45,0.55,,450,,0.000624,1.9,,0,0,0,,,,,false,0,,,,,,\"Z80, the \"\"fast\"\" one\",2,Linux 6.1,gcc 12,glibc 2.36\n"
    "allocators/naive.c,realloc,traces/realloc.rep,1,14401,2,false,overlap,17,13,\"traces/realloc.rep:17: realloc of id 1 to 20 bytes: the block overlaps\n"
    "  id 0: 16 bytes at heap + 0x20, from line 5\",,,,,,,,,,,,,,,,,,,,\"1\n"
    "2\n"
    "3\n"
    "4\n"
    "5\n"
    "6\n"
    "7\n"
    "8\n"
    "9\n"
    "10\n"
    "11\n"
    "\033[2J12\n"
    "\",,,,false,,,,,,,\"Z80, the \"\"fast\"\" one\",2,Linux 6.1,gcc 12,glibc 2.36\n"
    "allocators/naive.c,\"a,\tb\",\"a,\tb.rep\",2,8,4,false,init,,,\"a,\tb.rep:0: \"\"mm_init\"\" failed: \377\303\251\",,,,,,,,,,,,,,,,,,,,,,,,false,,,,,,,\"Z80, the \"\"fast\"\" one\",2,Linux 6.1,gcc 12,glibc 2.36\n";

static const char tsv_text[] =
    "allocator\ttrace\tvalid\tutil\tops\tsecs\tkops\tlibc_ratio\tlibc_ratio_lo\tlibc_ratio_hi\tns_per_op\theap_bytes\tpeak_payload\tinit_ns\terror_kind\terror_line\tbound_bytes\tabove_bound\n"
    "mm\tbinary\ttrue\t0.972\t12000\t0.000312\t38461.5\t2.1\t2\t2.25\t26\t960\t972\t450\t\t\t\t\n"
    "mm\trealloc\ttrue\t0.5\t14401\t0.014401\t1000\t1.05\t0.98\t1.12\t1000\t1000\t500\t450\t\t\t\t\n"
    "mm\ta, b\ttrue\t0.25\t8\t\t\t\t\t\t\t4\t1\t\t\t\t\t\n"
    "allocators/naive.c\tbinary\ttrue\t0.5\t12000\t0.000624\t19230.77\t0.5\t0.45\t0.55\t52\t1944\t972\t450\t\t\t\t\n"
    "allocators/naive.c\trealloc\tfalse\t\t14401\t\t\t\t\t\t\t\t\t\toverlap\t17\t\t\n"
    "allocators/naive.c\ta, b\tfalse\t\t8\t\t\t\t\t\t\t\t\t\tinit\t\t\t\n";

static const char markdown_text[] =
    "## Results side by side\n"
    "\n"
    "| trace | mm util | mm x libc | allocators/naive.c util | allocators/naive.c x libc |\n"
    "|:--|--:|--:|--:|--:|\n"
    "| binary | 97.2% | 2.10 | 50.0% | 0.50 |\n"
    "| realloc | 50.0% | 1.05~ | overlap | - |\n"
    "| a,?b | 25.0% | - | init | - |\n"
    "| mean | 57.4% | 1.48 | 50.0% | 0.50 |\n"
    "| valid | 3/3 |  | 1/3 |  |\n"
    "| perf index | 78.3 |  | - |  |\n"
    "\n"
    "## Results for mm\n"
    "\n"
    "| trace | valid | util | ops | secs | Kops | x libc |  |\n"
    "|:--|--:|--:|--:|--:|--:|--:|:--|\n"
    "| binary | yes | 97.2% | 12000 | 0.000312 | 38462 | 2.10 |  |\n"
    "| realloc | yes | 50.0% | 14401 | 0.014401 | 1000 | 1.05~ |  |\n"
    "| a,?b | yes | 25.0% | 8 | - | - | - | util only |\n"
    "| total | 3/3 | 57.4% | 26401 | 0.014713 | 1794 | 1.48 |  |\n"
    "\n"
    "Perf index = 38.3 (util) + 40.0 (speed) = 78.3/100\n"
    "\n"
    "## Results for allocators/naive.c\n"
    "\n"
    "| trace | valid | util | ops | secs | Kops | x libc |  |\n"
    "|:--|--:|--:|--:|--:|--:|--:|:--|\n"
    "| binary | yes | 50.0% | 12000 | 0.000624 | 19231 | 0.50 |  |\n"
    "| realloc | no | - | 14401 | - | - | - |  |\n"
    "| a,?b | no | - | 8 | - | - | - | util only |\n"
    "| total | 1/3 | 50.0% | 12000 | 0.000624 | 19231 | 0.50 |  |\n"
    "\n"
    "    traces/realloc.rep:17: realloc of id 1 to 20 bytes: the block overlaps\n"
    "      id 0: 16 bytes at heap + 0x20, from line 5\n"
    "    | 1\n"
    "    | 2\n"
    "    | 3\n"
    "    | 4\n"
    "    | 5\n"
    "    | 6\n"
    "    | 7\n"
    "    | 8\n"
    "    | 9\n"
    "    | 10\n"
    "    | ... and 2 more lines\n"
    "\n"
    "    a,\tb.rep:0: \"mm_init\" failed: \377\303\251\n"
    "\n"
    "No performance index: 2 of 3 traces failed.\n"
    "\n"
    "mdriver 0.1.0; Z80, the \"fast\" one, 2 cores; Linux 6.1; gcc 12; glibc 2.36\n"
    "\n"
    "<details><summary>CPU time of every replay, ns</summary>\n"
    "\n"
    "    mm binary 312000 312500\n"
    "\n"
    "</details>\n";

static const char gradescope_mm[] =
    "{\n"
    "  \"score\": 78.3,\n"
    "  \"output\": \"Traces passed: 3 of 3.\\nPerf index = 38.3 (util) + 40.0 (speed) = 78.3/100\\n\",\n"
    "  \"tests\": [\n"
    "    {\"name\": \"binary\", \"score\": 1, \"max_score\": 1, \"status\": \"passed\", \"visibility\": \"visible\", \"output\": \"utilization 97.2%\\n2.10 times as fast as libc\\n\"},\n"
    "    {\"name\": \"realloc\", \"score\": 1, \"max_score\": 1, \"status\": \"passed\", \"visibility\": \"visible\", \"output\": \"utilization 50.0%\\n1.05 times as fast as libc, which is within the noise\\n\"},\n"
    "    {\"name\": \"a,\\tb\", \"score\": 1, \"max_score\": 1, \"status\": \"passed\", \"visibility\": \"visible\", \"output\": \"utilization 25.0%\\nIt printed:\\n| hello\\n\"}\n"
    "  ]\n"
    "}\n";

static const char gradescope_failed[] =
    "{\n"
    "  \"score\": 0.0,\n"
    "  \"output\": \"Traces passed: 1 of 3.\\nNo performance index: 2 of 3 traces failed.\\n\",\n"
    "  \"tests\": [\n"
    "    {\"name\": \"binary\", \"score\": 1, \"max_score\": 1, \"status\": \"passed\", \"visibility\": \"visible\", \"output\": \"utilization 50.0%\\n0.50 times as fast as libc\\n\"},\n"
    "    {\"name\": \"realloc\", \"score\": 0, \"max_score\": 1, \"status\": \"failed\", \"visibility\": \"visible\", \"output\": \"traces/realloc.rep:17: realloc of id 1 to 20 bytes: the block overlaps\\n  id 0: 16 bytes at heap + 0x20, from line 5\\nIt printed:\\n| 1\\n| 2\\n| 3\\n| 4\\n| 5\\n| 6\\n| 7\\n| 8\\n| 9\\n| 10\\n| ... and 2 more lines\\n\"},\n"
    "    {\"name\": \"a,\\tb\", \"score\": 0, \"max_score\": 1, \"status\": \"failed\", \"visibility\": \"visible\", \"output\": \"a,\\tb.rep:0: \\\"mm_init\\\" failed: \\ufffd\303\251\\n\"}\n"
    "  ]\n"
    "}\n";
/* clang-format on */

static void test_formats(void)
{
    struct report two = report_of(0, 2), bad = report_of(1, 1);
    check_text(exported("json", &two), json_text, "JSON");
    check_text(exported("csv", &two), csv_text, "CSV");
    check_text(exported("tsv", &two), tsv_text, "tab-separated");
    check_text(exported("markdown", &two), markdown_text, "Markdown");
    check_text(exported("gradescope", &two), gradescope_mm, "Gradescope");
    check_text(exported("gradescope", &bad), gradescope_failed,
               "Gradescope with failures");
    check(report_find_exporter("xml") == NULL, "an unknown format", "found");
}

static void test_bound(void)
{
    struct result result = good_results[0];
    struct result_set set = {.allocator = "mm", .results = &result, .count = 1};
    struct report report = report_of(0, 1);
    report.sets = &set;
    result.bound_bytes = 800;
    check_holds(exported("json", &report),
                ", \"bound_bytes\": 800, \"above_bound\": 0.25, \"resident\": "
                "false, "
                "\"private_bytes\": 0, \"deterministic\": null, "
                "\"latency_median_ns\": null, \"latency_p99_ns\": null, "
                "\"latency_p999_ns\": null, \"latency_worst_ns\": null}\n",
                "JSON: above the bound");
    check_holds(exported("json", &report),
                "\"floor_ns_per_op\": 1.9, \"above_bound\": 0.25}\n",
                "JSON: above the bound, in the summary");
    check_holds(exported("csv", &report), ",16,800,0.25,",
                "CSV: above the bound");
    check_holds(exported("tsv", &report), "\t\t\t800\t0.25\n",
                "tab-separated: above the bound");
    check_holds(exported("markdown", &report),
                "\n| binary | yes | 97.2% | 25.0% | 12000 |",
                "Markdown: above the bound");
}

/* Perl's decoder is strict about UTF-8, commas and escapes. */
static bool perl_decodes(const char *json)
{
    FILE *perl = popen("perl -MJSON::PP -0777 -ne 'decode_json($_)'", "w");
    fputs(json, perl);
    return pclose(perl) == 0;
}

static void test_json_is_valid(void)
{
    struct report none = report_of(0, 0), all = report_of(0, 3);
    struct report bad = report_of(1, 1);
    static const struct {
        const char *name, *text;
    } hostile[] = {
        {"quotes and backslashes", "\"\\\"\\"},
        {"control characters", "\001\b\f\r\033\177"},
        {"bytes that begin nothing", "\x80\xbf\xc0\xc1\xf5\xff"},
        {"sequences cut short", "\xc3 \xe2\x82 \xf0\x9f\x98"},
        {"overlong sequences", "\xe0\x80\xaf \xf0\x80\x80\xaf"},
        {"surrogates", "\xed\xa0\x80\xed\xbf\xbf"},
        {"beyond U+10FFFF", "\xf4\x90\x80\x80"},
        {"good sequences", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
    };
    char *text = exported("json", &all);
    check(perl_decodes(text), "JSON of three is valid", "%s", text);
    free(text);
    text = exported("json", &none);
    check(perl_decodes(text), "JSON of nothing is valid", "%s", text);
    free(text);
    text = exported("gradescope", &none);
    check(perl_decodes(text), "Gradescope of nothing is valid", "%s", text);
    free(text);
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        struct result_set set = {
            .allocator = hostile[i].text, .results = bad_results, .count = 3};
        bad.sets = &set;
        text = exported("json", &bad);
        check(perl_decodes(text), hostile[i].name, "%s", text);
        free(text);
    }
}

/* Quotation survives, and what is not UTF-8 is replaced byte by byte. */
static void test_json_escapes(void)
{
    struct result_set set = {.allocator =
                                 "a\"\\\n\t\001\177\xff\xc3\xa9\xed\xa0\x80",
                             .results = bad_results,
                             .count = 1};
    struct report report = report_of(1, 1);
    report.sets = &set;
    check_holds(exported("json", &report),
                "{\"allocator\": \"a\\\"\\\\\\n\\t\\u0001\\u007f\\ufffd\xc3\xa9"
                "\\ufffd\\ufffd\\ufffd\", \"trace\"",
                "JSON escapes");
}

static void test_no_nan(void)
{
    struct result wild = good_results[0];
    wild.util = wild.secs = wild.kops = wild.ns_per_op = INFINITY;
    wild.overhead = wild.init_ns = wild.heap_over_live_mean = -INFINITY;
    wild.ratio = (struct stats_interval){INFINITY, NAN, INFINITY, false};
    double sample = NAN;
    wild.samples_ns = &sample;
    wild.sample_count = 1;
    struct result_set set = {.allocator = "mm", .results = &wild, .count = 1};
    struct report report = report_of(0, 1);
    report.sets = &set;
    for (const struct report_exporter *e = report_exporters; e->name; e++) {
        char name[64], *text = exported(e->name, &report);
        snprintf(name, sizeof name, "%s never says nan or inf", e->name);
        check(!strcasestr(text, "nan") && !strcasestr(text, "inf"), name, "%s",
              text);
        free(text);
    }
    char *text = printed(&report, 1, false);
    check(!strcasestr(text, "nan") && !strcasestr(text, "inf"),
          "the tables never say nan or inf", "%s", text);
    free(text);
}

static char *read_file(const char *path)
{
    char *text = calloc(1, 65536);
    FILE *in = fopen(path, "r");
    if (in) {
        text[fread(text, 1, 65535, in)] = '\0';
        fclose(in);
    }
    return text;
}

static void test_save(void)
{
    char dir[] = "/tmp/report_test.XXXXXX", path[64], temporary[70];
    if (!check(mkdtemp(dir) != NULL, "scratch directory", "cannot make it"))
        return;
    snprintf(path, sizeof path, "%s/out.tsv", dir);
    snprintf(temporary, sizeof temporary, "%s.tmp", path);
    struct report two = report_of(0, 2);
    char *error = NULL;
    check(report_save(path, report_find_exporter("tsv")->write, &two, &error),
          "a file is saved", "%s", error ? error : "no reason given");
    check_text(read_file(path), tsv_text, "it holds the report");
    check(access(temporary, F_OK) != 0, "nothing else is left", "%s exists",
          temporary);
    unlink(path);
    rmdir(dir);
}

/* The report, and why it could not be saved. */
static void check_not_saved(const char *path, const char *expected)
{
    struct report two = report_of(0, 2);
    char *error = NULL;
    check(!report_save(path, report_find_exporter("json")->write, &two, &error),
          path, "expected an error");
    check_text(error, expected, expected);
}

static void test_save_errors(void)
{
    check_not_saved(
        "/dev/full",
        "/dev/full: expected to write it, found: No space left on device");
    check_not_saved("/nonexistent/x.json",
                    "/nonexistent/x.json: expected to write it, found: No "
                    "such file or directory");
    struct stat full;
    check(stat("/dev/full", &full) == 0 && S_ISCHR(full.st_mode),
          "a device stays what it is", "/dev/full is no device");
}

int main(void)
{
    test_formats();
    test_bound();
    test_json_is_valid();
    test_json_escapes();
    test_no_nan();
    test_save();
    test_save_errors();
    return check_done();
}

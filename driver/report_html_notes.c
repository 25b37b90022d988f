/*
 * report_html_notes.c - the end of the page: how the run was made and where,
 * and what the words mean
 */
#include <math.h>
#include <string.h>

#include "config.h"
#include "driver/report_parts.h"

/* ---- How and where ------------------------------------------------------- */

struct word {
    const char *name, *meaning;
};

static const struct word settings[] = {
    {"detail", "payload checks (-d)"},
    {"time_limit", "seconds of CPU time for a pass (-s)"},
    {"memory_mib", "MiB that a run may touch (--memory)"},
    {"alignment", "alignment required (--align)"},
    {"fixed_base", "heap at a fixed address (-n)"},
    {"confined", "system calls of allocators are filtered"},
};

static const char *meaning_of(const char *name)
{
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (strcmp(settings[i].name, name) == 0)
            return settings[i].meaning;
    return name;
}

static bool is_yes_or_no(const char *name)
{
    return strcmp(name, "fixed_base") == 0 || strcmp(name, "confined") == 0;
}

static void put_setting(FILE *out, const struct report_setting *s)
{
    report_html_put(out, "<div><dt>", meaning_of(s->name), "</dt><dd>");
    if (!isfinite(s->value))
        fputs("as the trace asks", out);
    else if (is_yes_or_no(s->name))
        fputs(s->value != 0 ? "yes" : "no", out);
    else
        fprintf(out, "%.10g", s->value);
    fputs("</dd></div>\n", out);
}

static void put_fact(FILE *out, const char *name, const char *value)
{
    report_html_put(out, "<div><dt>", name, "</dt><dd>");
    report_html_put(out, "", *value ? value : "not known", "</dd></div>\n");
}

static void put_made(FILE *out, const struct report *report)
{
    const struct report_machine *m = report->machine;
    fputs("<section id=\"made\">\n<h2>How it was made</h2>\n"
          "<h3>The run</h3>\n<dl class=\"facts\">\n",
          out);
    for (size_t i = 0; i < report->setting_count; i++)
        put_setting(out, &report->settings[i]);
    fprintf(out,
            "<div><dt>weight of utilization in the index</dt><dd>%.2f</dd>"
            "</div>\n<div><dt>utilization counts from, to</dt><dd>%.2f, "
            "%.2f</dd></div>\n<div><dt>the ratio to libc counts from, to</dt>"
            "<dd>%.2f, %.2f</dd></div>\n</dl>\n",
            UTIL_WEIGHT, UTIL_MIN, UTIL_MAX, RATIO_MIN, RATIO_MAX);
    fputs("<h3>The machine</h3>\n<dl class=\"facts\">\n", out);
    put_fact(out, "mdriver", MDRIVER_VERSION);
    put_fact(out, "processor", m->cpu);
    fprintf(out, "<div><dt>cores</dt><dd>%ld</dd></div>\n", m->cores);
    put_fact(out, "kernel", m->kernel);
    put_fact(out, "compiler of mdriver", m->compiler);
    put_fact(out, "libc", m->libc);
    fputs("</dl>\n</section>\n", out);
}

/* ---- What the words mean ------------------------------------------------- */

static const struct word words[] = {
    {"valid", "the trace passed: every answer was checked"},
    {"utilization, util", "the most payload that lived at once, as a part of "
                          "all memory that was taken"},
    {"r", "not a simulated heap: memory is by how much the process's resident "
          "set grew, every page of the payloads touched"},
    {"above, bound",
     "by how much the heap exceeds the smallest one (the bound) "
     "in which one who knows the whole trace can place its "
     "blocks without headers"},
    {"heap, payload", "bytes: all memory that was taken, and the most payload "
                      "that lived at once"},
    {"H/P", "heap over live payload, 1 being perfect, as Johnstone and Wilson "
            "(ISMM 1998) measure fragmentation: the mean over all requests; "
            "where payload is highest; where the heap is; and the highest of "
            "one over the highest of the other"},
    {"ops", "requests of the trace"},
    {"secs, Kops, ns/req",
     "the median CPU time of a pass over the trace; thousand requests per "
     "second of it; its time per request"},
    {"x libc", "how many times as fast as libc's malloc, which is timed in "
               "turns with it"},
    {"interval", "covers the true ratio with 95%"},
    {"~", "the interval does not tell it from 1"},
    {"init ns", "the CPU time of mm_init"},
    {"performance index", "100 (w U + (1 - w) T): U is the mean utilization, T "
                          "the geometric mean of the ratio to libc, each as "
                          "far as it counts; w is the weight of utilization"},
    {"-", "not known, or not measured"},
};

static void put_words(FILE *out)
{
    fputs("<section id=\"words\">\n<h2>What the words mean</h2>\n"
          "<dl class=\"words\">\n",
          out);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        report_html_put(out, "<dt>", words[i].name, "</dt>");
        report_html_put(out, "<dd>", words[i].meaning, "</dd>\n");
    }
    fputs("</dl>\n</section>\n", out);
}

void report_html_notes(FILE *out, const struct report *report)
{
    put_made(out, report);
    put_words(out);
}

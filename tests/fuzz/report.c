/*
 * report.c - fuzz target: any names, messages and numbers in a report
 *
 * Whatever stands in it, every format can be read by who knows the format, and
 * the tables have nothing in them that does something to a terminal.
 */
#define _GNU_SOURCE
#include "driver/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/html.h"
#include "tests/fuzz/json.h"

/* ---- From the input ---------------------------------------------------- */

/* What is left of the input, with a byte 0 behind it. */
struct bytes {
    char *at, *end;
};

static unsigned take_byte(struct bytes *b)
{
    return b->at < b->end ? (unsigned char)*b->at++ : 0;
}

/* Up to a byte 0 or 1. */
static char *take_text(struct bytes *b)
{
    char *text = b->at;
    b->at += strcspn(text, "\1");
    if (b->at < b->end)
        *b->at++ = '\0';
    return text;
}

static uint64_t take_count(struct bytes *b)
{
    static const uint64_t counts[] = {0,          1,          2,         16,
                                      4096,       UINT32_MAX, INT64_MAX, 77,
                                      UINT64_MAX, 1000000,    12345678};
    unsigned which = take_byte(b);
    return which < 128 ? counts[which % 11] : which * 1234567ull;
}

static double take_real(struct bytes *b)
{
    static const double reals[] = {0,     1,    NAN,   0.5,       INFINITY,
                                   1e300, 0.97, 1e-12, 1234.5678, 26,
                                   1e15,  3.5,  NAN,   0.001};
    unsigned which = take_byte(b);
    return which < 128 ? reals[which % 14] : which / 128.0;
}

static struct stats_interval take_interval(struct bytes *b)
{
    double mid = take_real(b), by = 1 + take_byte(b) / 256.0;
    return (struct stats_interval){mid, mid / by, mid * by, take_byte(b) & 1};
}

/* ---- The report -------------------------------------------------------- */

enum { TRACES = 3, SETS = 3, SAMPLES = 3 };

static struct trace traces[TRACES];
static struct result results[SETS][TRACES];
static struct result_set sets[SETS];
static double samples[SAMPLES];

static void make_trace(struct trace *t, struct bytes *b)
{
    *t = (struct trace){.path = take_text(b),
                        .name = take_text(b),
                        .op_count = take_count(b),
                        .id_count = take_count(b),
                        .weight = (int)take_byte(b) % 4};
}

static void make_figures(struct result *r, struct bytes *b)
{
    double *const reals[] = {&r->util,
                             &r->overhead,
                             &r->heap_over_live_mean,
                             &r->heap_over_live_at_live,
                             &r->heap_over_live_at_heap,
                             &r->heap_max_over_live_max,
                             &r->secs,
                             &r->ns_per_op,
                             &r->kops,
                             &r->floor_ns_per_op,
                             &r->instructions_per_op,
                             &r->init_ns};
    for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++)
        *reals[i] = take_real(b);
    r->peak_payload = take_count(b);
    r->heap_bytes = take_count(b);
    r->static_bytes = take_count(b);
    r->bound_bytes = take_count(b);
    r->ratio = take_interval(b);
}

static void make_result(struct result *r, const struct trace *t,
                        struct bytes *b)
{
    unsigned flags = take_byte(b);
    *r = (struct result){.trace = t, .timed = flags & 1, .resident = flags & 2};
    if (flags & 4) {
        r->fault = 1 + take_byte(b) % (FAULT_KINDS - 1);
        r->fault_op = take_count(b) / 2;
        r->fault_line = flags & 8 ? r->fault_op + 5 : 0;
        r->message = take_text(b);
    }
    r->output = flags & 16 ? take_text(b) : NULL;
    r->alignment = flags & 32 ? 16 : 0;
    make_figures(r, b);
    r->samples_ns = samples;
    r->sample_count = take_byte(b) % (SAMPLES + 1);
}

static void make_set(struct result_set *set, struct result *row, size_t traces_,
                     struct bytes *b)
{
    *set = (struct result_set){.allocator = take_text(b), .results = row};
    unsigned flags = take_byte(b);
    set->is_libc = flags % 4 == 1;
    set->count = traces_;
    for (size_t i = 0; i < set->count; i++)
        make_result(&row[i], &traces[i], b);
}

/* What the system tells of itself has no control characters. */
static void take_word(struct bytes *b, char *word, size_t size)
{
    snprintf(word, size, "%s", take_text(b));
    for (; *word; word++)
        if ((unsigned char)*word < ' ' || *word == 0x7f)
            *word = ' ';
}

static void make_machine(struct report_machine *m, struct bytes *b)
{
    *m = (struct report_machine){.cores = (long)take_byte(b)};
    take_word(b, m->cpu, sizeof m->cpu);
    take_word(b, m->kernel, sizeof m->kernel);
    take_word(b, m->compiler, sizeof m->compiler);
    take_word(b, m->libc, sizeof m->libc);
}

static struct report make_report(struct report_machine *m,
                                 struct report_pair *pair, struct bytes *b)
{
    unsigned shape = take_byte(b);
    struct report report = {
        .sets = sets,
        .count = 1 + shape % SETS,
        .compare = shape & 64,
        .machine = m,
    };
    size_t count = 1 + (shape >> 3) % TRACES;
    for (size_t i = 0; i < SAMPLES; i++)
        samples[i] = take_real(b);
    for (size_t i = 0; i < count; i++)
        make_trace(&traces[i], b);
    for (size_t i = 0; i < report.count; i++)
        make_set(&sets[i], results[i], count, b);
    make_machine(m, b);
    *pair = (struct report_pair){&sets[0], take_text(b)};
    report.pair = shape & 128 ? pair : NULL;
    return report;
}

/* ---- The formats ------------------------------------------------------- */

static void check_json(const struct fuzz_stream *s)
{
    const char *wrong = json_error(s->text, s->size);
    fuzz_require(!wrong, "no JSON from byte %zu on: %s",
                 wrong ? (size_t)(wrong - s->text) : 0, s->text);
}

/* Behind a field of a line of CSV: what ends it. */
static const char *csv_field(const char *at)
{
    if (*at != '"')
        return at + strcspn(at, ",\n\"\r");
    while (*++at && (*at != '"' || *++at == '"'))
        continue;
    return at;
}

static void check_csv(const struct fuzz_stream *s)
{
    size_t wanted = 0, fields = 0;
    for (const char *at = s->text; *at; at++) {
        at = csv_field(at);
        fields++;
        fuzz_require(*at == ',' || *at == '\n', "no CSV: %s", at);
        if (*at == ',')
            continue;
        wanted = wanted ? wanted : fields;
        fuzz_require(fields == wanted, "%zu fields, not %zu", fields, wanted);
        fields = 0;
    }
}

static void check_shown(const struct fuzz_stream *s)
{
    for (size_t i = 0; i < s->size; i++) {
        unsigned char c = (unsigned char)s->text[i];
        fuzz_require((c >= ' ' && c != 0x7f) || c == '\n' || c == '\t',
                     "a table has the byte 0x%02x", c);
    }
}

static void check_tsv(const struct fuzz_stream *s)
{
    size_t wanted = 0, tabs = 0;
    for (const char *at = s->text; *at; at++) {
        tabs += *at == '\t';
        fuzz_require((unsigned char)*at >= ' ' || *at == '\t' || *at == '\n',
                     "a row has the byte 0x%02x", *at);
        if (*at != '\n')
            continue;
        wanted = wanted ? wanted : tabs;
        fuzz_require(tabs == wanted, "%zu tabs, not %zu", tabs, wanted);
        tabs = 0;
    }
}

static void check_html(const struct fuzz_stream *s)
{
    const char *wrong = html_error(s->text);
    fuzz_require(!wrong, "no HTML from byte %zu on: %s",
                 wrong ? (size_t)(wrong - s->text) : 0, wrong);
}

static const struct format {
    const char *name;
    void (*check)(const struct fuzz_stream *s);
} formats[] = {
    {"json", check_json}, {"gradescope", check_json}, {"csv", check_csv},
    {"tsv", check_tsv},   {"markdown", check_shown},  {"html", check_html},
};

static void check_formats(const struct report *report)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        struct fuzz_stream s;
        FILE *out = fuzz_stream(&s);
        report_find_exporter(formats[i].name)->write(out, report);
        fuzz_text(&s);
        formats[i].check(&s);
        free(s.text);
    }
}

static void check_tables(const struct report *report, unsigned choice)
{
    static const size_t widths[] = {0, 1, 40, 80};
    struct report_options options = {.verbose = (int)choice % 3,
                                     .width = widths[choice / 3 % 4]};
    struct fuzz_stream s;
    FILE *out = fuzz_stream(&s);
    report_print(out, report, options);
    report_print_run(out, sets[0].allocator, &results[0][0]);
    fuzz_text(&s);
    check_shown(&s);
    free(s.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct report_machine machine;
    struct report_pair pair;
    char *copy = calloc(1, size + 1);
    fuzz_require(copy, "no memory for the input");
    memcpy(copy, data, size);
    struct bytes b = {copy, copy + size};
    unsigned choice = take_byte(&b);
    struct report report = make_report(&machine, &pair, &b);
    check_formats(&report);
    check_tables(&report, choice);
    free(copy);
    return 0;
}

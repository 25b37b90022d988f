/*
 * bound.c - rep bound: how small the heap of a trace could have been
 *
 * Rows are printed when all traces are done; one that cannot be read is told,
 * and does not keep others from being shown.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "driver/bound.h"
#include "driver/grid.h"
#include "driver/outfile.h"
#include "driver/words.h"
#include "tools/inputs.h"
#include "tools/rep.h"

static const char help_text[] =
    "usage: rep bound [options] FILE.rep|DIR...\n"
    "\n"
    "Say how small the heap of a trace could have been; - is standard input.\n"
    "\n"
    "    --tries N           placements to try, 1 to 1000000 (default: as "
    "many\n"
    "                        as take some seconds, 1 to 1000)\n"
    "    --placement FILE    write the best placement of the one trace, too: "
    "a\n"
    "                        line for each block, with the requests, counted\n"
    "                        from 1, that make it and end it (one more than "
    "there\n"
    "                        are: none does), its address and its size; - is\n"
    "                        standard output, in place of the table\n"
    "    --json, --csv       the same figures for programs\n"
    "    -h, --help          this text\n"
    "\n"
    "Columns, in bytes but for the first and the last:\n"
    "\n"
    "    requests            of the trace\n"
    "    payload             the most payload that is live at once\n"
    "    bound               the same with each payload rounded up to 16: no\n"
    "                        heap of blocks aligned to 16 is smaller\n"
    "    bound+8             the same with a header of 8 bytes, payload and\n"
    "                        header rounded up to 16, and 32 at least\n"
    "    placed              the smallest heap found in which the rounded "
    "blocks\n"
    "                        can be placed by one who knows the whole trace\n"
    "    U_opt               payload / placed: the best utilization there is,\n"
    "                        if placed is equal to bound, as it nearly always "
    "is\n"
    "\n"
    "A block that is reallocated may move at each realloc, and the old one "
    "makes\n"
    "place for the new.  A payload of 0 takes no place, and one that cannot "
    "be\n"
    "met does not count; alignment beyond 16 is not heeded.  18446744073709551"
    "615\n"
    "stands for that and more; heaps beyond 2^62 bytes are not placed.  The "
    "same\n"
    "trace and --tries give the same placement on every machine.\n";

struct row {
    char *name, *path;
    size_t requests;
    struct bound bound; /* without blocks */
};

struct work {
    const char *format; /* the option that chose it; NULL: the table */
    const char *placement;
    uint64_t tries;
    struct row *rows;
    size_t row_count;
    int status;
};

/* ---- What is printed ------------------------------------------------------
 */

/* NAN where no trace has one. */
static double mean_share(const struct work *w)
{
    double sum = 0;
    size_t known = 0;
    for (size_t i = 0; i < w->row_count; i++) {
        double share = bound_share(&w->rows[i].bound);
        if (!isfinite(share))
            continue;
        sum += share;
        known++;
    }
    return known ? sum / (double)known : NAN;
}

/* Whether there is a placement, if only of no block. */
static bool is_placed(const struct bound *b)
{
    return b->placed || !b->rounded;
}

static void draw_row(struct grid *g, const struct row *row)
{
    const struct bound *b = &row->bound;
    grid_begin_row(g, false);
    grid_cell(g, "%s", row->name);
    grid_cell(g, "%zu", row->requests);
    grid_cell(g, "%" PRIu64, b->peak_payload);
    grid_cell(g, "%" PRIu64, b->rounded);
    grid_cell(g, "%" PRIu64, b->headed);
    if (is_placed(b))
        grid_cell(g, "%" PRIu64, b->placed);
    else
        grid_cell(g, "-");
    grid_real(g, "%.3f", bound_share(b));
    grid_end_row(g);
}

static void draw(struct grid *g, const void *data)
{
    static const char *const names[] = {
        "trace", "requests", "payload", "bound", "bound+8", "placed", "U_opt"};
    const size_t columns = sizeof names / sizeof *names;
    const struct work *w = data;
    grid_begin_row(g, false);
    for (size_t i = 0; i < columns; i++)
        grid_cell(g, "%s", names[i]);
    grid_heading_done(g);
    for (size_t i = 0; i < w->row_count; i++)
        draw_row(g, &w->rows[i]);
    if (w->row_count < 2)
        return;
    grid_begin_row(g, false);
    grid_cell(g, "mean");
    for (size_t i = 1; i + 1 < columns; i++)
        grid_cell(g, "%s", "");
    grid_real(g, "%.3f", mean_share(w));
    grid_end_row(g);
}

static void print_table(const struct work *w)
{
    grid_print(stdout, GRID_PLAIN, false, draw, w);
}

static void print_json_row(const struct row *row)
{
    const struct bound *b = &row->bound;
    fputs("    {\"name\": ", stdout);
    json_text(stdout, row->name);
    fputs(", \"path\": ", stdout);
    json_text(stdout, row->path);
    printf(", \"requests\": %zu, \"peak_payload\": %" PRIu64
           ", \"lower_bound\": %" PRIu64 ", \"lower_bound_headers\": %" PRIu64
           ", \"best_placement\": ",
           row->requests, b->peak_payload, b->rounded, b->headed);
    if (is_placed(b))
        printf("%" PRIu64, b->placed);
    else
        fputs("null", stdout);
    fputs(", \"u_opt\": ", stdout);
    json_real(stdout, bound_share(b));
    printf(", \"tries\": %zu}", b->tries);
}

static void print_json(const struct work *w)
{
    fputs("{\n  \"rep\": \"" MDRIVER_VERSION "\",\n  \"traces\": [", stdout);
    for (size_t i = 0; i < w->row_count; i++) {
        fputs(i ? ",\n" : "\n", stdout);
        print_json_row(&w->rows[i]);
    }
    fputs("\n  ],\n  \"mean_u_opt\": ", stdout);
    json_real(stdout, mean_share(w));
    fputs("\n}\n", stdout);
}

static void print_csv_row(const struct row *row)
{
    const struct bound *b = &row->bound;
    csv_text(stdout, row->name);
    putchar(',');
    csv_text(stdout, row->path);
    printf(",%zu,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",", row->requests,
           b->peak_payload, b->rounded, b->headed);
    if (is_placed(b))
        printf("%" PRIu64, b->placed);
    putchar(',');
    if (isfinite(bound_share(b)))
        printf("%.10g", bound_share(b));
    printf(",%zu\n", b->tries);
}

static void print_csv(const struct work *w)
{
    puts("name,path,requests,peak_payload,lower_bound,lower_bound_headers,"
         "best_placement,u_opt,tries");
    for (size_t i = 0; i < w->row_count; i++)
        print_csv_row(&w->rows[i]);
}

static const struct format {
    const char *name;
    void (*print)(const struct work *w);
} formats[] = {
    {"json", print_json},
    {"csv", print_csv},
};

#define FORMATS (sizeof formats / sizeof *formats)

static void print(const struct work *w)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (w->format == formats[i].name) {
            formats[i].print(w);
            return;
        }
    print_table(w);
}

/* ---- The placement --------------------------------------------------------
 */

static bool write_placement(const char *path, const struct bound *b,
                            char **error)
{
    struct outfile *f = outfile_open(path, error);
    if (!f)
        return false;
    FILE *out = outfile_stream(f);
    fputs("# born died address size\n", out);
    for (size_t i = 0; i < b->block_count; i++) {
        const struct bound_block *block = &b->blocks[i];
        fprintf(out, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
                block->born + (uint64_t)1, block->died + (uint64_t)1,
                block->address, block->size);
    }
    return outfile_close(f, error);
}

static int save_placement(const struct work *w, const struct trace *t,
                          const struct bound *b)
{
    char *error;
    if (!is_placed(b))
        return rep_fail("%s: --placement: expected a heap that can be placed, "
                        "found one beyond 2^62 bytes",
                        t->path);
    if (!write_placement(w->placement, b, &error))
        return rep_fail_with(error);
    return REP_OK;
}

/* ---- Traces ---------------------------------------------------------------
 */

/* The bound goes over to the row, which takes name and path from the trace. */
static bool add_row(struct work *w, struct trace *t, const struct bound *b)
{
    struct row *rows = reallocarray(w->rows, w->row_count + 1, sizeof *rows);
    if (!rows)
        return false;
    w->rows = rows;
    struct row *row = &rows[w->row_count++];
    *row = (struct row){t->name, t->path, t->op_count, *b};
    row->bound.blocks = NULL;
    t->name = t->path = NULL;
    return true;
}

static int no_memory(const char *path)
{
    return rep_fail("%s: %s", path, strerror(ENOMEM));
}

static int find(struct work *w, struct trace *t)
{
    struct bound b;
    char *error;
    int status = REP_OK;
    if (!bound_find(&b, t, w->tries, &error))
        return error ? rep_fail_with(error) : no_memory(t->path);
    if (w->placement)
        status = save_placement(w, t, &b);
    if (status == REP_OK && !add_row(w, t, &b))
        status = no_memory(t->path);
    bound_release(&b);
    return status;
}

static int do_file(struct work *w, const char *path)
{
    struct trace t;
    int status = inputs_read(&t, path, false);
    if (status != REP_OK)
        return status;
    status = find(w, &t);
    trace_free(&t);
    return status;
}

/* ---- Options --------------------------------------------------------------
 */

enum { OPTION_TRIES = 256, OPTION_PLACEMENT, OPTION_FORMAT };

static const struct option options[] = {
    {"tries", required_argument, NULL, OPTION_TRIES},
    {"placement", required_argument, NULL, OPTION_PLACEMENT},
    {"json", no_argument, NULL, OPTION_FORMAT},
    {"csv", no_argument, NULL, OPTION_FORMAT + 1},
    {"help", no_argument, NULL, 'h'},
    {0},
};

/* Returns -1 to go on, or an exit status. */
static int parse_option(struct work *w, int letter)
{
    switch (letter) {
    case 'h':
        fputs(help_text, stdout);
        return REP_OK;
    case '?':
        return REP_USAGE;
    case OPTION_PLACEMENT:
        w->placement = optarg;
        return -1;
    case OPTION_TRIES:
        if (rep_number(optarg, 1, 1000000, &w->tries))
            return -1;
        return rep_fail("bound: --tries: expected a number from 1 to 1000000, "
                        "found \"%s\"",
                        optarg);
    default:
        return rep_choose_format(&w->format, "bound",
                                 formats[letter - OPTION_FORMAT].name);
    }
}

static int parse(struct work *w, int argc, char **argv)
{
    int letter, status = -1;
    while (status < 0 &&
           (letter = getopt_long(argc, argv, "h", options, NULL)) != -1)
        status = parse_option(w, letter);
    if (status < 0 && optind == argc)
        status = rep_fail("bound: expected a trace, found none");
    return status;
}

/* ---- The verb -------------------------------------------------------------
 */

static void note(struct work *w, int status)
{
    if (status != REP_OK)
        w->status = status;
}

static void do_all(struct work *w, const struct inputs *in)
{
    if (w->placement && in->count > 1) {
        note(w, rep_fail("bound: --placement: expected one trace, found %zu",
                         in->count));
        return;
    }
    for (size_t i = 0; i < in->count; i++)
        note(w, do_file(w, in->paths[i]));
    bool taken = w->placement && strcmp(w->placement, "-") == 0;
    if (w->row_count && !taken)
        print(w);
}

int rep_bound(int argc, char **argv)
{
    struct work w = {.tries = BOUND_TRIES_AUTO};
    struct inputs in;
    int status = parse(&w, argc, argv);
    if (status >= 0)
        return status;
    w.status = inputs_list(&in, argv + optind);
    do_all(&w, &in);
    inputs_free(&in);
    for (size_t i = 0; i < w.row_count; i++) {
        free(w.rows[i].name);
        free(w.rows[i].path);
    }
    free(w.rows);
    return w.status;
}

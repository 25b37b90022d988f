/*
 * report.h - tables, JSON, CSV, Markdown, HTML
 *
 * Prints what result.h holds and grade.h makes of it, to a stream it is given.
 * Nothing here exits, and no NAN is ever printed: what is not known is "-" in
 * a table, null in JSON, nothing in CSV.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "driver/plot.h"
#include "driver/result.h"

/* Where the numbers were made. */
struct report_machine {
    char cpu[128];
    long cores;
    char kernel[192];
    char compiler[96]; /* of the driver */
    char libc[64];     /* whose malloc the ratio is to */
};

/* report_read_machine - ask this machine; what it does not tell is "". */
void report_read_machine(struct report_machine *machine);

/* A number of the command line that shaped the run: JSON's "config". */
struct report_setting {
    const char *name; /* "alignment", "time_limit" ... */
    double value;
};

/* The first allocator timed against the second, trace by trace. */
struct report_pair {
    const struct result_set *set; /* the ratio of its results is to the rival */
    const char *rival;
};

struct report {
    const struct result_set *sets; /* all over the same traces */
    size_t count;
    bool compare;                   /* one table with a column for each */
    const struct report_pair *pair; /* NULL: none was timed so */
    const struct report_setting *settings;
    size_t setting_count;
    const struct report_machine *machine;
    const struct plot_album *album; /* NULL: no pictures */
};

struct report_options {
    bool color;
    int verbose;  /* 0: the table of old; 1: every figure; 2: but not what
                   * runs printed, which was printed as they ran */
    size_t width; /* columns of the screen; 0: no end */
};

/*
 * report_print - the tables for people.  One allocator, with or without libc:
 *     a table each.  Several: side by side, with verbose after a table each;
 *     and however many, where they are to be compared.
 *     Then what failed and why, the performance index, the no-op floor.
 */
void report_print(FILE *out, const struct report *report,
                  struct report_options options);

/* report_print_run - under -V: how a run went, and what it printed, line by
 *     line. */
void report_print_run(FILE *out, const char *allocator, const struct result *r);

typedef void report_writer(FILE *out, const struct report *report);

/* A format for programs. */
struct report_exporter {
    const char *name;
    report_writer *write;
    const char *help; /* one line */
};

/* "json", "csv", "markdown", "html", "tsv", "gradescope"; ends with a NULL
 * name. */
extern const struct report_exporter report_exporters[];

/* report_find_exporter - by name; NULL if there is none. */
const struct report_exporter *report_find_exporter(const char *name);

/*
 * report_save - write the report into a file, whole or not at all (see
 *     outfile.h); path "-" is standard output.  False on error: *error is one
 *     line for the caller to free, NULL without memory.
 */
bool report_save(const char *path, report_writer *write,
                 const struct report *report, char **error);

/*
 * report_flush - whether all that was ever printed to out has arrived.  False:
 *     *error is one line, with name, for the caller to free.
 */
bool report_flush(FILE *out, const char *name, char **error);

#endif

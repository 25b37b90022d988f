/*
 * info.h - what rep info finds out about a trace
 *
 * A block lives from the request that allocates it to the one that frees it,
 * reallocs included.  A request that cannot be met (see TRACE_SIZE_MAX) makes
 * none and takes none.  Requests are counted from 1.
 */
#ifndef INFO_H
#define INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "driver/trace.h"

typedef unsigned __int128 info_wide; /* 2^32 blocks of 2^47 bytes */

/* What an allocator could make of a payload. */
enum info_layout {
    INFO_PAYLOAD,  /* the payload itself */
    INFO_ROUND_8,  /* rounded up to a multiple of 8 */
    INFO_ROUND_16, /* of 16 */
    INFO_HEADER_8, /* with 8 bytes of header, of 16, and 32 at least; 0
                    * for malloc(0) */
    INFO_LAYOUTS
};

/* Bytes in one layout. */
struct info_bytes {
    info_wide all;     /* over all requests that were met */
    info_wide live;    /* at the moment; when all is done, in the end */
    info_wide at_peak; /* when the most payload was live */
    info_wide peak;    /* the most that was ever live */
};

/* How much was live after a request. */
struct info_moment {
    uint64_t request, blocks;
    info_wide bytes; /* of payload */
};

/* The moments of the least and the most payload in a span of requests. */
struct info_span {
    struct info_moment low, high;
};

/* A size, and how many of the requests that were met asked for it. */
struct info_size {
    uint64_t size, requests;
};

/* The sizes from `from` to `to`: 0, then steps of 16 up to 128, then doubling
 * up to TRACE_SIZE_MAX. */
struct info_class {
    uint64_t from, to;
    uint64_t requests;
    info_wide bytes;
};

enum {
    INFO_CLASSES = 49,
    INFO_SPANS = 1024,
    INFO_LIFETIMES = 32, /* classes: 1, 2-3, 4-7 ... */
    INFO_GROWTHS = 6,    /* classes of the factor, see info_growth_limit */
};

struct info_reallocs {
    uint64_t grow, same, shrink;
    uint64_t null;  /* of NULL: it allocates */
    uint64_t to_0;  /* it frees */
    uint64_t unmet; /* too large: it does nothing */
    uint64_t growth[INFO_GROWTHS];
    uint64_t from_0;    /* grew from 0 bytes: of the last class */
    double growth_log2; /* summed over those that grew from more */
    info_wide copied;   /* bytes, if each that grows had to move */
    uint64_t blocks;    /* that were realloced at all */
    uint32_t most;      /* of one block */
};

struct info {
    char *path, *name;
    char **warnings;
    size_t warning_count;
    int weight;
    uint64_t requests, ids;
    uint64_t kinds[TRACE_KINDS];
    uint64_t free_null; /* frees that take nothing */
    uint64_t unmet;     /* requests that are too large */
    uint64_t blocks;    /* allocated */
    uint64_t freed;     /* of them, by a free or a realloc to 0 */
    uint64_t youngest;  /* frees of the live block that was allocated, or */
    uint64_t oldest;    /* realloced, last; first */
    struct info_bytes layouts[INFO_LAYOUTS];
    struct info_moment most_bytes, most_blocks; /* the first such moments */
    struct info_moment end;
    info_wide live_bytes, live_blocks; /* summed over the requests */
    struct info_size *sizes;           /* distinct ones, ascending */
    struct info_size *top;             /* the same, most requested first */
    size_t size_count;
    uint64_t met; /* requests that gave a block */
    struct info_class classes[INFO_CLASSES];
    uint64_t lifetimes[INFO_LIFETIMES];
    struct info_reallocs reallocs;
    struct info_span *spans;
    size_t span_count;
};

/* ---- info_study.c, info_sizes.c ---------------------------------------- */

/* info_study - find out about t, whose path, name and warnings go over to
 *     info.  False, with errno set, without memory; info is then empty. */
bool info_study(struct info *info, struct trace *t);

/* info_free - give back all that info_study took. */
void info_free(struct info *info);

/* info_count_sizes - fill sizes, top, size_count and met from the lives of
 *     answers 1 to count.  False, with errno set, without memory. */
bool info_count_sizes(struct info *info, const struct trace_life *lives,
                      size_t count);

/* info_quantile - the least size that so many percent of the requests do not
 *     exceed; 0 if there are none. */
uint64_t info_quantile(const struct info *info, unsigned percent);

/* ---- info_classes.c ---------------------------------------------------- */

/* info_classify - fill classes from sizes. */
void info_classify(struct info *info);

/* info_size_place - where a size stands on an axis on which every class but the
 *     first, 0, is 1 wide and ends at its number. */
double info_size_place(uint64_t size);

/* info_lifetime_from, _to - the limits of a class of lifetimes, in requests. */
uint64_t info_lifetime_from(size_t i);
uint64_t info_lifetime_to(size_t i);

/* info_growth_limit - the highest factor of a class, infinity for the last. */
double info_growth_limit(size_t i);

/* info_growth_class - to which one a growth belongs; sizes up to
 *     TRACE_SIZE_MAX. */
size_t info_growth_class(uint64_t from, uint64_t to);

/* ---- info_figures.c ---------------------------------------------------- */

/* One figure: a count, or a real number, NAN where it is not defined. */
struct info_value {
    bool is_real;
    info_wide count;
    double real;
};

struct info_figure {
    const char *name; /* in JSON and CSV: stable */
    struct info_value (*get)(const struct info *info);
};

/* Ends with a NULL name. */
extern const struct info_figure info_figures[];

/* info_ratio - a / b, NAN if b is 0. */
double info_ratio(info_wide a, info_wide b);

/* info_util - the utilization that no heap of this layout exceeds. */
double info_util(const struct info *info, enum info_layout layout);

/* info_top_share - of the INFO_TOP sizes most requested in the requests. */
enum { INFO_TOP = 10 };
double info_top_share(const struct info *info);

/* info_growth - the mean factor (geometric) of reallocs that grow. */
double info_growth(const struct info *info);

/* info_decimal - a number in decimal; text, or a part of it. */
enum { INFO_DECIMAL = 40 };
const char *info_decimal(char text[INFO_DECIMAL], info_wide number);

/* ---- info_text.c, info_summary.c, info_export.c, info_dat.c ------------ */

struct info_set {
    struct info *infos;
    size_t count;
    size_t top; /* rows of the most requested sizes */
    bool utf8;  /* bars are of block characters, not of '#' */
};

typedef void info_printer(FILE *out, const struct info_set *set);

info_printer info_print_text, info_print_summary, info_print_json,
    info_print_csv;

/*
 * info_save_dat - write the files for plots into dir, which is made if need
 *     be: NAME.sizes.dat, NAME.cdf.dat, NAME.lifetimes.dat and NAME.live.dat
 *     of each trace, NAME.2.sizes.dat and so on if there are two of one name.
 *     False on error, with *error one line for the caller to free.
 */
bool info_save_dat(const char *dir, const struct info_set *set, char **error);

/* What the files of data hold.  With columns the second is thinned out to what
 * is seen in so many columns a class; 0: every size. */
void info_write_sizes(FILE *out, const struct info *info);
void info_write_cdf(FILE *out, const struct info *info, unsigned columns);
void info_write_lifetimes(FILE *out, const struct info *info);

/* ---- info_plot.c ------------------------------------------------------- */

/* info_plot_find - the picture of a name, as a bit; 0: there is none.  "all":
 *     each. */
unsigned info_plot_find(const char *name);

/*
 * info_plot - draw these pictures of each trace into dir, which is made if need
 *     be, telling each on out.  False on error, with *error one line for the
 *     caller to free, or NULL without memory or after an interrupt.
 */
bool info_plot(const char *dir, unsigned pictures, const struct info_set *set,
               FILE *out, char **error);

/* ---- info_histogram.c -------------------------------------------------- */

enum { INFO_LABEL = 48 };

struct info_row {
    char label[INFO_LABEL];
    info_wide number, bytes;
};

struct info_histogram {
    const char *title, *unit; /* of the first two columns */
    size_t count;
    bool (*row)(const struct info *info, size_t i, struct info_row *row);
    /* false: it is left out */
    bool with_bytes;          /* two bars a row */
    info_wide all, all_bytes; /* what shares are of */
};

/* info_print_histogram - a table with bars, as long as the largest allows. */
void info_print_histogram(FILE *out, const struct info_set *set,
                          const struct info *info,
                          const struct info_histogram *h);

/* info_short - a number of bytes in at most 5 characters: 1023, 1.50K, 23.4M */
enum { INFO_SHORT = 16 };
const char *info_short(char text[INFO_SHORT], info_wide bytes);

#endif

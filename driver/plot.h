/*
 * plot.h - the pictures: what each needs of the runs, and drawing them
 */
#ifndef PLOT_H
#define PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "driver/result.h"

enum plot_scope {
    PLOT_RUN,   /* one for each allocator and trace */
    PLOT_TRACE, /* one for each trace, with all allocators */
    PLOT_ALL,   /* one */
};

struct plot_view;

struct plot_kind {
    const char *name; /* of the picture and of its script in plot/ */
    enum plot_scope scope;
    unsigned data; /* that runs must leave: bits of enum result_data */
    bool timed;    /* runs must be timed */
    bool bound;    /* the bound of each trace must be known */
    /* Whether there is anything to draw. */
    bool (*has)(const struct plot_view *v);
    /* Set the script's variables and write data; false: *error is set. */
    bool (*describe)(const struct plot_view *v, char **error);
    const char *title; /* for people */
    const char *text;  /* what it shows: a sentence or two */
    const char *takes; /* without what there is none */
};

/* Ends with a NULL name. */
extern const struct plot_kind plot_kinds[];

/* plot_find - the kind of a name, as a bit; 0: there is none.  "all": each. */
unsigned plot_find(const char *name);

/* What kinds together need. */
struct plot_needs {
    unsigned data;
    bool timed, bound;
};
struct plot_needs plot_needs(unsigned kinds);

/* A picture that was drawn, or could be. */
struct plot_picture {
    const struct plot_kind *kind;
    const char *allocator; /* NULL: several */
    const char *trace;     /* NULL: several */
    char *name;            /* DIR/NAME.png and DIR/NAME.svg */
    bool drawn;            /* gnuplot was there */
};

struct plot_album {
    const char *dir;
    unsigned kinds;
    struct plot_picture *pictures;
    size_t count;
};

/*
 * plot_draw - all pictures of the album's kinds that the sets have data for,
 *     telling each on out, and of which kind there is none.  False when one
 * could not be made, *error being one line for the caller to free or NULL
 * without memory; after an interrupt too, with *error NULL.  plot_release gives
 * back what it added.
 */
bool plot_draw(struct plot_album *album, const struct result_set *sets,
               size_t count, FILE *out, char **error);
void plot_release(struct plot_album *album);

#endif

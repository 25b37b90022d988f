/*
 * gnuplot.h - a picture: data, a script, and gnuplot, if it is there
 *
 * A picture NAME in a directory is NAME.gp, which sets variables and loads
 * style.gp and a script of plot/, both copied beside it; its data; and what
 * gnuplot draws: NAME.png and NAME.svg.  The directory is complete by itself:
 * `gnuplot NAME.gp` in it draws the picture again, on any machine.
 */
#ifndef GNUPLOT_H
#define GNUPLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct gnuplot;

/*
 * gnuplot_begin - begin the picture NAME in dir, which is made if need be, with
 *     its parents; script is the one of plot/ that draws it, without ".gp".
 *     NULL on error, with *error one line for the caller to free, or NULL
 *     without memory.
 */
struct gnuplot *gnuplot_begin(const char *dir, const char *name,
                              const char *script, char **error);

/* gnuplot_data - where to write NAME.dat, opened at the first call; NULL on
 *     error, with *error set.  The variable data is then its name. */
FILE *gnuplot_data(struct gnuplot *g, char **error);

/* gnuplot_set_number, gnuplot_set_text, gnuplot_set_texts - set a variable of
 * the script; texts is an array.  What is not finite is NaN. */
void gnuplot_set_number(struct gnuplot *g, const char *variable, double value);
void gnuplot_set_text(struct gnuplot *g, const char *variable,
                      const char *text);
void gnuplot_set_texts(struct gnuplot *g, const char *variable,
                       const char *const *texts, size_t count);

enum gnuplot_outcome {
    GNUPLOT_FAILED, /* with *error set, NULL without memory */
    GNUPLOT_DREW,
    GNUPLOT_ABSENT, /* data and script are written; there is no gnuplot */
};

/* gnuplot_end - complete the files and draw.  Gives g back. */
enum gnuplot_outcome gnuplot_end(struct gnuplot *g, char **error);

/* gnuplot_abandon - leave nothing behind. */
void gnuplot_abandon(struct gnuplot *g);

/* gnuplot_tell - the line for the user: what was drawn, or how to draw it. */
void gnuplot_tell(FILE *out, const char *dir, const char *name,
                  enum gnuplot_outcome outcome);

#endif

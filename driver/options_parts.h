/*
 * options_parts.h - what the files of the options room share; for them alone
 */
#ifndef OPTIONS_PARTS_H
#define OPTIONS_PARTS_H

#include "driver/options.h"

/* An option's handler; value is NULL for an option that takes none.  Returns
 * NULL, or what was expected instead. */
typedef const char *options_take(struct options *o, const char *value);

struct flag {
    char letter;      /* 0: it has none */
    const char *name; /* NULL: it has none; without both it is a heading */
    const char *value;
    options_take *take; /* NULL: it sets a bool, or has the name of a format */
    size_t offset;      /* of that bool in struct options; 0: a format */
    const char *help;   /* NULL: the end of the table */
};

/* The table, and no less than it has rows. */
extern const struct flag options_flags[];
#define OPTIONS_FLAGS_MAX 64

static inline bool options_is_heading(const struct flag *f)
{
    return !f->letter && !f->name;
}

/* options_no_memory - what a handler says when it has none: no sentence of its
 *     own. */
extern const char options_no_memory[];

/* options_add_input, options_add_allocator, options_add_export - make a list
 *     longer; NULL, or options_no_memory. */
const char *options_add_input(struct options *o, const char *path,
                              bool directory, bool check_only);
const char *options_add_allocator(struct options *o, const char *name);
const char *options_add_export(struct options *o, const char *format,
                               const char *path);

#endif

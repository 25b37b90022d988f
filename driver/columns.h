/*
 * columns.h - the requests of a trace as columns of pixels
 *
 * A picture is no wider than so many columns.  What happens in the requests of
 * a column is reduced by whoever draws it to its least and its most, or summed
 * up; no request is left out.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <stddef.h>

struct columns {
    size_t requests;
    size_t count; /* as many as requests, where those are fewer */
};

/* columns_make - for so many requests, at most so many columns. */
static inline struct columns columns_make(size_t requests, size_t most)
{
    return (struct columns){requests, requests < most ? requests : most};
}

/* columns_first - how many requests are served before those of column i, which
 *     may be count. */
static inline size_t columns_first(const struct columns *c, size_t i)
{
    return (size_t)((unsigned __int128)c->requests * i / c->count);
}

/* columns_of - the column of the request with `before` requests before it. */
static inline size_t columns_of(const struct columns *c, size_t before)
{
    size_t i = (size_t)((unsigned __int128)before * c->count / c->requests);
    return columns_first(c, i + 1) <= before ? i + 1 : i;
}

#endif

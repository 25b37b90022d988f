/*
 * trace_read.c - read a trace: the loop over the lines, and the header
 *
 * Which dialect a header of four numbers is follows from the first and the
 * last of them, once the true peak payload is known.  One of them only is 0
 * to 3: that is the weight.  Both are: the fourth of a modern header is the
 * peak payload, or 0 or 1 as the older flag; 2 or 3 that are not the peak are
 * the weight of a classic header which suggests no heap size (0), and else a
 * wrong peak, as no heap has 1 to 3 bytes.  A peak that differs from the true
 * one is not complained of: people count it differently across a realloc.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "driver/trace_build.h"
#include "driver/trace_source.h"

enum { HEADER_LINES = 4 };

struct header {
    uint64_t value[HEADER_LINES];
    size_t line[HEADER_LINES];
    int count;
    size_t body; /* the line of the first request */
};

struct reader {
    struct trace_parser parser;
    struct trace_build build;
    struct header header;
};

/* ---- Lines ------------------------------------------------------------- */

static void take_header_line(struct reader *r, uint64_t value)
{
    struct header *h = &r->header;
    h->value[h->count] = value;
    h->line[h->count++] = r->parser.line;
    r->parser.in_header = h->count < HEADER_LINES;
}

/* Requests beyond the announced number are ignored, but for an announced 0:
 * that only says that nobody counted. */
static void end_header(struct reader *r)
{
    struct header *h = &r->header;
    h->body = r->parser.line;
    r->parser.in_header = false;
    r->build.announced = SIZE_MAX;
    if (h->count == HEADER_LINES && h->value[2])
        r->build.announced = h->value[2];
}

static bool take_line(struct reader *r, const char **text)
{
    struct trace_request request = {0};
    r->parser.line++;
    switch (trace_parse_line(&r->parser, text, &request)) {
    case TRACE_PARSED_ERROR:
        return false;
    case TRACE_PARSED_NOTHING:
        return true;
    case TRACE_PARSED_NUMBER:
        take_header_line(r, request.size);
        return true;
    case TRACE_PARSED_REQUEST:
        break;
    }
    if (!r->header.body)
        end_header(r);
    r->build.line = r->parser.line;
    return trace_build_add(&r->build, &request);
}

static bool take_lines(struct reader *r, struct trace_source *s)
{
    const char *at, *end;
    while (trace_source_lines(s, &at, &end))
        while (at < end)
            if (!take_line(r, &at))
                return false;
    return !*r->parser.error;
}

/* ---- The header -------------------------------------------------------- */

static enum trace_dialect dialect_of(const struct header *h, uint64_t peak)
{
    uint64_t first = h->value[0], last = h->value[3];
    if (first > 3)
        return TRACE_CLASSIC;
    if (last > 3 || last == peak || last < 2)
        return TRACE_MODERN;
    return first == 0 ? TRACE_CLASSIC : TRACE_MODERN;
}

static bool decide_dialect(struct reader *r)
{
    const struct header *h = &r->header;
    struct trace *t = r->build.trace;
    if (h->value[0] > 3 && h->value[3] > 3)
        return trace_fail(r->parser.error,
                          "%s:%zu: expected a weight (0 to 3) in the first or "
                          "the fourth line of the header, found %llu and %llu",
                          t->path, h->line[3], (unsigned long long)h->value[0],
                          (unsigned long long)h->value[3]);
    t->dialect = dialect_of(h, t->peak_payload);
    t->weight = (int)h->value[t->dialect == TRACE_CLASSIC ? 3 : 0];
    return true;
}

/* Old drivers index an array by id, so one more than the highest id is as
 * right as the number of distinct ids. */
static bool check_ids(struct reader *r)
{
    const struct header *h = &r->header;
    const struct trace_ids *ids = &r->build.ids;
    if (h->value[1] == ids->count ||
        (ids->count && h->value[1] && h->value[1] - 1 == ids->max))
        return true;
    return trace_build_note(&r->build, TRACE_WRONG_IDS, h->line[1],
                            "the true number is used",
                            "the header announces %llu ids, found %zu",
                            (unsigned long long)h->value[1], ids->count);
}

static bool check_ops(struct reader *r)
{
    const struct header *h = &r->header;
    size_t found = r->build.trace->op_count;
    if (h->value[2] == found)
        return true;
    return trace_build_note(&r->build, TRACE_WRONG_OPS, h->line[2],
                            "the true number is used",
                            "the header announces %llu requests, found %zu",
                            (unsigned long long)h->value[2], found);
}

static bool short_header(struct reader *r)
{
    struct trace *t = r->build.trace;
    t->dialect = TRACE_MODERN;
    t->weight = 1;
    return trace_build_note(
        &r->build, TRACE_SHORT_HEADER, r->header.body,
        "the requests are counted and the weight is 1",
        "expected 4 lines of header before the first request, found %d",
        r->header.count);
}

/* ---- The whole --------------------------------------------------------- */

static bool finish(struct reader *r)
{
    struct trace *t = r->build.trace;
    if (!r->header.body)
        return trace_fail(r->parser.error,
                          "%s:%zu: expected a request, found the end of the "
                          "file",
                          t->path, r->parser.line + 1);
    trace_build_settle(&r->build);
    bool full = r->header.count == HEADER_LINES;
    return (full ? decide_dialect(r) && check_ids(r) && check_ops(r)
                 : short_header(r)) &&
           trace_build_finish(&r->build);
}

static bool name_trace(struct trace *t, const char *path, char **error)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t length = trace_filter_stem(name);
    if (length > 4 && memcmp(name + length - 4, ".rep", 4) == 0)
        length -= 4;
    t->path = strdup(path);
    t->name = strndup(name, length);
    return (t->path && t->name) ||
           trace_fail(error, "%s: %s", path, strerror(ENOMEM));
}

static bool read_all(struct reader *r, const char *path, const char *label)
{
    struct trace_source source;
    char **error = r->parser.error;
    if (!name_trace(r->build.trace, label, error) ||
        !trace_source_open(&source, path, label, error))
        return false;
    bool good = take_lines(r, &source);
    trace_source_close(&source);
    return good && finish(r);
}

bool trace_read(struct trace *t, const char *path, bool strict, char **error)
{
    const char *label = strcmp(path, "-") == 0 ? "<stdin>" : path;
    *t = (struct trace){0};
    *error = NULL;
    struct reader r = {
        .parser = {.path = label, .error = error, .in_header = true},
        .build = {.trace = t, .strict = strict, .error = error},
    };
    bool good = read_all(&r, path, label);
    trace_build_free(&r.build);
    if (!good)
        trace_free(t);
    return good;
}

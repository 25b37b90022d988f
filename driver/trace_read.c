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
#include <stdarg.h>
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

static inline bool take_parsed(struct reader *r, enum trace_parsed parsed,
                               const struct trace_request *request)
{
    switch (parsed) {
    case TRACE_PARSED_ERROR:
        return false;
    case TRACE_PARSED_NOTHING:
        return true;
    case TRACE_PARSED_NUMBER:
        take_header_line(r, request->size);
        return true;
    case TRACE_PARSED_REQUEST:
        break;
    }
    if (!r->header.body)
        end_header(r);
    r->build.line = r->parser.line;
    return trace_build_add(&r->build, request);
}

static inline bool take_line(struct reader *r, const char **text)
{
    struct trace_request request = {0};
    r->parser.line++;
    enum trace_parsed parsed = trace_parse_line(&r->parser, text, &request);
    return take_parsed(r, parsed, &request);
}

static bool take_lines(struct reader *r, struct trace_source *s)
{
    const char *at, *end;
    while (trace_source_lines(s, &at, &end))
        while (at < end)
            if (!take_line(r, &at))
                return false;
    return !s->failed;
}

/* ---- Lines, for a listener --------------------------------------------- */

static const char *next_line(const char *text)
{
    return (const char *)rawmemchr(text, '\n') + 1;
}

/* The parser's message begins with the path and the line. */
static bool remark_unreadable(struct reader *r)
{
    char *message = *r->parser.error;
    if (!message)
        return false;
    const char *fact = strstr(message + strlen(r->parser.path), ": ") + 2;
    *r->parser.error = NULL;
    bool good = trace_build_note(&r->build, TRACE_UNREADABLE, r->parser.line,
                                 "the line is ignored", "%s", fact);
    free(message);
    return good;
}

static bool remark_layout(struct reader *r, const char *line, size_t length,
                          bool has_words)
{
    struct trace_build *b = &r->build;
    size_t at = r->parser.line;
    bool crlf = length > 1 && line[length - 2] == '\r';
    bool comment = line[strspn(line, " \t")] == '#';
    if (crlf && !trace_build_note(b, TRACE_CRLF, at, "the CR is ignored",
                                  "expected LF alone to end the line, found "
                                  "CR LF"))
        return false;
    if (has_words)
        return true;
    if (comment)
        return trace_build_note(b, TRACE_COMMENT, at, "it is skipped",
                                "expected a request, found a comment");
    return trace_build_note(b, TRACE_BLANK, at, "it is skipped",
                            "expected a request, found a blank line");
}

static bool study_line(struct reader *r, const char **text)
{
    const char *line = *text;
    struct trace_request request = {0};
    r->parser.line++;
    enum trace_parsed parsed = trace_parse_line(&r->parser, text, &request);
    if (parsed == TRACE_PARSED_ERROR) {
        *text = next_line(line);
        return remark_unreadable(r);
    }
    return remark_layout(r, line, (size_t)(*text - line),
                         parsed != TRACE_PARSED_NOTHING) &&
           take_parsed(r, parsed, &request);
}

/* Of a line that comes in pieces only the first is looked at. */
static bool study_lines(struct reader *r, struct trace_source *s)
{
    const char *at, *end;
    for (bool within = false; trace_source_lines(s, &at, &end);
         within = s->cut) {
        if (within)
            at = next_line(at);
        while (at < end)
            if (!study_line(r, &at))
                return false;
    }
    return !s->failed;
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

/* What nothing can be made of: the listener goes on without it. */
__attribute__((format(printf, 5, 6))) static bool
give_up(struct reader *r, enum trace_untidy kind, size_t line, const char *mend,
        const char *format, ...)
{
    char fact[200];
    va_list args;
    va_start(args, format);
    vsnprintf(fact, sizeof(fact), format, args);
    va_end(args);
    if (r->build.listener)
        return trace_build_note(&r->build, kind, line, mend, "%s", fact);
    return trace_fail(r->parser.error, "%s:%zu: %s", r->parser.path, line,
                      fact);
}

static bool no_weight(struct reader *r)
{
    const struct header *h = &r->header;
    r->build.trace->dialect = TRACE_MODERN;
    r->build.trace->weight = 1;
    return give_up(r, TRACE_NO_WEIGHT, h->line[3], "the weight is 1",
                   "expected a weight (0 to 3) in the first or the fourth "
                   "line of the header, found %llu and %llu",
                   (unsigned long long)h->value[0],
                   (unsigned long long)h->value[3]);
}

static bool decide_dialect(struct reader *r)
{
    const struct header *h = &r->header;
    struct trace *t = r->build.trace;
    if (h->value[0] > 3 && h->value[3] > 3)
        return no_weight(r);
    t->dialect = dialect_of(h, t->peak_payload);
    t->weight = (int)h->value[t->dialect == TRACE_CLASSIC ? 3 : 0];
    return true;
}

/* The number of distinct ids is too few for it, where they are sparse. */
static bool check_array(struct reader *r)
{
    const struct header *h = &r->header;
    const struct trace_ids *ids = &r->build.ids;
    if (!r->build.listener || !ids->count || h->value[1] > ids->max ||
        ids->max >= TRACE_ARRAY_IDS)
        return true;
    return trace_build_note(&r->build, TRACE_FEW_IDS, h->line[1],
                            "the array of old drivers is too short",
                            "the header announces %llu ids, found id %llu",
                            (unsigned long long)h->value[1],
                            (unsigned long long)ids->max);
}

/* Old drivers index an array by id, so one more than the highest id is as
 * right as the number of distinct ids. */
static bool check_ids(struct reader *r)
{
    const struct header *h = &r->header;
    const struct trace_ids *ids = &r->build.ids;
    if (h->value[1] == ids->count ||
        (ids->count && h->value[1] && h->value[1] - 1 == ids->max))
        return check_array(r);
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

/* People count it differently across a realloc: for a listener only. */
static bool check_peak(struct reader *r)
{
    const struct trace *t = r->build.trace;
    const struct header *h = &r->header;
    unsigned long long said = h->value[3], found = t->peak_payload;
    if (!r->build.listener || t->dialect == TRACE_CLASSIC || said == found)
        return true;
    if (said < 2)
        return trace_build_note(&r->build, TRACE_OLD_FLAG, h->line[3],
                                "it is ignored",
                                "expected a peak payload of %llu bytes, found "
                                "the older flag %llu",
                                found, said);
    return trace_build_note(&r->build, TRACE_WRONG_PEAK, h->line[3],
                            "the true number is used",
                            "the header announces a peak payload of %llu "
                            "bytes, found %llu",
                            said, found);
}

static bool check_header(struct reader *r)
{
    return decide_dialect(r) && check_ids(r) && check_ops(r) && check_peak(r);
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
    if (!r->header.body) {
        give_up(r, TRACE_NO_REQUEST, r->parser.line + 1, "there is no trace",
                "expected a request, found the end of the file");
        return false;
    }
    trace_build_settle(&r->build);
    bool full = r->header.count == HEADER_LINES;
    return (full ? check_header(r) : short_header(r)) &&
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
    bool good =
        r->build.listener ? study_lines(r, &source) : take_lines(r, &source);
    trace_source_close(&source);
    return good && finish(r);
}

static bool read_text(struct reader *r, const char *label, const char *text)
{
    const char *end = text + strlen(text);
    if (!name_trace(r->build.trace, label, r->parser.error))
        return false;
    while (text < end)
        if (!take_line(r, &text))
            return false;
    return finish(r);
}

static struct reader new_reader(struct trace *t, const char *label,
                                char **error)
{
    *t = (struct trace){0};
    *error = NULL;
    return (struct reader){
        .parser = {.path = label, .error = error, .in_header = true},
        .build = {.trace = t, .error = error},
    };
}

static bool end_reader(struct reader *r, bool good)
{
    trace_build_free(&r->build);
    if (!good)
        trace_free(r->build.trace);
    return good;
}

static bool read_as(struct trace *t, const char *path, bool strict,
                    const struct trace_listener *listener, char **error)
{
    const char *label = strcmp(path, "-") == 0 ? "<stdin>" : path;
    struct reader r = new_reader(t, label, error);
    r.build.strict = strict;
    r.build.listener = listener;
    return end_reader(&r, read_all(&r, path, label));
}

bool trace_read_text(struct trace *t, const char *label, const char *text,
                     char **error)
{
    struct reader r = new_reader(t, label, error);
    return end_reader(&r, read_text(&r, label, text));
}

bool trace_read(struct trace *t, const char *path, bool strict, char **error)
{
    return read_as(t, path, strict, NULL, error);
}

bool trace_study(struct trace *t, const char *path,
                 const struct trace_listener *listener, char **error)
{
    return read_as(t, path, false, listener, error);
}

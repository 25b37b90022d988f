/*
 * trace_parse.h - from a line to a request
 */
#ifndef TRACE_PARSE_H
#define TRACE_PARSE_H

#include "driver/trace.h"

/* A request as it stands in the file. */
struct trace_request {
    enum trace_kind kind;
    bool no_id;   /* f -1; no line says so of a realloc: of NULL, whatever
                   * block the id has now */
    bool no_size; /* a ID */
    uint64_t id;
    uint64_t arg;  /* count of calloc, alignment of memalign */
    uint64_t size; /* as for trace_op; and the number of a header line */
};

enum trace_parsed {
    TRACE_PARSED_ERROR,
    TRACE_PARSED_NOTHING, /* a blank line or a comment */
    TRACE_PARSED_NUMBER,  /* a header line */
    TRACE_PARSED_REQUEST,
};

/* Where the parser stands, for its messages. */
struct trace_parser {
    const char *path;
    size_t line; /* from 1 */
    char **error;
    bool in_header; /* a number by itself is welcome */
};

/*
 * trace_parse_line - parse the line at *text, which ends with a newline, and
 *     move *text behind it.  On TRACE_PARSED_ERROR *error is set.
 */
enum trace_parsed trace_parse_line(struct trace_parser *p, const char **text,
                                   struct trace_request *r);

#endif

/*
 * trace_parse.c - from a line to a request
 *
 * Knows the letters and the numbers and nothing of what is live.  Every line
 * ends with a newline, so no look-ahead needs a bound: no rule steps over one.
 * The straight way is short; whatever does not fit goes to the slow functions,
 * which find out what is wrong.
 */
#include "driver/trace_parse.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "driver/trace_model.h"
#include "driver/trace_source.h"

/* One line on its way through the parser. */
struct scan {
    struct trace_parser *parser;
    const char *start;
    const char *at;
};

static inline bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static inline bool is_end(const char *s)
{
    return *s == '\n' || (*s == '\r' && s[1] == '\n');
}

static inline bool is_word_end(const char *s)
{
    return is_blank(*s) || is_end(s);
}

static inline void skip_blanks(struct scan *s)
{
    while (is_blank(*s->at))
        s->at++;
}

/* ---- What is wrong ----------------------------------------------------- */

/* Bytes that text does not have; those above 127 may be letters. */
static bool is_binary(const char *s)
{
    unsigned char c = (unsigned char)*s;
    return (c < ' ' || c == 127) && !is_blank(*s) && !is_end(s);
}

static const char *find_binary(const char *s)
{
    while (!is_end(s) && !is_binary(s))
        s++;
    return is_end(s) ? NULL : s;
}

static bool fail_binary(const struct scan *s, const char *byte)
{
    return trace_fail(s->parser->error,
                      "%s:%zu: expected text, found the byte 0x%02x",
                      s->parser->path, s->parser->line, (unsigned char)*byte);
}

#define SHOWN_MAX 40

/* The word at s->at, or the begin of a long one.  What a byte above 127 would
 * do to a terminal is anybody's guess. */
static void show_word(const struct scan *s, char shown[4 * SHOWN_MAX + 4])
{
    const char *c = s->at;
    for (; !is_word_end(c) && c < s->at + SHOWN_MAX; c++)
        shown += sprintf(shown, (unsigned char)*c > 127 ? "\\x%02x" : "%c",
                         (unsigned char)*c);
    strcpy(shown, is_word_end(c) ? "" : "...");
}

/* Complain about the word at s->at: "expected EXPECTED, found `word`".  A
 * binary byte anywhere in the line is the better explanation. */
static bool fail_word(const struct scan *s, const char *expected)
{
    const struct trace_parser *p = s->parser;
    const char *byte = find_binary(s->start);
    char shown[4 * SHOWN_MAX + 4];
    if (byte)
        return fail_binary(s, byte);
    if (is_end(s->at))
        return trace_fail(p->error,
                          "%s:%zu: expected %s, found the end of the line",
                          p->path, p->line, expected);
    show_word(s, shown);
    return trace_fail(p->error, "%s:%zu: expected %s, found `%s`", p->path,
                      p->line, expected, shown);
}

/* ---- Numbers ----------------------------------------------------------- */

/* A number of 20 digits or more, or none at all. */
static bool odd_number(struct scan *s, const char *expected, uint64_t *value)
{
    const char *digit = s->at;
    *value = 0;
    while (isdigit((unsigned char)*digit)) {
        if (__builtin_mul_overflow(*value, 10, value) ||
            __builtin_add_overflow(*value, (uint64_t)(*digit - '0'), value))
            return fail_word(s, expected);
        digit++;
    }
    if (digit == s->at || !is_word_end(digit))
        return fail_word(s, expected);
    s->at = digit;
    return true;
}

static inline bool number(struct scan *s, const char *expected, uint64_t *value)
{
    uint64_t n = 0;
    unsigned digit;
    skip_blanks(s);
    const char *c = s->at;
    while ((digit = (unsigned)(unsigned char)*c - '0') <= 9) {
        n = n * 10 + digit;
        c++;
    }
    if (c == s->at || c - s->at > 19 || !is_word_end(c))
        return odd_number(s, expected, value);
    *value = n;
    s->at = c;
    return true;
}

#define UPTO " from 0 to 18446744073709551615"

static inline bool id(struct scan *s, struct trace_request *r)
{
    return number(s, "an id" UPTO, &r->id);
}

static inline bool size(struct scan *s, struct trace_request *r)
{
    return number(s, "a size" UPTO, &r->size);
}

/* ---- Requests ---------------------------------------------------------- */

static inline bool malloc_words(struct scan *s, struct trace_request *r)
{
    r->kind = TRACE_MALLOC;
    if (!id(s, r))
        return false;
    skip_blanks(s);
    r->no_size = is_end(s->at);
    return r->no_size || size(s, r);
}

static inline bool free_words(struct scan *s, struct trace_request *r)
{
    r->kind = TRACE_FREE;
    skip_blanks(s);
    r->no_id = s->at[0] == '-' && s->at[1] == '1' && is_word_end(s->at + 2);
    if (!r->no_id)
        return id(s, r);
    s->at += 2;
    return true;
}

static bool calloc_words(struct scan *s, struct trace_request *r)
{
    r->kind = TRACE_CALLOC;
    return id(s, r) && number(s, "a count" UPTO, &r->arg) && size(s, r);
}

static bool memalign_words(struct scan *s, struct trace_request *r)
{
    static const char expected[] = "an alignment that is a power of two";
    r->kind = TRACE_MEMALIGN;
    if (!id(s, r))
        return false;
    skip_blanks(s);
    struct scan word = *s;
    if (!number(s, expected, &r->arg))
        return false;
    if (!r->arg || r->arg & (r->arg - 1))
        return fail_word(&word, expected);
    return size(s, r);
}

static inline bool realloc_words(struct scan *s, struct trace_request *r)
{
    r->kind = TRACE_REALLOC;
    return id(s, r) && size(s, r);
}

static inline bool request(struct scan *s, struct trace_request *r)
{
    char letter = *s->at;
    if (!is_word_end(s->at + 1))
        letter = 0;
    s->at += letter != 0;
    switch (letter) {
    case 'a':
        return malloc_words(s, r);
    case 'f':
        return free_words(s, r);
    case 'r':
        return realloc_words(s, r);
    case 'c':
        return calloc_words(s, r);
    case 'm':
        return memalign_words(s, r);
    default:
        s->at -= letter != 0;
        return fail_word(s, "a request (a, c, f, m or r)");
    }
}

/* ---- Lines ------------------------------------------------------------- */

static bool comment(struct scan *s)
{
    const char *byte = find_binary(s->at);
    if (byte)
        return fail_binary(s, byte);
    while (!is_end(s->at))
        s->at++;
    return true;
}

static bool fail_long(const struct scan *s)
{
    return trace_fail(s->parser->error,
                      "%s:%zu: expected a line of at most %d characters, "
                      "found a longer one",
                      s->parser->path, s->parser->line, TRACE_LINE_MAX);
}

/* All of the line but its end. */
static inline enum trace_parsed words(struct scan *s, struct trace_request *r)
{
    bool good;
    enum trace_parsed parsed = TRACE_PARSED_NOTHING;
    skip_blanks(s);
    if (is_end(s->at))
        return parsed;
    if (*s->at == '#') {
        good = comment(s);
    } else if (s->parser->in_header && strchr("-0123456789", *s->at)) {
        good = number(s, "a number of the header" UPTO, &r->size);
        parsed = TRACE_PARSED_NUMBER;
    } else {
        good = request(s, r);
        parsed = TRACE_PARSED_REQUEST;
    }
    return good ? parsed : TRACE_PARSED_ERROR;
}

enum trace_parsed trace_parse_line(struct trace_parser *p, const char **text,
                                   struct trace_request *r)
{
    struct scan s = {p, *text, *text};
    enum trace_parsed parsed = words(&s, r);
    if (parsed == TRACE_PARSED_ERROR)
        return parsed;
    skip_blanks(&s);
    if (!is_end(s.at)) {
        fail_word(&s, "the end of the line");
        return TRACE_PARSED_ERROR;
    }
    if (s.at - s.start > TRACE_LINE_MAX) {
        fail_long(&s);
        return TRACE_PARSED_ERROR;
    }
    *text = s.at + 1 + (*s.at == '\r');
    return parsed;
}

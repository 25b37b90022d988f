/*
 * edit_cut.c - rep cut: a range of the requests of a trace
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/edit/edit.h"

struct cut {
    uint64_t from, to; /* requests, from 1, the last included */
    bool live;
};

enum { LIVE = EDIT_OWN };

static const struct option cut_options[] = {
    {"live", no_argument, NULL, LIVE},
    {0},
};

static const char cut_help[] =
    "usage: rep cut FROM:TO FILE [options]\n"
    "\n"
    "Write requests FROM to TO of the trace FILE (- is standard input).  They\n"
    "are counted from 1; FROM or TO may be left out.  Of blocks older than "
    "FROM\n"
    "the frees are left out, and a realloc becomes a malloc.\n"
    "\n"
    "    --live              first allocate what is live before FROM, the "
    "oldest\n"
    "                        block first, so that the heap is as full as it "
    "was\n";

/* One end of the range, which may be missing. */
static bool parse_end(const char *text, size_t length, uint64_t *number)
{
    char digits[24];
    if (length >= sizeof digits)
        return false;
    memcpy(digits, text, length);
    digits[length] = '\0';
    return !length || rep_number(digits, 1, UINT64_MAX, number);
}

static int parse_range(struct cut *c, const char *text)
{
    const char *colon = strchr(text, ':');
    c->from = 1;
    c->to = UINT64_MAX;
    if (colon && parse_end(text, (size_t)(colon - text), &c->from) &&
        parse_end(colon + 1, strlen(colon + 1), &c->to) && c->from <= c->to)
        return -1;
    return rep_fail("cut: expected FROM:TO with FROM from 1 to TO, found "
                    "\"%s\"",
                    text);
}

static int take(void *own, int letter)
{
    struct cut *c = own;
    if (letter == 0)
        return parse_range(c, optarg);
    c->live = true;
    return -1;
}

/* What is live when request number `from` (from 0) comes is made before. */
static bool keep_makers(uint8_t *keep, const struct trace *t, size_t from)
{
    struct trace_life *lives = trace_lives(t);
    if (!lives)
        return false;
    for (uint32_t a = 1; a <= t->answer_count; a++)
        if (lives[a].born < from && lives[a].died >= from)
            keep[lives[a].born] = 1;
    free(lives);
    return true;
}

/* NULL without memory. */
static uint8_t *choose(const struct cut *c, const struct trace *t)
{
    size_t from = c->from - 1, to = c->to < t->op_count ? c->to : t->op_count;
    uint8_t *keep = calloc(t->op_count, 1);
    if (!keep)
        return NULL;
    memset(keep + from, 1, to - from);
    if (!c->live || keep_makers(keep, t, from))
        return keep;
    free(keep);
    return NULL;
}

static int cut(const struct edit *e, const struct cut *c, const struct trace *t)
{
    if (c->from > t->op_count)
        return rep_fail("cut: %s: expected FROM from 1 to %zu, found %llu",
                        t->path, t->op_count, (unsigned long long)c->from);
    return edit_write_kept(e, t, choose(c, t));
}

int rep_cut(int argc, char **argv)
{
    static const struct edit_verb verb = {"cut", cut_help, cut_options, take,
                                          .arguments = 1};
    struct cut c = {0};
    struct edit e;
    struct trace t;
    int status = edit_parse(&e, &verb, &c, argc, argv);
    if (status < 0)
        status = edit_read(&e, &t);
    if (status >= 0)
        return status;
    status = cut(&e, &c, &t);
    trace_free(&t);
    return status;
}

/*
 * edit_filter.c - rep filter: the whole lives of some of a trace's blocks
 *
 * A block is a chain of answers: one allocation, and what its reallocs made of
 * it.  What takes no block, free(NULL), belongs to none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/edit/edit.h"

struct block {
    uint64_t id, largest;  /* bytes asked for */
    uint32_t born, died;   /* requests; the trace's count: never freed */
    enum trace_kind kind;  /* of its allocation */
    uint32_t first_answer; /* whose place holds what is known of the block */
};

struct filter {
    uint64_t min_size, max_size, min_life, max_life;
    unsigned kinds; /* a bit for each; 0: all */
    uint64_t *ids;  /* NULL: all; a list that was given first is forgotten */
    size_t id_count;
    bool invert, given;
};

enum { MIN_SIZE = EDIT_OWN, MAX_SIZE, MIN_LIFE, MAX_LIFE, KIND, ID, INVERT };

static const struct option filter_options[] = {
    {"min-size", required_argument, NULL, MIN_SIZE},
    {"max-size", required_argument, NULL, MAX_SIZE},
    {"min-life", required_argument, NULL, MIN_LIFE},
    {"max-life", required_argument, NULL, MAX_LIFE},
    {"kind", required_argument, NULL, KIND},
    {"id", required_argument, NULL, ID},
    {"invert", no_argument, NULL, INVERT},
    {0},
};

static const char filter_help[] =
    "usage: rep filter CRITERION... FILE [options]\n"
    "\n"
    "Write those requests of the trace FILE (- is standard input) that belong "
    "to\n"
    "blocks which meet every criterion: their whole lives, from the "
    "allocation\n"
    "through reallocs to the free.  free(NULL) belongs to no block.\n"
    "\n"
    "    --min-size N, --max-size N\n"
    "                        bytes of the block when it is largest\n"
    "    --min-life N, --max-life N\n"
    "                        requests from its allocation to its free, or to\n"
    "                        the end of the trace\n"
    "    --kind KIND[,KIND]... how it is allocated: malloc, calloc, memalign,\n"
    "                        realloc (of NULL)\n"
    "    --id N[,N]...       its id; all blocks that have it one after the "
    "other\n"
    "    --invert            the blocks that do not meet them all\n";

/* ---- Options ----------------------------------------------------------- */

static int parse_number(const char *option, uint64_t *number)
{
    if (rep_number(optarg, 0, UINT64_MAX, number))
        return -1;
    return rep_fail("filter: %s: expected a number from 0 to %llu, found "
                    "\"%s\"",
                    option, (unsigned long long)UINT64_MAX, optarg);
}

/* The bit of the kind that the first length characters name; 0: none. */
static unsigned kind_bit(const char *text, size_t length)
{
    for (enum trace_kind k = 0; k < TRACE_KINDS; k++) {
        const char *name = trace_op_name(k);
        if (k != TRACE_FREE && strlen(name) == length &&
            !strncmp(name, text, length))
            return 1u << k;
    }
    return 0;
}

static int parse_kinds(struct filter *f)
{
    for (const char *at = optarg;; at++) {
        size_t length = strcspn(at, ",");
        unsigned bit = kind_bit(at, length);
        if (!bit)
            return rep_fail("filter: --kind: expected malloc, calloc, memalign "
                            "or realloc, found \"%.*s\"",
                            (int)length, at);
        f->kinds |= bit;
        at += length;
        if (!*at)
            return -1;
    }
}

static int compare_ids(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int parse_ids(struct filter *f)
{
    size_t room = strlen(optarg) / 2 + 1;
    free(f->ids);
    f->ids = calloc(room, sizeof *f->ids);
    f->id_count = 0;
    if (!f->ids)
        return rep_fail("filter: --id: %m");
    for (char *at = strtok(optarg, ","); at; at = strtok(NULL, ","))
        if (!rep_number(at, 0, UINT64_MAX, &f->ids[f->id_count++]))
            return rep_fail("filter: --id: expected ids, found \"%s\"", at);
    if (!f->id_count)
        return rep_fail("filter: --id: expected ids, found none");
    qsort(f->ids, f->id_count, sizeof *f->ids, compare_ids);
    return -1;
}

static int take(void *own, int letter)
{
    struct filter *f = own;
    f->given |= letter != INVERT;
    switch (letter) {
    case MIN_SIZE:
        return parse_number("--min-size", &f->min_size);
    case MAX_SIZE:
        return parse_number("--max-size", &f->max_size);
    case MIN_LIFE:
        return parse_number("--min-life", &f->min_life);
    case MAX_LIFE:
        return parse_number("--max-life", &f->max_life);
    case KIND:
        return parse_kinds(f);
    case ID:
        return parse_ids(f);
    default:
        f->invert = true;
        return -1;
    }
}

/* ---- Blocks ------------------------------------------------------------ */

static bool takes_block(const struct trace_op *op)
{
    return (op->kind == TRACE_FREE || op->kind == TRACE_REALLOC) && op->ref;
}

/* Answer number `made` comes of op number i. */
static void note_answer(struct block *blocks, const struct trace *t, uint32_t i,
                        uint32_t made, const struct trace_life *life)
{
    const struct trace_op *op = &t->ops[i];
    bool new = !takes_block(op);
    uint32_t first = new ? made : blocks[op->ref].first_answer;
    struct block *b = &blocks[first];
    uint64_t payload = trace_payload(t, op);
    if (new) {
        *b = (struct block){.born = i, .kind = (enum trace_kind)op->kind};
        trace_id(t, i, &b->id);
    }
    blocks[made].first_answer = first;
    b->largest = payload > b->largest ? payload : b->largest;
    b->died = life->died > b->died ? life->died : b->died;
}

/* By answer; NULL without memory. */
static struct block *find_blocks(const struct trace *t)
{
    struct block *blocks = calloc(t->answer_count + 1ul, sizeof *blocks);
    struct trace_life *lives = trace_lives(t);
    uint32_t made = 0;
    for (uint32_t i = 0; blocks && lives && i < t->op_count; i++)
        if (trace_makes_answer(&t->ops[i])) {
            made++;
            note_answer(blocks, t, i, made, &lives[made]);
        }
    if (!lives) {
        free(blocks);
        blocks = NULL;
    }
    free(lives);
    return blocks;
}

/* ---- The choice -------------------------------------------------------- */

static bool fits(const struct filter *f, const struct block *b)
{
    uint64_t life = b->died - b->born;
    if (b->largest < f->min_size || b->largest > f->max_size)
        return false;
    if (life < f->min_life || life > f->max_life)
        return false;
    if (f->kinds && !(f->kinds & 1u << b->kind))
        return false;
    return !f->ids ||
           bsearch(&b->id, f->ids, f->id_count, sizeof b->id, compare_ids);
}

/* NULL without memory. */
static uint8_t *choose(const struct filter *f, const struct trace *t)
{
    struct block *blocks = find_blocks(t);
    uint8_t *keep = blocks ? calloc(t->op_count, 1) : NULL;
    uint32_t made = 0;
    for (size_t i = 0; keep && i < t->op_count; i++) {
        const struct trace_op *op = &t->ops[i];
        made += trace_makes_answer(op);
        uint32_t answer = op->kind == TRACE_FREE ? op->ref : made;
        const struct block *b = &blocks[blocks[answer].first_answer];
        keep[i] = answer && fits(f, b) != f->invert;
    }
    free(blocks);
    return keep;
}

static int run(struct filter *f, int argc, char **argv)
{
    static const struct edit_verb verb = {"filter", filter_help, filter_options,
                                          take, 0};
    struct edit e;
    struct trace t;
    int status = edit_parse(&e, &verb, f, argc, argv);
    if (status < 0 && !f->given)
        status = rep_fail("filter: expected a criterion, found none (rep "
                          "filter -h)");
    if (status < 0)
        status = edit_read(&e, &t);
    if (status >= 0)
        return status;
    status = edit_write_kept(&e, &t, choose(f, &t));
    trace_free(&t);
    return status;
}

int rep_filter(int argc, char **argv)
{
    struct filter f = {.max_size = UINT64_MAX, .max_life = UINT64_MAX};
    int status = run(&f, argc, argv);
    free(f.ids);
    return status;
}

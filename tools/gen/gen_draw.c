/*
 * gen_draw.c - numbers drawn from a distribution
 *
 * Exponential numbers come from random bits and a table of constants, without
 * a logarithm: Ahrens and Dieter 1972, "Computer methods for sampling from the
 * exponential and normal distributions", CACM 15:873, algorithm SA.  A table
 * is searched by its running sums.
 */
#include "tools/gen/gen_draw.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/gen/gen_models.h"
#include "tools/rep.h"

/* ---- Exponential ------------------------------------------------------- */

/* The sums of ln(2)^k / k! for k = 1, 2, 3 ..., times 2^64; all below 1. */
static const uint64_t ln2_sums[] = {
    0xb17217f7d1cf79ab, 0xeef193f6d75a96fc, 0xfd27186259aaf6c2,
    0xff9d6dd050f4c5a7, 0xfff4cfcfef1e626b, 0xfffee81886e1c62f,
    0xffffe7fe850e0bb5, 0xfffffe2a8731b17d, 0xffffffdfac6eeadc,
    0xfffffffdf9640067, 0xffffffffe22ec79c, 0xfffffffffe6a9ded,
    0xffffffffffebff81, 0xffffffffffff1417, 0xfffffffffffff5ce,
    0xffffffffffffff95, 0xfffffffffffffffb, 0xffffffffffffffff,
};

/* An exponential number of mean 1, times 2^48. */
static uint64_t exponential(struct gen *g)
{
    const uint64_t ln2 = ln2_sums[0];
    uint64_t bits = gen_random(g) | 1, whole = 0;
    for (; !(bits >> 63); bits <<= 1)
        whole += ln2 >> 16;
    uint64_t rest = bits << 1;
    if (rest <= ln2)
        return whole + (rest >> 16);
    uint64_t least = gen_random(g);
    size_t k = 0;
    do {
        uint64_t next = gen_random(g);
        least = next < least ? next : least;
    } while (rest > ln2_sums[++k]);
    return whole + (uint64_t)((unsigned __int128)least * ln2 >> 80);
}

/* Cutting is folding: what an exponential number is beyond any number, given
 * that it is beyond it, is distributed as itself. */
static uint64_t draw_exponential(struct gen *g, const struct gen_draw *d)
{
    unsigned __int128 x = (unsigned __int128)exponential(g) * (d->mean - d->lo);
    return d->lo + (uint64_t)((x >> 48) % (d->hi - d->lo + 1));
}

/* ---- Octaves ----------------------------------------------------------- */

/* With lo = 0 the first octave is 0 and 1. */
static uint64_t draw_octave(struct gen *g, const struct gen_draw *d, unsigned k)
{
    uint64_t from = d->lo << k, to = d->hi;
    if (d->lo == 0) {
        from = k ? (uint64_t)1 << k : 0;
        to = ((uint64_t)2 << k) - 1;
    } else if (from <= d->hi / 2) {
        to = 2 * from - 1;
    }
    return gen_between(g, from, to < d->hi ? to : d->hi);
}

static uint64_t draw_power(struct gen *g, const struct gen_draw *d)
{
    unsigned k = 0;
    while (k < d->octaves && gen_below(g, d->of) >= d->of - d->upper)
        k++;
    return draw_octave(g, d, k);
}

static unsigned count_octaves(uint64_t lo, uint64_t hi)
{
    unsigned n = 0;
    for (lo = lo ? lo : 1; lo <= hi / 2; lo *= 2)
        n++;
    return n;
}

/* In lowest terms: half the octaves need one random bit each. */
static void set_ratio(struct gen_draw *d, uint64_t percent)
{
    uint64_t a = 100, b = percent;
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    d->upper = percent / a;
    d->of = 100 / a;
}

/* ---- Tables ------------------------------------------------------------ */

#define WEIGHT_MAX ((uint64_t)1 << 32)
#define TABLE_MAX  (1 << 24)

/* A line that does not fit, or has a byte of 0, is none. */
#define LINE_ROOM 256

static uint64_t draw_table(struct gen *g, const struct gen_draw *d)
{
    uint64_t at = gen_below(g, d->sums[d->count - 1]);
    size_t lo = 0, hi = d->count - 1;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (d->sums[middle] > at)
            hi = middle;
        else
            lo = middle + 1;
    }
    return d->values[lo];
}

static void add(struct gen_draw *d, size_t *room, uint64_t value,
                uint64_t weight)
{
    if (d->count == *room) {
        *room = *room ? 2 * *room : 256;
        d->values = gen_array(d->values, *room, sizeof *d->values);
        d->sums = gen_array(d->sums, *room, sizeof *d->sums);
    }
    d->values[d->count] = value;
    d->sums[d->count] = (d->count ? d->sums[d->count - 1] : 0) + weight;
    d->count++;
}

static bool parse_entry(char *line, uint64_t *value, uint64_t *weight)
{
    static const char blank[] = " \t\r\n";
    char *rest, *number = strtok_r(line, blank, &rest),
                *second = strtok_r(NULL, blank, &rest);
    return number && second && !strtok_r(NULL, blank, &rest) &&
           rep_number(number, 0, GEN_SIZE_MAX, value) &&
           rep_number(second, 0, WEIGHT_MAX, weight);
}

static int fail_line(const char *path, size_t line, char *text)
{
    for (char *c = text; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    return rep_fail("%s:%zu: expected a number up to %llu and a weight up to "
                    "%llu, found \"%.40s\"",
                    path, line, (unsigned long long)GEN_SIZE_MAX,
                    (unsigned long long)WEIGHT_MAX, text);
}

static bool is_blank(const char *line)
{
    return line[strspn(line, " \t\r\n")] == '\0';
}

static int read_entries(struct gen_draw *d, FILE *in, const char *path)
{
    char line[LINE_ROOM], words[LINE_ROOM];
    size_t room = 0;
    for (size_t n = 1; fgets(line, sizeof line, in); n++) {
        uint64_t value, weight;
        bool whole = strchr(line, '\n') || feof(in);
        line[strcspn(line, "\n")] = '\0';
        memcpy(words, line, sizeof words);
        words[strcspn(words, "#")] = '\0';
        if (whole && is_blank(words))
            continue;
        if (!whole || !parse_entry(words, &value, &weight))
            return fail_line(path, n, line);
        if (d->count == TABLE_MAX)
            return rep_fail("%s:%zu: expected at most %d lines, found more",
                            path, n, TABLE_MAX);
        if (weight)
            add(d, &room, value, weight);
    }
    if (ferror(in))
        return rep_fail("%s: %s", path, strerror(errno));
    return d->count ? REP_OK
                    : rep_fail("%s: expected a line with a weight above 0, "
                               "found none",
                               path);
}

static int read_table(struct gen_draw *d, const char *path)
{
    bool is_stdin = !strcmp(path, "-");
    FILE *in = is_stdin ? stdin : fopen(path, "re");
    if (!in)
        return rep_fail("%s: %s", path, strerror(errno));
    int status = read_entries(d, in, is_stdin ? "<stdin>" : path);
    if (!is_stdin)
        fclose(in);
    return status;
}

/* ---- The distribution -------------------------------------------------- */

enum { MIN, MAX, RATIO, MEAN, TABLE };

static int check_mean(const struct gen_draw *d, const char *prefix)
{
    if (d->mean > d->lo)
        return REP_OK;
    return rep_fail("gen: --%smean: expected more than --%smin, %llu, "
                    "found %llu",
                    prefix, prefix, (unsigned long long)d->lo,
                    (unsigned long long)d->mean);
}

void gen_draw_prepare(struct gen_draw *d)
{
    d->octaves = count_octaves(d->lo, d->hi);
}

int gen_draw_open(struct gen_draw *d, const struct gen *g,
                  enum gen_draw_kind kind, size_t first, const char *prefix)
{
    const uint64_t *params = &g->params[first];
    const char *table = g->texts[first + TABLE];
    *d = (struct gen_draw){.kind = kind,
                           .lo = params[MIN],
                           .hi = params[MAX],
                           .mean = params[MEAN]};
    gen_draw_prepare(d);
    set_ratio(d, params[RATIO]);
    if (kind == GEN_DRAW_EXPONENTIAL)
        return check_mean(d, prefix);
    if (kind != GEN_DRAW_TABLE)
        return REP_OK;
    if (!table)
        return rep_fail("gen: expected --%stable FILE, found none", prefix);
    return read_table(d, table);
}

uint64_t gen_draw(struct gen *g, const struct gen_draw *d)
{
    switch (d->kind) {
    case GEN_DRAW_LOG:
        return draw_octave(g, d, (unsigned)gen_below(g, d->octaves + 1));
    case GEN_DRAW_POWER:
        return draw_power(g, d);
    case GEN_DRAW_EXPONENTIAL:
        return draw_exponential(g, d);
    case GEN_DRAW_TABLE:
        return draw_table(g, d);
    default:
        return gen_between(g, d->lo, d->hi);
    }
}

void gen_draw_close(struct gen_draw *d)
{
    free(d->values);
    free(d->sums);
}
